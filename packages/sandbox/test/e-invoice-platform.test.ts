/** The simulated platform of bills by itself: its signature, its rules, its faults. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { startEInvoicePlatform } from '@yiqiao/sandbox';
import type { EInvoicePlatform } from '@yiqiao/sandbox';

/** Written apart from both codecs, from signing.json, boss-md5. */
async function ask(
  { url, appId, key }: EInvoicePlatform,
  operation: string,
  body: object,
  change: Readonly<Record<string, string>> = {},
): Promise<{ readonly result: string; readonly message: string }> {
  const data = Buffer.from(JSON.stringify(body)).toString('base64');
  const noise = 'N1';
  const sign = md5(`appid=${appId}&data=${data}&noise=${noise}&key=${key}&version=1.0`);
  const sent = { appid: appId, data, noise, version: '1.0', sign, ...change };
  const answer = await fetch(`${url}api/medical/${operation}`, {
    method: 'POST',
    body: JSON.stringify(sent),
  });
  const told = (await answer.json()) as { data: string; noise: string; sign: string };
  assert.equal(told.sign, md5(`appid=${appId}&data=${told.data}&noise=${told.noise}&key=${key}&version=1.0`));
  const inner = JSON.parse(Buffer.from(told.data, 'base64').toString()) as {
    result: string;
    message: string;
  };
  return { ...inner, message: Buffer.from(inner.message, 'base64').toString() };
}

const md5 = (text: string): string => createHash('md5').update(text).digest('hex').toUpperCase();

const BILL = {
  busNo: 'B1',
  busType: '02',
  payer: '测试甲',
  busDateTime: '20260301100000000',
  placeCode: '001',
  payee: '甲',
  author: '甲',
  totalAmt: 100,
  payerType: '1',
  cardType: '1',
  cardNo: '1',
  medicalInstitution: '综合医院',
  patientNo: '1',
  sex: '男',
  age: '36',
  caseNumber: '1',
  isArrears: '1',
  accountPay: 20,
  fundPay: 70,
  otherfundPay: 0,
  ownPay: 0,
  selfConceitedAmt: 0,
  selfPayAmt: 0,
  selfCashPay: 10,
  reimbursementAmt: 70,
  balancedNumber: 'S1',
  chargeDetail: [{ amt: 100 }],
  listDetail: [{ amt: '60.00' }, { amt: 40 }],
};

describe('simulated platform of electronic bills', () => {
  let platform: EInvoicePlatform;
  beforeEach(async () => {
    platform = await startEInvoicePlatform({ placeCodes: ['001'] });
  });
  afterEach(() => platform.close());
  const bill = { billBatchCode: '99060121', billNo: '0000000001' };

  it('issues a bill once for a business number, and finds it', async () => {
    assert.equal((await ask(platform, 'invoiceEBillOutpatient', BILL)).result, 'S0000');
    assert.equal((await ask(platform, 'invoiceEBillOutpatient', BILL)).result, 'E0101');
    const found = JSON.parse((await ask(platform, 'getEBillByBusNo', { busNo: 'B1' })).message) as object;
    assert.deepEqual({ ...found, ...bill, totalAmt: '100.00' }, found);
    assert.deepEqual(JSON.parse((await ask(platform, 'getEBillByBusNo', { busNo: 'B2' })).message), {
      busNo: 'B2',
    });
  });

  it('refuses what is wrongly signed, incomplete, unsound, or from another billing point', async () => {
    const issue = (body: object, change = {}) => ask(platform, 'invoiceEBillOutpatient', body, change);
    const refused = [
      await issue(BILL, { sign: '0'.repeat(32) }),
      await issue(BILL, { appid: 'SOMEBODY' }),
      await issue({ ...BILL, payer: '' }),
      await issue({ ...BILL, totalAmt: 99 }),
      await issue({ ...BILL, placeCode: '002' }),
      await ask(platform, 'noSuchThing', {}),
    ];
    assert.deepEqual(
      refused.map(({ result }) => result),
      ['E0002', 'E0002', 'E0001', 'E0001', 'E0004', 'E0003'],
    );
    assert.equal(refused[2]?.message, '必填项为空：payer');
    assert.deepEqual(platform.ledger.rows(), []);
  });

  it('writes a bill off by a red one, once, and not while its paper is out', async () => {
    await ask(platform, 'invoiceEBillOutpatient', BILL);
    platform.exchangeForPaper(bill.billNo);
    assert.equal((await ask(platform, 'writeOffEBill', bill)).result, 'E0203');
    assert.equal((await ask(platform, 'invalidPaper', { pBillNo: 'P0000000001' })).result, 'S0000');
    assert.equal((await ask(platform, 'invalidPaper', { pBillNo: 'P0000000001' })).result, 'E0302');
    assert.equal((await ask(platform, 'writeOffEBill', bill)).result, 'S0000');
    assert.equal((await ask(platform, 'writeOffEBill', bill)).result, 'E0202');
    assert.equal((await ask(platform, 'turnPaper', bill)).result, 'E0202');
    assert.equal((await ask(platform, 'writeOffEBill', { ...bill, billNo: '9' })).result, 'E0201');
    assert.deepEqual(
      platform.ledger.rows().map(({ totalAmt }) => totalAmt),
      ['100.00', '-100.00'],
    );
    assert.deepEqual(platform.ledger.inForce(), []);
  });

  it('goes wrong on request, keeps its books while it is down, and answers at the same address again', async () => {
    platform.faults.next({ kind: 'refuse', infno: 'writeOffEBill', text: 'E0777 停用' });
    await ask(platform, 'invoiceEBillOutpatient', BILL);
    assert.deepEqual(await ask(platform, 'writeOffEBill', bill), { result: 'E0777', message: '停用' });
    platform.faults.next({ kind: 'lose-reply' });
    await assert.rejects(ask(platform, 'writeOffEBill', bill));
    await platform.down();
    await assert.rejects(ask(platform, 'writeOffEBill', bill));
    await platform.up();
    assert.equal((await ask(platform, 'writeOffEBill', bill)).result, 'E0202', 'the lost message was done');
    const { rows } = (await (await fetch(`${platform.url}ledger`)).json()) as { rows: readonly unknown[] };
    assert.equal(rows.length, 2);
  });
});
