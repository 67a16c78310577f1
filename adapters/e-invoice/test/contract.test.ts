/** The platform of bills under the checks that every adapter passes. */
import { contractChecks } from '@yiqiao/sdk/testing';
import { defineBillPlatform } from '@yiqiao/e-invoice';

const success = (message: object | string) => ({ result: 'S0000', message: message as never });
const refused = { result: 'E0999', message: '系统维护' };
const numbers = {
  billBatchCode: '99060121',
  billNo: '0000000001',
  random: 'a1b2c3',
  createTime: '20260301100000000',
  pictureUrl: 'http://bill.example/1',
};
const bill = {
  code: '99060121',
  number: '0000000001',
  checkCode: 'a1b2c3',
  issuedAt: '20260301100000000',
  url: 'http://bill.example/1',
};
const key = { code: bill.code, number: bill.number };
const standing = {
  billBatchCode: bill.code,
  billNo: bill.number,
  random: bill.checkCode,
  ivcDateTime: bill.issuedAt,
  state: '1',
  isPrtPaper: '0',
  isScarlet: '0',
};
const red = {
  isScarlet: '1',
  scarletBillBatchCode: '99060121',
  scarletBillNo: '0000000002',
  scarletRandom: 'ffffff',
};
const action = {
  bill: key,
  placeCode: '001',
  operator: '测试收费员',
  reason: '取消结算',
  time: '20260301110000000',
};

const issuing = {
  request: { busNo: 'H-S1', placeCode: '001', totalAmt: '100.00' },
  wire: { busNo: 'H-S1', placeCode: '001', totalAmt: '100.00' },
  answer: success(numbers),
  response: bill,
  refused,
  asked: { done: success({ busNo: 'H-S1', ...numbers }), notDone: success({ busNo: 'H-S1' }) },
};

describe('the platform of electronic bills', () => {
  const checks = contractChecks(defineBillPlatform('S0000'), {
    calls: {
      issueOutpatient: issuing,
      issueRegistration: issuing,
      issueInpatient: issuing,
      findBill: {
        request: { businessNumber: 'H-S1', placeCode: '001' },
        wire: { busNo: 'H-S1', placeCode: '001' },
        answer: success({ ...numbers, totalAmt: '100.00' }),
        response: { bill, total: 10_000n as never },
        refused,
      },
      findStanding: {
        request: key,
        wire: { billBatchCode: bill.code, billNo: bill.number },
        answer: success({ ...standing, isPrtPaper: '1', pBillBatchCode: '99010121', pBillNo: 'P1' }),
        response: {
          bill: { ...key, checkCode: bill.checkCode, issuedAt: bill.issuedAt },
          isVoid: false,
          paper: { code: '99010121', number: 'P1' },
        },
        refused,
      },
      writeOff: {
        request: action,
        answer: success({
          eScarletBillBatchCode: '99060121',
          eScarletBillNo: '0000000002',
          eScarletRandom: 'ffffff',
        }),
        response: { code: '99060121', number: '0000000002', checkCode: 'ffffff' },
        refused,
        asked: { done: success({ ...standing, ...red }), notDone: success(standing) },
      },
      voidPaper: {
        request: { ...action, paper: { code: '99010121', number: 'P1' } },
        answer: success({}),
        response: null,
        refused,
        asked: {
          done: success(standing),
          notDone: success({ ...standing, isPrtPaper: '1', pBillBatchCode: '99010121', pBillNo: 'P1' }),
        },
      },
    },
  });
  for (const { title, run } of checks) it(title, run);
});
