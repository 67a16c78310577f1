import assert from 'node:assert/strict';
import type { FarSide } from './far-side.ts';
import { message, newMessageId } from './messages.ts';
import { assertDone, assertRefused, post } from './posts.ts';
import { endAll, startRig } from './rig.ts';

const signIn = (): string =>
  message('9001', '{"signIn":{"opter_no":"0001","mac":"00-00-00-00-00-01","ip":"127.0.0.1"}}', {
    msgid: JSON.stringify(newMessageId()),
  });
const signOut = (number: string): string =>
  message('9002', `{"signOut":{"sign_no":${JSON.stringify(number)},"opter_no":"0001"}}`);

/** A core that numbers its sessions and closes each once; the first answer to each of `lost` breaks off. */
function keepsSessions(core: FarSide, lost: readonly string[] = []): ReadonlySet<string> {
  const open = new Set<string>();
  const left = new Set(lost);
  let serial = 0;
  core.behave(({ infno, bytes }) => {
    const { input } = JSON.parse(bytes.toString()) as { input: { signOut?: { sign_no: string } } };
    serial += infno === '9001' ? 1 : 0;
    if (infno === '9001') open.add(`Q${serial}`);
    else if (!open.delete(input.signOut?.sign_no ?? '')) return { refused: '未查询到签到记录' };
    if (left.delete(infno)) return 'lost';
    return infno === '9001'
      ? { output: `{"signinoutb":{"sign_time":"2026-11-20 08:00:00","sign_no":"Q${serial}"}}` }
      : { output: '{"sign_time":{"sign_time":"2026-11-20 18:00:00"}}' };
  });
  return open;
}

function numberIn(envelope: Record<string, unknown>): string {
  return (envelope['output'] as { signinoutb: { sign_no: string } }).signinoutb.sign_no;
}

describe('Sessions, 9001 签到 and 9002 签退, through a gateway', () => {
  afterEach(endAll);

  it('are opened once and closed once, however often the same message comes', async () => {
    const { gateway, far } = await startRig();
    const open = keepsSessions(far);
    const asked = signIn();
    const number = numberIn(assertDone(await post(gateway.url, asked)));
    assert.equal(numberIn(assertDone(await post(gateway.url, asked))), number);
    const closing = signOut(number);
    const closed = await post(gateway.url, closing);
    assertDone(closed);
    assert.deepEqual((await post(gateway.url, closing)).bytes, closed.bytes);
    assert.deepEqual([far.numbers(), open.size], [['9001', '9002'], 0]);
  });

  it('are opened anew when the answer is lost, with nobody called', async () => {
    const rig = await startRig();
    keepsSessions(rig.far, ['9001']);
    const { yiqiao } = assertRefused(await post(rig.gateway.url, signIn()), 'DO_ANEW');
    assert.equal(yiqiao.responsible, 'care-place');
    assert.equal(numberIn(assertDone(await post(rig.gateway.url, signIn()))), 'Q2');
    assert.deepEqual(
      (await rig.journal()).map(({ state, reason }) => [state, reason]),
      [
        ['rejected', 'DO_ANEW'],
        ['answered', undefined],
      ],
    );
  });

  it('are closed anew when that answer is lost: the core’s refusal tells that it was done', async () => {
    const rig = await startRig();
    const open = keepsSessions(rig.far, ['9002']);
    const number = numberIn(assertDone(await post(rig.gateway.url, signIn())));
    assertRefused(await post(rig.gateway.url, signOut(number)), 'DO_ANEW');
    assert.equal(open.size, 0);
    assertRefused(await post(rig.gateway.url, signOut(number)), 'UPSTREAM_REJECTED');
    assert.ok((await rig.journal()).every(({ state }) => state !== 'handed-to-person'));
  });
});
