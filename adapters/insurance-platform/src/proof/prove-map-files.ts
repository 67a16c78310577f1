/** Proves the map files of a family with names of its own, and lists what they declare as lost. */
import { compileMapFile, findMissing, mapFamilyOf } from '@yiqiao/mapping';
import type { DirectionRules, MapFamily, MapFile, MapSides, Rule } from '@yiqiao/mapping';
import type { Fault } from '@yiqiao/model';
import type { Profile, Registry, TransactionDefinition } from '@yiqiao/registry';
import { faultsOf, isMapped, mapFileOf } from '../profile-faults.ts';
import type { Draw } from './draw.ts';
import { flatRules } from './element-bodies.ts';
import { generatedContext } from './generated-context.ts';
import { tryMapFile } from './map-file-trial.ts';
import { NOTHING_PROVEN } from './map-proof.ts';
import type { DeclaredLoss, MapProof } from './map-proof.ts';
import { tryFromNational } from './national-trial.ts';

const DIRECTIONS = ['request', 'response'] as const;

/** Checks and tries each file; goes on after a fault. A profile without maps has only unattested fields. */
export function proveMapFiles({ registry, profile, draw, known: faulty }: Unproven): MapProof {
  const numbers = registry.profileTransactions(profile.id);
  const names = registry.mapFiles(profile.id);
  const unmapped = numbers.filter((number) => !isMapped(number, names));
  const unknown = unmapped.reduce((sum, number) => sum + fieldsOf(registry, profile.id, number), 0);
  const known = { profile: profile.id, dialect: profile.dialect, transactions: numbers.length };
  const mapped = numbers.length - unmapped.length;
  const proven = { ...NOTHING_PROVEN, ...known, mapped, unmapped, unattested: unknown };
  if (names.length === 0) return proven;
  const family = mapFamilyOf(profile);
  const found = names.map((name) => proveSafely({ registry, profile, family, draw, known: faulty }, name));
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

/** A profile, and its faults that are known without any message. */
interface Unproven {
  readonly registry: Registry;
  readonly profile: Profile;
  readonly draw: Draw;
  readonly known: readonly Fault[];
}

interface Parts extends Unproven {
  readonly family: MapFamily;
}

const NOTHING: FileProof = { carried: 0, inferred: 0, roundTrips: 0, losses: [], incomplete: [], faults: [] };

/** One file that cannot be tried keeps no other from being. */
function proveSafely(parts: Parts, name: string): FileProof {
  const place = mapFileOf(parts.registry, parts.profile.id, name);
  if (parts.known.some(({ at }) => at.startsWith(`${place}#`) || at === place)) return NOTHING;
  try {
    return proveOne(parts, { name, place });
  } catch (error) {
    return { ...NOTHING, faults: faultsOf(error, `${place}#`) };
  }
}

/** Sends messages through a map that the check of its profile found sound. */
function proveOne(
  { registry, profile, family, draw }: Omit<Parts, 'known'>,
  { name, place }: { readonly name: string; readonly place: string },
): FileProof {
  const file = registry.mapFile(profile.id, name) as MapFile;
  const definition = registry.definition(profile.id, file.transaction);
  if (definition === undefined) return NOTHING;
  const compiled = compileMapFile(file, { family, name });
  const nationalMap: MapSides['nationalMap'] = (one) => registry.nationalMap(one);
  const fields = findMissing(file, nationalMap).map(({ operation, path }) => `${operation}.${path}`);
  const { textOnly } = profile;
  const operations = file.steps.map((step) => step.operation);
  const context = generatedContext({ registry, draw }, operations);
  const parts = { registry, family, file, definition, draw, compiled, place, textOnly, context };
  const [own, cross] = [tryMapFile(parts), tryFromNational(parts)];
  return {
    ...countRules(file),
    incomplete: fields.length === 0 ? [] : [{ map: name, fields }],
    roundTrips: own.roundTrips + cross.roundTrips,
    faults: [...own.faults, ...cross.faults],
  };
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
