/** The payment centre under the checks that every adapter passes. */
import { fen } from '@yiqiao/model';
import { nationalShape } from '@yiqiao/sdk';
import { contractChecks } from '@yiqiao/sdk/testing';
import { definePaymentCentre } from '@yiqiao/mobile-payment';
import { fees } from './payment-world.ts';

const success = (data: object) => ({ code: '0', message: '成功', data: data as never });
const refused = { code: '-1', message: '系统维护' };
const order = { paymentOrderId: 'PAY1', paymentToken: 'TOKEN1' };
const person = { userCertificateNumber: '000000199001010018', userName: '测试甲', userCertificateType: '01' };
const amounts = { feeSumamt: '100.00', ownPayAmt: '10.00', psnAcctPay: '20.00', fundPay: '70.00' };
const paid = {
  feeTotal: fen(10_000n),
  ownCashPaid: fen(1_000n),
  personalAccountPaid: fen(2_000n),
  fundsPaid: fen(7_000n),
};
const notice = {
  payOrdId: 'PAY1',
  callType: '2',
  medOrgOrd: 'O1',
  traceTime: '2026-03-01 10:00:00',
  feeSumamt: '100.00',
  ownpayAmt: '10.00',
  psnAcctPay: '20.00',
  fundPay: '70.00',
  hiChrgTime: '100000',
  hiDocSn: 'D1',
  hiRgstSn: 'G1',
  orgName: '示例机构',
  setlType: '1',
  revsToken: 'V1',
};

describe('the payment centre', () => {
  const checks = contractChecks(definePaymentCentre(), {
    calls: {
      decodeCredentialCode: {
        request: {
          organizationId: 'H53010000001',
          credentialUse: '01301',
          operatorStaffNumber: '0001',
          operatorStaffName: '测试经办',
          officeCode: 'A03',
          officeName: '内科',
        },
        answer: success({ userName: '测试甲', idNo: '1', idType: '01', ecToken: 'T1', insuOrg: '330100' }),
        response: {
          userName: '测试甲',
          userCertificateNumber: '1',
          userCertificateType: '01',
          credentialToken: 'T1',
          userInsuredRegion: '330100',
        },
        refused,
      },
      uploadOnlineFees: {
        request: fees('O1'),
        answer: success({ payOrdId: 'PAY1', payToken: 'TOKEN1' }),
        response: order,
        refused,
      },
      placePaymentOrder: {
        request: { ...order, organizationCode: 'H1', organizationBusinessNumber: 'O1', visitId: 'V1' },
        answer: success({ payOrdId: 'PAY1', ordStas: '4', ...amounts }),
        response: { paymentOrderId: 'PAY1', orderStatus: '4', ...paid },
        refused,
      },
      refundPaymentOrder: {
        request: {
          paymentOrderId: 'PAY1',
          refundRequestNumber: 'R1',
          refundRequestTime: '2026-03-01 10:00:00',
          refundTotal: fen(400n),
          cashRefund: fen(400n),
          credentialToken: 'T1',
          refundType: 'CASH',
        },
        answer: success({
          refdSn: 'C1',
          hiFefdSn: 'H1',
          hiTrnsDate: '20260301',
          hiTrnsTime: '100000',
          refStatus: 'SUCC',
        }),
        response: {
          refundNumber: 'C1',
          insuranceRefundNumber: 'H1',
          insuranceRefundDate: '20260301',
          insuranceRefundTime: '100000',
          refundStatus: 'SUCC',
        },
        refused,
      },
      synchronizePaymentOrder: {
        request: {
          paymentOrderId: 'PAY1',
          institutionOrderNumber: 'O1',
          ...paid,
          thirdPartyPaymentType: 'WECHAT',
        },
        answer: success({}),
        response: {} as never,
        refused,
      },
      findPaymentOrder: {
        request: { ...order, organizationCode: 'H1', ...person },
        answer: success({ payOrdId: 'PAY1', ordStas: '6', callType: '2', medOrgOrd: 'O1', ...amounts }),
        response: {
          orderStatus: '6',
          paymentOrderId: 'PAY1',
          callbackType: '2',
          institutionOrderNumber: 'O1',
          ...paid,
        } as never,
        refused,
      },
      cancelOnlineFees: {
        request: { ...order, organizationCode: 'H1', ...person },
        answer: success({ success: true }),
        response: { succeeded: true },
        refused,
      },
    },
    notifications: {
      result: {
        message: { data: notice },
        id: 'PAY1 2 2026-03-01 10:00:00',
        event: nationalShape('notifyPaymentResult').readRequest({ data: notice }).body,
        altered: { data: { ...notice, feeSumamt: '99.00' } },
      },
    },
  });
  for (const { title, run } of checks) it(title, run);
});
