/** Whatever fails, dies or comes back in whatever order: each job takes effect once, in the order of its lane. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { GatewayError } from '@yiqiao/model';
import { createOutbox, openStore } from '@yiqiao/sdk';
import type { AdapterStore, JobHandler } from '@yiqiao/sdk';

/** What happens to an attempt: done, thrown before anything, far side away, put off, or its process dies. */
const FATES = ['done', 'fails', 'away', 'later', 'dies'] as const;
type Fate = (typeof FATES)[number];

const plan = fc.record({
  lanes: fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 1, maxLength: 12 }),
  fates: fc.array(fc.constantFrom<Fate>(...FATES), { maxLength: 40 }),
  again: fc.array(fc.integer({ min: 0, max: 11 }), { maxLength: 6 }),
});

describe('The outbox under faults', () => {
  it('lets each job take effect once, in the order of its lane', async () => {
    await fc.assert(
      fc.asyncProperty(plan, async ({ lanes, fates, again }) => {
        let now = 0;
        const clock = { now: (): number => now };
        const store = openStore(':memory:', { clock });
        const enqueue = (index: number): void =>
          store.transact((tx) => {
            const lane = `lane ${lanes[index]}`;
            tx.enqueue({ id: `job ${index}`, kind: 'issue', lane, body: { index } });
          });
        for (const index of lanes.keys()) enqueue(index);
        const left = [...fates];
        const handler: JobHandler = async ({ id }) => {
          const fate = left.shift() ?? 'done';
          if (fate === 'fails') throw new RangeError('no');
          if (fate === 'away') throw new GatewayError('UPSTREAM_UNREACHABLE');
          if (fate === 'later') return { retryAfterMs: 500 };
          return { done: (tx) => tx.put('effect', String(effects(store).length).padStart(4, '0'), id) };
        };
        const options = { store, clock, handlers: { issue: handler }, leaseMs: 2_000, attempts: 100 };
        for (let round = 0; round < 120 && store.jobs.list().length > 0; round += 1) {
          if (left[0] === 'dies') {
            left.shift();
            store.jobs.claim({ kinds: ['issue'], owner: `gone ${round}`, leaseMs: 2_000 });
          }
          await createOutbox(options).drain();
          const index = again[round];
          if (index !== undefined && index < lanes.length) enqueue(index);
          now += 10_000;
        }
        const done = effects(store);
        assert.equal(done.length, lanes.length);
        for (const lane of new Set(lanes)) {
          const expected = [...lanes.keys()].filter((index) => lanes[index] === lane);
          const found = done.map((id) => Number(id.slice(4))).filter((index) => lanes[index] === lane);
          assert.deepEqual(found, expected);
        }
        store.close();
      }),
      { numRuns: 60 },
    );
  });
});

function effects(store: AdapterStore): readonly string[] {
  return store.list<string>('effect').map(({ body }) => body);
}
