/** Proves the map files of a family with names of its own, and lists what they declare as lost. */
import { checkMap, compileMapFile, mapFamilyOf } from '@yiqiao/mapping';
import type { DirectionRules, MapFamily, MapFile, Rule } from '@yiqiao/mapping';
import type { Fault } from '@yiqiao/model';
import type { Profile, Registry, TransactionDefinition } from '@yiqiao/registry';
import type { Draw } from './draw.ts';
import { flatRules } from './element-bodies.ts';
import { tryMapFile } from './map-file-trial.ts';
import { faultsOf, NOTHING_PROVEN } from './map-proof.ts';
import type { DeclaredLoss, MapProof } from './map-proof.ts';

const DIRECTIONS = ['request', 'response'] as const;

/** Checks and tries each file; goes on after a fault. A profile without maps has only unattested fields. */
export function proveMapFiles(registry: Registry, profile: Profile, draw: Draw): MapProof {
  const numbers = registry.profileTransactions(profile.id);
  const mapped = registry.mapFiles(profile.id);
  const unmapped = numbers.filter((number) => !mapped.includes(number));
  const unattested = unmapped.reduce((sum, number) => sum + fieldsOf(registry, profile.id, number), 0);
  const known = { profile: profile.id, dialect: profile.dialect, transactions: numbers.length };
  const proven = { ...NOTHING_PROVEN, ...known, mapped: mapped.length, unmapped, unattested };
  if (mapped.length === 0) return proven;
  const family = mapFamilyOf(profile);
  const found = mapped.map((number) => proveOne({ registry, profile, family, draw }, number));
  const losses = found.flatMap((one) => one.losses);
  const faults = found.flatMap((one) => one.faults);
  const sum = (count: (one: FileProof) => number): number => found.reduce((all, one) => all + count(one), 0);
  const declared = (kind: DeclaredLoss['kind']): number =>
    losses
      .filter((loss) => loss.kind === kind)
      .reduce((n, { wire, model }) => n + wire.length + model.length, 0);
  return {
    ...proven,
    ok: faults.length === 0,
    carried: sum((one) => one.carried),
    inferred: sum((one) => one.inferred),
    lost: declared('lost'),
    withoutEqual: declared('without-equal'),
    roundTrips: sum((one) => one.roundTrips),
    losses,
    faults,
  };
}

interface FileProof extends Pick<MapProof, 'carried' | 'inferred' | 'roundTrips' | 'losses' | 'faults'> {
  readonly transaction: string;
}

interface Parts {
  readonly registry: Registry;
  readonly profile: Profile;
  readonly family: MapFamily;
  readonly draw: Draw;
}

function proveOne({ registry, profile, family, draw }: Parts, transaction: string): FileProof {
  const place = `${profile.id}/maps/${transaction}.json`;
  const nothing = { transaction, carried: 0, inferred: 0, roundTrips: 0, losses: [] };
  try {
    const file = registry.mapFile(profile.id, transaction) as MapFile;
    const definition = registry.definition(profile.id, transaction);
    if (definition === undefined) return { ...nothing, faults: [undefinedFault(place, transaction)] };
    const compiled = compileMapFile(file, { family });
    const faults = checkMap(file, { family, definition, nationalMap: (one) => registry.nationalMap(one) });
    // Messages prove nothing about a map that names things wrongly, and may trip over it.
    if (faults.length > 0) return { ...nothing, ...countRules(file), faults };
    const trial = tryMapFile({ registry, family, file, definition, draw, compiled, place });
    return { transaction, ...countRules(file), ...trial };
  } catch (error) {
    return { ...nothing, faults: faultsOf(error, place) };
  }
}

function countRules(file: MapFile): Pick<FileProof, 'carried' | 'inferred' | 'losses'> {
  const rules = file.steps.flatMap((step) => DIRECTIONS.flatMap((side) => flatRules(step[side].rules)));
  return {
    carried: rules.filter(isTwoWay).length,
    inferred: rules.filter((rule) => rule.confidence === 'inferred').length,
    losses: file.steps.flatMap((step) =>
      DIRECTIONS.flatMap((direction) => {
        const at = { transaction: file.transaction, operation: step.operation, direction };
        return [...declared(step[direction], 'lost'), ...declared(step[direction], 'noEqual')].map(
          (loss) => ({
            ...at,
            ...loss,
          }),
        );
      }),
    ),
  };
}

function isTwoWay(rule: Rule): boolean {
  return !('fill' in rule) && !('emit' in rule);
}

function declared(
  rules: DirectionRules,
  key: 'lost' | 'noEqual',
): Pick<DeclaredLoss, 'kind' | 'wire' | 'model' | 'because'>[] {
  return (rules[key] ?? []).map(({ wire = [], model = [], because }) => ({
    kind: key === 'lost' ? 'lost' : 'without-equal',
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
