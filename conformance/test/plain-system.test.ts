import assert from 'node:assert/strict';
import { readInputs, readKit, runKit } from '@yiqiao/conformance';
import { createRegistry } from '@yiqiao/registry';
import { startPlainSystem } from './plain-system.ts';
import type { Slip } from './plain-system.ts';

const NOW = Date.UTC(2026, 10, 20, 2, 0, 0);
const registry = createRegistry();
const kit = readKit(registry, 'insured-place', '2026-11');

/** Requirements that the plain system does not meet, with these slips. */
async function notMet(slips: readonly Slip[]): Promise<string[]> {
  const system = await startPlainSystem(slips, NOW);
  const inputs = { ...readInputs('national'), abilities: ['declarations', 'accumulations'] };
  try {
    const { requirements } = await runKit({
      registry,
      kit,
      rules: '2026-11',
      target: system.url,
      inputs,
      seed: 5,
      clock: { now: () => NOW },
    });
    return requirements
      .filter(({ status }) => !['pass', 'skip'].includes(status))
      .map(({ id }) => id)
      .toSorted();
  } finally {
    system.close();
  }
}

describe('A system that shares nothing with sandbox and product', () => {
  it('passes what it can do', async () => {
    assert.deepEqual(await notMet([]), []);
  });

  it('is told exactly the five things in which it is wrong', async () => {
    assert.deepEqual(
      await notMet([
        'other-person-by-card',
        'rare-characters',
        'withdraws-twice',
        'one-number',
        'any-scheme',
      ]),
      [
        'national/1101/credential/03',
        'national/2001/other-scheme',
        'national/2501/charset',
        'national/2502/twice',
        'national/envelope/response/own-number',
      ],
    );
  });
});
