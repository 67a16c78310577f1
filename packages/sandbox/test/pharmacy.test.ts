import assert from 'node:assert/strict';
import { sandboxPersons, startCarePlaceCore, startInsuredPlaceCore } from '@yiqiao/sandbox';
import type { InsuredPlaceCore, Person, RunningCore } from '@yiqiao/sandbox';
import { call, clock, message, node, send } from './world.ts';
import type { Answer } from './world.ts';

type Members = Record<string, unknown>;

const [employee, resident, , holder] = sandboxPersons('330000') as [Person, Person, Person, Person];

/** 92.50 × 4 = 370.00 = 37.00 paid first + 333.00 in scope. */
const line = (number: string, change: Members = {}): Members => ({
  feedetl_sn: number,
  rx_circ_flag: '0',
  fee_ocur_time: '2026-11-20 09:30:00',
  med_list_codg: 'XC08CAA308A001020100002',
  medins_list_codg: 'YD-D-002',
  det_item_fee_sumamt: 370,
  cnt: 4,
  pric: 92.5,
  ...change,
});

const purchase = (person: Person, lines: Members[], change: Members = {}): Members => ({
  druginfo: {
    psn_no: person.psnNo,
    insutype: person.scheme,
    mdtrt_cert_type: '02',
    begntime: '2026-11-20 09:30:00',
    medfee_sumamt: 370 * lines.length,
    acct_used_flag: '1',
    med_type: '41',
    ...change,
  },
  drugdetail: lines,
});

describe('purchases at the insured-place core', () => {
  let core: InsuredPlaceCore;
  beforeEach(async () => {
    core = await startInsuredPlaceCore({ region: '330000', clock });
  });
  afterEach(() => core.stop());

  const amounts = (answer: Answer): unknown[] => {
    const info = node(answer, 'setlinfo');
    return [info['act_pay_dedc'], info['fund_pay_sumamt'], info['acct_pay'], info['psn_cash_pay']];
  };

  /** Deductible, fund, account, cash. */
  const PAID: readonly [string, Person, Members, Members, readonly number[]][] = [
    ['the account alone without prescription', holder, {}, {}, [0, 0, 370, 0]],
    ['cash when the account is not used', holder, {}, { acct_used_flag: '0' }, [0, 0, 0, 370]],
    ['account, then cash', employee, {}, {}, [0, 0, 200, 170]],
    // (333.00 - 100.00) * 0.7
    ['the pool for what was prescribed', holder, { rx_circ_flag: '1' }, {}, [100, 163.1, 206.9, 0]],
    // 333.00 * 0.65, no deductible
    [
      'the pool at the rate of an opened chronic disease',
      resident,
      { rx_circ_flag: '1' },
      { med_type: '14', dise_codg: 'M03900' },
      [0, 216.45, 0, 153.55],
    ],
  ];
  for (const [title, person, ofLine, ofPurchase, expected] of PAID) {
    it(`has paid by ${title}`, async () => {
      const answer = await call(core, '2102', purchase(person, [line('1', ofLine)], ofPurchase));
      assert.deepEqual(amounts(answer), expected);
    });
  }

  it('takes a relative’s account by 家庭共济, gives it back, and refuses whoever has none', async () => {
    const aided = sandboxPersons('330000')[4] as Person;
    const mutual = { acct_used_flag: '2' };
    const settled = await call(core, '2102', purchase(aided, [line('1')], mutual));
    const info = node(settled, 'setlinfo');
    assert.deepEqual(
      ['acct_pay', 'acct_mulaid_pay', 'psn_cash_pay', 'balc'].map((name) => info[name]),
      [370, 370, 0, 0],
    );
    // 丁 had 600.00.
    const next = node(await call(core, '2101', purchase(holder, [line('2')])), 'setlinfo');
    assert.deepEqual([next['acct_pay'], next['acct_mulaid_pay'], next['balc']], [230, 0, 0]);
    const { setl_id, mdtrt_id } = info;
    await call(core, '2103', { data: { setl_id, mdtrt_id, psn_no: aided.psnNo } });
    const again = node(await call(core, '2101', purchase(holder, [line('2')])), 'setlinfo');
    assert.equal(again['acct_pay'], 370);
    assert.match((await call(core, '2102', purchase(employee, [line('3')], mutual))).err_msg, /家庭共济/);
  });

  it('splits lines by the catalogue of the place of care', async () => {
    const input = purchase(holder, [line('1')]);
    const there = await send(core, message('2101', input, { mdtrtarea_admvs: '440100' }));
    assert.equal(there.output?.['detlcutinfo']?.[0]?.['preselfpay_amt'], 18.5);
    const here = await call(core, '2101', input);
    assert.equal(here.output?.['detlcutinfo']?.[0]?.['preselfpay_amt'], 37);
    assert.deepEqual(core.ledger.rows(), []);
  });

  it('gives the visit its number, and settles a line once', async () => {
    const info = node(await call(core, '2102', purchase(holder, [line('1')])), 'setlinfo');
    assert.deepEqual([info['mdtrt_id'], info['clr_type']], ['D3301002611200000001', '41']);
    const again = await call(core, '2102', purchase(holder, [line('2'), line('1')]));
    assert.match(again.err_msg, /流水号已结算/);
    const data = { setl_id: info['setl_id'], mdtrt_id: info['mdtrt_id'], psn_no: holder.psnNo };
    const mirror = node(await call(core, '2103', { data }), 'setlinfo');
    assert.deepEqual([mirror['medfee_sumamt'], mirror['acct_pay'], mirror['balc']], [-370, -370, 600]);
    assert.equal((await call(core, '2102', purchase(holder, [line('1')]))).infcode, 0);
  });

  const REFUSED: readonly [string, Members, RegExp][] = [
    [
      'a total that is not that of its lines',
      purchase(holder, [line('1')], { medfee_sumamt: 1 }),
      /≠明细合计/,
    ],
    ['a line twice', purchase(holder, [line('1'), line('1')]), /流水号重复/],
    ['no line', purchase(holder, []), /费用明细（drugdetail）为空/],
    [
      'an unknown use of the account',
      purchase(holder, [line('1')], { acct_used_flag: '9' }),
      /（acct_used_flag）不在允许范围：9/,
    ],
    [
      'a line of unknown origin',
      purchase(holder, [line('1', { rx_circ_flag: '7' })]),
      /明细 1 的外购处方标志（rx_circ_flag）不在允许范围：7/,
    ],
    [
      'a line of unknown approval',
      purchase(holder, [line('1', { hosp_appr_flag: '7' })]),
      /明细 1 的医院审批标志（hosp_appr_flag）不在允许范围：7/,
    ],
    ['outpatient care', purchase(holder, [line('1')], { med_type: '11' }), /未开通跨省药店购药/],
    [
      'a disease that is not opened',
      purchase(holder, [line('1')], { med_type: '14', dise_codg: 'M03900' }),
      /M03900 未开通/,
    ],
  ];
  for (const [title, input, text] of REFUSED) {
    it(`refuses ${title}`, async () => {
      assert.match((await call(core, '2102', input)).err_msg, text);
      assert.deepEqual(core.ledger.rows(), []);
    });
  }

  it('lists what was bought for a chronic disease', async () => {
    const chronic = { med_type: '14', dise_codg: 'M03900' };
    await call(core, '2102', purchase(resident, [line('1')], chronic));
    const query = { psn_no: resident.psnNo, begntime: '2026-11-20 00:00:00', endtime: '' };
    const rows = (await call(core, '5205', { data: query })).output?.['feedetail'] ?? [];
    assert.deepEqual(
      rows.map((row) => [row['feedetl_sn'], row['hilist_name'], row['list_type'], row['cnt']]),
      [['1', '乙类降压缓释片', '101', 4]],
    );
    const later = { ...query, begntime: '2026-11-20 09:30:01' };
    assert.deepEqual((await call(core, '5205', { data: later })).output?.['feedetail'], []);
  });
});

describe('purchases at the care-place core', () => {
  let core: RunningCore;
  beforeEach(async () => {
    core = await startCarePlaceCore({ region: '530100', clock });
  });
  afterEach(() => core.stop());

  /** The insured place's answer for 370.00: all from the account. */
  const told = (setlId: string, sign: 1 | -1): Members => ({
    setlinfo: {
      setl_id: setlId,
      mdtrt_id: 'D1',
      medfee_sumamt: sign * 370,
      fund_pay_sumamt: 0,
      acct_pay: sign * 370,
      psn_cash_pay: 0,
    },
  });

  it('checks the lines and answers their split, everything still to pay', async () => {
    const answer = await call(core, '2101', purchase(holder, [line('1')]));
    assert.equal(node(answer, 'setlinfo')['psn_cash_pay'], 370);
    assert.equal(answer.output?.['detlcutinfo']?.[0]?.['inscp_scp_amt'], 333);
    const wrong = await call(core, '2101', purchase(holder, [line('1')], { medfee_sumamt: 369 }));
    assert.match(wrong.err_msg, /上送369.00，明细合计370.00/);
  });

  it('records a purchase under the number of the insured place, its cancellation and its reversal', async () => {
    const input = { ...purchase(holder, [line('1')]), ...told('A1', 1) };
    const record = message('2102', input);
    assert.equal((await send(core, record)).infcode, 0);
    assert.equal((await send(core, record)).infcode, 0);
    const data = { setl_id: 'A1', mdtrt_id: 'D1', psn_no: holder.psnNo };
    const cancel = message('2103', { data, ...told('A2', -1) });
    assert.equal((await send(core, cancel)).infcode, 0);
    assert.deepEqual(
      core.ledger.rows().map(({ mdtrtId, total, state }) => [mdtrtId, total, state]),
      [
        ['D1', '370.00', 'cancelled'],
        ['D1', '-370.00', 'cancellation'],
      ],
    );
  });

  it('forgets a purchase that is reversed', async () => {
    const record = message('2102', { ...purchase(holder, [line('1')]), ...told('A1', 1) });
    await send(core, record);
    const reversal = { psn_no: holder.psnNo, omsgid: record.msgid, oinfno: '2102' };
    assert.equal((await call(core, '2601', { data: reversal })).infcode, 0);
    assert.deepEqual(core.ledger.effective(), []);
    const query = { psn_no: holder.psnNo, begntime: '2026-11-20 00:00:00', endtime: '2026-11-20' };
    assert.deepEqual((await call(core, '5201', { data: query })).output?.['mdtrtinfo'], []);
  });

  it('refuses to record another total than that of the lines', async () => {
    const input = { ...purchase(holder, [line('1'), line('2')]), ...told('A1', 1) };
    assert.match((await call(core, '2102', input)).err_msg, /与费用明细不符/);
    assert.deepEqual(core.ledger.rows(), []);
  });
});
