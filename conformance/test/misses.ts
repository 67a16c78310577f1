/** What a system that shares nothing with sandbox and product does not meet. */
import { readInputs, readKit, runKit } from '@yiqiao/conformance';
import { createRegistry } from '@yiqiao/registry';

/** 2026-11-20 10:00:00 in China, for suite and system alike. */
export const NOW = Date.UTC(2026, 10, 20, 2, 0, 0);

const registry = createRegistry();
const kit = readKit(registry, 'insured-place', '2026-11');

/** Ids of the requirements that the system at this address does not meet, sorted; skipped ones are none of them. */
export async function missesOf(target: string, abilities: readonly string[]): Promise<string[]> {
  const { requirements } = await runKit({
    registry,
    kit,
    rules: '2026-11',
    target,
    inputs: { ...readInputs('national'), abilities },
    seed: 5,
    clock: { now: () => NOW },
  });
  return requirements
    .filter(({ status }) => !['pass', 'skip'].includes(status))
    .map(({ id }) => id)
    .toSorted();
}
