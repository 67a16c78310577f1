import assert from 'node:assert/strict';
import { sandboxPersons, startInsuredPlaceCore } from '@yiqiao/sandbox';
import type { InsuredPlaceCore, Person } from '@yiqiao/sandbox';
import { call, clock, node } from './world.ts';

type Members = Record<string, unknown>;

const [employee] = sandboxPersons('330000') as [Person];
const PSN = { psn_no: employee.psnNo };

const referral = {
  ...PSN,
  diag_code: 'K35.900',
  diag_name: '急性阑尾炎',
  reflin_medins_no: 'H53010000001',
  reflin_medins_name: '示例医院',
  mdtrtarea_admdvs: '530100',
  refl_type: '3',
  refl_date: '2026-11-10',
  refl_rea: '病情需要',
  begndate: '2026-11-10',
  enddate: '2026-12-10',
};
const chronic = {
  ...PSN,
  insutype: '310',
  opsp_dise_code: 'M01600',
  opsp_dise_name: '糖尿病',
  ide_fixmedins_no: 'H33010000001',
  begndate: '2026-11-01',
};
const designated = {
  ...PSN,
  biz_appy_type: '03',
  fix_srt_no: '1',
  fixmedins_code: 'H33010000001',
  fixmedins_name: '示例医院',
  begndate: '2026-01-01',
};
const injury = {
  dcla_souc: '01',
  ...PSN,
  certno: employee.certno,
  psn_name: employee.name,
  begndate: '2026-11-20',
};

describe('declarations at the insured-place core', () => {
  let core: InsuredPlaceCore;
  beforeEach(async () => {
    core = await startInsuredPlaceCore({ region: '330000', clock });
  });
  afterEach(() => core.stop());

  const declare = async (infno: string, nodeName: string, data: Members): Promise<unknown> =>
    node(await call(core, infno, { [nodeName]: data }), 'result')['trt_dcla_detl_sn'];

  const KINDS: readonly [string, string, string, Members][] = [
    ['2501', '2502', 'refmedin', referral],
    ['2503', '2504', 'data', chronic],
    ['2505', '2506', 'data', designated],
  ];
  for (const [infno, withdrawal, nodeName, data] of KINDS) {
    it(`numbers a ${infno} and withdraws it once by ${withdrawal}`, async () => {
      const number = await declare(infno, nodeName, data);
      assert.equal(number, 'T3301002611200000001');
      const wanted = { data: { ...PSN, trt_dcla_detl_sn: number, memo: '' } };
      const stranger = { data: { ...wanted.data, psn_no: '0' } };
      assert.match((await call(core, withdrawal, stranger)).err_msg, /未查询到待遇申报/);
      assert.equal((await call(core, withdrawal, wanted)).infcode, 0);
      assert.match((await call(core, withdrawal, wanted)).err_msg, /已撤销/);
    });
  }

  it('withdraws nothing by the transaction of another kind', async () => {
    const number = await declare('2503', 'data', chronic);
    const data = { ...PSN, trt_dcla_detl_sn: number };
    assert.match((await call(core, '2506', { data })).err_msg, /未查询到/);
  });

  const REFUSED: readonly [string, string, string, Members, RegExp][] = [
    ['a stranger', '2503', 'data', { ...chronic, psn_no: '0' }, /未查询到参保人员/],
    [
      'a referral without hospital and reason, naming both',
      '2501',
      'refmedin',
      { ...referral, reflin_medins_no: '', refl_rea: '' },
      /reflin_medins_no、refl_rea/,
    ],
    ['an end before the beginning', '2503', 'data', { ...chronic, enddate: '2026-10-01' }, /早于开始日期/],
    ['an injury of someone with another certificate', '2507', 'data', { ...injury, certno: 'X' }, /证件号码/],
  ];
  for (const [title, infno, nodeName, data, text] of REFUSED) {
    it(`refuses ${title}`, async () => {
      assert.match((await call(core, infno, { [nodeName]: data })).err_msg, text);
    });
  }

  it('takes an injury', async () => {
    assert.equal(await declare('2507', 'data', injury), 'T3301002611200000001');
  });

  it('opens a chronic disease by 2503 and closes it by 2504', async () => {
    const flag = async (): Promise<unknown> => {
      const data = {
        ...PSN,
        insutype: '310',
        med_type: '14',
        dise_codg: 'M01600',
        begntime: '2026-11-20 10:00:00',
      };
      return (await call(core, '2001', { data })).output?.['trtinfo']?.[0]?.['trt_enjymnt_flag'];
    };
    assert.equal(await flag(), '0');
    const number = await declare('2503', 'data', chronic);
    assert.equal(await flag(), '1');
    assert.match((await call(core, '2503', { data: chronic })).err_msg, /已备案/);
    assert.deepEqual((await call(core, '5301', { data: PSN })).output?.['feedetail'], [
      { opsp_dise_code: 'M01600', opsp_dise_name: '糖尿病', begndate: '2026-11-01', enddate: '2099-12-31' },
    ]);
    await call(core, '2504', { data: { ...PSN, trt_dcla_detl_sn: number, memo: '' } });
    assert.equal(await flag(), '0');
    assert.deepEqual((await call(core, '5301', { data: PSN })).output?.['feedetail'], []);
  });

  it('opens none of the diseases that nobody is opened for, and none of another scheme', async () => {
    for (const opsp_dise_code of ['ZZZ', 'M99999', 'M0160']) {
      const { err_msg } = await call(core, '2503', { data: { ...chronic, opsp_dise_code } });
      assert.equal(err_msg, `门诊慢特病病种（opsp_dise_code）不在本统筹区目录：${opsp_dise_code}`);
    }
    assert.match((await call(core, '2503', { data: { ...chronic, insutype: '390' } })).err_msg, /insutype/);
    assert.deepEqual((await call(core, '5301', { data: PSN })).output?.['feedetail'], []);
    await declare('2503', 'data', { ...chronic, opsp_dise_code: 'M07803' });
  });

  it('lists designated institutions, one for each number', async () => {
    await declare('2505', 'data', designated);
    assert.match((await call(core, '2505', { data: designated })).err_msg, /排序号 1 已备案/);
    await declare('2505', 'data', { ...designated, fix_srt_no: '2', fixmedins_code: 'H33010000002' });
    const listed = await call(core, '5302', { data: { ...PSN, biz_appy_type: '03' } });
    assert.deepEqual(
      listed.output?.['psnfixmedin']?.map((row) => [row['fix_srt_no'], row['fixmedins_code']]),
      [
        ['1', 'H33010000001'],
        ['2', 'H33010000002'],
      ],
    );
  });

  it('lists referrals whose time meets that of the query', async () => {
    await declare('2501', 'refmedin', referral);
    const listed = async (begntime: string, endtime: string): Promise<unknown[]> =>
      (await call(core, '5304', { data: { ...PSN, begntime, endtime } })).output?.['refmedin'] ?? [];
    const [row] = (await listed('2026-12-10', '2026-12-31')) as Members[];
    assert.deepEqual(
      [row?.['reflin_medins_no'], row?.['out_flag'], row?.['psn_name']],
      ['H53010000001', '1', '测试甲'],
    );
    assert.deepEqual(await listed('2026-12-11', '2026-12-31'), []);
  });
});
