/** Cores of the sandbox as systems under test: the change of a faulty one bends them. */
import { createSandboxKeys } from '@yiqiao/sandbox';
import { bendOf } from '../faulty/bend.ts';
import type { Change } from '../faulty/types.ts';
import { startSoundFor } from '../sound/start-sound.ts';
import type { StartedSystem, StartSystem, SystemWorld } from './system.ts';

/** The insured place 330000. */
export const startInsuredPlaceSystem: StartSystem = (world, change) =>
  startCore('insured-place', world, change as Change | undefined);

/** The care place 530000. */
export const startCarePlaceSystem: StartSystem = (world, change) =>
  startCore('care-place', world, change as Change | undefined);

async function startCore(
  name: string,
  { registry, clock, kit, inputs, suiteKeys }: SystemWorld,
  change: Change | undefined,
): Promise<StartedSystem> {
  const usual = { registry, values: inputs.values, messages: kit.messages };
  const own = createSandboxKeys();
  const signs = kit.scenarios.some(({ needs = [] }) => needs.includes('signing'));
  const core = await startSoundFor(name, {
    registry,
    clock,
    // Signing is most of what an exchange costs: only where a kit is about it.
    ...(signs && { signing: { ...own, peerPublicKey: suiteKeys.publicKey } }),
    ...(change !== undefined && { bend: bendOf(change, usual) }),
  });
  return {
    url: core.url,
    ...(signs && { inputs: { signing: { ...suiteKeys, peerPublicKey: own.publicKey } } }),
    stop: () => core.stop(),
  };
}
