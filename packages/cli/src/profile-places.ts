/** Where a fault of a profile stands, as a path from where the profile was given. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Fault } from '@yiqiao/model';

/** Where the registry puts every profile. */
const BUILT_IN = /^schemas\/provincial\/([a-z0-9][a-z0-9-]*)(?=\/)/;

/** The fault, placed in the folder of profiles that was given, if its profile is there. */
export function faultIn(dir: string | undefined, fault: Fault): Fault {
  const id = BUILT_IN.exec(fault.at)?.[1];
  if (id === undefined || dir === undefined || !existsSync(join(dir, id))) return fault;
  return { ...fault, at: fault.at.replace(BUILT_IN, join(dir, id)) };
}
