import assert from 'node:assert/strict';
import type { FarSide } from './far-side.ts';
import { message, newMessageId } from './messages.ts';
import { assertDone, assertRefused, post } from './posts.ts';
import { endAll, startRig } from './rig.ts';
import type { Rig } from './rig.ts';

const NUMBER = '530100202611201000000000000203';
const MONTH = '"trt_year":"2026","trt_month":"10"';
const ROW =
  '{"certno":"000000199001010018","mdtrt_id":"S0001","mdtrt_setl_time":"2026-10-20 10:00:00","setl_sn":"J0001","medfee_sumamt":12.50,"optins_pay_sumamt":5.00,"cnfm_flag":"1"}';

function confirmation(msgid = newMessageId()): string {
  return message('3261', `{"data":{${MONTH},"totalrow":1},"detail":[${ROW}]}`, {
    msgid: JSON.stringify(msgid),
  });
}

function rollBack(number: unknown): string {
  return message('3262', `{"data":{${MONTH},"otransid":${JSON.stringify(number)}}}`);
}

/** A core that keeps one confirmation under the number of its answer. */
function keepsConfirmations(core: FarSide): void {
  core.behave(({ infno, data }) => {
    if (infno === '3261')
      return { raw: `{"infcode":0,"inf_refmsgid":"${NUMBER}","err_msg":"","output":null}` };
    if (infno === '3262' && data['otransid'] !== NUMBER) return { refused: '未查询到清分确认' };
    return undefined;
  });
}

/** A gateway whose care-place core is another gateway. */
function gatewayBefore(further: Rig): Promise<Rig> {
  return startRig({
    change: (yaml) =>
      yaml.replace(/(id: care-place-core\s+mode: tolerant\s+to: \{ url: ")[^"]+/, `$1${further.gateway.url}`),
  });
}

describe('The number of an answer, 接收方报文ID', () => {
  afterEach(endAll);

  const ways: [string, (last: Rig) => Promise<Rig>][] = [
    ['one gateway', async (last) => last],
    ['two gateways', gatewayBefore],
    ['three gateways', async (last) => gatewayBefore(await gatewayBefore(last))],
  ];
  for (const [title, before] of ways) {
    it(`of 3261 is the core's own through ${title}, so that 3262 rolls back by it`, async () => {
      const last = await startRig();
      keepsConfirmations(last.far);
      const { gateway } = await before(last);
      const confirmed = assertDone(await post(gateway.url, confirmation()));
      assertDone(await post(gateway.url, rollBack(confirmed['inf_refmsgid'])));
      assert.deepEqual(last.far.numbers(), ['3261', '3262']);
      assertRefused(await post(gateway.url, rollBack(newMessageId())), 'UPSTREAM_REJECTED');
    });
  }

  it('is the same when the caller asks again after a restart', async () => {
    const rig = await startRig();
    keepsConfirmations(rig.far);
    const asked = confirmation();
    assertDone(await post(rig.gateway.url, asked));
    const { url } = await rig.restart();
    assert.equal(assertDone(await post(url, asked))['inf_refmsgid'], NUMBER);
    assert.equal(rig.far.numbers().length, 1);
  });

  it("is the gateway's own where the far side gives none, and where it refuses", async () => {
    const rig = await startRig();
    rig.far.behave(({ infno }) =>
      infno === '3261'
        ? { raw: '{"infcode":0,"inf_refmsgid":"","err_msg":"","output":null}' }
        : { refused: '未查询到清分确认' },
    );
    const done = assertDone(await post(rig.gateway.url, confirmation()));
    const refused = assertRefused(await post(rig.gateway.url, rollBack('X')), 'UPSTREAM_REJECTED');
    const numbers = [done, refused as unknown as Record<string, unknown>].map((one) => one['inf_refmsgid']);
    for (const number of numbers) assert.match(String(number), /^530000\d{24}$/);
    assert.notEqual(numbers[0], numbers[1]);
  });
});
