import assert from 'node:assert/strict';
import { startCarePlaceCore } from '@yiqiao/sandbox';
import type { RunningCore } from '@yiqiao/sandbox';
import { call, clock, message, send } from './world.ts';

type Members = Record<string, unknown>;

const INSTITUTION = 'H53010000001';

describe('goods and matching at the care-place core', () => {
  let core: RunningCore;
  beforeEach(async () => {
    core = await startCarePlaceCore({ region: '530100', clock });
  });
  afterEach(() => core.stop());

  const match = (change: Members = {}): Members => ({
    fixmedins_hilist_id: 'HIS-D-001',
    fixmedins_hilist_name: '甲类降压片',
    list_type: '101',
    med_list_codg: 'XA02BCA215N001010100001',
    begndate: '2026-01-01',
    enddate: '2099-12-31',
    ...change,
  });

  it('3301 matches, replaces, and 3302 withdraws once', async () => {
    assert.equal((await call(core, '3301', { data: [match(), match({ memo: '又一次' })] })).infcode, 0);
    const withdrawal = { data: { fixmedins_code: INSTITUTION, ...match() } };
    const elsewhere = message('3302', withdrawal, { fixmedins_code: 'H53010000002' });
    assert.match((await send(core, elsewhere)).err_msg, /未查询到目录对照/, 'by another institution');
    assert.equal((await call(core, '3302', withdrawal)).infcode, 0);
    assert.match((await call(core, '3302', withdrawal)).err_msg, /未查询到目录对照/);
  });

  it('3301 names every wrong row and keeps none', async () => {
    const data = [
      match(),
      match({ list_type: '' }),
      match({ enddate: '2025-01-01' }),
      match({ med_list_codg: 'ZZ' }),
      match({ list_type: '201' }),
    ];
    const answer = await call(core, '3301', { data });
    assert.deepEqual(answer.err_msg.split('；'), [
      '第 2 条缺少必填项：list_type',
      '第 3 条结束日期早于开始日期',
      '第 4 条医疗目录编码（med_list_codg）不在目录：ZZ',
      '第 5 条目录类别（list_type）应为101：201',
    ]);
    assert.equal(
      (await call(core, '3302', { data: { fixmedins_code: INSTITUTION, ...match() } })).infcode,
      -1,
    );
  });

  it('1317 tells what 3301 filed and 3302 did not withdraw, of the own institution', async () => {
    const surgery = {
      fixmedins_hilist_id: 'HIS-S-001',
      list_type: '201',
      med_list_codg: '003310020040000',
      memo: '阑尾',
    };
    await call(core, '3301', { data: [match(), match(surgery)] });
    const page = { updt_time: '2026-11-01', page_num: 1, page_size: 10 };
    const asked = async (change: Members = {}, envelope: Members = {}): Promise<unknown[] | undefined> => {
      const answer = await send(core, message('1317', { data: { ...page, ...change } }, envelope));
      return answer.output?.['data']?.map((row) => row['medins_list_codg']);
    };
    assert.deepEqual(await asked(), ['HIS-D-001', 'HIS-S-001']);
    assert.equal((await asked({ updt_time: '2026-11-20 23:59:59' }))?.length, 2, 'a day counts whole');
    assert.deepEqual(await asked({ page_num: 2, page_size: 1 }), ['HIS-S-001']);
    assert.deepEqual(await asked({ med_list_codg: '003310020040000' }), ['HIS-S-001']);
    for (const change of [
      { list_type: '301' },
      { updt_time: '2026-11-21' },
      { query_date: '2025-12-31' },
      { vali_flag: '0' },
      { fixmedins_code: 'H53010000002' },
    ]) {
      assert.deepEqual(await asked(change), [], JSON.stringify(change));
    }
    assert.deepEqual(await asked({}, { fixmedins_code: 'H53010000002' }), []);
    assert.equal(await asked({ page_num: 0 }), undefined);
    await call(core, '3302', { data: { fixmedins_code: INSTITUTION, ...match() } });
    const [row, ...others] =
      (await call(core, '1317', { data: { ...page, fixmedins_code: INSTITUTION } })).output?.['data'] ?? [];
    assert.deepEqual(others, []);
    const { rid, ...told } = row ?? {};
    assert.match(String(rid), /^\d{1,40}$/);
    assert.deepEqual(told, {
      fixmedins_code: INSTITUTION,
      medins_list_codg: 'HIS-S-001',
      medins_list_name: '甲类降压片',
      insu_admdvs: '530100',
      list_type: '201',
      med_list_codg: '003310020040000',
      begndate: '2026-01-01',
      enddate: '2099-12-31',
      memo: '阑尾',
      vali_flag: '1',
      updt_time: '2026-11-20',
      crte_time: '2026-11-20',
    });
  });

  const goods = (change: Members = {}): Members => ({
    med_list_codg: 'XA02BCA215N001010100001',
    fixmedins_hilist_id: 'HIS-D-001',
    fixmedins_hilist_name: '甲类降压片',
    fixmedins_bchno: 'B1',
    rx_flag: '1',
    ...change,
  });
  const query = (change: Members = {}): { data: Members } => ({
    data: {
      fixmedins_code: INSTITUTION,
      medins_list_codg: 'HIS-D-001',
      fixmedins_bchno: 'B1',
      begndate: '2026-11-01',
      enddate: '2026-11-30',
      ...change,
    },
  });

  /** Upload, node, what it says; query; 进销存数据类型; a member of the answer. */
  const STORED: readonly [string, string, Members, string, string, readonly [string, unknown]][] = [
    ['3501', 'invinfo', { invdate: '2026-11-20', inv_cnt: 30 }, '3508', '1', ['invCnt', 30]],
    [
      '3502',
      'invinfo',
      { inv_chg_time: '2026-11-20 09:00:00', cnt: 2.5, inv_chg_type: '104' },
      '3509',
      '2',
      ['invChgType', '104'],
    ],
    [
      '3503',
      'purcinfo',
      { purc_retn_stoin_time: '2026-11-20 09:00:00', purc_retn_cnt: 100 },
      '3510',
      '3',
      ['prodRetnFlag', '0'],
    ],
    [
      '3504',
      'purcinfo',
      { purc_retn_stoin_time: '2026-11-20 09:00:00', purc_retn_cnt: 1 },
      '3510',
      '3',
      ['prodRetnFlag', '1'],
    ],
    [
      '3505',
      'selinfo',
      { sel_retn_time: '2026-11-20 09:00:00', sel_retn_cnt: 3, psn_no: '1' },
      '3511',
      '4',
      ['selRetnCnt', 3],
    ],
    [
      '3506',
      'selinfo',
      { sel_retn_time: '2026-11-20 09:00:00', sel_retn_cnt: 1 },
      '3511',
      '4',
      ['medinsListName', '甲类降压片'],
    ],
  ];
  for (const [infno, nodeName, said, queried, kind, [name, value]] of STORED) {
    it(`${infno} is stored, found by ${queried} and deleted by 3507`, async () => {
      assert.equal((await call(core, infno, { [nodeName]: goods(said) })).infcode, 0);
      const rows = async (change: Members = {}): Promise<Members[]> =>
        (await call(core, queried, query(change))).output?.['output'] ?? [];
      const [found, ...others] = await rows();
      assert.deepEqual(others, []);
      assert.equal(found?.[name], value);
      assert.equal(found?.['medinsListCodg'], 'HIS-D-001');
      for (const change of [
        { fixmedins_bchno: 'B2' },
        { medins_list_codg: 'HIS-D-002' },
        { enddate: '2026-11-19' },
        { fixmedins_code: 'H53010000002' },
      ]) {
        assert.deepEqual(await rows(change), [], JSON.stringify(change));
      }
      const deletion = { data: { fixmedins_bchno: 'B1', inv_data_type: kind } };
      assert.equal((await call(core, '3507', deletion)).infcode, 0);
      assert.deepEqual(await rows(), []);
      assert.match((await call(core, '3507', deletion)).err_msg, /未查询到批次/);
    });
  }

  it('names what a movement lacks', async () => {
    const answer = await call(core, '3503', { purcinfo: goods({ fixmedins_bchno: '' }) });
    assert.match(answer.err_msg, /fixmedins_bchno、purc_retn_cnt、purc_retn_stoin_time/);
    assert.match((await call(core, '3507', { data: { inv_data_type: '9' } })).err_msg, /进销存数据类型/);
  });

  it('finds drugs by their 追溯码, in stock and sold', async () => {
    const drugtracinfo = [
      { drug_trac_codg: '81000000000000000001' },
      { drug_trac_codg: '81000000000000000002' },
    ];
    await call(core, '3501', { invinfo: goods({ invdate: '2026-11-20', inv_cnt: 2, drugtracinfo }) });
    const sale = { sel_retn_time: '2026-11-20 09:00:00', sel_retn_cnt: 1, mdtrt_sn: 'D1', trdn_flag: '0' };
    await call(core, '3505', { selinfo: goods({ ...sale, drugtracinfo: drugtracinfo.slice(1) }) });
    const codes = async (infno: string, change: Members = {}): Promise<unknown[] | undefined> =>
      (await call(core, infno, query(change))).output?.['output']?.map((row) => row['drugTracCodg']);
    assert.equal((await codes('3512'))?.length, 2);
    assert.deepEqual(await codes('3513'), ['81000000000000000002']);
    assert.deepEqual(await codes('3513', { drug_trac_codg: '81000000000000000001' }), []);
  });

  const AT = '2026-11-20 09:00:00';
  const MOVES: Readonly<Record<string, (cnt: unknown, change?: Members) => Members>> = {
    3501: (inv_cnt, change) => ({ invinfo: goods({ invdate: '2026-11-20', inv_cnt, ...change }) }),
    3502: (cnt, change) => ({ invinfo: goods({ inv_chg_time: AT, inv_chg_type: '102', cnt, ...change }) }),
    3503: (purc_retn_cnt, change) => ({
      purcinfo: goods({ purc_retn_stoin_time: AT, purc_retn_cnt, ...change }),
    }),
    3504: (purc_retn_cnt, change) => ({
      purcinfo: goods({ purc_retn_stoin_time: AT, purc_retn_cnt, ...change }),
    }),
    3505: (sel_retn_cnt, change) => ({ selinfo: goods({ sel_retn_time: AT, sel_retn_cnt, ...change }) }),
    3506: (sel_retn_cnt, change) => ({ selinfo: goods({ sel_retn_time: AT, sel_retn_cnt, ...change }) }),
  };
  const move = async (infno: string, cnt: unknown, change: Members = {}): Promise<string> =>
    (await call(core, infno, MOVES[infno]?.(cnt, change) ?? {})).err_msg;

  const KINDS: Readonly<Record<string, string>> = {
    3501: '1',
    3502: '2',
    3503: '3',
    3504: '3',
    3505: '4',
    3506: '4',
  };
  const EXPIRED = { manu_date: '2018-01-01', expy_end: '2026-11-19' };
  const NOT_MOVED: readonly [string, string, unknown, Members, string][] = [
    ['a negative count', '3501', -5, {}, 'invinfo.inv_cnt 数量不合法：-5'],
    ['no number', '3503', 'x', {}, 'purcinfo.purc_retn_cnt 数量不合法：x'],
    ['a sale of nothing', '3505', 0, {}, 'selinfo.sel_retn_cnt 数量不合法：0'],
    ['a negative return', '3506', -1, {}, 'selinfo.sel_retn_cnt 数量不合法：-1'],
    ['a fifth decimal', '3502', '0.00001', {}, 'invinfo.cnt 数量不合法：0.00001'],
    ['goods past their time', '3501', 1, EXPIRED, 'invinfo.expy_end 商品已过有效期：2026-11-19'],
    ['the sale of goods past their time', '3505', 1, EXPIRED, 'selinfo.expy_end 商品已过有效期：2026-11-19'],
    [
      'goods that end before they were made',
      '3504',
      1,
      { manu_date: '2026-01-01', expy_end: '2025-01-01' },
      'purcinfo.expy_end 有效期止早于生产日期 2026-01-01：2025-01-01',
    ],
    [
      'an unknown change',
      '3502',
      1,
      { inv_chg_type: '999' },
      'invinfo.inv_chg_type 库存变更类型（inv_chg_type）不在允许范围：999',
    ],
  ];
  for (const [title, infno, cnt, change, text] of NOT_MOVED) {
    it(`${infno} refuses ${title}, and keeps nothing of it`, async () => {
      assert.equal(await move(infno, cnt, change), text);
      assert.match(
        (await call(core, '3507', { data: { fixmedins_bchno: 'B1', inv_data_type: KINDS[infno] } })).err_msg,
        /未查询到/,
      );
    });
  }

  it('lets nobody take more of a batch than is there, by any way', async () => {
    assert.equal(await move('3501', 100), '');
    assert.equal(await move('3503', 50), '');
    assert.equal(await move('3504', 10), '');
    assert.equal(await move('3502', 5, { inv_chg_type: '101' }), '');
    assert.equal(await move('3502', 2.5), '');
    assert.equal(await move('3505', 3), '');
    assert.equal(await move('3506', 1), '');
    const left = '多于库存 140.5';
    assert.equal(await move('3505', 100_000), `selinfo.sel_retn_cnt 数量 100000 ${left}`);
    assert.equal(await move('3504', 141), `purcinfo.purc_retn_cnt 数量 141 ${left}`);
    assert.equal(await move('3502', 140.6), `invinfo.cnt 数量 140.6 ${left}`);
    assert.equal(await move('3506', 99), 'selinfo.sel_retn_cnt 退货数量 99 多于已售未退 2');
    assert.equal(await move('3505', 140.5), '');
    assert.equal(await move('3505', 1, { fixmedins_bchno: 'B2' }), '', 'of another batch nothing is known');
    assert.equal(await move('3501', 7), '', 'a new count is what is there');
    assert.equal(await move('3505', 8), 'selinfo.sel_retn_cnt 数量 8 多于库存 7');
  });

  it('does not count what is told twice, nor pieces of opened packs against whole ones', async () => {
    await move('3503', 10);
    assert.equal(await move('3502', 10, { inv_chg_type: '108' }), '', 'the purchase, told as a change');
    assert.match(await move('3505', 11), /多于库存 10$/);
    assert.equal(await move('3505', 140, { trdn_flag: '1' }), '');
    assert.match(await move('3506', 141, { trdn_flag: '1' }), /多于已售未退 140$/);
    assert.equal(await move('3505', 10), '');
  });

  it('takes sales and returns of goods whose arrival nobody told', async () => {
    for (const infno of ['3505', '3504', '3502']) assert.equal(await move(infno, 5), '', infno);
    assert.equal(await move('3506', 5, { fixmedins_bchno: 'B3' }), '');
  });

  it('takes one movement a message', async () => {
    const invinfo = [
      goods({ invdate: '2026-11-20', inv_cnt: 1 }),
      goods({ invdate: '2026-11-20', inv_cnt: 2 }),
    ];
    assert.equal((await call(core, '3501', { invinfo })).err_msg, 'invinfo 只能上送一条，上送 2 条');
  });
});
