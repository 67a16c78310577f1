import assert from 'node:assert/strict';
import { startCarePlaceCore } from '@yiqiao/sandbox';
import type { RunningCore } from '@yiqiao/sandbox';
import { call, clock } from './world.ts';

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
    assert.equal((await call(core, '3302', withdrawal)).infcode, 0);
    assert.match((await call(core, '3302', withdrawal)).err_msg, /未查询到目录对照/);
  });

  it('3301 names every wrong row and keeps none', async () => {
    const data = [match(), match({ list_type: '' }), match({ enddate: '2025-01-01' })];
    const answer = await call(core, '3301', { data });
    assert.equal(answer.err_msg, '第 2 条缺少必填项：list_type；第 3 条结束日期早于开始日期');
    assert.equal(
      (await call(core, '3302', { data: { fixmedins_code: INSTITUTION, ...match() } })).infcode,
      -1,
    );
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
});
