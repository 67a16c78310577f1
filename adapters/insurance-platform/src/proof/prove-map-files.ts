/** Proves the map files of a family with names of its own, and lists what they declare as lost. */
import { checkMap, compileMapFile, findMissing, mapFamilyOf } from '@yiqiao/mapping';
import type { DirectionRules, MapFacts, MapFamily, MapFile, MapSides, Rule } from '@yiqiao/mapping';
import type { Fault } from '@yiqiao/model';
import type { Profile, Registry, TransactionDefinition } from '@yiqiao/registry';
import type { Draw } from './draw.ts';
import { flatRules } from './element-bodies.ts';
import { generatedContext } from './generated-context.ts';
import { tryMapFile } from './map-file-trial.ts';
import { faultsOf, NOTHING_PROVEN } from './map-proof.ts';
import type { DeclaredLoss, MapProof } from './map-proof.ts';
import { tryFromNational } from './national-trial.ts';

const DIRECTIONS = ['request', 'response'] as const;

/** Checks and tries each file; goes on after a fault. A profile without maps has only unattested fields. */
export function proveMapFiles(registry: Registry, profile: Profile, draw: Draw): MapProof {
  const numbers = registry.profileTransactions(profile.id);
  const names = registry.mapFiles(profile.id);
  const unmapped = numbers.filter(
    (number) => !names.some((name) => name === number || name.startsWith(`${number}-`)),
  );
  const unknown = unmapped.reduce((sum, number) => sum + fieldsOf(registry, profile.id, number), 0);
  const known = { profile: profile.id, dialect: profile.dialect, transactions: numbers.length };
  const mapped = numbers.length - unmapped.length;
  const proven = { ...NOTHING_PROVEN, ...known, mapped, unmapped, unattested: unknown };
  if (names.length === 0) return proven;
  const family = mapFamilyOf(profile);
  const found = names.map((name) => proveOne({ registry, profile, family, draw }, name));
  const losses = found.flatMap((one) => one.losses);
  const faults = [...unlisted(profile, family, { numbers, unmapped }), ...found.flatMap((one) => one.faults)];
  const sum = (count: (one: FileProof) => number): number => found.reduce((all, one) => all + count(one), 0);
  const declared = (kind: DeclaredLoss['kind']): number =>
    losses
      .filter((loss) => loss.kind === kind)
      .reduce((n, { wire, model }) => n + wire.length + model.length, 0);
  return {
    ...proven,
    ok: faults.length === 0,
    notMapped: { ...family.notMapped },
    incomplete: found.flatMap((one) => one.incomplete),
    carried: sum((one) => one.carried),
    inferred: sum((one) => one.inferred),
    lost: declared('lost'),
    withoutEqual: declared('without-equal'),
    unattested: unknown + declared('unattested'),
    roundTrips: sum((one) => one.roundTrips),
    losses,
    faults,
  };
}

type FileProof = Pick<MapProof, 'carried' | 'inferred' | 'roundTrips' | 'losses' | 'faults' | 'incomplete'>;

interface Parts {
  readonly registry: Registry;
  readonly profile: Profile;
  readonly family: MapFamily;
  readonly draw: Draw;
}

const NOTHING: FileProof = { carried: 0, inferred: 0, roundTrips: 0, losses: [], incomplete: [], faults: [] };

function proveOne({ registry, profile, family, draw }: Parts, name: string): FileProof {
  const place = `${profile.id}/maps/${name}.json`;
  try {
    const file = registry.mapFile(profile.id, name) as MapFile;
    const { transaction } = file;
    const definition = registry.definition(profile.id, transaction);
    if (definition === undefined) return { ...NOTHING, faults: [undefinedFault(place, transaction)] };
    const compiled = compileMapFile(file, { family, name });
    const nationalMap: MapSides['nationalMap'] = (one) => registry.nationalMap(one);
    const faults = checkMap(file, {
      family,
      name,
      definition,
      nationalMap,
      facts: factsOf(registry, profile),
    });
    const fields = findMissing(file, nationalMap).map(({ operation, path }) => `${operation}.${path}`);
    const incomplete = fields.length === 0 ? [] : [{ map: name, fields }];
    // Messages prove nothing about a map that names things wrongly, and may trip over it.
    if (faults.length > 0)
      return {
        ...NOTHING,
        ...countRules(file),
        incomplete,
        faults: faults.map((one) => within(profile, one)),
      };
    const { textOnly } = profile;
    const operations = file.steps.map((step) => step.operation);
    const context = generatedContext({ registry, draw }, operations);
    const parts = { registry, family, file, definition, draw, compiled, place, textOnly, context };
    const [own, cross] = [tryMapFile(parts), tryFromNational(parts)];
    return {
      ...countRules(file),
      incomplete,
      roundTrips: own.roundTrips + cross.roundTrips,
      faults: [...own.faults, ...cross.faults],
    };
  } catch (error) {
    return { ...NOTHING, faults: faultsOf(error, place) };
  }
}

/** Places of a map are told below its profile. */
function within({ id }: Profile, fault: Fault): Fault {
  return { ...fault, at: `${id}/${fault.at}` };
}

function factsOf(registry: Registry, profile: Profile): MapFacts {
  const counterparts = new Map(profile.lineage.flatMap((id) => [...registry.counterparts(id)]));
  return {
    codes: (name) => {
      const set = registry.valueSet(name);
      return set === undefined ? undefined : [...set.codes.keys()];
    },
    counterparts: (element) => counterparts.get(element) ?? [],
    textOnly: profile.textOnly,
  };
}

/** Each transaction is mapped, or the profile says why it is not; nothing is both. */
function unlisted(
  { id }: Profile,
  { notMapped = {} }: MapFamily,
  { numbers, unmapped }: { readonly numbers: readonly string[]; readonly unmapped: readonly string[] },
): readonly Fault[] {
  const at = `${id}/profile.json#/maps/notMapped`;
  const listed = Object.keys(notMapped);
  return [
    ...unmapped.filter((number) => !listed.includes(number)).map((one) => listFault('map-unlisted', at, one)),
    ...listed
      .filter((number) => !unmapped.includes(number))
      .map((one) => listFault(numbers.includes(one) ? 'map-contradicted' : 'map-misnamed', at, one)),
  ];
}

function countRules(file: MapFile): Pick<FileProof, 'carried' | 'inferred' | 'losses'> {
  const rules = file.steps.flatMap((step) => DIRECTIONS.flatMap((side) => flatRules(step[side].rules)));
  return {
    carried: rules.filter(isTwoWay).length,
    inferred: rules.filter((rule) => rule.confidence === 'inferred').length,
    losses: file.steps.flatMap((step) =>
      DIRECTIONS.flatMap((direction) => {
        const at = { transaction: file.transaction, operation: step.operation, direction };
        return KINDS.flatMap((kind) => declared(step[direction], kind)).map((loss) => ({ ...at, ...loss }));
      }),
    ),
  };
}

function isTwoWay(rule: Rule): boolean {
  return !('fill' in rule) && !('emit' in rule);
}

const KINDS = ['lost', 'noEqual', 'unattested'] as const;

function declared(
  rules: DirectionRules,
  key: (typeof KINDS)[number],
): Pick<DeclaredLoss, 'kind' | 'wire' | 'model' | 'because'>[] {
  return (rules[key] ?? []).map(({ wire = [], model = [], because }) => ({
    kind: key === 'noEqual' ? 'without-equal' : key,
    wire,
    model,
    because,
  }));
}

function fieldsOf(registry: Registry, id: string, number: string): number {
  const definition: TransactionDefinition | undefined = registry.definition(id, number);
  return [...(definition?.request ?? []), ...(definition?.response ?? [])].flatMap(({ fields }) => fields)
    .length;
}

function undefinedFault(place: string, transaction: string): Fault {
  return {
    rule: 'map-definition',
    at: place,
    field: transaction,
    label: { zh: transaction, en: transaction },
    message: {
      zh: '方案没有此交易的定义，映射无从核对；请补上 transactions 下的定义。',
      en: 'The profile has no definition of this transaction to hold the map against; add it under transactions.',
    },
  };
}

const LIST_TEXTS = {
  'map-unlisted': {
    zh: '此交易既无映射，也未在 maps.notMapped 中说明原因；请补映射或写明原因。',
    en: 'This transaction has no map and no reason in maps.notMapped; add one or the other.',
  },
  'map-contradicted': {
    zh: '此交易已有映射，又列为不映射；请删去其一。',
    en: 'This transaction has a map and is listed as not mapped; remove one.',
  },
  'map-misnamed': {
    zh: '方案没有此交易，请改正编号。',
    en: 'The profile has no such transaction; correct the number.',
  },
} as const;

function listFault(rule: keyof typeof LIST_TEXTS, at: string, field: string): Fault {
  return { rule, at: `${at}/${field}`, field, label: { zh: field, en: field }, message: LIST_TEXTS[rule] };
}
