import assert from 'node:assert/strict';
import type { Answer } from './far-side.ts';
import { identification, message, settlement } from './messages.ts';
import { assertRefused, post } from './posts.ts';
import { endAll, startRig } from './rig.ts';

const REFUSES: Answer = { refused: '该人员已停保' };
/** 1101 and 2207 of a person insured elsewhere. */
const ELSEWHERE = { insuplc_admdvs: '"330100"' };
const REGISTRATION = message(
  '2201',
  '{"data":{"psn_no":"00000000000000000000000001","insutype":"310","begntime":"2026-11-20 09:00:00","mdtrt_cert_type":"02","mdtrt_cert_no":"000000199001010018","psn_cert_type":"01","certno":"000000199001010018","psn_type":"11","psn_name":"测试甲","ipt_otp_no":"M0001","atddr_no":"D53010000001","dr_name":"测试丁","dept_code":"A01","dept_name":"内科","caty":"A03"}}',
  ELSEWHERE,
);

describe('Who has to act on a refusal', () => {
  afterEach(endAll);

  const cases: [string, string, 'far' | 'hub', string][] = [
    [
      'the care place, where its core refuses 2201 of a person insured elsewhere',
      REGISTRATION,
      'far',
      'care-place',
    ],
    ['the care place, where its core refuses a person insured there', identification(), 'far', 'care-place'],
    [
      'the insured place, where it refuses through the hub',
      identification(ELSEWHERE),
      'hub',
      'insured-place',
    ],
    [
      'the care place, where its core refuses the trial of a settlement',
      settlement({}, ELSEWHERE),
      'far',
      'care-place',
    ],
  ];
  for (const [title, asked, side, responsible] of cases) {
    it(`is ${title}`, async () => {
      const rig = await startRig();
      rig[side].behave(() => REFUSES);
      const { yiqiao, err_msg: text } = assertRefused(
        await post(rig.gateway.url, asked),
        'UPSTREAM_REJECTED',
      );
      assert.deepEqual([yiqiao.responsible, text], [responsible, '该人员已停保']);
      assert.doesNotMatch(yiqiao.cashier.zh, /医保方|参保地/);
    });
  }

  it('is whoever the code of a gateway further on names', async () => {
    const rig = await startRig();
    rig.hub.behave(() => ({ refused: '[ROUTE_MISSING] 未配置通往该参保地的线路。' }));
    const refused = assertRefused(
      await post(rig.gateway.url, identification(ELSEWHERE)),
      'UPSTREAM_REJECTED',
    );
    assert.equal(refused.yiqiao.responsible, 'care-place');
    assert.match(refused.yiqiao.cashier.zh, /暂未开通直接结算/);
  });
});
