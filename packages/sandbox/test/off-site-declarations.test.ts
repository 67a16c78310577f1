import assert from 'node:assert/strict';
import { sandboxPersons, startCarePlaceCore } from '@yiqiao/sandbox';
import type { RunningCore } from '@yiqiao/sandbox';
import { call, pay } from './world.ts';
import type { Answer } from './world.ts';

type Members = Record<string, unknown>;

const INSTITUTION = 'P53010000001';
const [employee, resident] = sandboxPersons('330000');
const neighbour = sandboxPersons('530000').find(({ insuredPlace }) => insuredPlace === '530100');

/** 10:00 in China on a day of 2026. */
const at = (month: number, day: number): number => Date.UTC(2026, month - 1, day, 2);

describe('declarations and accounts of purchases elsewhere', () => {
  let core: RunningCore;
  let now: number;
  beforeEach(async () => {
    now = at(11, 20);
    core = await startCarePlaceCore({ region: '530100', clock: { now: () => now } });
  });
  afterEach(() => core.stop());

  async function buy(amount: number, change: Members = {}, person = employee): Promise<string> {
    const { output, err_msg } = await call(core, '2166', {
      fixmedins_code: INSTITUTION,
      fixmedins_name: '示例药店',
      insuplc: person?.insuredPlace,
      mdtrtarea: '530100',
      psn_no: person?.psnNo,
      ssn: person?.certno,
      mdtrtsn: '7',
      med_type: '41',
      medfee_sumamt: amount,
      feedetl: [{ feedetl_sn: '1', pric: amount, cnt: 1, amt: amount }],
      ...change,
    });
    assert.equal(err_msg, '');
    return String(output?.['mdtrt_regno'] as unknown as string);
  }
  async function settle(amount: number, change: Members = {}, person = employee): Promise<string> {
    const mdtrt_regno = await buy(amount, change, person);
    assert.equal(await pay(core, mdtrt_regno), 1);
    return mdtrt_regno;
  }
  const undo = (infno: string, mdtrt_regno: string, change: Members = {}): Promise<Answer> =>
    call(core, infno, { fixmedins_code: INSTITUTION, ssn: employee?.certno, mdtrt_regno, ...change });
  const ask = (infno: string, change: Members = {}): Promise<Answer> =>
    call(core, infno, {
      fixmedins_code: INSTITUTION,
      clr_type: '41',
      start_clrym: '202611',
      end_clrym: '202611',
      clr_optins: '530100',
      clr_stas: '0',
      query_date: '2026-11-20',
      start_date: '2026-11-01',
      end_date: '2026-11-30',
      ...change,
    });
  const rows = ({ output }: Answer): readonly Members[] => (output?.['n_output'] ?? []) as Members[];
  const told = (row: Members | undefined, names: string): unknown[] =>
    names.split(' ').map((name) => row?.[name]);
  /** In 分, so that the sum is exact. */
  const sum = (found: readonly Members[], name: string): number =>
    found.reduce((all, row) => all + Math.round(Number(row[name]) * 100), 0);

  it('agree to the 分 between months, purchases, funds and the account', async () => {
    for (const amount of [0.1, 0.2, 250.07]) await settle(amount);
    await settle(33.33, {}, resident);
    const total = rows(await ask('2172'));
    assert.equal(total.length, 1);
    assert.deepEqual(
      told(total[0], 'sumamt cash_payamt acct_pay_sumamt fund_pay_sumamt clr_psntime'),
      [283.7, 83.7, 200, 0, 4],
    );
    const purchases = rows(await ask('2173'));
    assert.deepEqual(
      ['sumamt', 'cash_payamt', 'acct_payamt'].map((name) => sum(purchases, name)),
      [28_370, 8_370, 20_000],
    );
    assert.equal(sum(rows(await ask('2174')), 'fund_appy_sum'), 20_000);
    const day = rows(await ask('2175'));
    assert.deepEqual([sum(day, 'medfee_sumamt'), sum(day, 'dfr_sumamt')], [28_370, 20_000]);
    const { output } = await ask('2176');
    assert.deepEqual(
      told(output ?? {}, 'medfee_sumamt dfr_sumamt dcla_sum pay_sum no_pay_sum med_type_name fixmedins_name'),
      [283.7, 200, 0, 0, 200, '定点药店购药', '示例药店'],
    );
  });

  it('tell a row a month, with its first and last day', async () => {
    now = at(2, 28);
    await settle(1);
    now = at(11, 20);
    await settle(2);
    const found = rows(await ask('2172', { start_clrym: '202601', end_clrym: '202612' }));
    assert.deepEqual(
      found.map((row) => told(row, 'start_clrym end_clrym begndate enddate sumamt')),
      [
        ['202602', '202602', '20260201', '20260228', 1],
        ['202611', '202611', '20261101', '20261130', 2],
      ],
    );
    assert.notEqual(found[0]?.['setl_dcla_no'], found[1]?.['setl_dcla_no']);
  });

  it('count a purchase on the day of its settlement in China, not of its order', async () => {
    const mdtrt_regno = await buy(5);
    now = Date.UTC(2026, 10, 30, 17);
    await pay(core);
    assert.deepEqual(rows(await ask('2172')), []);
    const [row] = rows(await ask('2173', { start_clrym: '202612', end_clrym: '202612' }));
    assert.deepEqual(told(row, 'mdtrt_regno mdtrt_setl_time'), [mdtrt_regno, '2026-12-01']);
    assert.equal(rows(await ask('2175', { query_date: '2026-12-01' })).length, 1);
  });

  it('leave out what is unpaid, cancelled, refunded or reversed, and take a refund back', async () => {
    const kept = await settle(10);
    await buy(20);
    await undo('2167', await buy(30));
    await undo('2181', await settle(40), { status: '1107' });
    const refunded = await settle(50);
    await undo('2163', refunded);
    const numbers = async (infno: string): Promise<unknown[]> =>
      rows(await ask(infno)).map((row) => row['mdtrt_regno']);
    for (const infno of ['2173', '2175']) assert.deepEqual(await numbers(infno), [kept], infno);
    assert.equal((await ask('2176')).output?.['medfee_sumamt'], 10);
    await undo('2181', refunded, { status: '1203' });
    assert.deepEqual(await numbers('2173'), [kept, refunded]);
  });

  it('name the fund by the scheme, and list it only where it paid', async () => {
    await settle(10);
    await settle(20, { med_type: '18' });
    await settle(30, {}, resident);
    const names = 'med_type insutype fund_pay_type fund_appy_sum clr_way clr_stas_name';
    assert.deepEqual(
      rows(await ask('2174')).map((row) => told(row, names)),
      [
        ['18', '310', '310200', 20, '1', '未申请'],
        ['41', '310', '310200', 10, '1', '未申请'],
      ],
    );
    assert.deepEqual(
      rows(await ask('2175')).map((row) => told(row, 'fund_pay_type dfr_sumamt')),
      [
        ['310200', 10],
        ['310200', 20],
        ['390500', 0],
      ],
    );
  });

  it('narrow the funds to one purchase', async () => {
    await settle(10);
    const mdtrt_regno = await settle(20);
    assert.deepEqual(
      rows(await ask('2174', { mdtrt_regno })).map((row) => row['fund_appy_sum']),
      [20],
    );
    assert.deepEqual(rows(await ask('2174', { mdtrt_regno: 'G0' })), []);
  });

  it('tell people of the same province from people of another', async () => {
    await settle(10);
    await settle(10, {}, neighbour);
    assert.deepEqual(
      rows(await ask('2173')).map((row) => told(row, 'out_type out_type_name psn_type_name')),
      [
        ['2', '跨省异地转入', '在职'],
        ['1', '省内异地', '在职'],
      ],
    );
  });

  it('come in pages', async () => {
    for (const amount of [1, 2, 3, 4, 5]) await settle(amount);
    const page = async (page_num: string): Promise<unknown[]> => {
      const answer = await ask('2173', { page_num, page_size: '2' });
      const names = 'pageNum pageSize startRow endRow recordCounts size pages isFirstPage isLastPage';
      return [...told(answer.output?.['parameters'], names), rows(answer).map((row) => row['sumamt'])];
    };
    assert.deepEqual(await page('1'), [1, 2, 1, 2, 5, 2, 3, true, false, [1, 2]]);
    assert.deepEqual(await page('3'), [3, 2, 5, 5, 5, 1, 3, false, true, [5]]);
    assert.deepEqual(await page('4'), [4, 2, 0, 0, 5, 0, 3, false, true, []]);
  });

  const elsewhere: readonly (readonly [string, Members])[] = [
    ['another month', { start_clrym: '202610', end_clrym: '202610', query_date: '2026-11-19' }],
    ['another institution', { fixmedins_code: 'P53010000002' }],
  ];
  for (const [title, change] of elsewhere) {
    it(`are empty lists for ${title}`, async () => {
      await settle(10);
      for (const infno of ['2172', '2173', '2174', '2175']) {
        const { infcode, output } = await ask(infno, change);
        assert.deepEqual([infcode, output?.['n_output']], [0, []], infno);
        assert.deepEqual(told(output?.['parameters'], 'recordCounts pages isLastPage'), [0, 0, true], infno);
      }
    });
  }

  const narrowing: readonly (readonly [string, Members])[] = [
    ['another clearing type', { clr_type: '21' }],
    ['another agency', { clr_optins: '530200' }],
    ['what is declared', { clr_stas: '10' }],
  ];
  for (const [title, change] of narrowing) {
    it(`have nothing under ${title}`, async () => {
      await settle(10);
      for (const infno of ['2172', '2173', '2174'])
        assert.deepEqual(rows(await ask(infno, change)), [], infno);
    });
  }

  it('are zero for a period without purchases, and for a pharmacy that asks for itself', async () => {
    await settle(10);
    const names = 'medfee_sumamt dfr_sumamt no_pay_sum med_type';
    for (const change of [
      { start_date: '2026-10-01', end_date: '2026-10-31' },
      { fixmedins_code: 'H53010000001' },
    ]) {
      const { output } = await ask('2176', change);
      assert.deepEqual(told(output ?? {}, names), [0, 0, 0, '41']);
    }
  });

  const wrong: readonly (readonly [string, string, Members, RegExp])[] = [
    [
      'without an agency and a state',
      '2172',
      { clr_optins: '', clr_stas: '' },
      /缺少必填项：clr_optins、clr_stas$/,
    ],
    ['of an unknown state', '2173', { clr_stas: '30' }, /^清算状态不在允许范围：30$/],
    ['of an unknown clearing type', '2174', { clr_type: '药店' }, /^清算类别不在允许范围：药店$/],
    ['of a thirteenth month', '2172', { end_clrym: '202613' }, /^结束年月不在允许范围：202613$/],
    ['that ends before it begins', '2173', { end_clrym: '202610' }, /^结束年月早于起始年月：202610$/],
    [
      'of page zero',
      '2174',
      { page_num: '0', page_size: 'x' },
      /^页码（page_num）不合法：0；每页条目数（page_size）不合法：x$/,
    ],
    ['of no day', '2175', { query_date: '2026-02-30' }, /^查询日期不合法：2026-02-30$/],
    [
      'of days that end before they begin',
      '2176',
      { end_date: '2026-10-31' },
      /^结束日期早于开始日期：2026-10-31$/,
    ],
    ['of an unknown institution', '2176', { fixmedins_code: 'P0' }, /^未查询到医药机构：P0$/],
  ];
  for (const [title, infno, change, text] of wrong) {
    it(`refuse a query ${title}`, async () => {
      const { infcode, err_msg } = await ask(infno, change);
      assert.equal(infcode, -1);
      assert.match(err_msg, text);
    });
  }
});
