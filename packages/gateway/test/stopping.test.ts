import assert from 'node:assert/strict';
import { wellBehaved } from './far-side.ts';
import { settlement } from './messages.ts';
import { assertDone, assertRefused, post } from './posts.ts';
import { endAll, startRig } from './rig.ts';
import type { Rig } from './rig.ts';

/** A rig whose far side holds every message until it is let go. */
async function startHolding(): Promise<{ rig: Rig; arrived: Promise<void>; letGo: () => void }> {
  const rig = await startRig();
  const held = Promise.withResolvers<void>();
  const arrived = Promise.withResolvers<void>();
  rig.far.behave(async (message) => {
    arrived.resolve();
    await held.promise;
    return wellBehaved(message);
  });
  return { rig, arrived: arrived.promise, letGo: () => held.resolve() };
}

describe('A stopping gateway', () => {
  afterEach(endAll);

  it('finishes what is in flight and takes nothing new; it says so to whoever asks', async () => {
    const { rig, arrived, letGo } = await startHolding();
    const { gateway } = rig;
    const running = post(gateway.url, settlement());
    await arrived;
    const closed = gateway.close();
    assertRefused(await post(gateway.url, settlement()), 'BUSY');
    const ready = await fetch(`${gateway.base}/health/ready`);
    const state = (await ready.json()) as { ready: boolean; checks: Record<string, string> };
    assert.deepEqual([ready.status, state.ready, state.checks['accepting']], [503, false, 'stopping']);
    letGo();
    assertDone(await running);
    await closed;
    await assert.rejects(fetch(gateway.base));
    assert.deepEqual(rig.far.numbers(), ['2207']);
  });

  it('leaves open what it cannot resolve, and the next start ends it without anyone asking', async () => {
    const rig = await startRig();
    const asked = Promise.withResolvers<void>();
    rig.far.behave(({ infno }) => {
      if (infno === '2601') asked.resolve();
      return 'lost';
    });
    const answer = post(rig.gateway.url, settlement());
    await asked.promise;
    const { url } = rig.gateway;
    const restarted = rig.restart();
    const told = await answer;
    assert.equal(told.status, 504, url);
    const taken = Promise.withResolvers<void>();
    rig.far.behave(({ infno }) => {
      if (infno === '2601') taken.resolve();
      return undefined;
    });
    await restarted;
    await taken.promise;
    assert.deepEqual(
      (await rig.journal()).map(({ state }) => state),
      ['reversed'],
    );
  });

  it('stops when nothing is in flight although callers keep their connections', async () => {
    const { gateway } = await startRig();
    assertDone(await post(gateway.url, settlement()));
    const started = performance.now();
    await gateway.close();
    assert(performance.now() - started < 2_000);
  });
});
