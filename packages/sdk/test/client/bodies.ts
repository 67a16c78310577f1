/** Bodies for the tests: nobody's, with region 000000 in the identity number. */
import type { RequestOf } from '@yiqiao/sdk';

/** 2207 as a vendor's program writes it. */
export const SETTLEMENT: RequestOf<'settleOutpatient'> = {
  personNumber: '00000000000000000000000001',
  credentialType: '02',
  credentialNumber: '000000199001010018',
  certificateType: '01',
  certificateNumber: '000000199001010018',
  careType: '11',
  total: '12.50',
  settlementMethod: '01',
  visitId: 'S0001',
  chargeBatch: 'B0001',
  insuranceType: '310',
  accountUsed: '0',
  invoiceNumber: 'F0001',
  selfFunded: '0',
  overLimitSelfPaid: '0.00',
  firstSelfPaid: '0',
  inScope: '12.50',
};

/** What answers it, as far as the tests look at it. */
export const SETTLED = {
  setlinfo: {
    setl_id: 'J0001',
    mdtrt_id: 'S0001',
    psn_no: '00000000000000000000000001',
    medfee_sumamt: 12.5,
    fund_pay_sumamt: 7.5,
    acct_pay: 5,
    psn_cash_pay: 0,
    region_own: 'x',
  },
  setldetail: [{ fund_pay_type: '310100', fund_payamt: 7.5 }],
};

/** 1101 of the same person. */
export const IDENTIFICATION: RequestOf<'identifyPerson'> = {
  credentialType: '02',
  credentialNumber: '000000199001010018',
  certificateType: '01',
  certificateNumber: '000000199001010018',
  personName: '测试甲',
};
