/** Proves the maps of a profile in the national form, which are derived and not written. */
import { compileNationalMap } from '@yiqiao/mapping';
import type { CompiledMap } from '@yiqiao/mapping';
import { GatewayError } from '@yiqiao/model';
import type { Fault, Operation } from '@yiqiao/model';
import type { DerivedMap, Direction, FieldDefinition, Registry } from '@yiqiao/registry';
import { faultsOf, fileOf } from '../profile-faults.ts';
import { difference } from './difference.ts';
import type { Draw } from './draw.ts';
import { NOTHING_PROVEN, roundTripFault } from './map-proof.ts';
import type { MapProof } from './map-proof.ts';
import { nationalBody } from './national-bodies.ts';

/** Messages per transaction and direction. */
const MESSAGES = 3;

const DIRECTIONS = ['request', 'response'] as const;

/** Derives, compiles and tries each map; goes on after a fault. */
export function proveNational(registry: Registry, id: string, draw: Draw): MapProof {
  const faults: Fault[] = [];
  const mapped = new Map<string, DerivedMap>();
  let roundTrips = 0;
  for (const operation of registry.operations()) {
    try {
      const derived = deriveFor(registry, operation, id);
      if (derived === undefined) continue;
      const found = tryOut({ registry, id, derived, draw });
      faults.push(...found);
      if (found.length === 0) roundTrips += MESSAGES * DIRECTIONS.length;
      mapped.set(derived.transaction, derived);
    } catch (error) {
      faults.push(...faultsOf(error, placeOf(id, registry.operation(operation).transaction)));
    }
  }
  const numbers = registry.profileTransactions(id);
  const isMapped = (number: string): boolean =>
    mapped.has(registry.findOperation(number, id)?.transaction ?? '');
  const counted = countFields(registry, id, mapped);
  return {
    ...NOTHING_PROVEN,
    profile: id,
    dialect: 'national',
    ok: faults.length === 0,
    transactions: numbers.length,
    mapped: numbers.filter(isMapped).length,
    unmapped: numbers.filter((number) => !isMapped(number)),
    ...counted,
    roundTrips,
    faults,
  };
}

/** What a profile says of a transaction: the map follows from it. */
function placeOf(id: string, transaction: string): string {
  return id === 'national'
    ? `schemas/national/transactions/${transaction}.json#`
    : `${fileOf(id)}#/overlay/transactions/${transaction}`;
}

/** `undefined` when the profile uses the number for a transaction of its own. */
function deriveFor(registry: Registry, operation: Operation, id: string): DerivedMap | undefined {
  try {
    return registry.nationalMap(operation, id);
  } catch (error) {
    if (error instanceof GatewayError && error.code === 'TRANSACTION_UNKNOWN') return undefined;
    throw error;
  }
}

interface Trial {
  readonly registry: Registry;
  readonly id: string;
  readonly derived: DerivedMap;
  readonly draw: Draw;
}

/** National → profile → national: what is said in the national form is the same after its way through the profile's. */
function tryOut({ registry, id, derived, draw }: Trial): readonly Fault[] {
  const { operation } = derived;
  const national = registry.nationalMap(operation);
  const ways = { national: compileNationalMap(national), local: compileNationalMap(derived) };
  return DIRECTIONS.flatMap((direction) => {
    for (let message = 0; message < MESSAGES; message += 1) {
      const body = nationalBody(national[direction], { registry, draw, full: message === 0 });
      const pointer = difference(body, thereAndBack(ways, direction, body));
      if (pointer !== undefined)
        return [roundTripFault(`${placeOf(id, derived.transaction)}/${direction}`, pointer)];
    }
    return [];
  });
}

function thereAndBack(
  { national, local }: Readonly<Record<'national' | 'local', CompiledMap>>,
  direction: Direction,
  body: ReturnType<typeof nationalBody>,
): ReturnType<typeof nationalBody> {
  const told = local[direction].toWire(national[direction].toModel(body)).body;
  return national[direction].toWire(local[direction].toModel(told)).body;
}

function countFields(
  registry: Registry,
  id: string,
  mapped: ReadonlyMap<string, DerivedMap>,
): Pick<MapProof, 'carried' | 'verbatim' | 'unnamed'> {
  const numbers = registry.profileTransactions(id);
  const all = numbers.reduce((sum, number) => sum + fieldsIn(registry, id, number).length, 0);
  // A regional variant carries what its transaction carries.
  const carried = numbers
    .map((number) => mapped.get(registry.findOperation(number, id)?.transaction ?? ''))
    .flatMap((map) => (map === undefined ? [] : [...map.request, ...map.response]))
    .reduce((sum, node) => sum + node.fields.length, 0);
  const unnamed = unnamedIn(registry, id);
  const known = id === 'national' ? [] : unnamedIn(registry, 'national');
  return { carried, verbatim: all - carried, unnamed: unnamed.filter((name) => !known.includes(name)) };
}

function fieldsIn(registry: Registry, id: string, number: string): readonly FieldDefinition[] {
  const definition = registry.definition(id, number);
  return [...(definition?.request ?? []), ...(definition?.response ?? [])].flatMap(({ fields }) => fields);
}

/** Wire names that the dictionary lacks, sorted. */
function unnamedIn(registry: Registry, id: string): readonly string[] {
  const fields = registry.profileTransactions(id).flatMap((number) => fieldsIn(registry, id, number));
  const names = fields.map((field) => field.nationalName ?? field.name);
  return [...new Set(names)].filter((name) => registry.findName(name) === undefined).toSorted();
}
