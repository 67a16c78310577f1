/** The sandbox's systems as the kits want them: with the check of definitions at their entrance. */
import type { Clock } from '@yiqiao/model';
import type { Registry } from '@yiqiao/registry';
import { startCarePlaceCore, startInsuredPlaceCore, startProvinceCore } from '@yiqiao/sandbox';
import type { Bend, InsuredPlaceCore, RunningCore, SandboxSigning } from '@yiqiao/sandbox';
import { withCodeCheck } from './code-check.ts';
import { withEntrance } from './entrance.ts';
import { withoutRepetition } from './repeated-members.ts';

/** How a system is started. */
export interface SoundOptions {
  readonly registry: Registry;
  readonly clock?: Clock;
  readonly port?: number;
  readonly signing?: SandboxSigning;
  /** What makes it wrong; the entrance stands outside of it unless it brings its own. */
  readonly bend?: Bend;
}

/**
 * A system of the sandbox: the care place (530000), also with a check of `codes`, the insured place, or a province that
 * is both (330000).
 */
export async function startSoundFor(kit: string, options: SoundOptions): Promise<RunningCore> {
  const { registry, bend, ...rest } = options;
  if (kit === 'insured-place') return await startSoundInsuredPlace(options);
  const around = bend?.around ?? withEntrance(registry);
  const check = kit === 'codes' ? withCodeCheck(registry) : undefined;
  const entered: Bend = {
    ...bend,
    around: check === undefined ? around : (handler) => check(around(handler)),
  };
  return kit === 'province'
    ? await startProvinceCore({ region: '330000', ...rest, bend: entered })
    : await startCarePlaceCore({ region: '530000', ...rest, bend: entered });
}

/** Starts the sandbox's insured place (330000) with an entrance. */
export async function startSoundInsuredPlace(options: SoundOptions): Promise<InsuredPlaceCore> {
  const { registry, bend, ...rest } = options;
  return await startInsuredPlaceCore({
    region: '330000',
    ...rest,
    bend: {
      around: withEntrance(registry),
      ...bend,
      hears: (bytes) => withoutRepetition(bend?.hears?.(bytes) ?? bytes),
    },
  });
}
