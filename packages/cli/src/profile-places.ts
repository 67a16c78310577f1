/** Profiles of a folder that a command was given, and where their faults stand. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
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

/**
 * A profile; what is wrong with its file is told in the folder that was given.
 * @throws GatewayError as `Registry.profile`
 */
export function openProfile(registry: Registry, dir: string | undefined, id: string): Profile {
  try {
    return registry.profile(id);
  } catch (error) {
    if (!(error instanceof GatewayError) || error.code !== 'PROFILE_BROKEN') throw error;
    throw brokenIn(dir, id, error.details.faults ?? []);
  }
}

/** The error of a profile with these faults. */
export function brokenIn(dir: string | undefined, id: string, faults: readonly Fault[]): GatewayError {
  const placed = faults.map((fault) => faultIn(dir, fault));
  return new GatewayError('PROFILE_BROKEN', { faults: placed, facts: { profile: id } });
}

/** The fault, placed in the folder of profiles that was given, if its profile is there. */
export function faultIn(dir: string | undefined, fault: Fault): Fault {
  const id = BUILT_IN.exec(fault.at)?.[1];
  if (id === undefined || dir === undefined || !existsSync(join(dir, id))) return fault;
  return { ...fault, at: fault.at.replace(BUILT_IN, join(dir, id)) };
}
