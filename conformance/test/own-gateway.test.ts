import assert from 'node:assert/strict';
import { createRegistry } from '@yiqiao/registry';
import { differingPlaces } from '#internal/run/compare-bodies.ts';
import { parseMessage } from '#internal/run/own-reading.ts';
import { createTaskRunner } from '#internal/self/task.ts';

const run = createTaskRunner(createRegistry(), '2026-11');

/** Where money is at stake; the test of the suite runs the rest, `npm run conformance:self` in three orders. */
const SHORT = {
  gateway: ['once', 'lost', 'order', '2601', 'restart', 'request'],
  hub: ['once', 'lost', 'route', 'concurrency'],
} as const;

describe('Our own gateway, held to what is required of any gateway', () => {
  for (const [kit, groups] of Object.entries(SHORT)) {
    it(`as ${kit} meets what is required of values, repetitions, lost answers and routes`, async function () {
      this.timeout(60_000);
      const only = groups.map((group) => `${kit}/${group}/*`);
      assert.deepEqual(await run({ kit, seed: 2, only }), []);
    });
  }

  it('is caught when one line beside it is bent', async function () {
    this.timeout(20_000);
    const only = ['gateway/request/rare-characters', 'gateway/request/escapes'];
    const failed = await run({ kit: 'gateway', seed: 2, only, system: 'gateway-loses-rare-characters' });
    assert.deepEqual(failed, ['gateway/request/rare-characters']);
  });
});

describe('Two bodies', () => {
  const places = (before: string, after: string, how: 'value' | 'kind' = 'value'): readonly string[] =>
    differingPlaces(parseMessage(before), parseMessage(after), how);

  it('are the same when numbers are written otherwise, unless their kind counts', () => {
    assert.deepEqual(places('{"a":1.50,"b":"2"}', '{"a":1.5,"b":2}'), []);
    assert.deepEqual(places('{"a":1.50,"b":"2"}', '{"a":1.5,"b":2}', 'kind'), ['b']);
    assert.deepEqual(places('{"a":null}', '{"a":""}', 'kind'), ['a']);
  });

  it('differ where a digit, a row or a member does', () => {
    assert.deepEqual(places('{"a":{"b":[1,2]}}', '{"a":{"b":[1]}}'), ['a.b.1']);
    assert.deepEqual(places('{"a":99999999999999.99}', '{"a":99999999999999.98}'), ['a']);
    assert.deepEqual(places('{"a":"甲"}', '{"a":"乙","x":"1"}'), ['a', 'x']);
  });
});
