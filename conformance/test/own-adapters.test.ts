import assert from 'node:assert/strict';
import { openCounterparts, readInputs, readKit, runKit } from '@yiqiao/conformance';
import type { Recording } from '@yiqiao/conformance';
import { createRegistry } from '@yiqiao/registry';
import { createSandboxKeys } from '@yiqiao/sandbox';
import { createTaskRunner } from '#internal/self/task.ts';
import { startSystem } from '#internal/systems/start-system.ts';

const registry = createRegistry();
const run = createTaskRunner(registry, '2026-11');

/** Messages go through a real client and a real core; a busy machine takes its time. */
const RUN_MS = 120_000;

describe('Our own clients, held to what is required of any', () => {
  for (const kit of ['his', 'pharmacy', 'client']) {
    it(`our ${kit} meets everything`, async function () {
      this.timeout(RUN_MS);
      assert.deepEqual(await run({ kit, seed: 2 }), []);
    });
  }

  it('what our his sends passes as a recording, too', async function () {
    this.timeout(RUN_MS);
    const kit = readKit(registry, 'his', '2026-11');
    const clock = { now: () => Date.UTC(2026, 10, 20, 2, 0, 0) };
    const inputs = readInputs('national');
    const counterparts = await openCounterparts(kit, { clock });
    const world = { registry, clock, kit, inputs, counterparts, suiteKeys: createSandboxKeys() };
    const { stop, cashier, inputs: own } = await startSystem(world);
    const common = {
      registry,
      kit,
      rules: '2026-11',
      target: 'his',
      inputs: { ...inputs, ...own },
      clock,
      seed: 3,
    };
    await runKit({ ...common, counterparts, ...(cashier !== undefined && { cashier }) });
    const recordings = (counterparts.of['platform']?.heard ?? []).map(
      ({ at, bytes, answer, status }): Recording => ({
        at,
        request: bytes,
        ...(answer !== undefined && { answer }),
        ...(status !== undefined && { status }),
      }),
    );
    await stop();
    await counterparts.close();
    const { verdict, requirements } = await runKit({ ...common, counterparts, recordings });
    assert.equal(verdict, 'pass');
    const bad = requirements.filter(({ status }) => !['pass', 'skip'].includes(status));
    assert.deepEqual(bad, []);
    assert(requirements.filter(({ status }) => status === 'pass').length > 40);
  });

  for (const [kit, system, only] of [
    ['his', 'his-settles-anew', 'his/2207/unanswered'],
    ['pharmacy', 'pharmacy-cancels-visit', 'pharmacy/2103/visit'],
    ['client', 'client-believes', 'client/answers/stranger'],
  ] as const) {
    it(`${system} fails ${only}`, async function () {
      this.timeout(RUN_MS);
      assert.deepEqual(await run({ kit, seed: 2, system, only: [only] }), [only]);
    });
  }
});
