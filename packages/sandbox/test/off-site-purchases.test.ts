import assert from 'node:assert/strict';
import { sandboxPersons, startCarePlaceCore } from '@yiqiao/sandbox';
import type { RunningCore } from '@yiqiao/sandbox';
import { call, clock } from './world.ts';
import type { Answer } from './world.ts';

type Members = Record<string, unknown>;

const INSTITUTION = 'P53010000001';
const [person] = sandboxPersons('330000');

describe('purchases elsewhere at the clearing platform', () => {
  let core: RunningCore;
  beforeEach(async () => {
    core = await startCarePlaceCore({ region: '530100', clock });
  });
  afterEach(() => core.stop());

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
    const found = await ask('2170', {});
    assert.deepEqual([found.output?.['mdtrt_regno'], found.output?.['medfee_sumamt']], [mdtrt_regno, 250]);
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
    await ask('2171', { mdtrt_regno });
    await ask('2163', { mdtrt_regno });
    for (const status of ['1203', '1107', '1106']) {
      assert.equal((await ask('2181', { mdtrt_regno, status })).infcode, 0, status);
    }
    assert.match((await ask('2181', { mdtrt_regno, status: '1106' })).err_msg, /未查询到/);
    assert.match((await ask('2181', { mdtrt_regno, status: '9' })).err_msg, /允许范围/);
  });

  const wrong: readonly (readonly [string, Members, RegExp])[] = [
    ['of another total', { medfee_sumamt: 251 }, /明细金额之和/],
    [
      'with a line that is not price × quantity',
      { feedetl: [{ feedetl_sn: '1', pric: 1, cnt: 1, amt: 2 }] },
      /单价×数量/,
    ],
    ['without lines', { feedetl: [] }, /为空/],
    ['for somebody else', { psn_no: '1' }, /未查询到/],
  ];
  for (const [title, change, text] of wrong) {
    it(`refuse an order ${title}`, async () => {
      assert.match((await order(change)).err_msg, text);
    });
  }
});
