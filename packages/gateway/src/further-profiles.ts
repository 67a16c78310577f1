/** Profiles that an operator keeps in a folder of their own, beside the built-in ones. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { checkProfile } from '@yiqiao/insurance-platform';
import type { Fault, GatewayError } from '@yiqiao/model';
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
  return inFolder(error.details.faults ?? [], folder);
}

/** The further profiles of a folder. */
function furtherProfiles(registry: Registry, folder: string): readonly string[] {
  return registry.profiles().filter((id) => existsSync(join(folder, id)));
}

/** What is wrong with the further profiles, used or not; one that is broken stops no other. */
export function findBrokenProfiles(registry: Registry, folder: string | undefined): readonly Fault[] {
  if (folder === undefined) return [];
  return furtherProfiles(registry, folder).flatMap((id) =>
    inFolder(checkProfile(registry, id).faults, folder),
  );
}

/**
 * What is wrong or odd about profiles, none of which keeps the gateway from starting: faults of profiles that no peer
 * has, built-in ones too, and remarks on those that are used.
 * @param used ids of the peers' profiles
 */
export function remarkOnProfiles(
  registry: Registry,
  folder: string | undefined,
  used: readonly string[],
): readonly Fault[] {
  const unused = registry
    .profiles()
    .filter((id) => !used.includes(id))
    .flatMap((id) => checkProfile(registry, id).faults);
  const odd = [...new Set(used)].flatMap((id) => checkProfile(registry, id).remarks);
  return inFolder([...unused.map(notUsed), ...odd], folder);
}

function notUsed(fault: Fault): Fault {
  const { zh, en } = fault.message;
  return {
    ...fault,
    message: {
      zh: `没有对端使用此方案，改正前也不能使用：${zh}`,
      en: `No peer uses this profile, and none can before it is corrected: ${en}`,
    },
  };
}

function inFolder(faults: readonly Fault[], folder: string | undefined): readonly Fault[] {
  return faults.map((fault) => ({ ...fault, at: filePlace(fault.at, folder) }));
}

function filePlace(at: string, folder: string | undefined): string {
  const id = BUILT_IN.exec(at)?.[1];
  if (id === undefined || folder === undefined || !existsSync(join(folder, id))) return at;
  return join(folder, at.slice('schemas/provincial/'.length));
}
