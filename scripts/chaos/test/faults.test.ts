/** What follows from a seed. */
import assert from 'node:assert/strict';
import { createChance } from '../chance.ts';
import { createFaults, LINKS } from '../faults.ts';
import type { LinkName } from '../faults.ts';
import { planVisit } from '../plan.ts';
import { waitsAt } from '../timing.ts';

interface Passing {
  readonly link: LinkName;
  readonly text: string;
}

/** Three passings of the same charge of each of many persons, on each line. */
const PASSINGS: readonly Passing[] = LINKS.flatMap((link) =>
  Array.from({ length: 400 }, (_, at) => {
    const person = String(100 + Math.floor(at / 4)).padStart(20, '0');
    return { link, text: `{"infno":"2207","input":{"data":{"psn_no":"${person}"}}}` };
  }),
);

/** What happens to each passing, by line and text, when they come in this order. */
function fatesOf(seed: number, passings: readonly Passing[]): ReadonlyMap<string, readonly string[]> {
  const faults = createFaults(createChance(seed), { spoilsReversals: false, store: 'sqlite' });
  const waits = waitsAt(1);
  const fates = new Map<string, readonly string[]>();
  for (const { link, text } of passings) {
    const fate = faults.fate(link, text, waits);
    const told = JSON.stringify(fate, (_, value: unknown) =>
      typeof value === 'function' ? 'spoilt' : value,
    );
    const key = `${link} ${text}`;
    fates.set(key, [...(fates.get(key) ?? []), told]);
  }
  return fates;
}

describe('the faults of a seed', () => {
  it('are the same whatever is on its way at the same time', () => {
    const forwards = fatesOf(5, PASSINGS);
    const backwards = fatesOf(5, PASSINGS.toReversed());
    assert([...forwards.values()].flat().some((fate) => fate !== '{}'));
    for (const [key, fates] of forwards) assert.deepEqual(backwards.get(key), fates, key);
  });

  it('are others with another seed', () => {
    const [one, other] = [fatesOf(5, PASSINGS), fatesOf(6, PASSINGS)];
    assert.notDeepEqual([...one.values()], [...other.values()]);
  });

  it('end, so that a message that is repeated arrives at last', () => {
    const [first] = PASSINGS;
    assert(first !== undefined);
    const [fates = []] = fatesOf(
      5,
      Array.from({ length: 20 }, () => first),
    ).values();
    assert.deepEqual(
      fates.slice(6),
      Array.from({ length: 14 }, () => '{}'),
    );
  });

  it('leave the plan of a visit to the seed alone', () => {
    const plans = (seed: number): readonly object[] =>
      Array.from({ length: 50 }, (_, at) => planVisit(createChance(seed), at + 1, false));
    assert.deepEqual(plans(9), plans(9));
    assert.notDeepEqual(plans(9), plans(10));
  });
});
