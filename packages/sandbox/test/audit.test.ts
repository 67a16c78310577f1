import assert from 'node:assert/strict';
import { startCarePlaceCore } from '@yiqiao/sandbox';
import type { RunningCore } from '@yiqiao/sandbox';
import { call, clock } from './world.ts';

type Members = Record<string, unknown>;

const order = (id: string, change: Members = {}): Members => ({
  rx_id: id,
  hilist_code: 'XA02BCA215N001010100001',
  hilist_name: '甲类降压片',
  cnt: 2,
  pric: 42.35,
  sumamt: 84.7,
  curr_drord_flag: '1',
  ...change,
});

const patients = (orders: Members[], encounter: Members = {}): Members => ({
  data: {
    patient_dtos: [
      {
        patn_id: 'P1',
        fsi_encounter_dtos: [
          { mdtrt_id: 'V1', adm_date: '2026-11-18', fsi_order_dtos: orders, ...encounter },
        ],
      },
    ],
  },
});

describe('audits at the care-place core', () => {
  let core: RunningCore;
  beforeEach(async () => {
    core = await startCarePlaceCore({ region: '530100', clock });
  });
  afterEach(() => core.stop());

  const audit = async (infno: string, input: Members): Promise<Members[]> =>
    (await call(core, infno, input)).output?.['result'] ?? [];

  /** Rule, amount, orders named. */
  const FOUND: readonly [string, Members[], Members, readonly [string, number, string[]] | undefined][] = [
    ['nothing in a proper order', [order('1')], {}, undefined],
    ['an amount that is not price × quantity', [order('1', { sumamt: 90 })], {}, ['SBX001', 5.3, ['1']]],
    ['the same item twice', [order('1'), order('2')], {}, ['SBX002', 84.7, ['2']]],
    [
      'no repetition in orders of the past',
      [order('1'), order('2', { curr_drord_flag: '0' })],
      {},
      undefined,
    ],
    // (158.00 - 120.00) * 2
    [
      'a price over the limit',
      [order('1', { hilist_code: '002106000010000', pric: 158, sumamt: 316 })],
      {},
      ['SBX003', 76, ['1']],
    ],
    [
      'a restricted item',
      [order('1', { hilist_code: 'XL01BCA042B002010100003' })],
      {},
      ['SBX004', 84.7, ['1']],
    ],
    ['a stay that ends before it begins', [order('1')], { dscg_date: '2026-11-17' }, ['SBX005', 0, []]],
  ];
  for (const [title, orders, encounter, expected] of FOUND) {
    it(`finds ${title}`, async () => {
      const result = await audit('3101', patients(orders, encounter));
      const seen = result.map((row) => [
        row['rule_id'],
        row['vola_amt'],
        (row['judge_result_detail_dtos'] as Members[]).map((detail) => detail['rx_id']),
      ]);
      assert.deepEqual(seen, expected === undefined ? [] : [expected]);
    });
  }

  it('applies only the rules that are named', async () => {
    const wrong = patients([order('1', { sumamt: 90 }), order('2')]);
    const named = { data: { ...(wrong['data'] as Members), rule_ids: ['SBX002'] } };
    assert.deepEqual(
      (await audit('3102', named)).map((row) => row['rule_id']),
      ['SBX002'],
    );
    assert.equal((await audit('3102', wrong)).length, 2);
  });

  it('takes feedback on what it found, all or nothing', async () => {
    const [found] = await audit('3101', patients([order('1', { sumamt: 90 })]));
    const warn = (id: unknown): Members => ({ warn_rslt_id: id, dspo_way: '1', dspo_way_rea: '已核实' });
    const mixed = { data: { warn_type: '1', warns: [warn(found?.['jr_id']), warn('X')] } };
    assert.match((await call(core, '3103', mixed)).err_msg, /未查询到违规标识：X/);
    const known = { data: { warn_type: '1', warns: [warn(found?.['jr_id'])] } };
    assert.equal((await call(core, '3103', known)).infcode, 0);
  });

  it('refuses an audit of nobody', async () => {
    assert.match((await call(core, '3101', { data: { patient_dtos: [] } })).err_msg, /patient_dtos/);
  });
});
