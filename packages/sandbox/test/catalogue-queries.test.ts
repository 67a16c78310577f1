import assert from 'node:assert/strict';
import { startCarePlaceCore } from '@yiqiao/sandbox';
import type { RunningCore } from '@yiqiao/sandbox';
import { call, clock } from './world.ts';

const DRUG = 'XA02BCA215N001010100001';
const PAGE = { updt_time: '2025-01-01 00:00:00', page_num: '1', page_size: '100' };

type Rows = Record<string, string>[];

describe('institution, departments and catalogues at the care-place core', () => {
  let core: RunningCore;
  beforeEach(async () => {
    core = await startCarePlaceCore({ region: '530100', clock });
  });
  afterEach(() => core.stop());

  const rowsOf = async (infno: string, data: object): Promise<Rows> =>
    ((await call(core, infno, { data: { ...PAGE, ...data } })).output?.['data'] ?? []) as unknown as Rows;

  it('1201 tells an institution by its code, and none of another kind', async () => {
    const asked = { fixmedins_type: '1', fixmedins_code: 'H53010000001' };
    const answer = await call(core, '1201', { medinsinfo: asked });
    assert.equal(answer.output?.['medinsinfo']?.['fixmedins_code'], 'H53010000001');
    const pharmacy = await call(core, '1201', { medinsinfo: { ...asked, fixmedins_type: '2' } });
    assert.match(pharmacy.err_msg, /未查询到定点医药机构：H53010000001/);
  });

  it('3401 to 3403 keep departments: once, changed, withdrawn once', async () => {
    const needed = ['caty', 'hosp_dept_name', 'itro', 'dept_resper_name', 'dept_resper_tel', 'aprv_bed_cnt'];
    const counts = ['poolarea_no', 'dr_psncnt', 'phar_psncnt', 'nurs_psncnt', 'tecn_psncnt'];
    const filled = Object.fromEntries([...needed, ...counts].map((name) => [name, '1']));
    const times = { begntime: '2026-01-01 00:00:00', dept_estbdat: '2020-01-01' };
    const deptinfo = { hosp_dept_codg: 'D01', ...filled, ...times };
    assert.equal((await call(core, '3401', { deptinfo })).infcode, 0);
    const batch = { deptinfo: [{ ...deptinfo, hosp_dept_codg: 'D02' }, deptinfo, { ...deptinfo, caty: '' }] };
    assert.equal(
      (await call(core, '3401A', batch)).err_msg,
      '第 2 条科室已存在：D01；第 3 条缺少必填项：caty',
    );
    const other = { deptinfo: { ...deptinfo, hosp_dept_codg: 'D02' } };
    assert.match(
      (await call(core, '3402', other)).err_msg,
      /未查询到科室：D02/,
      'none of the batch was kept',
    );
    assert.equal((await call(core, '3402', { deptinfo })).infcode, 0);
    assert.equal((await call(core, '3403', { data: deptinfo })).infcode, 0);
    assert.match((await call(core, '3403', { data: deptinfo })).err_msg, /未查询到科室：D01/);
  });

  it('1301 makes a file of what is newer than the version at hand, and 9102 brings it', async () => {
    const { output } = await call(core, '1301', { data: { ver: '0' } });
    assert.equal(output?.['data_cnt'], 4);
    const { output: nothing } = await call(core, '1301', { data: { ver: '20260101' } });
    assert.equal(nothing?.['data_cnt'], 0);
    const fsDownloadIn = { ...output, fixmedins_code: 'plc' };
    const envelope = {
      infno: '9102',
      msgid: 'H53010000001202611201000009999',
      fixmedins_code: 'H53010000001',
    };
    const file = await fetch(core.url, {
      method: 'POST',
      body: JSON.stringify({ ...envelope, input: { fsDownloadIn } }),
    });
    assert.equal(
      Buffer.from(await file.arrayBuffer())
        .subarray(0, 2)
        .toString(),
      'PK',
    );
  });

  it('1320 makes a file of a catalogue that is empty here, its last day spelt as 1320 spells it', async () => {
    const { output } = await call(core, '1320', { data: { ver: '0' } });
    assert.deepEqual([output?.['data_cnt'], output?.['dld_endtime']], [0, '2026-11-21']);
  });

  it('1312, 1316, 1318 and 1319 tell rows page by page, narrowed by what is asked', async () => {
    assert.equal((await rowsOf('1312', { page_size: '5', page_num: '3' })).length, 2);
    assert.deepEqual(
      (await rowsOf('1312', { hilist_code: DRUG })).map(({ hilist_name }) => hilist_name),
      ['甲类降压片'],
    );
    assert.equal((await rowsOf('1316', { med_list_codg: DRUG }))[0]?.['hilist_code'], DRUG);
    assert.equal(
      (await rowsOf('1318', { hilist_code: '002106000010000' }))[0]?.['hilist_pric_uplmt_amt'],
      120,
    );
    assert.equal((await rowsOf('1319', { hilist_code: '002106000010000' }))[0]?.['selfpay_prop'], 0.1);
    assert.deepEqual(await rowsOf('1312', { updt_time: '2027-01-01 00:00:00' }), []);
    assert.match(
      (await call(core, '1312', { data: { ...PAGE, page_size: '101' } })).err_msg,
      /每页（page_size） 1 至 100 条/,
    );
  });

  it('1901 tells the entries of a dictionary, none of an unknown one', async () => {
    const { output } = await call(core, '1901', { data: { type: 'insutype', parent_value: '0' } });
    const values = ((output?.['list'] ?? []) as unknown as Rows).map(({ value }) => value);
    assert.deepEqual(values, ['310', '390']);
    const { output: unknown } = await call(core, '1901', { data: { type: 'none' } });
    assert.deepEqual(unknown?.['list'], []);
  });
});
