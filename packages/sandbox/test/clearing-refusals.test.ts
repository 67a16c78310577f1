import assert from 'node:assert/strict';
import { startCarePlaceCore } from '@yiqiao/sandbox';
import type { RunningCore } from '@yiqiao/sandbox';
import { call, clock } from './world.ts';

type Members = Record<string, unknown>;

describe('what is cleared and compared at the care-place core', () => {
  let core: RunningCore;
  before(async () => {
    core = await startCarePlaceCore({ region: '530100', clock });
  });
  after(() => core.stop());

  const refusal = async (infno: string, data: Members): Promise<string> =>
    (await call(core, infno, { data })).err_msg;

  /** 3203 of a month without settlements. */
  const NOTHING = {
    clr_type: '11',
    clr_way: '1',
    setlym: '202611',
    begndate: '2026-11-01',
    enddate: '2026-11-30',
    psntime: 0,
    medfee_sumamt: 0,
    med_sumfee: 0,
    fund_appy_sum: 0,
    acct_pay: 0,
  };
  const APPLICATIONS: readonly [string, Members, RegExp][] = [
    ['of a month that is none', { setlym: '202613' }, /^清算年月（setlym）须为yyyyMM：202613$/],
    ['of a month in another form', { setlym: '2026-1' }, /^清算年月（setlym）/],
    ['of fewer than no settlements', { psntime: -1 }, /^清算人次（psntime）不合法：-1$/],
    ['of an unknown category', { clr_type: '77' }, /^清算类别（clr_type）不在允许范围：77$/],
    ['of a region’s own category of no national one', { clr_type: '7701' }, /：7701$/],
    ['cleared in an unknown way', { clr_way: '7' }, /^清算方式（clr_way）不在允许范围：7$/],
  ];
  for (const [title, change, text] of APPLICATIONS) {
    it(`3203 refuses an application ${title}`, async () => {
      assert.match(await refusal('3203', { ...NOTHING, ...change }), text);
    });
  }

  it('3203 takes an application of a region’s own category by its head', async () => {
    assert.equal(await refusal('3203', { ...NOTHING, clr_type: '9907', psntime: '0.00' }), '');
  });

  it('3201 and 3202 refuse codes that no settlement has', async () => {
    const data = { clr_type: '77', insutype: '999', refd_setl_flag: '5' };
    for (const infno of ['3201', '3202']) {
      assert.equal(
        await refusal(infno, data),
        '清算类别（clr_type）不在允许范围：77；险种类型（insutype）不在允许范围：999；退费结算标志（refd_setl_flag）不在允许范围：5',
      );
    }
  });

  it('3260 to 3262 refuse a month that is none, and a row before the first', async () => {
    for (const infno of ['3260', '3261', '3262']) {
      assert.equal(
        await refusal(infno, { trt_year: '26', trt_month: '13', startrow: -1 }),
        '结算年度（trt_year）不合法：26；结算月份（trt_month）不合法：13；开始行数（startrow）不合法：-1',
      );
    }
  });
});
