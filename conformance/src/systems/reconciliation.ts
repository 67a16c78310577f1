/** A care place with the insured place beside it, as a second target. */
import { bendOf } from '../faulty/cores/bend.ts';
import type { Change } from '../faulty/types.ts';
import { startSoundFor } from '../sound/start-sound.ts';
import type { StartSystem } from './system.ts';

/** The change of a faulty system: of the care place, or as `second` of the insured place. */
interface Changes extends Change {
  readonly second?: Change;
}

/** The care place 530000 as target, the insured place 330000 as target `insured-place`. */
export const startReconciliationSystem: StartSystem = async (world, change) => {
  const { second, ...first } = (change ?? {}) as Changes;
  const { registry, clock, kit, inputs } = world;
  const usual = { registry, values: inputs.values, messages: kit.messages };
  const start = async (name: string, own: Change) =>
    await startSoundFor(name, { registry, clock, bend: bendOf(own, usual) });
  const [care, insured] = [await start('care-place', first), await start('insured-place', second ?? {})];
  return {
    url: care.url,
    inputs: { targets: { 'insured-place': insured.url } },
    async stop() {
      await Promise.all([care.stop(), insured.stop()]);
    },
  };
};
