import assert from 'node:assert/strict';
import { sandboxPersons, startInsuredPlaceCore } from '@yiqiao/sandbox';
import type { InsuredPlaceCore, Person } from '@yiqiao/sandbox';
import { call, clock, message, node, send } from './world.ts';
import type { Answer } from './world.ts';

type Members = Record<string, unknown>;

const [employee, , unfiled] = sandboxPersons('330000') as [Person, Person, Person];
const VISIT = '53010026112000000001';

/** 12500.00 = 1000.00 + 500.00 + 1000.00 + 10000.00 */
const stay = (person: Person, change: Members = {}): { data: Members } => ({
  data: {
    psn_no: person.psnNo,
    insutype: person.scheme,
    mdtrt_cert_type: '02',
    mdtrt_id: VISIT,
    mid_setl_flag: '0',
    acct_used_flag: '0',
    medfee_sumamt: 12_500,
    fulamt_ownpay_amt: 1000,
    overlmt_selfpay: 500,
    preselfpay_amt: 1000,
    inscp_scp_amt: 10_000,
    dscgTime: '2026-11-20',
    ...change,
  },
});

describe('stays at the insured-place core', () => {
  let core: InsuredPlaceCore;
  beforeEach(async () => {
    core = await startInsuredPlaceCore({ region: '330000', clock });
  });
  afterEach(() => core.stop());

  const amounts = (answer: Answer): unknown[] => {
    const info = node(answer, 'setlinfo');
    return [info['act_pay_dedc'], info['fund_pay_sumamt'], info['psn_cash_pay']];
  };
  const fund = async (person: Person, change: Members = {}): Promise<unknown> =>
    node(await call(core, '2303', stay(person, change)), 'setlinfo')['fund_pay_sumamt'];
  const cumulated = async (person: Person): Promise<unknown> => {
    const answer = await call(core, '5206', { data: { psn_no: person.psnNo, cum_ym: '202611' } });
    return Object.fromEntries(
      (answer.output?.['cuminfo'] ?? []).map((row) => [row['cum_type_code'], row['cum']]),
    );
  };

  it('computes a stay, posts it once and answers the categories of a stay', async () => {
    const answer = await call(core, '2304', stay(employee));
    // (10000.00 - 800.00) * 0.85
    assert.deepEqual(amounts(answer), [800, 7820, 4680]);
    const info = node(answer, 'setlinfo');
    assert.deepEqual([info['med_type'], info['clr_type'], info['mdtrt_id']], ['21', '21', VISIT]);
    assert.match((await call(core, '2304', stay(employee))).err_msg, /不能重复结算/);
    assert.deepEqual(await cumulated(employee), { D01: 0, D02: 800, P01: 0, P02: 7820, N02: 1 });
  });

  it('halves the deductible of the second stay of a year, and keeps the outpatient one apart', async () => {
    await call(core, '2304', stay(employee));
    const second = await call(core, '2303', stay(employee, { mdtrt_id: '53010026112000000002' }));
    // (10000.00 - 400.00) * 0.85
    assert.deepEqual(amounts(second), [400, 8160, 4340]);
    const outpatient = await call(core, '2206', stay(employee, { med_type: '11', chrg_bchno: 'B1' }));
    // (10000.00 - 150.00) * 0.6
    assert.deepEqual(amounts(outpatient), [150, 5910, 6590]);
  });

  it('asks for the deductible once over the interim settlements of a stay', async () => {
    const interim = stay(employee, {
      mid_setl_flag: '1',
      medfee_sumamt: 300,
      fulamt_ownpay_amt: 0,
      overlmt_selfpay: 0,
      preselfpay_amt: 0,
      inscp_scp_amt: 300,
    });
    assert.deepEqual(amounts(await call(core, '2304', interim)), [300, 0, 300]);
    // (10000.00 - 500.00) * 0.85
    assert.deepEqual(amounts(await call(core, '2304', stay(employee))), [500, 8075, 4425]);
    assert.equal(((await cumulated(employee)) as Members)['N02'], 1);
  });

  const FILED: readonly [string, Members, number][] = [
    // (10000.00 - 800.00) * 0.65
    ['less without filing', {}, 5980],
    ['as usual for an emergency stay', { exp_content: '{"IPT_TYPE":"2"}' }, 7820],
    ['less for an ordinary stay', { exp_content: '{"IPT_TYPE":"1"}' }, 5980],
    [
      'as usual for an emergency told by the outpatient key',
      { exp_content: '{"OTP_ER_REFL_FLAG":"3"}' },
      7820,
    ],
  ];
  for (const [title, change, expected] of FILED) {
    it(`pays ${title}`, async () => {
      assert.equal(await fund(unfiled, change), expected);
    });
  }

  it('accepts a filing until the day of discharge, not after it', async () => {
    core.file(unfiled.psnNo, { number: 'Y3301002611190000001', from: '2026-11-19', to: '2027-11-18' });
    assert.equal(await fund(unfiled), 7820);
    assert.equal(await fund(unfiled, { dscgTime: '2026-11-18' }), 5980);
  });

  it('counts a referral to that hospital as filed until it is withdrawn', async () => {
    const refmedin = {
      psn_no: unfiled.psnNo,
      diag_code: 'K35.900',
      reflin_medins_no: 'H53010000001',
      mdtrtarea_admdvs: '530100',
      refl_type: '3',
      refl_date: '2026-11-10',
      refl_rea: '病情需要',
      begndate: '2026-11-10',
    };
    const number = node(await call(core, '2501', { refmedin }), 'result')['trt_dcla_detl_sn'];
    assert.equal(await fund(unfiled), 7820);
    await call(core, '2502', { data: { psn_no: unfiled.psnNo, trt_dcla_detl_sn: number } });
    assert.equal(await fund(unfiled), 5980);
  });

  it('cancels by 2305 with a negative mirror and forgets the stay', async () => {
    const settled = node(await call(core, '2304', stay(employee)), 'setlinfo');
    const data = { setl_id: settled['setl_id'], mdtrt_id: VISIT, psn_no: employee.psnNo };
    assert.match((await call(core, '2208', { data })).err_msg, /未查询到原结算/);
    const mirror = node(await call(core, '2305', { data }), 'setlinfo');
    for (const name of [
      'medfee_sumamt',
      'fund_pay_sumamt',
      'psn_cash_pay',
      'act_pay_dedc',
      'inscp_scp_amt',
    ]) {
      assert.equal(mirror[name], -Number(settled[name]), name);
    }
    assert.deepEqual(await cumulated(employee), { D01: 0, D02: 0, P01: 0, P02: 0, N02: 0 });
    assert.deepEqual(amounts(await call(core, '2304', stay(employee))), [800, 7820, 4680]);
  });

  it('reverses a 2304 by its message id', async () => {
    const charge = message('2304', stay(employee));
    await send(core, charge);
    const data = { psn_no: employee.psnNo, omsgid: charge.msgid, oinfno: '2304' };
    assert.equal((await call(core, '2601', { data })).infcode, 0);
    assert.deepEqual(core.ledger.effective(), []);
    assert.equal((await call(core, '2304', stay(employee))).infcode, 0);
  });

  for (const [name, code] of [
    ['acct_used_flag', '9'],
    ['psn_setlway', '77'],
    ['mid_setl_flag', '5'],
  ] as const) {
    it(`refuses ${name} ${code}, naming both, and books nothing`, async () => {
      const answer = await call(core, '2304', stay(employee, { [name]: code }));
      assert.match(answer.err_msg, new RegExp(`（${name}）不在允许范围：${code}`));
      assert.deepEqual(core.ledger.rows(), []);
    });
  }

  it('refuses categories that are no stay, and takes a region’s own by their head', async () => {
    assert.equal((await call(core, '2303', stay(employee, { med_type: '21303' }))).infcode, 0);
    assert.match((await call(core, '2303', stay(employee, { med_type: '71' }))).err_msg, /未开通跨省住院/);
  });
});
