/** Profiles that an operator keeps in a folder of their own, beside the built-in ones. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { GatewayError } from '@yiqiao/model';
import type { Fault } from '@yiqiao/model';
import { createRegistry } from '@yiqiao/registry';
import type { Registry } from '@yiqiao/registry';

/** Where the registry puts every profile. */
const BUILT_IN = /^schemas\/provincial\/([a-z0-9][a-z0-9-]*)\//;

/** The registry with the profiles of a folder beside the built-in ones. */
export function openRegistry(folder: string | undefined): Registry {
  return createRegistry(folder === undefined ? {} : { regions: pathToFileURL(`${folder}/`) });
}

/**
 * The faults of an error about data files, each at the file that an operator can open.
 * @param folder that of the further profiles, if there is one
 */
export function dataFaults(error: GatewayError, folder: string | undefined): readonly Fault[] {
  return (error.details.faults ?? []).map((fault) => ({ ...fault, at: filePlace(fault.at, folder) }));
}

/** What is wrong with the further profiles, used or not; one that is broken stops no other. */
export function findBrokenProfiles(registry: Registry, folder: string | undefined): readonly Fault[] {
  if (folder === undefined) return [];
  const further = registry.profiles().filter((id) => existsSync(join(folder, id, 'profile.json')));
  return further.flatMap((id) => {
    try {
      registry.profile(id);
      return [];
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error;
      return dataFaults(error, folder);
    }
  });
}

function filePlace(at: string, folder: string | undefined): string {
  const id = BUILT_IN.exec(at)?.[1];
  if (id === undefined || folder === undefined || !existsSync(join(folder, id))) return at;
  return join(folder, at.slice('schemas/provincial/'.length));
}
