/** The check of a profile's maps and code tables, without messages. */
import {
  checkMap,
  checkTableAlone,
  compileMapFile,
  findForeignCodes,
  findForeignConstants,
  findStrangeRules,
  mapFamilyOf,
} from '@yiqiao/mapping';
import type { MapFacts, MapFamily, MapFile, MapSides } from '@yiqiao/mapping';
import { GatewayError } from '@yiqiao/model';
import type { Fault } from '@yiqiao/model';
import type { Profile, Registry } from '@yiqiao/registry';
import { headerOnly } from './map-file-dialect.ts';
import { phaseCallsOf } from './phase-calls.ts';
import { caught, faultsOf, mapFileOf, memberPlace, profileFault, unlistedFaults } from './profile-faults.ts';

/** What was found; each place is a file of the profile, `#`, and a JSON pointer. */
export interface ProfileFindings {
  /** With any, nothing may use the profile. */
  readonly faults: readonly Fault[];
  /** What a person should look at, and nothing is stopped by. */
  readonly remarks: readonly Fault[];
}

/** Nothing wrong, nothing odd. */
const NOTHING: ProfileFindings = { faults: [], remarks: [] };

/** Faults and remarks of the maps; a file whose form is broken is not looked into. */
export function mapFindings(registry: Registry, profile: Profile, files: readonly Fault[]): ProfileFindings {
  const numbers = registry.profileTransactions(profile.id);
  const names = registry.mapFiles(profile.id);
  const calls = phaseCallsOf(profile).map(({ transaction }) => transaction);
  const place = memberPlace(registry, profile, 'maps');
  if (names.length === 0 && numbers.length === 0) return NOTHING;
  let family: MapFamily;
  try {
    family = mapFamilyOf(profile);
  } catch (error) {
    const faults = faultsOf(error, place);
    return { faults: [...faults, ...unlistedFaults(place, {}, { numbers, names, calls })], remarks: [] };
  }
  const header = caught(`${place}/header`, () => {
    compileMapFile(headerOnly(family), { family });
    return [];
  });
  const headed = header.length === 0 ? family : { ...family, header: [] };
  const facts = factsOf(registry, profile);
  const looked = names.map((name): ProfileFindings => {
    const file = mapFileOf(registry, profile.id, name);
    const within = (fault: Fault): Fault => placed(fault, file, place);
    if (files.some(({ at }) => at.startsWith(`${file}#`))) {
      const strange = caught(file, () => findStrangeRules(registry.mapFile(profile.id, name), name));
      return { faults: strange.filter(({ rule }) => rule === 'map-rule').map(within), remarks: [] };
    }
    const parts = { registry, profile, family: headed, facts, name };
    let remarks: readonly Fault[] = [];
    const faults = caught(file, () => {
      const found = fileFindings(parts, `${file}#/transaction`);
      remarks = found.remarks.map(within);
      return found.faults;
    });
    return { faults: faults.map(within), remarks };
  });
  return {
    faults: [
      ...header.map((fault) => placed(fault, `${place}/header`, place)),
      ...Object.entries(family.tables)
        .flatMap(([name, table]) => checkTableAlone(name, table))
        .map((fault) => placed(fault, '', place)),
      ...unlistedFaults(place, family.notMapped ?? {}, { numbers, names, calls }),
      ...looked.flatMap((one) => one.faults),
    ],
    remarks: looked.flatMap((one) => one.remarks),
  };
}

interface FileParts {
  readonly registry: Registry;
  readonly profile: Profile;
  readonly family: MapFamily;
  readonly facts: MapFacts;
  readonly name: string;
}

function fileFindings({ registry, profile, family, facts, name }: FileParts, place: string): ProfileFindings {
  const file = registry.mapFile(profile.id, name) as MapFile;
  const { transaction } = file;
  const definition = registry.definition(profile.id, transaction);
  if (definition === undefined) return { faults: [undefinedFault(place, transaction)], remarks: [] };
  const words = caught(place, () => {
    compileMapFile(file, { family, name });
    return [];
  });
  // Rules that the language does not have cannot be looked into.
  if (words.some(({ rule }) => rule === 'map-rule')) return { faults: words, remarks: [] };
  const nationalMap: MapSides['nationalMap'] = (one) => registry.nationalMap(one);
  const sides = { family, name, definition, nationalMap, facts };
  return {
    faults: [...words, ...checkMap(file, sides)],
    remarks: [...findForeignCodes(file, sides), ...findForeignConstants(file, sides)],
  };
}

/** Places of the map language are told as places of files. */
function placed(fault: Fault, file: string, family: string): Fault {
  if (fault.at.startsWith('maps/')) return { ...fault, at: fault.at.replace(/^maps\/[^#]*/, file) };
  return { ...fault, at: fault.at.replace(/^profile\.json#\/maps/, family) };
}

function factsOf(registry: Registry, profile: Profile): MapFacts {
  const counterparts = new Map(profile.lineage.flatMap((id) => [...counterpartsOf(registry, id)]));
  return {
    codes: (name) => {
      const set = registry.valueSet(name);
      return set === undefined ? undefined : [...set.codes.keys()];
    },
    isClosed: (name) => registry.valueSet(name)?.open === false,
    isPrecious: (name) => PRECIOUS.has(registry.findName(name)?.kind ?? 'text'),
    counterparts: (element) => counterparts.get(element) ?? [],
    keeps: recordFacts(registry),
    textOnly: profile.textOnly,
  };
}

/** None of a file whose form is broken, which is told as that. */
function counterpartsOf(registry: Registry, id: string): ReturnType<Registry['counterparts']> {
  try {
    return registry.counterparts(id);
  } catch (error) {
    if (error instanceof GatewayError) return new Map();
    throw error;
  }
}

/** Paths that records of a kind may have: those of the operations that leave such a record. */
function recordFacts(registry: Registry): NonNullable<MapFacts['keeps']> {
  const paths = new Map<string, ReadonlySet<string>>();
  return (kind, half, path) => {
    const key = `${kind} ${half}`;
    const found = paths.get(key) ?? new Set(recordPaths(registry, kind, half));
    paths.set(key, found);
    return found.has(path);
  };
}

function recordPaths(registry: Registry, kind: string, half: 'request' | 'response'): readonly string[] {
  return registry
    .operations()
    .filter((operation) => registry.operation(operation).records.some((record) => record.kind === kind))
    .flatMap((operation) => registry.nationalMap(operation)[half])
    .flatMap(({ to, fields }) => [
      to,
      ...fields.map((field) => (to === '' ? field.to : `${to}.${field.to}`)),
    ]);
}

const PRECIOUS: ReadonlySet<string> = new Set(['amount', 'identifier', 'date', 'datetime']);

function undefinedFault(place: string, transaction: string): Fault {
  const message = {
    zh: `方案没有交易 ${transaction} 的定义，映射无从核对；请补上 transactions 下的定义，或改正编号。`,
    en: `The profile has no definition of transaction ${transaction} to hold the map against; add it under transactions, or correct the number.`,
  };
  return profileFault(place, message, 'map-definition');
}
