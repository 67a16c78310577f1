import assert from 'node:assert/strict';
import {
  createNationalHis,
  displayWidth,
  formatReceipt,
  furtherScripts,
  runVisit,
  startCarePlaceCore,
  startInsuredPlaceCore,
  visitScripts,
} from '@yiqiao/sandbox';
import type { InsuredPlaceCore, NationalHis, Receipt, RunningCore, VisitScript } from '@yiqiao/sandbox';
import { clock, impatient, startSwitch } from './world.ts';
import type { Switch } from './world.ts';

const script = (id: string): VisitScript => {
  const found = [...visitScripts('330000'), ...furtherScripts('330000')].find((one) => one.id === id);
  assert(found !== undefined);
  return found;
};

describe('visits through a switch', () => {
  let care: RunningCore;
  let insured: InsuredPlaceCore;
  let middle: Switch;

  beforeEach(async () => {
    care = await startCarePlaceCore({ region: '530000', clock });
    insured = await startInsuredPlaceCore({ region: '330000', clock });
    middle = await startSwitch(care, insured);
  });
  afterEach(async () => {
    middle.close();
    await Promise.all([care.stop(), insured.stop()]);
  });

  const open = (shape: 'national' | 'chongqing' = 'national'): NationalHis =>
    createNationalHis({
      gatewayUrl: middle.url,
      institution: { code: 'H53010000001', name: '示例医院' },
      region: '530000',
      operator: { number: '0001', name: '测试经办' },
      clock,
      scheduler: impatient(),
      shape,
      trialSplit: 'omitted',
    });
  const ledgers = (his: NationalHis): readonly unknown[] => [
    his.ledger.effective(),
    care.ledger.effective(),
    insured.ledger.effective(),
  ];
  const paid = ({ payment }: Receipt): readonly unknown[] => [
    payment?.total,
    payment?.deductible,
    payment?.fundPaid,
    payment?.accountPaid,
    payment?.cashPaid,
  ];

  it('a: an employee with e-credential settles; fee lines show all four parts', async () => {
    const his = open();
    assert.equal((await his.signIn()).state, 'done');
    const receipt = await runVisit(his, script('a'));
    assert.equal(receipt.outcome.zh, '已结算，应收现金 151.49 元');
    assert.deepEqual(paid(receipt), ['507.15', '150.00', '155.66', '200.00', '151.49']);
    assert.equal(receipt.trial?.fundPaid, '155.66');
    assert.deepEqual(receipt.totals, {
      total: '507.15',
      selfPaid: '30.00',
      overLimit: '38.00',
      preSelfPaid: '29.71',
      inScope: '409.44',
    });
    const [first, ...others] = ledgers(his);
    for (const other of others) assert.deepEqual(other, first);
  });

  it('b: a resident with an opened disease settles and is cancelled', async () => {
    const his = open();
    const receipt = await runVisit(his, script('b'));
    assert.deepEqual(paid(receipt), ['304.15', '0.00', '186.19', '0.00', '117.96']);
    assert.equal(receipt.outcome.code, 'cancelled');
    assert.deepEqual(
      receipt.ledger.map(({ total, state }) => [total, state]),
      [
        ['304.15', 'cancelled'],
        ['-304.15', 'cancellation'],
      ],
    );
    const [first, ...others] = ledgers(his);
    for (const other of others) assert.deepEqual(other, first);
  });

  it('c: a lost settlement answer is reversed, charged again and settles once', async () => {
    insured.faults.next({ kind: 'lose-reply', infno: '2207' });
    const his = open('chongqing');
    const receipt = await runVisit(his, script('c'));
    assert.equal(receipt.outcome.code, 'settled');
    assert.equal(receipt.charges, 2);
    assert.deepEqual(
      insured.ledger.rows().map(({ state }) => state),
      ['reversed', 'settled'],
    );
    const [first, ...others] = ledgers(his);
    for (const other of others) assert.deepEqual(other, first);
  });

  it('e: an emergency stay is admitted, charged day by day, discharged and settled', async () => {
    const his = open();
    const receipt = await runVisit(his, script('e'));
    assert.equal(receipt.outcome.zh, '已结算，应收现金 2357.60 元');
    // Bed 300 (60 over the limit), care 78, operation 2180 (5 %), infusion 113.04, injection 772.80 (20 %),
    // stapler 1650 (450 over the limit, then 30 %).
    assert.deepEqual(receipt.totals, {
      total: '5093.84',
      selfPaid: '0.00',
      overLimit: '510.00',
      preSelfPaid: '623.56',
      inScope: '3960.28',
    });
    // (3960.28 - 800.00) * 0.85 = 2686.238; the emergency counts as filed; the account holds 50.00.
    assert.deepEqual(paid(receipt), ['5093.84', '800.00', '2686.24', '50.00', '2357.60']);
    assert.deepEqual(receipt.trial?.fundPaid, receipt.payment?.fundPaid);
    assert.equal(care.count('2301'), 2);
    const [first, ...others] = ledgers(his);
    for (const other of others) assert.deepEqual(other, first);
    assert.match(formatReceipt(receipt), /跨省异地就医住院结算单/);
  });

  it('e: the stay is cancelled, and every step of the ward can be taken back', async () => {
    const his = open();
    const wards = his.inpatient;
    const identified = await his.identify(script('e').credential);
    assert(identified.state === 'done');
    const admitted = await wards.admit(identified.value, script('e').plan);
    assert(admitted.state === 'done');
    const visit = admitted.value;
    await wards.uploadFees(visit, script('e').items);
    await wards.discharge(visit);
    const { told, messageId } = await wards.settleWithCare(visit);
    assert(told.state === 'done');
    assert.equal((await wards.cancelDischarge(visit)).state, 'not-done');
    const charge = { messageId, settlement: told.value };
    assert.equal((await wards.cancel(visit, charge)).state, 'done');
    for (const undo of [wards.cancelDischarge, wards.withdrawFees, wards.cancelAdmission]) {
      assert.equal((await undo(visit)).state, 'done');
    }
    assert.deepEqual(
      his.ledger.rows().map(({ total, state }) => [total, state]),
      [
        ['5093.84', 'cancelled'],
        ['-5093.84', 'cancellation'],
      ],
    );
    const [first, ...others] = ledgers(his);
    for (const other of others) assert.deepEqual(other, first);
  });

  it('e: a lost answer to 2304 is reversed, charged again and settled once', async () => {
    insured.faults.next({ kind: 'lose-reply', infno: '2304' });
    const receipt = await runVisit(open(), script('e'));
    assert.deepEqual([receipt.outcome.code, receipt.charges], ['settled', 2]);
    assert.deepEqual(paid(receipt), ['5093.84', '800.00', '2686.24', '50.00', '2357.60']);
  });

  it('f: a pharmacy sells on prescription and without; its visit is told with the settlement', async () => {
    const his = open();
    const receipt = await runVisit(his, script('f'));
    // 39.80 and 370.00 (10 % first): the pool pays (333.00 - 100.00) * 0.7 of the prescribed one.
    assert.deepEqual(paid(receipt), ['409.80', '100.00', '163.10', '246.70', '0.00']);
    assert.deepEqual(receipt.totals, {
      total: '409.80',
      selfPaid: '0.00',
      overLimit: '0.00',
      preSelfPaid: '37.00',
      inScope: '372.80',
    });
    assert.match(receipt.visitId, /^D330100261120\d{7}$/);
    const [first, ...others] = ledgers(his);
    for (const other of others) assert.deepEqual(other, first);
  });

  for (const afterwards of ['cancel', 'reverse'] as const) {
    it(`f: a purchase is taken back (${afterwards})`, async () => {
      const his = open();
      const receipt = await runVisit(his, { ...script('f'), afterwards });
      assert.equal(receipt.outcome.code, afterwards === 'cancel' ? 'cancelled' : 'reversed');
      const [first, ...others] = ledgers(his);
      for (const other of others) assert.deepEqual(other, first);
      assert.equal(care.ledger.effective().length, afterwards === 'cancel' ? 2 : 0);
    });
  }

  it('reverses a settlement by 2601', async () => {
    const his = open();
    const receipt = await runVisit(his, { ...script('a'), afterwards: 'reverse' });
    assert.equal(receipt.outcome.code, 'reversed');
    assert.deepEqual(insured.ledger.effective(), []);
    assert.deepEqual(his.ledger.effective(), []);
  });

  const REFUSED: readonly [string, Partial<VisitScript>, RegExp][] = [
    [
      'the credential is unknown',
      { credential: { ...script('a').credential, number: 'X' } },
      /身份识别未成功：未查询到参保人员信息/,
    ],
    [
      'the disease is not opened',
      { plan: { ...script('b').plan, disease: { code: 'M00500', name: '恶性肿瘤门诊治疗' } } },
      /待遇检查未成功：门诊慢特病病种 M00500 未开通/,
    ],
  ];
  for (const [title, change, text] of REFUSED) {
    it(`ends as refused when ${title}`, async () => {
      const receipt = await runVisit(open(), { ...script('a'), ...change });
      assert.equal(receipt.outcome.code, 'refused');
      assert.match(receipt.outcome.zh, text);
      assert.deepEqual(insured.ledger.rows(), []);
      assert.match(formatReceipt(receipt), text);
    });
  }

  it('ends as unknown when the HIS is never told', async () => {
    insured.faults.next({ kind: 'lose-reply', infno: '1101', times: 99 });
    const his = createNationalHis({
      gatewayUrl: insured.url,
      institution: { code: 'H53010000001', name: '示例医院' },
      region: '530000',
      operator: { number: '0001', name: '测试经办' },
      scheduler: impatient(),
    });
    const receipt = await runVisit(his, script('a'));
    assert.equal(receipt.outcome.code, 'unknown');
    assert.match(receipt.outcome.zh, /请勿重复收费/);
  });

  it('prints a receipt whose amounts stand below each other', async () => {
    const text = formatReceipt(await runVisit(open(), script('a')));
    const lines = text.split('\n');
    const table = lines.slice(lines.findIndex((line) => line.startsWith('项目'))).slice(0, 7);
    assert.deepEqual(new Set(table.map(displayWidth)), new Set([96]));
    assert.equal(table.at(-1)?.replace(/ +/g, ' '), '合计 507.15 30.00 29.71 38.00 409.44');
    for (const line of ['基金支付', '个人账户支付', '个人现金支付', '城镇职工基本医疗保险统筹基金 310100']) {
      assert.ok(
        lines.some((one) => one.includes(line)),
        line,
      );
    }
    assert.ok(lines.every((line) => displayWidth(line) <= 96));
  });
});
