/** What the names of a form of its own are read as nationally: the file `elements.json` of a profile. */
import type { DataFiles } from './data-files.ts';
import { elementFaults } from './file-faults.ts';
import { brokenProfile } from './profiles.ts';

interface ElementFile {
  readonly elements?: Readonly<Record<string, { readonly national?: readonly { readonly name: string }[] }>>;
}

/**
 * Local name → national wire names. One entry may stand for several local names (`YBKH / CardNo`) and for several
 * national ones (`hifmi_pay / hifob_pay`); remarks in brackets and the node before a dot are no part of a name.
 * @throws GatewayError `PROFILE_BROKEN` when the file does not have its form
 */
export function readCounterparts(
  files: DataFiles,
  profileId: string,
): ReadonlyMap<string, readonly string[]> {
  const path = `provincial/${profileId}/elements.json`;
  const faults = elementFaults(files, path);
  if (faults.length > 0) throw brokenProfile(profileId, faults);
  const { elements = {} } = (files.find(path) ?? {}) as ElementFile;
  const found = new Map<string, string[]>();
  for (const [key, { national = [] }] of Object.entries(elements)) {
    const names = national.flatMap(({ name }) => name.match(/[A-Za-z_]{3,}/g) ?? []);
    if (names.length === 0) continue;
    for (const local of key.split(/ \/ |\+/)) {
      const own = local.replace(/ \(.*\)$/, '').replace(/^.*[.\]]\.?(?=[^.]+$)/, '');
      found.set(own, [...(found.get(own) ?? []), ...names]);
    }
  }
  return found;
}
