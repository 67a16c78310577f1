import assert from 'node:assert/strict';
import { startCarePlaceCore } from '@yiqiao/sandbox';
import type { RunningCore } from '@yiqiao/sandbox';
import { call, clock, message, node, send } from './world.ts';

type Members = Record<string, unknown>;

describe('settlement lists and queries at the care-place core', () => {
  const PSN = '33010000000000000000000001';
  let core: RunningCore;
  let id: string;

  /** A settled visit of 88.50: 8.85 paid first, 40.00 by the pool. */
  beforeEach(async () => {
    core = await startCarePlaceCore({ region: '530100', clock });
    const registration = {
      psn_no: PSN,
      psn_name: '测试甲',
      certno: '000000199001010018',
      insutype: '310',
      begntime: '2026-11-20 09:00:00',
      ipt_otp_no: 'MZ1',
    };
    id = String(node(await call(core, '2201', { data: registration }), 'data')['mdtrt_id']);
    const mdtrtinfo = { mdtrt_id: id, psn_no: PSN, med_type: '11' };
    const diseinfo = [{ diag_srt_no: 1, diag_code: 'I10.x00', diag_name: '高血压' }];
    await call(core, '2203', { mdtrtinfo, diseinfo });
    const line = {
      feedetl_sn: '1',
      mdtrt_id: id,
      psn_no: PSN,
      chrg_bchno: 'B1',
      fee_ocur_time: '2026-11-20 09:10:00',
      med_list_codg: 'XC08CAA308A001020100002',
      medins_list_codg: 'HIS-D-002',
      det_item_fee_sumamt: 88.5,
      cnt: 1,
      pric: 88.5,
    };
    await call(core, '2204', { feedetail: [line] });
    const data = { psn_no: PSN, mdtrt_id: id, chrg_bchno: 'B1', medfee_sumamt: 88.5, invono: 'F1' };
    const setlinfo = {
      setl_id: 'A1',
      psn_name: '测试甲',
      insutype: '310',
      setl_time: '2026-11-20 10:00:00',
      medfee_sumamt: 88.5,
      fund_pay_sumamt: 40,
      psn_part_amt: 48.5,
      psn_cash_pay: 48.5,
      fulamt_ownpay_amt: 3,
      preselfpay_amt: 8.85,
    };
    const setldetail = [{ fund_pay_type: '310100', fund_payamt: 40, fund_pay_type_name: '统筹基金' }];
    assert.equal((await call(core, '2207', { data, setlinfo, setldetail })).infcode, 0);
  });
  afterEach(() => core.stop());

  const keys = (): Members => ({ psn_no: PSN, mdtrt_id: id, setl_id: 'A1' });
  const list = (
    change: Members = {},
    payinfo: Members[] = [{ fund_pay_type: '310100', fund_payamt: 40 }],
  ): Members => ({
    setlinfo: {
      ...keys(),
      bill_code: 'P1',
      bill_no: '1',
      biz_sn: 'B1',
      medins_fill_dept: '医保科',
      adm_way: '2',
      ...change,
    },
    diseinfo: [{ diag_type: '1', diag_code: 'I10.x00', diag_name: '高血压', maindiag_flag: '1' }],
    payinfo,
  });

  it('4101 takes a list, 4103 gives it back with what the settlement says', async () => {
    const number = node(await call(core, '4101', list()), 'data')['setl_list_id'];
    assert.equal(number, '000000001');
    const { output } = await call(core, '4103', { data: { psn_no: PSN, setl_id: 'A1' } });
    const info: Members = output?.['setlinfo'] ?? {};
    assert.deepEqual(
      [
        info['setl_list_sn'],
        info['adm_way_code'],
        info['stas_type'],
        info['psn_selfpay'],
        info['psn_cashpay'],
      ],
      [number, '2', '0', 45.5, 48.5],
    );
    assert.equal(info['psn_ownpay'], 3, 'self-paid and self-funded are all that account and cash pay');
    assert.equal(output?.['diseinfo']?.[0]?.['setl_id'], 'A1');
    assert.deepEqual(
      output?.['iteminfo']?.map((row) => [row['med_chrgitm_type'], row['item_sumamt'], row['item_clab_amt']]),
      [['09', 88.5, 88.5]],
    );
  });

  it('4102 submits a list, after which it is not taken again', async () => {
    const status = (stas_type: string): Promise<{ infcode: number; err_msg: string }> =>
      call(core, '4102', { data: { psn_no: PSN, setl_id: 'A1', stas_type } });
    assert.match((await status('1')).err_msg, /未查询到结算清单/);
    await call(core, '4101', list());
    assert.equal((await call(core, '4101', list())).infcode, 0);
    assert.match((await status('2')).err_msg, /不能由 0 改为 2/);
    assert.equal((await status('1')).infcode, 0);
    assert.match((await call(core, '4101', list())).err_msg, /已提交/);
  });

  const REFUSED: readonly [string, () => Members, RegExp][] = [
    ['of no settlement', () => list({ setl_id: 'A9' }), /未查询到结算信息/],
    ['without invoice', () => list({ bill_code: '', bill_no: '' }), /bill_code、bill_no/],
    [
      'whose fund items differ from the settlement',
      () => list({}, [{ fund_pay_type: '310100', fund_payamt: 41 }]),
      /基金支付与结算不符：310100/,
    ],
    ['without a fund that paid', () => list({}, []), /基金支付未全部上送：310100/],
    [
      'with a fund in two rows',
      () => list({}, Array(2).fill({ fund_pay_type: '310100', fund_payamt: 40 }) as Members[]),
      /基金支付类型重复/,
    ],
    [
      'that ends before it begins',
      () => list({ setl_begn_date: '2026-11-20', setl_end_date: '2026-11-19' }),
      /早于开始/,
    ],
    ['with a discharge to come', () => list({ dscg_time: '2099-01-01 00:00:00' }), /晚于当前时间/],
    ['without main diagnosis', () => ({ ...list(), diseinfo: [DIAGNOSIS] }), /缺少主诊断/],
    ['with a diagnosis twice', () => ({ ...list(), diseinfo: [DIAGNOSIS, DIAGNOSIS] }), /诊断重复/],
    ['without main operation', () => ({ ...list(), oprninfo: [{ oprn_oprt_type: '2' }] }), /缺少主要手术/],
    [
      'with the blood of another',
      () => ({ ...list(), bldinfo: [{ setl_id: 'A9', mdtrt_id: id }] }),
      /输血信息/,
    ],
  ];
  const DIAGNOSIS = { diag_type: '1', diag_code: 'I10.x00', diag_name: '高血压', maindiag_flag: '0' };

  for (const [title, input, text] of REFUSED) {
    it(`4101 refuses a list ${title}`, async () => {
      assert.match((await call(core, '4101', input())).err_msg, text);
    });
  }

  it('a list is the institution’s own', async () => {
    const other = { fixmedins_code: 'H53010000002' };
    assert.match((await send(core, message('4101', list(), other))).err_msg, /未查询到结算信息/);
    await call(core, '4101', list());
    const query = message('4103', { data: { psn_no: PSN, setl_id: 'A1' } }, other);
    assert.match((await send(core, query)).err_msg, /未查询到结算清单/);
  });

  it('4105 counts settlements in force of the kinds and the time asked for, and the lists among them', async () => {
    const period = { stt_begntime: '2026-11-20 00:00:00', stt_endtime: '2026-11-20 23:59:59' };
    const counted = async (change: Members = {}): Promise<unknown> => {
      const data = { fixmedins_code: 'H53010000001', medtype_list: ['11', '21'], ...period, ...change };
      return (await call(core, '4105', { data })).output;
    };
    assert.deepEqual(await counted(), { needUploadCnt: 1, uploadedCnt: 0 });
    await call(core, '4101', list());
    assert.deepEqual(await counted(), { needUploadCnt: 1, uploadedCnt: 1 });
    assert.deepEqual(await counted({ medtype_list: '21' }), { needUploadCnt: 0, uploadedCnt: 0 });
    assert.deepEqual(await counted({ stt_endtime: '2026-11-20 09:59:59' }), {
      needUploadCnt: 0,
      uploadedCnt: 0,
    });
    assert.equal(await counted({ fixmedins_code: 'H53010000002' }), null);
  });

  it('5201 and 5202 tell visits and diagnoses, of the own institution only', async () => {
    const data = { psn_no: PSN, begntime: '2026-11-20', endtime: '2026-11-20', med_type: '11' };
    const rows = (await call(core, '5201', { data })).output?.['mdtrtinfo'] ?? [];
    assert.deepEqual(
      rows.map((row) => [row['mdtrt_id'], row['psn_name'], row['begntime'], row['med_type']]),
      [[id, '测试甲', '2026-11-20 09:00:00', '11']],
    );
    const elsewhere = await send(core, message('5201', { data }, { fixmedins_code: 'H53010000002' }));
    assert.deepEqual(elsewhere.output?.['mdtrtinfo'], []);
    const diagnoses = (await call(core, '5202', { data: keys() })).output?.['diseinfo'] ?? [];
    assert.deepEqual(
      diagnoses.map((row) => [row['diag_code'], row['maindiag_flag']]),
      [['I10.x00', '1']],
    );
  });

  it('5203 and 5204 tell a settlement and its lines', async () => {
    const { output } = await call(core, '5203', { data: keys() });
    const info: Members = output?.['setlinfo'] ?? {};
    assert.deepEqual(
      [info['psn_pay'], info['cash_payamt'], info['refd_setl_flag'], info['invono'], info['year']],
      [48.5, 48.5, '0', 'F1', '2026'],
    );
    assert.equal(output?.['setldetail']?.[0]?.['fund_payamt'], 40);
    const lines = (await call(core, '5204', { data: keys() })).output as unknown as Members[];
    assert.deepEqual(
      lines.map((row) => [
        row['feedetl_sn'],
        row['preselfpay_amt'],
        row['inscp_scp_amt'],
        row['hilist_name'],
      ]),
      [['1', 8.85, 79.65, '乙类降压缓释片']],
    );
    assert.match(
      (await call(core, '5203', { data: { ...keys(), psn_no: '0' } })).err_msg,
      /未查询到结算信息/,
    );
  });

  it('5303 tells who is in hospital, by the name and the number that 2403 last told', async () => {
    const mdtrtinfo = {
      psn_no: PSN,
      insutype: '310',
      begntime: '2026-11-20 09:30:00',
      mdtrt_cert_type: '02',
      certno: '000000199001010018',
      med_type: '21',
      ipt_no: 'ZY1',
      atddr_no: 'D1',
      adm_dept_codg: 'A03',
      adm_bed: '01',
    };
    const listed = async (): Promise<unknown[] | undefined> => {
      const data = { begntime: '2026-11-20 00:00:00', endtime: '2026-11-20 23:59:59' };
      return (await call(core, '5303', { data })).output?.['data']?.map((row) => [
        row['psn_name'],
        row['ipt_otp_no'],
      ]);
    };
    assert.deepEqual(await listed(), []);
    const diseinfo = [{ diag_srt_no: 1, maindiag_flag: '1' }];
    const { mdtrt_id } = node(await call(core, '2401', { mdtrtinfo, diseinfo }), 'result');
    assert.deepEqual(await listed(), [['测试甲', 'ZY1']]);
    const adminfo = { mdtrt_id, psn_no: PSN, ipt_otp_no: 'ZY2', adm_bed: '02' };
    assert.equal((await call(core, '2403', { adminfo })).infcode, 0);
    assert.deepEqual(await listed(), [['测试甲', 'ZY2']]);
    const data = { psn_no: PSN, mdtrt_id, begntime: '2026-11-20', endtime: '2026-11-20', med_type: '21' };
    const [visit] = (await call(core, '5201', { data })).output?.['mdtrtinfo'] ?? [];
    assert.deepEqual(
      ['psn_name', 'psn_type', 'ipt_otp_no', 'adm_bed'].map((name) => visit?.[name]),
      ['测试甲', '11', 'ZY2', '02'],
    );
  });
});
