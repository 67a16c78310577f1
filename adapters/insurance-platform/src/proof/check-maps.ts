/** Proves the maps of a profile. */
import type { Registry } from '@yiqiao/registry';
import { createDraw } from './draw.ts';
import { faultsOf, NOTHING_PROVEN } from './map-proof.ts';
import type { MapProof } from './map-proof.ts';
import { proveMapFiles } from './prove-map-files.ts';
import { proveNational } from './prove-national.ts';

/**
 * Holds the maps of one profile against definitions and model, and sends generated messages through them and back.
 * A profile that cannot be read is told with its faults; nothing is thrown for it.
 * @param options.seed whole number that decides the generated messages
 */
export function checkMaps(
  registry: Registry,
  profileId: string,
  options: { readonly seed: number },
): MapProof {
  const draw = createDraw(options.seed);
  try {
    const profile = registry.profile(profileId);
    return profile.dialect === 'national'
      ? proveNational(registry, profile.id, draw)
      : proveMapFiles(registry, profile, draw);
  } catch (error) {
    return {
      ...NOTHING_PROVEN,
      profile: profileId,
      dialect: 'unknown',
      ok: false,
      faults: faultsOf(error, profileId),
    };
  }
}
