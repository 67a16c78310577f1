import assert from 'node:assert/strict';
import { openStore } from '@yiqiao/sdk';
import { takeSlot } from '#internal/process-slot.ts';
import { createHandClock, refusalOf } from './rig.ts';

describe('Processes that share a store', () => {
  it('mint message ids from ranges that do not overlap', () => {
    const store = openStore(':memory:');
    const ranges = [1, 2, 3].map(() => takeSlot(store, createHandClock()).sequences);
    const numbers = ranges.flatMap(({ first, last }) => [first, last]);
    assert.deepEqual(
      numbers,
      numbers.toSorted((one, other) => one - other),
    );
    assert.equal(new Set(numbers).size, 6);
    assert(numbers.every((number) => number >= 1 && number <= 9_999));
  });

  it('get a range back when its process ends, or has not been heard of for a minute', () => {
    const clock = createHandClock();
    const store = openStore(':memory:', { clock });
    const [one, other] = [takeSlot(store, clock), takeSlot(store, clock)];
    one.release();
    assert.deepEqual(takeSlot(store, clock).sequences, one.sequences);
    clock.set('2026-01-05 09:00:50');
    assert.equal(other.prolong(), true);
    clock.set('2026-01-05 09:01:10');
    const third = takeSlot(store, clock);
    assert.deepEqual(third.sequences, one.sequences);
    assert.equal(one.prolong(), false);
  });

  it('are refused when there are more of them than ranges', async () => {
    const clock = createHandClock();
    const store = openStore(':memory:', { clock });
    for (let at = 0; at < 8; at += 1) takeSlot(store, clock);
    await refusalOf(
      Promise.resolve().then(() => takeSlot(store, clock)),
      'CONFIG_INVALID',
    );
  });
});
