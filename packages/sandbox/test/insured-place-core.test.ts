import assert from 'node:assert/strict';
import { DEFAULT_RULES, sandboxPersons, startInsuredPlaceCore } from '@yiqiao/sandbox';
import type { InsuredPlaceCore, Person } from '@yiqiao/sandbox';
import { call, clock, message, node, send } from './world.ts';

const [employee, resident, unfiled, diabetic] = sandboxPersons('330000') as [Person, Person, Person, Person];

/** 507.15 = 30.00 + 38.00 + 29.71 + 409.44 */
const bill = (person: Person, change: Record<string, unknown> = {}): Record<string, unknown> => ({
  data: {
    psn_no: person.psnNo,
    insutype: person.scheme,
    mdtrt_cert_type: '02',
    med_type: '11',
    mdtrt_id: '53010026112000000001',
    chrg_bchno: 'B1',
    acct_used_flag: '1',
    medfee_sumamt: 507.15,
    fulamt_ownpay_amt: 30,
    overlmt_selfpay: 38,
    preselfpay_amt: 29.71,
    inscp_scp_amt: 409.44,
    ...change,
  },
});

describe('the insured-place core', () => {
  let core: InsuredPlaceCore;
  beforeEach(async () => {
    core = await startInsuredPlaceCore({ region: '330000', clock });
  });
  afterEach(() => core.stop());

  const identified = (person: Person): [string, Record<string, unknown>][] => [
    ['01', { mdtrt_cert_no: person.token }],
    ['02', { mdtrt_cert_no: person.certno }],
    ['03', { mdtrt_cert_no: person.card.number, card_sn: person.card.serial }],
  ];
  for (const [kind, credential] of identified(employee)) {
    it(`identifies a person by credential ${kind}`, async () => {
      const answer = await call(core, '1101', {
        data: { mdtrt_cert_type: kind, psn_name: employee.name, ...credential },
      });
      const { psn_no, psn_name, gend, age } = node(answer, 'baseinfo');
      assert.deepEqual([psn_no, psn_name, gend, age], [employee.psnNo, '测试甲', '1', 36.8]);
      const [insured] = answer.output?.['insuinfo'] ?? [];
      assert.deepEqual(
        [insured?.['insutype'], insured?.['insuplc_admdvs'], insured?.['balc']],
        ['310', '330100', 200],
      );
    });
  }

  const STRANGERS: readonly [string, Record<string, unknown>, RegExp][] = [
    [
      'a card without its 卡识别码',
      { mdtrt_cert_type: '03', mdtrt_cert_no: employee.card.number },
      /card_sn/,
    ],
    [
      'a card with another 卡识别码',
      { mdtrt_cert_type: '03', mdtrt_cert_no: employee.card.number, card_sn: 'X' },
      /未查询到/,
    ],
    ['an unknown token', { mdtrt_cert_type: '01', mdtrt_cert_no: 'X' }, /未查询到/],
    ['another name', { mdtrt_cert_type: '02', mdtrt_cert_no: employee.certno, psn_name: '测试癸' }, /姓名/],
    ['an unknown kind', { mdtrt_cert_type: '09', mdtrt_cert_no: employee.certno }, /凭证类型/],
  ];
  for (const [title, data, text] of STRANGERS) {
    it(`identifies nobody by ${title}`, async () => {
      const answer = await call(core, '1101', { data });
      assert.equal(answer.infcode, -1);
      assert.match(answer.err_msg, text);
    });
  }

  it('computes from the totals and answers amounts that add up', async () => {
    const answer = await call(core, '2207', bill(employee));
    const info = node(answer, 'setlinfo');
    // (409.44 - 150.00) * 0.6 = 155.66; the account holds 200.00.
    assert.deepEqual(
      {
        dedc: info['act_pay_dedc'],
        pool: info['hifp_pay'],
        fund: info['fund_pay_sumamt'],
        person: info['psn_part_amt'],
        account: info['acct_pay'],
        cash: info['psn_cash_pay'],
        hospital: info['hosp_part_amt'],
        balance: info['balc'],
      },
      {
        dedc: 150,
        pool: 155.66,
        fund: 155.66,
        person: 351.49,
        account: 200,
        cash: 151.49,
        hospital: 0,
        balance: 0,
      },
    );
    assert.equal(info['setl_id'], 'A3301002611200000001');
    const details = answer.output?.['setldetail'] ?? [];
    assert.deepEqual(
      details.map((row) => [row['fund_pay_type'], row['fund_payamt']]),
      [
        ['310100', 155.66],
        ['310200', 200],
      ],
    );
  });

  it('posts nothing for a trial', async () => {
    const info = node(await call(core, '2206', bill(employee)), 'setlinfo');
    assert.equal(info['fund_pay_sumamt'], 155.66);
    assert.equal('setl_id' in info, false);
    assert.equal(core.balanceOf(employee.psnNo, '2026')?.account, 20_000n);
    assert.deepEqual(core.ledger.rows(), []);
  });

  it('leaves the account alone when it is not to be used', async () => {
    const info = node(await call(core, '2207', bill(employee, { acct_used_flag: '0' })), 'setlinfo');
    assert.equal(info['acct_pay'], 0);
    assert.equal(info['psn_cash_pay'], 351.49);
  });

  it('counts the deductible over the year', async () => {
    await call(core, '2207', bill(employee));
    const next = node(await call(core, '2207', bill(employee, { chrg_bchno: 'B2' })), 'setlinfo');
    assert.deepEqual([next['act_pay_dedc'], next['fund_pay_sumamt']], [0, 245.66]);
  });

  it('takes the hospital level from the institution', async () => {
    const level2 = message('2206', bill(employee), { fixmedins_code: 'H44010000001' });
    assert.equal(node(await send(core, level2), 'setlinfo')['act_pay_dedc'], 100);
  });

  const REFUSED: readonly [string, Person, Record<string, unknown>, RegExp][] = [
    ['totals that do not add up', employee, { inscp_scp_amt: 409.45 }, /≠/],
    ['a missing part', employee, { overlmt_selfpay: '' }, /全部上送/],
    ['negative parts', employee, { overlmt_selfpay: -38, fulamt_ownpay_amt: 106 }, /为负/],
    ['the other scheme', employee, { insutype: '390' }, /险种/],
    ['an unknown person', { ...employee, psnNo: '0' }, {}, /未查询到/],
    ['inpatient care', employee, { med_type: '21' }, /未开通/],
    ['a disease that is not opened', diabetic, { med_type: '14', dise_codg: 'M03900' }, /M03900 未开通/],
    ['an unknown use of the account', employee, { acct_used_flag: '9' }, /（acct_used_flag）不在允许范围：9/],
    ['an unknown way to settle', employee, { psn_setlway: '77' }, /（psn_setlway）不在允许范围：77/],
    ['an unknown credential', employee, { mdtrt_cert_type: '77' }, /（mdtrt_cert_type）不在允许范围：77/],
    ['an unknown category', employee, { med_type: '77' }, /（med_type）77 未开通/],
    [
      'a region’s own chronic visit without the disease',
      diabetic,
      { med_type: '1401', dise_codg: 'M03900' },
      /M03900 未开通/,
    ],
    ['a chronic-disease visit without disease', resident, { med_type: '14' }, /2001/],
  ];
  for (const [title, person, change, text] of REFUSED) {
    it(`refuses ${title}`, async () => {
      const answer = await call(core, '2207', bill(person, change));
      assert.equal(answer.infcode, -1);
      assert.match(answer.err_msg, text);
      assert.deepEqual(core.ledger.rows(), []);
    });
  }

  it('pays for a region’s own 1401 as for 14, and tells it as it was sent', async () => {
    const change = { med_type: '1401', dise_codg: 'M03900', acct_used_flag: '0' };
    const own = node(await call(core, '2206', bill(resident, change)), 'setlinfo');
    const national = node(
      await call(core, '2206', bill(resident, { ...change, med_type: '14' })),
      'setlinfo',
    );
    assert.deepEqual(
      ['fund_pay_sumamt', 'act_pay_dedc', 'clr_type'].map((name) => own[name]),
      ['fund_pay_sumamt', 'act_pay_dedc', 'clr_type'].map((name) => national[name]),
    );
    assert.equal(own['med_type'], '1401');
  });

  it('2001 tells that an unknown category is not open', async () => {
    const data = { psn_no: employee.psnNo, insutype: '310', med_type: '77' };
    const [row] = (await call(core, '2001', { data })).output?.['trtinfo'] ?? [];
    assert.deepEqual([row?.['trt_enjymnt_flag'], row?.['trt_chk_rslt']], ['0', '医疗类别 77 未开通']);
  });

  it('knows the disease of a chronic visit from the entitlement check before it', async () => {
    const check = {
      psn_no: resident.psnNo,
      insutype: '390',
      med_type: '14',
      begntime: '2026-11-20 10:00:00',
    };
    const allowed = await call(core, '2001', { data: { ...check, dise_codg: 'M03900' } });
    assert.equal(allowed.output?.['trtinfo']?.[0]?.['trt_enjymnt_flag'], '1');
    const info = node(await call(core, '2207', bill(resident, { med_type: '14' })), 'setlinfo');
    // 409.44 * 0.65 = 266.136, no deductible
    assert.deepEqual([info['act_pay_dedc'], info['fund_pay_sumamt'], info['acct_pay']], [0, 266.14, 0]);
    const other = await call(core, '2001', { data: { ...check, dise_codg: 'M00500' } });
    assert.equal(other.output?.['trtinfo']?.[0]?.['trt_enjymnt_flag'], '0');
  });

  it('pays less without filing, and as usual in an emergency', async () => {
    const fund = async (change: Record<string, unknown>): Promise<unknown> =>
      node(await call(core, '2206', bill(unfiled, change)), 'setlinfo')['fund_pay_sumamt'];
    assert.equal(await fund({}), 103.78);
    assert.equal(await fund({ exp_content: '{"OTP_ER_REFL_FLAG":"1"}' }), 155.66);
    assert.equal(await fund({ expContent: { OTP_ER_REFL_FLAG: '3' } }), 155.66);
    assert.equal(await fund({ exp_content: '{"OTP_ER_REFL_FLAG":"2"}' }), 103.78);
  });

  it('refuses without filing where the rules say so', async () => {
    const { 310: employees, 390: residents } = DEFAULT_RULES.schemes;
    const schemes = { 310: { ...employees, unfiled: 'refuse' as const }, 390: residents };
    const strict = await startInsuredPlaceCore({
      region: '330000',
      clock,
      rules: { ...DEFAULT_RULES, schemes },
    });
    assert.match((await call(strict, '2207', bill(unfiled))).err_msg, /备案/);
    await strict.stop();
  });

  it('refuses a second settlement of the same batch, under any message id', async () => {
    const first = message('2207', bill(employee));
    assert.equal((await send(core, first)).infcode, 0);
    assert.match((await send(core, first)).err_msg, /重复结算/);
    assert.match((await call(core, '2207', bill(employee))).err_msg, /重复结算/);
    assert.equal(core.ledger.rows().length, 1);
  });

  it('cancels with a negative mirror and restores account and sums', async () => {
    const settled = node(await call(core, '2207', bill(employee)), 'setlinfo');
    const cancel = {
      data: { setl_id: settled['setl_id'], mdtrt_id: settled['mdtrt_id'], psn_no: employee.psnNo },
    };
    const mirror = node(await call(core, '2208', cancel), 'setlinfo');
    for (const name of ['medfee_sumamt', 'fund_pay_sumamt', 'acct_pay', 'psn_cash_pay', 'act_pay_dedc']) {
      assert.equal(mirror[name], -Number(settled[name]), name);
    }
    assert.notEqual(mirror['setl_id'], settled['setl_id']);
    assert.equal(mirror['balc'], 200);
    assert.deepEqual(core.balanceOf(employee.psnNo, '2026'), {
      account: 20_000n,
      deductiblePaid: 0n,
      poolPaid: 0n,
    });
    assert.deepEqual(
      core.ledger.rows().map(({ total, state }) => [total, state]),
      [
        ['507.15', 'cancelled'],
        ['-507.15', 'cancellation'],
      ],
    );
    assert.match((await call(core, '2208', cancel)).err_msg, /重复撤销/);
  });

  it('reverses a settlement by its message id, again and again with success', async () => {
    const charge = message('2207', bill(employee));
    await send(core, charge);
    const reversal = { data: { psn_no: employee.psnNo, omsgid: charge.msgid, oinfno: '2207' } };
    assert.equal((await call(core, '2601', { data: { ...reversal.data, psn_no: '0' } })).infcode, -1);
    assert.equal((await call(core, '2601', reversal)).infcode, 0);
    assert.equal((await call(core, '2601', reversal)).infcode, 0);
    assert.equal(core.balanceOf(employee.psnNo, '2026')?.account, 20_000n);
    assert.deepEqual(core.ledger.effective(), []);
    assert.equal((await send(core, charge)).infcode, -1);
    assert.equal((await call(core, '2207', bill(employee))).infcode, 0);
  });

  it('reverses a cancellation, after which the settlement is in force again', async () => {
    const settled = node(await call(core, '2207', bill(employee)), 'setlinfo');
    const cancel = message('2208', {
      data: { setl_id: settled['setl_id'], mdtrt_id: settled['mdtrt_id'], psn_no: employee.psnNo },
    });
    await send(core, cancel);
    const reversal = { data: { psn_no: employee.psnNo, omsgid: cancel.msgid, oinfno: '2208' } };
    assert.equal((await call(core, '2601', reversal)).infcode, 0);
    assert.equal(core.balanceOf(employee.psnNo, '2026')?.account, 0n);
    assert.deepEqual(
      core.ledger.effective().map(({ total, state }) => [total, state]),
      [['507.15', 'settled']],
    );
  });

  it('answers a reversal of nothing, and refuses the original that comes late', async () => {
    const charge = message('2207', bill(employee));
    const reversal = { data: { psn_no: employee.psnNo, omsgid: charge.msgid, oinfno: '2207' } };
    assert.equal((await call(core, '2601', reversal)).err_msg, '未查询到原交易');
    assert.match((await send(core, charge)).err_msg, /已被冲正/);
    assert.deepEqual(core.ledger.rows(), []);
  });

  it('is started anew at the same address with its books, and gives no number twice', async () => {
    const first = await call(core, '2207', bill(employee));
    const { url } = core;
    await core.restart();
    assert.equal(core.url, url);
    const { setl_id, mdtrt_id } = node(first, 'setlinfo');
    const cancelled = await call(core, '2208', { data: { setl_id, mdtrt_id, psn_no: employee.psnNo } });
    assert.equal(cancelled.infcode, 0);
    assert.notEqual(node(cancelled, 'setlinfo')['setl_id'], setl_id);
    assert.equal(core.balanceOf(employee.psnNo, '2026')?.account, employee.account);
  });

  it('leaves fees and their split to the care place', async () => {
    for (const infno of ['2203', '2204']) {
      assert.match((await call(core, infno, {})).err_msg, /就医地办理/);
    }
  });
});
