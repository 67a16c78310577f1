/** Faults of a profile that its files alone do not show, and how a look at a part finds them. */
import { GatewayError } from '@yiqiao/model';
import type { Fault } from '@yiqiao/model';
import { profilePath } from '@yiqiao/registry';
import type { Profile, Registry } from '@yiqiao/registry';

/** One fault; `at` is a file, `#`, and a JSON pointer. */
export function profileFault(at: string, message: Fault['message'], rule = 'profile'): Fault {
  const field = at.slice(at.lastIndexOf('/') + 1);
  return { rule, at, field, label: { zh: field, en: field }, message };
}

/** Transactions of a form of its own, and its map files. */
interface Listed {
  readonly numbers: readonly string[];
  readonly names: readonly string[];
  /** Numbers that confirm, cancel or ask: they are served without a map. */
  readonly calls: readonly string[];
}

/**
 * Each transaction is mapped, or the profile says why it is not; nothing is both.
 * @param place that of the member `maps`
 */
export function unlistedFaults(
  place: string,
  notMapped: Readonly<Record<string, string>>,
  { numbers, names, calls }: Listed,
): readonly Fault[] {
  const unmapped = numbers.filter((number) => !isMapped(number, names));
  const listed = Object.keys(notMapped);
  const at = (number: string): string => `${place}/notMapped/${number}`;
  return [
    ...unmapped
      .filter((number) => !listed.includes(number) && !calls.includes(number))
      .map((number) => profileFault(at(number), unlisted(number), 'map-unlisted')),
    ...listed
      .filter((number) => !unmapped.includes(number))
      .map((number) =>
        numbers.includes(number)
          ? profileFault(at(number), BOTH, 'map-contradicted')
          : profileFault(at(number), MISNAMED, 'map-misnamed'),
      ),
  ];
}

/** Whether a transaction has a map file. */
export function isMapped(number: string, names: readonly string[]): boolean {
  return names.some((name) => isMapOf(name, number));
}

/** Whether a map file of this name is one of the transaction: `0302`, `0302-inpatient`. */
export function isMapOf(name: string, number: string): boolean {
  return name === number || name.startsWith(`${number}-`);
}

function unlisted(number: string): Fault['message'] {
  return {
    zh: `交易 ${number} 既无映射，也未在 maps.notMapped 中说明原因；请写 maps/${number}.json（见 docs/profiles.md 第 6 节），或写明原因。`,
    en: `Transaction ${number} has no map and no reason in maps.notMapped; write maps/${number}.json (docs/profiles.md, section 6), or give the reason.`,
  };
}

const BOTH = {
  zh: '此交易已有映射，又列为不映射；请删去其一。',
  en: 'This transaction has a map and is listed as not mapped; remove one.',
};

const MISNAMED = {
  zh: '方案没有此交易，请改正编号。',
  en: 'The profile has no such transaction; correct the number.',
};

/** What a look at some part gives or throws; nothing that is wrong with one part stops the look at the others. */
export function caught(place: string, look: () => readonly Fault[]): readonly Fault[] {
  try {
    return look();
  } catch (error) {
    return faultsOf(error, place);
  }
}

/** The faults of an error, at least one. */
export function faultsOf(error: unknown, place: string): readonly Fault[] {
  if (error instanceof GatewayError) {
    const { faults = [] } = error.details;
    return faults.length > 0 ? faults : [profileFault(place, error.kind.cause, error.code)];
  }
  const reason = error instanceof Error ? error.message : String(error);
  const message = {
    zh: `此处无法检查（${reason}），请改正。`,
    en: `It cannot be checked (${reason}); correct it.`,
  };
  return [profileFault(place, message)];
}

/** Place of the file of a profile. */
export function fileOf(id: string): string {
  return `schemas/${profilePath(id)}`;
}

/** Place of a map file of a profile, which may be inherited. */
export function mapFileOf(registry: Registry, id: string, name: string): string {
  return `schemas/provincial/${registry.mapOwner(id, name) ?? id}/maps/${name}.json`;
}

/** Place of a member of a profile that is inherited as a whole: where the profile that it comes from has it. */
export function memberPlace(registry: Registry, { id, lineage, data }: Profile, member: string): string {
  const owner = lineage.find((one) => registry.readProfile(one).data[member] === data[member]);
  return `${fileOf(data[member] === undefined ? id : (owner ?? id))}#/${member}`;
}
