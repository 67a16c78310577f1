/** Profiles, read one by one: a broken one stops nobody else. */
import { GatewayError } from '@yiqiao/model';
import type { Fault } from '@yiqiao/model';
import { fileFault } from './data-files.ts';
import type { DataFiles } from './data-files.ts';
import { formErrors } from './form-check.ts';
import type { FormError } from './form-check.ts';
import { schemaFault } from './profile-faults.ts';
import { withoutWrong } from './without-wrong.ts';
import { PROFILE_SCHEMA } from './profile-schema.ts';
import type { Profile } from './profile-types.ts';

/** Reads profiles with what they inherit. */
export interface Profiles {
  /**
   * @throws GatewayError `CONFIG_INVALID` when there is no such profile (the known ones are listed),
   *   `PROFILE_BROKEN` when its file, or one it extends, is faulty.
   */
  resolve(id: string): Profile;
  /**
   * What is left of a profile whose file does not have its form, without the members that are wrong: for checks that
   * look at the others. `undefined` when too little is left.
   */
  withoutFaults(id: string): Profile | undefined;
}

/** A profile file that fits the schema. */
type ProfileFile = Partial<Profile> &
  Pick<Profile, 'id' | 'version' | 'title' | 'source' | 'confidence'> & {
    readonly extends?: string;
  };

/** Defaults of a profile that extends nothing. */
const ROOT = {
  codec: 'national-json',
  dialect: 'national',
  textOnly: false,
  errorStatus: 'always-200',
  clockToleranceMinutes: 30,
  envelope: {},
  keepsRecords: false,
  unknownMembers: 'report',
  identities: {},
} as const;

/** Path of a profile's file below schemas/. */
export function profilePath(id: string): string {
  return id === 'national' ? 'national/profile.json' : `provincial/${id}/profile.json`;
}

/** Profiles of a data folder; each is read once. */
export function createProfiles(files: DataFiles): Profiles {
  const known = new Map<string, Profile>();
  const readFile = (id: string, from: readonly string[]): ProfileFile => {
    const data = isProfileId(id) ? files.find(profilePath(id)) : undefined;
    if (data === undefined) throw unknownProfile(id, from, files);
    const faults = errorsOf(data).map((error) => schemaFault(profilePath(id), error));
    if (faults.length > 0) throw brokenProfile(id, faults);
    return data as ProfileFile;
  };
  const resolve = (id: string, from: readonly string[]): Profile => {
    const found = known.get(id);
    if (found !== undefined) return found;
    if (from.includes(id)) throw cycle(id, from);
    const file = readFile(id, from);
    if (file.id !== id) throw brokenProfile(id, [wrongId(id, file.id)]);
    const parent = file.extends === undefined ? undefined : resolve(file.extends, [...from, id]);
    const profile = Object.freeze(inherit(file, parent));
    known.set(id, profile);
    return profile;
  };
  return {
    resolve: (id) => resolve(id, []),
    withoutFaults(id) {
      try {
        const data = files.find(profilePath(id));
        if (typeof data !== 'object' || data === null) return undefined;
        const file = withoutWrong(data, errorsOf(data)) as ProfileFile;
        const isRootless = 'extends' in data && file.extends === undefined;
        if (isRootless || errorsOf({ ...UNTOLD, ...file }).length > 0) return undefined;
        const parent = file.extends === undefined ? undefined : resolve(file.extends, [id]);
        return Object.freeze(inherit({ ...file, id }, parent));
      } catch (error) {
        if (!(error instanceof GatewayError)) throw error;
        return undefined;
      }
    },
  };
}

function errorsOf(data: unknown): readonly FormError[] {
  return formErrors(PROFILE_SCHEMA, data);
}

/** Members that a file must have, and that no other member is checked against. */
const UNTOLD = { id: '-', version: '-', title: { zh: '-', en: '-' }, source: '-', confidence: 'inferred' };

function inherit(file: ProfileFile, parent: Profile | undefined): Profile {
  const base = parent ?? ROOT;
  return {
    id: file.id,
    lineage: [...(parent?.lineage ?? []), file.id],
    version: file.version,
    title: file.title,
    codec: file.codec ?? base.codec,
    dialect: file.dialect ?? base.dialect,
    textOnly: file.textOnly ?? base.textOnly,
    errorStatus: file.errorStatus ?? base.errorStatus,
    clockToleranceMinutes: file.clockToleranceMinutes ?? base.clockToleranceMinutes,
    envelope: { ...base.envelope, ...file.envelope },
    keepsRecords: file.keepsRecords ?? base.keepsRecords,
    unknownMembers: file.unknownMembers ?? base.unknownMembers,
    identities: { ...base.identities, ...file.identities },
    overlay: file.overlay ?? {},
    source: file.source,
    confidence: file.confidence,
    data: { ...parent?.data, ...file },
  };
}

/** Only plain names become paths. */
function isProfileId(id: string): boolean {
  return /^[a-z0-9][a-z0-9-]*$/.test(id);
}

function unknownProfile(id: string, from: readonly string[], files: DataFiles): GatewayError {
  if (files.regions().includes(id)) return brokenProfile(id, [noFile(id)]);
  const ids = ['national', ...files.regions()].join(', ');
  const path = profilePath(from.at(-1) ?? id);
  const message = {
    zh: `没有名为 ${id} 的方案；现有：${ids}。请改正名称或补上 ${profilePath(id)}。`,
    en: `There is no profile ${id}; known: ${ids}. Correct the name, or add ${profilePath(id)}.`,
  };
  const faults = [fileFault({ path, pointer: from.length > 0 ? '/extends' : '', message })];
  return new GatewayError(from.length > 0 ? 'PROFILE_BROKEN' : 'CONFIG_INVALID', {
    faults,
    facts: { profile: id },
  });
}

function noFile(id: string): Fault {
  const message = {
    zh: '文件夹中没有 profile.json；请补上，不是方案的文件夹请移走。',
    en: 'The folder has no profile.json; add it, or move the folder away if it is no profile.',
  };
  return fileFault({ path: profilePath(id), pointer: '', message });
}

function cycle(id: string, from: readonly string[]): GatewayError {
  const chain = [...from.slice(from.indexOf(id)), id].join(' → ');
  const message = {
    zh: `extends 成环：${chain}，请断开。`,
    en: `extends goes in a circle: ${chain}; break it.`,
  };
  return brokenProfile(id, [
    fileFault({ path: profilePath(from.at(-1) ?? id), pointer: '/extends', message }),
  ]);
}

function wrongId(id: string, found: string): Fault {
  const message = {
    zh: `文件中的 id 为 ${found}，与文件夹名 ${id} 不符。`,
    en: `The file says id ${found}, its folder says ${id}; make them the same.`,
  };
  return fileFault({ path: profilePath(id), pointer: '/id', message });
}

/** The error of a faulty profile, with all its faults. */
export function brokenProfile(id: string, faults: readonly Fault[]): GatewayError {
  return new GatewayError('PROFILE_BROKEN', { faults, facts: { profile: id, file: profilePath(id) } });
}
