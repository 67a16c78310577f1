import assert from 'node:assert/strict';
import { createAccounts, sandboxPersons, startCarePlaceCore, startInsuredPlaceCore } from '@yiqiao/sandbox';
import type { InsuredPlaceCore, RunningCore } from '@yiqiao/sandbox';
import { call, clock, pay } from './world.ts';
import type { Answer } from './world.ts';

type Members = Record<string, unknown>;

const INSTITUTION = 'P53010000001';
const [person] = sandboxPersons('330000');

/** People who wait until time passes. */
function waiting() {
  const waits: (() => void)[] = [];
  return {
    wait: (): Promise<void> => new Promise((resolve) => waits.push(resolve)),
    /** What waited goes on. */
    async pass(): Promise<void> {
      for (const resolve of waits.splice(0)) resolve();
      await Promise.resolve();
    },
  };
}

describe('purchases elsewhere at the clearing platform', () => {
  let core: RunningCore;
  let insured: InsuredPlaceCore;
  let scheduler: ReturnType<typeof waiting>;
  beforeEach(async () => {
    const accounts = createAccounts();
    scheduler = waiting();
    core = await startCarePlaceCore({ region: '530100', clock, accounts, scheduler });
    insured = await startInsuredPlaceCore({ region: '330000', clock, accounts });
  });
  afterEach(async () => {
    await core.stop();
    await insured.stop();
  });

  const ssn = person?.certno;
  const order = (change: Members = {}): Promise<Answer> =>
    call(core, '2166', {
      ec_token: 'T',
      fixmedins_code: INSTITUTION,
      fixmedins_name: '示例药店',
      insuplc: '330100',
      mdtrtarea: '530100',
      psn_no: person?.psnNo,
      ssn,
      dscg_date: '2026-11-20',
      medfee_sumamt: 250,
      feedetl: [
        { feedetl_sn: '1', pric: 100, cnt: 2, amt: 200 },
        { feedetl_sn: '2', pric: 12.5, cnt: 4, amt: 50 },
      ],
      ...change,
    });
  const ordered = async (): Promise<string> =>
    JSON.stringify((await order()).output?.['mdtrt_regno']).slice(1, -1);
  const ask = (infno: string, change: Members): Promise<Answer> =>
    call(core, infno, { fixmedins_code: INSTITUTION, ssn, opter_name: '测试经办', ...change });

  it('tell the person of an insured place, and refuse a stranger', async () => {
    const { output } = await ask('2161', { insuplc: '330100' });
    assert.deepEqual([output?.['psn_no'], output?.['acct_balc']], [person?.psnNo, 200]);
    assert.match((await ask('2161', { insuplc: '330100', ssn: '1' })).err_msg, /未查询到/);
  });

  it('are ordered, looked up, settled from the account and refunded with each amount turned', async () => {
    const mdtrt_regno = await ordered();
    assert.match((await ask('2171', { mdtrt_regno })).err_msg, /待支付/);
    const found = await ask('2170', {});
    assert.deepEqual([found.output?.['mdtrt_regno'], found.output?.['medfee_sumamt']], [mdtrt_regno, 250]);
    await pay(core);
    const amounts = ({ output }: Answer): unknown[] =>
      ['medfee_sumamt', 'psn_cashpay', 'acct_payamt'].map((name) => output?.[name]);
    assert.deepEqual(amounts(await ask('2171', { mdtrt_regno })), [250, 50, 200]);
    assert.match((await ask('2167', { mdtrt_regno })).err_msg, /状态/);
    assert.deepEqual(amounts(await ask('2163', { mdtrt_regno })), [-250, -50, -200]);
    assert.match((await ask('2163', { mdtrt_regno })).err_msg, /状态/);
  });

  it('are cancelled before they are paid', async () => {
    const mdtrt_regno = await ordered();
    assert.equal((await ask('2167', { mdtrt_regno })).infcode, 0);
    assert.match((await ask('2170', {})).err_msg, /没有待支付/);
  });

  it('are reversed step by step: the refund, the settlement, the order', async () => {
    const mdtrt_regno = await ordered();
    await pay(core);
    await ask('2163', { mdtrt_regno });
    for (const status of ['1203', '1107', '1106']) {
      assert.equal((await ask('2181', { mdtrt_regno, status })).infcode, 0, status);
    }
    assert.match((await ask('2181', { mdtrt_regno, status: '1106' })).err_msg, /未查询到/);
    assert.match((await ask('2181', { mdtrt_regno, status: '9' })).err_msg, /允许范围/);
  });

  it('are paid by the person some time after they were shown, and by no question', async () => {
    const mdtrt_regno = await ordered();
    for (const infno of ['2171', '2170', '2171']) await ask(infno, { mdtrt_regno });
    assert.match((await ask('2171', { mdtrt_regno })).err_msg, /待支付/);
    await scheduler.pass();
    assert.equal((await ask('2171', { mdtrt_regno })).output?.['acct_payamt'], 200);
    assert.equal((await ask('2171', { mdtrt_regno, end_date: '2026-11-19' })).infcode, -1);
  });

  it('have no settlement once it is reversed, until the person pays again', async () => {
    const mdtrt_regno = await ordered();
    await pay(core);
    assert.equal((await ask('2181', { mdtrt_regno, status: '1107' })).infcode, 0);
    await scheduler.pass();
    assert.match((await ask('2171', { mdtrt_regno })).err_msg, /待支付/);
    assert.equal((await ask('2170', {})).output?.['mdtrt_regno'], mdtrt_regno);
    assert.equal(await pay(core), 1);
    assert.equal((await ask('2171', { mdtrt_regno })).infcode, 0);
  });

  it('move the one account that the insured place keeps, in every direction', async () => {
    const standing = async (): Promise<unknown[]> => {
      const data = { mdtrt_cert_type: '02', mdtrt_cert_no: ssn };
      const [row] = (await call(insured, '1101', { data })).output?.['insuinfo'] ?? [];
      return [row?.['balc'], (await ask('2161', { insuplc: '330100' })).output?.['acct_balc']];
    };
    const mdtrt_regno = await ordered();
    const small = { medfee_sumamt: 30, feedetl: [{ feedetl_sn: '1', pric: 30, cnt: 1, amt: 30 }] };
    assert.deepEqual(await standing(), [200, 200]);
    await pay(core);
    assert.deepEqual(await standing(), [0, 0]);
    await order(small);
    await pay(core);
    await ask('2163', { mdtrt_regno });
    assert.deepEqual(await standing(), [200, 200]);
    await ask('2181', { mdtrt_regno, status: '1203' });
    assert.deepEqual(await standing(), [0, 0]);
    await ask('2181', { mdtrt_regno, status: '1107' });
    assert.deepEqual(await standing(), [200, 200]);
  });

  it('keep a refund that the account can no longer pay for', async () => {
    const mdtrt_regno = await ordered();
    await pay(core);
    await ask('2163', { mdtrt_regno });
    await ordered();
    await pay(core);
    assert.match((await ask('2181', { mdtrt_regno, status: '1203' })).err_msg, /余额不足/);
  });

  const wrong: readonly (readonly [string, Members, RegExp])[] = [
    ['of another total', { medfee_sumamt: 251 }, /明细金额之和/],
    [
      'with a line that is not price × quantity',
      { feedetl: [{ feedetl_sn: '1', pric: 1, cnt: 1, amt: 2 }] },
      /单价×数量/,
    ],
    ['without lines', { feedetl: [] }, /费用明细（feedetl）为空/],
    ['of the other scheme', { insutype: '390' }, /insutype/],
    ['of an unknown category', { med_type: '77' }, /（med_type）不在允许范围：77/],
    ['for somebody else', { psn_no: '1' }, /未查询到/],
  ];
  for (const [title, change, text] of wrong) {
    it(`refuse an order ${title}`, async () => {
      assert.match((await order(change)).err_msg, text);
    });
  }
});
