import assert from 'node:assert/strict';
import { missesOf, NOW } from './misses.ts';
import { startPlainSystem } from './plain-system.ts';
import type { Slip } from './plain-system.ts';

/** What the plain system does not meet with these slips. */
async function plainMisses(slips: readonly Slip[]): Promise<string[]> {
  const system = await startPlainSystem(slips, NOW);
  try {
    return await missesOf(system.url, ['declarations', 'accumulations']);
  } finally {
    system.close();
  }
}

/** Slips, each told as one requirement. */
const SLIPS: Readonly<Record<Slip, string>> = {
  'other-person-by-card': 'national/1101/credential/03',
  'rare-characters': 'national/2501/charset',
  'withdraws-twice': 'national/2502/twice',
  'one-number': 'national/envelope/response/own-number',
  'any-scheme': 'national/2001/other-scheme',
};

describe('A system that shares nothing with sandbox and product', () => {
  it('passes what it can do', async () => {
    assert.deepEqual(await plainMisses([]), []);
  });

  it('is told exactly the five things in which it is wrong', async () => {
    assert.deepEqual(await plainMisses(Object.keys(SLIPS) as Slip[]), Object.values(SLIPS).toSorted());
  });
});
