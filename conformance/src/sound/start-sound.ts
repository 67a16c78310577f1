/** The sandbox's systems as the kits want them: with the check of definitions at their entrance. */
import type { Clock } from '@yiqiao/model';
import type { Registry } from '@yiqiao/registry';
import { startInsuredPlaceCore } from '@yiqiao/sandbox';
import type { Bend, InsuredPlaceCore, SandboxSigning } from '@yiqiao/sandbox';
import { withEntrance } from './entrance.ts';

/** How a system is started. */
export interface SoundOptions {
  readonly registry: Registry;
  readonly clock?: Clock;
  readonly port?: number;
  readonly signing?: SandboxSigning;
  /** What makes it wrong; the entrance stands outside of it unless it brings its own. */
  readonly bend?: Bend;
}

/** Starts the sandbox's insured place (330000) with an entrance. */
export async function startSoundInsuredPlace(options: SoundOptions): Promise<InsuredPlaceCore> {
  const { registry, bend, ...rest } = options;
  return await startInsuredPlaceCore({
    region: '330000',
    ...rest,
    bend: { around: withEntrance(registry), ...bend },
  });
}
