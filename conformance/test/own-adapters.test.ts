import assert from 'node:assert/strict';
import { createRegistry } from '@yiqiao/registry';
import { createTaskRunner } from '#internal/self/task.ts';

const run = createTaskRunner(createRegistry(), '2026-11');

/** Messages go through a real client and a real core; a busy machine takes its time. */
const RUN_MS = 120_000;

describe('Our own clients, held to what is required of any', () => {
  for (const kit of ['his', 'pharmacy', 'client']) {
    it(`our ${kit} meets everything`, async function () {
      this.timeout(RUN_MS);
      assert.deepEqual(await run({ kit, seed: 2 }), []);
    });
  }

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
