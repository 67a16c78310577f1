/** Profiles of a folder that a command was given, and where their faults stand. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { checkProfile } from '@yiqiao/insurance-platform';
import { GatewayError } from '@yiqiao/model';
import type { Fault } from '@yiqiao/model';
import { createRegistry } from '@yiqiao/registry';
import type { Profile, Registry } from '@yiqiao/registry';

/**
 * The profiles that come with the program, and before them those of a folder, if one is given.
 * @throws Error where there is no such folder
 */
export function registryWith(dir: string | undefined): Registry {
  if (dir !== undefined && !existsSync(dir))
    throw new Error(`没有目录 ${dir}，请改正 --dir / there is no folder ${dir}; correct --dir`);
  return createRegistry(dir === undefined ? {} : { regions: pathToFileURL(`${resolve(dir)}/`) });
}

/** Where the registry puts every profile. */
const BUILT_IN = /^schemas\/provincial\/([a-z0-9][a-z0-9-]*)(?=\/)/;

/** Faults with which a profile's maps cannot even be tried; a map that lacks something still can. */
const IN_THE_WAY: ReadonlySet<string> = new Set(['data-file', 'map-rule', 'map-word', 'map-arguments']);

/**
 * A profile whose files can be tried; what is wrong with it is told in the folder that was given.
 * @throws GatewayError as `Registry.profile`
 */
export function profileIn(registry: Registry, dir: string | undefined, id: string): Profile {
  if (!registry.profiles().includes(id)) return registry.profile(id);
  const faults = checkProfile(registry, id).faults.filter(({ rule }) => IN_THE_WAY.has(rule));
  if (faults.length === 0) return registry.profile(id);
  const placed = faults.map((fault) => faultIn(dir, fault));
  throw new GatewayError('PROFILE_BROKEN', { faults: placed, facts: { profile: id } });
}

/** The fault, placed in the folder of profiles that was given, if its profile is there. */
export function faultIn(dir: string | undefined, fault: Fault): Fault {
  const id = BUILT_IN.exec(fault.at)?.[1];
  if (id === undefined || dir === undefined || !existsSync(join(dir, id))) return fault;
  return { ...fault, at: fault.at.replace(BUILT_IN, join(dir, id)) };
}
