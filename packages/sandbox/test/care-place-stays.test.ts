import assert from 'node:assert/strict';
import { startCarePlaceCore } from '@yiqiao/sandbox';
import type { RunningCore } from '@yiqiao/sandbox';
import { call, clock, message, node, send } from './world.ts';
import type { Answer } from './world.ts';

type Members = Record<string, unknown>;

const PSN = '33010000000000000000000003';
const DIAGNOSIS = { diag_srt_no: 1, maindiag_flag: '1', diag_code: 'K35.900', diag_name: '急性阑尾炎' };

const admission = (change: Members = {}): Members => ({
  psn_no: PSN,
  insutype: '310',
  begntime: '2026-11-18 08:00:00',
  mdtrt_cert_type: '02',
  certno: '000000198511210035',
  med_type: '21',
  ipt_no: 'ZY1',
  atddr_no: 'D530000000001',
  adm_dept_codg: 'A03',
  adm_bed: '01',
  ...change,
});

/** 2180.00 = 109.00 paid first + 2071.00 in scope. */
const operation = (number: string, change: Members = {}): Members => ({
  feedetl_sn: number,
  psn_no: PSN,
  med_type: '21',
  med_list_codg: '003310020040000',
  det_item_fee_sumamt: 2180,
  cnt: 1,
  pric: 2180,
  hosp_appr_flag: '1',
  ...change,
});

/** 6.28 a bottle, in scope. */
const infusion = (number: string, quantity: number, amount: number, change: Members = {}): Members => ({
  ...operation(number),
  med_list_codg: 'XB05BBA001B004010100004',
  det_item_fee_sumamt: amount,
  cnt: quantity,
  pric: 6.28,
  ...change,
});

/** An answer of the insured place for 2180.00: 1173.00 fund, 50.00 account, 957.00 cash. */
const told = (setlId: string, sign: 1 | -1): Members => ({
  setlinfo: {
    setl_id: setlId,
    medfee_sumamt: sign * 2180,
    fund_pay_sumamt: sign * 1173,
    acct_pay: sign * 50,
    psn_cash_pay: sign * 957,
    hosp_part_amt: 0,
    setl_time: '2026-11-20 10:00:00',
  },
});

describe('stays at the care-place core', () => {
  let core: RunningCore;
  let id: string;

  const admit = (change: Members = {}, diseinfo: Members[] = [DIAGNOSIS]): Promise<Answer> =>
    call(core, '2401', { mdtrtinfo: admission(change), diseinfo });
  const upload = (...lines: Members[]): Promise<Answer> =>
    call(core, '2301', { feedetail: lines.map((line) => ({ mdtrt_id: id, ...line })) });
  const withdraw = (...numbers: string[]): Promise<Answer> =>
    call(core, '2302', {
      data: numbers.map((feedetl_sn) => ({ feedetl_sn, mdtrt_id: id, psn_no: PSN })),
    });
  const keys = (change: Members = {}): { data: Members } => ({
    data: { mdtrt_id: id, psn_no: PSN, ...change },
  });
  const discharge = (change: Members = {}): Promise<Answer> =>
    call(core, '2402', {
      dscginfo: {
        ...keys().data,
        endtime: '2026-11-20 09:00:00',
        dscg_way: '1',
        dscg_dept_codg: 'A03',
        ...change,
      },
      diseinfo: [DIAGNOSIS],
    });
  const bill = (change: Members = {}): { data: Members } =>
    keys({ insutype: '310', mid_setl_flag: '0', medfee_sumamt: 2180, ...change });

  beforeEach(async () => {
    core = await startCarePlaceCore({ region: '530100', clock });
    id = String(node(await admit(), 'result')['mdtrt_id']);
  });
  afterEach(() => core.stop());

  it('gives a stay an id of the same series as outpatient visits', () => {
    assert.equal(id, '53010026112000000001');
  });

  const NOT_ADMITTED: readonly [string, Members, Members[], RegExp][] = [
    ['someone who is in hospital', {}, [DIAGNOSIS], /已在院/],
    ['an outpatient category', { psn_no: '2', med_type: '11' }, [DIAGNOSIS], /不是住院类别/],
    ['an unknown category', { psn_no: '2', med_type: '29' }, [DIAGNOSIS], /29 不是住院类别/],
    [
      'without bed and number, naming both',
      { psn_no: '2', ipt_no: '', adm_bed: '' },
      [DIAGNOSIS],
      /ipt_no、adm_bed/,
    ],
    ['without main diagnosis', { psn_no: '2' }, [{ ...DIAGNOSIS, maindiag_flag: '0' }], /主诊断，上送 0 个/],
    ['in the future', { psn_no: '2', begntime: '2026-11-21 00:00:00' }, [DIAGNOSIS], /晚于当前时间/],
  ];
  for (const [title, change, diagnoses, text] of NOT_ADMITTED) {
    it(`does not admit ${title}`, async () => {
      const answer = await admit(change, diagnoses);
      assert.equal(answer.infcode, -1);
      assert.match(answer.err_msg, text);
    });
  }

  it('2306 writes remarks on lines, all of them or none', async () => {
    await admit();
    await upload(operation('1'), infusion('2', 1, 6.28));
    const remark = (number: string, code: string, memo: string): Members => ({
      mdtrt_id: id,
      bkkp_sn: number,
      psn_no: PSN,
      memo,
      med_list_codg: code,
    });
    const code = 'XB05BBA001B004010100004';
    const wrong = await call(core, '2306', { data: [remark('2', code, 'x'), remark('9', code, 'x')] });
    assert.match(wrong.err_msg, /9/);
    assert.match((await call(core, '2306', { data: [remark('1', code, 'x')] })).err_msg, /1/);
    assert.equal((await call(core, '2306', { data: [remark('2', code, '追溯码1')] })).infcode, 0);
  });

  it('keeps lines of several uploads on one account, split by the catalogue', async () => {
    await upload(operation('1'));
    const second = await upload(infusion('2', 18, 113.04));
    assert.equal(second.output?.['result']?.[0]?.['inscp_scp_amt'], 113.04);
    await discharge();
    const info = node(await call(core, '2303', bill({ medfee_sumamt: 2293.04 })), 'setlinfo');
    assert.deepEqual(
      [info['preselfpay_amt'], info['inscp_scp_amt'], info['med_type'], info['clr_type']],
      [109, 2184.04, '21', '21'],
    );
  });

  it('returns part of a line with a negative quantity', async () => {
    await upload(infusion('1', 18, 113.04));
    const answer = await upload(infusion('2', -8, -50.24, { init_feedetl_sn: '1' }));
    assert.equal(answer.output?.['result']?.[0]?.['inscp_scp_amt'], -50.24);
    await discharge();
    assert.equal((await call(core, '2303', bill({ medfee_sumamt: 62.8 }))).infcode, 0);
  });

  const WRONG_LINES: readonly [string, Members[], RegExp][] = [
    [
      'more returned than was given',
      [infusion('2', -19, -119.32, { init_feedetl_sn: '1' })],
      /多于原费用余量/,
    ],
    ['a return of nothing', [infusion('2', -1, -6.28)], /原费用流水号不存在/],
    [
      'a return of another item',
      [operation('2', { cnt: -1, det_item_fee_sumamt: -2180, init_feedetl_sn: '1' })],
      /与原费用不同/,
    ],
    ['a number used before', [infusion('1', 1, 6.28)], /流水号重复/],
    ['a wrong second line', [operation('2'), operation('3', { cnt: 2 })], /单价×数量/],
    [
      'a positive amount with a negative quantity',
      [infusion('2', -1, 6.28, { init_feedetl_sn: '1' })],
      /不合法/,
    ],
    ['no line', [], /为空/],
  ];
  for (const [title, lines, text] of WRONG_LINES) {
    it(`refuses ${title} and keeps nothing of the upload`, async () => {
      await upload(infusion('1', 18, 113.04));
      const answer = await upload(...lines);
      assert.match(answer.err_msg, text);
      await discharge();
      assert.equal((await call(core, '2303', bill({ medfee_sumamt: 113.04 }))).infcode, 0);
    });
  }

  it('withdraws single lines, and all open ones by 0000', async () => {
    await upload(
      operation('1'),
      infusion('2', 18, 113.04),
      infusion('3', -8, -50.24, { init_feedetl_sn: '2' }),
    );
    assert.match((await withdraw('2')).err_msg, /须先撤销退费明细 3/);
    assert.match((await withdraw('9')).err_msg, /未查询到费用明细：9/);
    assert.equal((await withdraw('2', '3')).infcode, 0);
    assert.equal((await upload(infusion('2', 1, 6.28))).infcode, 0);
    assert.equal((await withdraw('0000')).infcode, 0);
    assert.equal((await call(core, '2404', keys())).infcode, 0);
  });

  it('discharges once, not before admission, and then takes no more fees', async () => {
    assert.match((await discharge({ endtime: '2026-11-17 08:00:00' })).err_msg, /早于入院/);
    assert.equal((await discharge()).infcode, 0);
    assert.match((await discharge()).err_msg, /不能重复/);
    assert.match((await upload(operation('1'))).err_msg, /已办理出院/);
    assert.match((await call(core, '2403', { adminfo: keys().data })).err_msg, /已办理出院/);
    assert.equal((await call(core, '2405', keys())).infcode, 0);
    assert.equal((await upload(operation('1'))).infcode, 0);
    assert.match((await call(core, '2405', keys())).err_msg, /未办理出院/);
  });

  it('takes a region’s own category by its head, and names the place where lines are missing', async () => {
    assert.equal((await admit({ psn_no: '2', med_type: '21303' })).infcode, 0);
    assert.match((await upload()).err_msg, /费用明细（feedetail）为空/);
    assert.match((await call(core, '2302', { data: [] })).err_msg, /（data）/);
  });

  it('changes bed and diagnoses by their number', async () => {
    const second = { ...DIAGNOSIS, diag_srt_no: 2, maindiag_flag: '0', diag_code: 'I10.x00' };
    const diseinfo = [{ ...DIAGNOSIS, diag_code: 'K35.800' }, second];
    const adminfo = { ...keys().data, adm_bed: '02', med_type: '21' };
    assert.equal((await call(core, '2403', { adminfo, diseinfo })).infcode, 0);
    const listed = await call(core, '5202', keys());
    assert.deepEqual(
      listed.output?.['diseinfo']?.map((row) => [row['diag_code'], row['inout_diag_type']]),
      [
        ['K35.800', '1'],
        ['I10.x00', '1'],
      ],
    );
  });

  it('cancels an admission only while it has no fees', async () => {
    await upload(operation('1'));
    assert.match((await call(core, '2404', keys())).err_msg, /2302/);
    await withdraw('1');
    assert.equal((await call(core, '2404', keys())).infcode, 0);
    assert.match((await discharge()).err_msg, /已撤销/);
    assert.equal((await admit()).infcode, 0);
  });

  it('settles finally after discharge, in between before it', async () => {
    await upload(operation('1'));
    assert.match((await call(core, '2303', bill())).err_msg, /2402/);
    assert.equal((await call(core, '2303', bill({ mid_setl_flag: '1' }))).infcode, 0);
    await discharge();
    assert.match((await call(core, '2303', bill({ mid_setl_flag: '1' }))).err_msg, /不能中途结算/);
    assert.match((await call(core, '2303', bill({ inscp_scp_amt: 1 }))).err_msg, /上送1.00，明细合计2071.00/);
  });

  it('records a settlement once, then its cancellation, and takes the cancellation back', async () => {
    await upload(operation('1'));
    await discharge();
    const record = message('2304', { ...bill(), ...told('A1', 1) });
    assert.deepEqual((await send(core, record)).output, (await send(core, record)).output);
    assert.match((await call(core, '2304', { ...bill(), ...told('A2', 1) })).err_msg, /没有未结算/);
    assert.match((await call(core, '2405', keys())).err_msg, /2305/);
    assert.match(
      (await call(core, '2208', { ...keys({ setl_id: 'A1' }), ...told('A2', -1) })).err_msg,
      /未查询到/,
    );
    const cancel = message('2305', { ...keys({ setl_id: 'A1' }), ...told('A2', -1) });
    assert.equal((await send(core, cancel)).infcode, 0);
    assert.equal((await call(core, '2303', bill())).infcode, 0);
    const reversal = { data: { psn_no: PSN, omsgid: cancel.msgid, oinfno: '2305' } };
    assert.equal((await call(core, '2601', reversal)).infcode, 0);
    assert.deepEqual(
      core.ledger.effective().map(({ setlId, total, state }) => [setlId, total, state]),
      [['A1', '2180.00', 'settled']],
    );
    assert.match((await call(core, '2303', bill())).err_msg, /没有未结算/);
  });

  it('settles what came after an interim settlement by itself', async () => {
    await upload(operation('1'));
    const interim = bill({ mid_setl_flag: '1' });
    assert.equal((await call(core, '2304', { ...interim, ...told('A1', 1) })).infcode, 0);
    assert.match((await withdraw('1')).err_msg, /已结算/);
    await upload(infusion('2', 18, 113.04));
    await discharge();
    assert.equal((await call(core, '2303', bill({ medfee_sumamt: 113.04 }))).infcode, 0);
    assert.equal((await call(core, '2405', keys())).infcode, 0);
  });

  it('2601 takes an admission back for the same person, as long as it has no fees', async () => {
    await call(core, '2404', keys());
    const sent = message('2401', { mdtrtinfo: admission(), diseinfo: [DIAGNOSIS] });
    id = String(node(await send(core, sent), 'result')['mdtrt_id']);
    const reverse = (psn_no: string): Promise<Answer> =>
      call(core, '2601', { data: { psn_no, oinfno: '2401', omsgid: sent.msgid } });
    assert.match((await reverse('2')).err_msg, /未查询到原交易/);
    await upload(operation('1'));
    assert.match((await reverse(PSN)).err_msg, /已有费用/);
    await withdraw('1');
    assert.equal((await reverse(PSN)).infcode, 0);
    assert.equal((await admit()).infcode, 0);
  });

  it('2406 marks a stay, 2407 finds the marks page by page', async () => {
    const mark = (flag: string): Promise<Answer> => {
      const certificate = { psn_cert_type: '01', certno: '000000198511210035', psn_name: '测试丙' };
      const kind = { ipt_otp_no: 'ZY1', ipt_psn_sp_flag_type: '1', ipt_psn_sp_flag: flag };
      return call(core, '2406', keys({ ...certificate, ...kind }));
    };
    const number = node(await mark('01'), 'IptPsnSpFlagRegOut')['ipt_psn_sp_flag_detl_id'];
    await mark('02');
    assert.match((await mark('')).err_msg, /ipt_psn_sp_flag/);
    const listed = async (change: Members): Promise<unknown[] | undefined> => {
      const data = { page_num: 1, page_size: 1, ...change };
      const rows = (await call(core, '2407', { data })).output?.['IptPsnSpFlagReg'];
      return rows?.map((one) => one['ipt_psn_sp_flag']);
    };
    assert.deepEqual(await listed({ mdtrt_id: id }), ['01']);
    assert.deepEqual(await listed({ mdtrt_id: id, page_num: 2 }), ['02']);
    assert.deepEqual(await listed({ ipt_psn_sp_flag_detl_id: number, page_num: 2 }), []);
    for (const page_num of [0, -1, 'x']) assert.equal(await listed({ page_num }), undefined);
    const data = { page_num: 0, page_size: -1 };
    assert.equal(
      (await call(core, '2407', { data })).err_msg,
      '页码（page_num）不合法：0；每页条目数（page_size）不合法：-1',
    );
  });

  it('keeps outpatient and inpatient transactions apart', async () => {
    const line = { ...operation('1'), mdtrt_id: id, chrg_bchno: 'B1' };
    assert.match((await call(core, '2204', { feedetail: [line] })).err_msg, /是住院就诊，不是门诊就诊/);
  });

  it('takes 5,000 lines in one upload and settles them in one bill', async () => {
    const lines = Array.from({ length: 5000 }, (_, at) => infusion(String(at + 1), 1, 6.28));
    assert.equal((await upload(...lines)).output?.['result']?.length, 5000);
    await discharge();
    const info = node(await call(core, '2303', bill({ medfee_sumamt: 31_400 })), 'setlinfo');
    assert.equal(info['inscp_scp_amt'], 31_400);
  });
});
