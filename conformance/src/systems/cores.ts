/** Cores of the sandbox as systems under test: the change of a faulty one bends them. */
import { createSandboxKeys } from '@yiqiao/sandbox';
import { bendOf } from '../faulty/cores/bend.ts';
import type { Change } from '../faulty/types.ts';
import { startSoundFor } from '../sound/start-sound.ts';
import type { StartedSystem, StartSystem, SystemWorld } from './system.ts';

/** The insured place 330000. */
export const startInsuredPlaceSystem: StartSystem = (world, change) =>
  startCore('insured-place', world, change as Change | undefined);

/** The care place 530000. */
export const startCarePlaceSystem: StartSystem = (world, change) =>
  startCore('care-place', world, change as Change | undefined);

/** A province that treats and insures, 330000: everybody is treated where they are insured. */
export const startProvinceSystem: StartSystem = async (world, change) => {
  const started = await startCore('province', world, change as Change | undefined);
  const { values } = world.inputs;
  const own = { ...values, mdtrtarea_admvs: values['insuplc_admdvs'] ?? '' };
  return { ...started, inputs: { ...started.inputs, values: own } };
};

async function startCore(
  name: string,
  { registry, clock, kit, inputs, suiteKeys }: SystemWorld,
  change: Change | undefined,
): Promise<StartedSystem> {
  let starts = 1;
  const usual = { registry, values: inputs.values, messages: kit.messages, starts: () => starts };
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
    async restart() {
      starts += 1;
      await core.restart();
    },
    stop: () => core.stop(),
  };
}
