/** A care place that looks at every code before it does anything. */
import { bendOf } from '../faulty/cores/bend.ts';
import type { Change } from '../faulty/types.ts';
import { withCodeCheck } from '../sound/code-check.ts';
import type { CodeFault } from '../sound/code-check.ts';
import { startSoundFor } from '../sound/start-sound.ts';
import type { StartSystem } from './system.ts';

/** The change of a faulty system: of the care place, or of its check of codes. */
interface Changes extends Change {
  readonly codes?: CodeFault;
}

/** The care place 530000 with a check of codes at its entrance. */
export const startCodesSystem: StartSystem = async (world, change) => {
  const { codes, ...own } = (change ?? {}) as Changes;
  const { registry, clock, kit, inputs } = world;
  const bend = bendOf(own, { registry, values: inputs.values, messages: kit.messages });
  const check = withCodeCheck(registry, codes);
  const core = await startSoundFor('care-place', {
    registry,
    clock,
    bend: { ...bend, around: (handler) => check(bend.around?.(handler) ?? handler) },
  });
  return { url: core.url, stop: () => core.stop() };
};
