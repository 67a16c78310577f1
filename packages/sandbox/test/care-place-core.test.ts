import assert from 'node:assert/strict';
import { startCarePlaceCore } from '@yiqiao/sandbox';
import type { RunningCore } from '@yiqiao/sandbox';
import { call, clock, message, node, send } from './world.ts';
import type { Answer } from './world.ts';

const PSN = '33010000000000000000000001';

const line = (number: string, change: Record<string, unknown> = {}): Record<string, unknown> => ({
  feedetl_sn: number,
  psn_no: PSN,
  chrg_bchno: 'B1',
  med_list_codg: 'XC08CAA308A001020100002',
  det_item_fee_sumamt: 88.5,
  cnt: 1,
  pric: 88.5,
  hosp_appr_flag: '1',
  ...change,
});

/** An answer of the insured place for 88.50: 40.00 fund, 20.00 account, 28.50 cash. */
const told = (setlId: string, sign: 1 | -1): Record<string, unknown> => ({
  setlinfo: {
    setl_id: setlId,
    medfee_sumamt: sign * 88.5,
    fund_pay_sumamt: sign * 40,
    acct_pay: sign * 20,
    psn_cash_pay: sign * 28.5,
    hosp_part_amt: 0,
  },
});

describe('the care-place core', () => {
  let core: RunningCore;
  let visitId: string;

  beforeEach(async () => {
    core = await startCarePlaceCore({ region: '530100', clock });
    const registered = await call(core, '2201', {
      data: { psn_no: PSN, psn_name: '测试甲', ipt_otp_no: 'MZ1' },
    });
    visitId = String(node(registered, 'data')['mdtrt_id']);
  });
  afterEach(() => core.stop());

  const upload = (...lines: Record<string, unknown>[]): Promise<Answer> =>
    call(core, '2204', { feedetail: lines.map((one) => ({ mdtrt_id: visitId, ...one })) });
  const data = (change: Record<string, unknown> = {}): Record<string, unknown> => ({
    psn_no: PSN,
    mdtrt_id: visitId,
    chrg_bchno: 'B1',
    medfee_sumamt: 88.5,
    ...change,
  });

  it('signs in and out', async () => {
    const number = node(await call(core, '9001', { signIn: { opter_no: '01' } }), 'signinoutb')['sign_no'];
    assert.equal(number, '530100G2611200000001');
    const out = { signOut: { sign_no: number, opter_no: '01' } };
    assert.equal(node(await call(core, '9002', out), 'sign_time')['sign_time'], '2026-11-20 10:00:00');
    assert.equal((await call(core, '9002', out)).infcode, -1);
  });

  it('gives visit ids of region, date and serial, 20 characters', () => {
    assert.equal(visitId, '53010026112000000001');
  });

  it('answers 2204 with the split of each line, as in the sample of the specification', async () => {
    const answer = await upload(
      line('1'),
      line('2', { med_list_codg: '目录外', det_item_fee_sumamt: '88.50' }),
    );
    assert.equal(answer.infcode, 0);
    const [first, second] = answer.output?.['result'] ?? [];
    const { pric_uplmt_amt, selfpay_prop, overlmt_amt, preselfpay_amt, inscp_scp_amt, chrgitm_lv } =
      first ?? {};
    assert.deepEqual(
      { pric_uplmt_amt, selfpay_prop, overlmt_amt, preselfpay_amt, inscp_scp_amt, chrgitm_lv },
      {
        pric_uplmt_amt: 999999,
        selfpay_prop: 0.1,
        overlmt_amt: 0,
        preselfpay_amt: 8.85,
        inscp_scp_amt: 79.65,
        chrgitm_lv: '02',
      },
    );
    assert.equal(second?.['fulamt_ownpay_amt'], 88.5);
  });

  const REFUSED_LINES: readonly [string, Record<string, unknown>[], RegExp][] = [
    ['an amount that is not price × quantity', [line('1', { cnt: 2 })], /单价×数量/],
    ['an amount with an exponent', [line('1', { det_item_fee_sumamt: '1e3' })], /不合法/],
    ['a line number used twice', [line('1'), line('1')], /流水号重复/],
    ['a visit that does not exist', [line('1', { mdtrt_id: '0' })], /未查询到就诊登记/],
    ['the visit of another person', [line('1', { psn_no: '0' })], /人员编号/],
    ['no line at all', [], /为空/],
  ];
  for (const [title, lines, text] of REFUSED_LINES) {
    it(`refuses ${title} and keeps nothing`, async () => {
      const answer = await upload(...lines);
      assert.equal(answer.infcode, -1);
      assert.match(answer.err_msg, text);
      assert.match((await call(core, '2206', { data: data() })).err_msg, /未查询到收费批次/);
    });
  }

  it('refuses a batch that was uploaded before', async () => {
    await upload(line('1'));
    assert.match((await upload(line('2'))).err_msg, /批次已上传/);
  });

  for (const wanted of ['B1', '0000']) {
    it(`withdraws unsettled fees by batch number ${wanted}`, async () => {
      await upload(line('1'));
      assert.equal((await call(core, '2205', { data: data({ chrg_bchno: wanted }) })).infcode, 0);
      assert.equal((await upload(line('1'))).infcode, 0);
    });
  }

  it('cancels a registration only while it has no fees', async () => {
    await upload(line('1'));
    assert.equal((await call(core, '2202', { data: data() })).infcode, -1);
    await call(core, '2205', { data: data() });
    assert.equal((await call(core, '2202', { data: data() })).infcode, 0);
    assert.match((await upload(line('1'))).err_msg, /已撤销/);
  });

  it('keeps one med_type per visit', async () => {
    const info = { mdtrt_id: visitId, psn_no: PSN, med_type: '11' };
    assert.equal((await call(core, '2203', { mdtrtinfo: info })).infcode, 0);
    assert.equal((await call(core, '2203', { mdtrtinfo: { ...info, med_type: '14' } })).infcode, -1);
  });

  it('checks totals in 2206: equal ones are answered, all differences are named', async () => {
    await upload(line('1'));
    const info = node(await call(core, '2206', { data: data({ inscp_scp_amt: 79.65 }) }), 'setlinfo');
    assert.deepEqual(
      [info['preselfpay_amt'], info['inscp_scp_amt'], info['fund_pay_sumamt'], info['psn_cash_pay']],
      [8.85, 79.65, 0, 88.5],
    );
    const wrong = await call(core, '2206', { data: data({ medfee_sumamt: 88.51, preselfpay_amt: 0 }) });
    assert.equal(
      wrong.err_msg,
      '与费用明细不符：医疗费总额上送88.51，明细合计88.50；先行自付金额上送0.00，明细合计8.85',
    );
  });

  it('records a settlement once per message id and refuses to settle the batch again', async () => {
    await upload(line('1'));
    const record = message('2207', { data: data(), ...told('A1', 1) });
    const first = await send(core, record);
    const again = await send(core, record);
    assert.deepEqual(again.output, first.output);
    assert.equal(node(first, 'setlinfo')['setl_id'], 'A1');
    const reused = await send(core, {
      ...message('2208', { data: data({ setl_id: 'A1' }) }),
      msgid: record.msgid,
    });
    assert.match(reused.err_msg, /2207/);
    const other = await call(core, '2207', { data: data(), ...told('A2', 1) });
    assert.match(other.err_msg, /已结算/);
    assert.deepEqual(core.ledger.rows(), [
      {
        setlId: 'A1',
        mdtrtId: visitId,
        total: '88.50',
        fund: '40.00',
        account: '20.00',
        cash: '28.50',
        state: 'settled',
      },
    ]);
  });

  const REFUSED_RECORDS: readonly [string, Record<string, unknown>, RegExp][] = [
    ['without the insured place’s answer', {}, /setlinfo/],
    [
      'whose payers do not add up',
      { setlinfo: { setl_id: 'A1', medfee_sumamt: 88.5, fund_pay_sumamt: 1 } },
      /不平/,
    ],
    [
      'of another total',
      { setlinfo: { setl_id: 'A1', medfee_sumamt: 1, fund_pay_sumamt: 1 } },
      /费用明细不符/,
    ],
  ];
  for (const [title, answer, text] of REFUSED_RECORDS) {
    it(`refuses to record a settlement ${title}`, async () => {
      await upload(line('1'));
      assert.match((await call(core, '2207', { data: data(), ...answer })).err_msg, text);
      assert.deepEqual(core.ledger.rows(), []);
    });
  }

  it('records a cancellation as a negative row and lets the batch be settled anew', async () => {
    await upload(line('1'));
    await call(core, '2207', { data: data(), ...told('A1', 1) });
    const cancel = { data: data({ setl_id: 'A1' }), ...told('A2', -1) };
    assert.equal((await call(core, '2208', cancel)).infcode, 0);
    assert.deepEqual(
      core.ledger.rows().map(({ setlId, total, state }) => [setlId, total, state]),
      [
        ['A1', '88.50', 'cancelled'],
        ['A2', '-88.50', 'cancellation'],
      ],
    );
    assert.equal((await call(core, '2208', cancel)).infcode, -1);
    assert.equal((await call(core, '2207', { data: data(), ...told('A3', 1) })).infcode, 0);
  });

  it('takes a record back by 2601, as often as asked, and refuses the unknown', async () => {
    await upload(line('1'));
    const record = message('2207', { data: data(), ...told('A1', 1) });
    const reversal = { data: { psn_no: PSN, omsgid: record.msgid, oinfno: '2207' } };
    assert.equal(
      (await call(core, '2601', { data: { ...reversal.data, omsgid: '0' } })).err_msg,
      '未查询到原交易',
    );
    await send(core, record);
    assert.equal((await call(core, '2601', reversal)).infcode, 0);
    assert.equal((await call(core, '2601', reversal)).infcode, 0);
    assert.deepEqual(core.ledger.effective(), []);
    assert.equal((await send(core, record)).infcode, -1);
    assert.equal((await call(core, '2207', { data: data(), ...told('A2', 1) })).infcode, 0);
  });

  it('leaves what the insured place answers to the insured place', async () => {
    assert.match((await call(core, '1101', {})).err_msg, /不受理/);
  });
});
