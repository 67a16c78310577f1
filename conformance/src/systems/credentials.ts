/** An insured place that also looks whose credential a message shows, as the kit about credentials asks. */
import { startInsuredPlaceCore } from '@yiqiao/sandbox';
import type { Bend } from '@yiqiao/sandbox';
import { bendOf } from '../faulty/cores/bend.ts';
import type { Change } from '../faulty/types.ts';
import { withCredentialCheck } from '../sound/credential-check.ts';
import { withEntrance } from '../sound/entrance.ts';
import type { StartSystem } from './system.ts';

/** The insured place 330000 with the check of credentials behind its entrance. */
export const startCredentialSystem: StartSystem = async ({ registry, clock, kit, inputs }, change) => {
  const { values } = inputs;
  const bend: Bend =
    change === undefined
      ? { around: withEntrance(registry) }
      : bendOf(change as Change, { registry, values, messages: kit.messages });
  const check = withCredentialCheck(values);
  const core = await startInsuredPlaceCore({
    region: '330000',
    clock,
    bend: { ...bend, around: (handler) => bend.around?.(check(handler)) ?? check(handler) },
  });
  return { url: core.url, restart: () => core.restart(), stop: () => core.stop() };
};
