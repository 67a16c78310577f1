/** Proves the maps of a profile. */
import type { Fault } from '@yiqiao/model';
import type { Registry } from '@yiqiao/registry';
import { checkProfile } from '../profile-check.ts';
import { faultsOf, fileOf } from '../profile-faults.ts';
import { createDraw } from './draw.ts';
import type { Draw } from './draw.ts';
import { NOTHING_PROVEN } from './map-proof.ts';
import type { MapProof } from './map-proof.ts';
import { proveMapFiles } from './prove-map-files.ts';
import { proveNational } from './prove-national.ts';

/**
 * Checks a profile, and sends generated messages through its maps and back: through those that are sound, since messages
 * prove nothing about a map with faults, and may trip over it. Nothing is thrown for a profile, however broken.
 * @param options.seed whole number that decides the generated messages
 * @throws GatewayError `CONFIG_INVALID` for an unknown profile
 */
export function checkMaps(
  registry: Registry,
  profileId: string,
  options: { readonly seed: number },
): MapProof {
  const { faults, remarks } = checkProfile(registry, profileId);
  const proof = prove(registry, profileId, { draw: createDraw(options.seed), known: faults });
  const all = [...faults, ...proof.faults];
  return { ...proof, ok: all.length === 0, faults: all, remarks };
}

/** What messages prove, beside the faults that are known without them. */
function prove(
  registry: Registry,
  id: string,
  { draw, known }: { readonly draw: Draw; readonly known: readonly Fault[] },
): MapProof {
  try {
    const profile = registry.profile(id);
    return profile.dialect === 'national'
      ? proveNational(registry, profile.id, draw)
      : proveMapFiles({ registry, profile, draw, known });
  } catch (error) {
    const faults = known.length > 0 ? [] : faultsOf(error, `${fileOf(id)}#`);
    return { ...NOTHING_PROVEN, profile: id, dialect: 'unknown', ok: false, faults };
  }
}
