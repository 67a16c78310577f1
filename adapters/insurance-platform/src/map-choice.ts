/** The map files of a profile: compiled on first use, and chosen by what a message is. */
import { compileMapFile, findMissing } from '@yiqiao/mapping';
import type { CompiledFileMap, MapContext, MapFamily, MapFile, MissingField } from '@yiqiao/mapping';
import { GatewayError } from '@yiqiao/model';
import type { Fault, MessageHeader } from '@yiqiao/model';
import type { KeptRecord, Profile, Registry } from '@yiqiao/registry';
import type { WireRequest } from '@yiqiao/wire';
import type { FindRecord } from './dialect.ts';

/** A file with what its rules may draw on for one message. */
export interface ChosenMap {
  readonly map: CompiledFileMap;
  readonly context: MapContext;
}

/** A message as it was written. */
export type Written = Pick<WireRequest, 'transaction' | 'body' | 'envelope'>;

/** What is known beside a message. */
export interface Known {
  readonly header: MessageHeader;
  readonly findRecord: FindRecord;
}

/** The map files of a profile. */
export interface MapChoice {
  /** @throws GatewayError `TRANSACTION_UNKNOWN` when there is no such file, `PROFILE_BROKEN` when it is broken */
  named(name: string): CompiledFileMap;
  /**
   * The file of a request's transaction whose conditions hold; the one with most conditions is asked first.
   * @throws GatewayError as `named` and `assertComplete`
   */
  choose(request: WireRequest, header: MessageHeader, findRecord: FindRecord): ChosenMap;
  /** The file that a message of ours would be read by; `undefined` when there is none. */
  readBy(message: Written, known: Known): CompiledFileMap | undefined;
  /** @throws GatewayError `MAP_INCOMPLETE` naming each required national field that a map has no source for */
  assertComplete(map: CompiledFileMap): void;
}

/** Creates the choice. */
export function createMapChoice(registry: Registry, profile: Profile, family: MapFamily): MapChoice {
  const maps = new Map<string, CompiledFileMap>();
  const choices = new Map<string, readonly CompiledFileMap[]>();
  const missing = new Map<CompiledFileMap, Incomplete>();
  const named = (name: string): CompiledFileMap => {
    const known = maps.get(name);
    if (known !== undefined) return known;
    const file = registry.mapFile(profile.id, name) as MapFile | undefined;
    if (file === undefined) throw new GatewayError('TRANSACTION_UNKNOWN', { facts: { transaction: name } });
    const map = compileMapFile(file, { family, name, label: labelsOf(registry, profile, file.transaction) });
    maps.set(name, map);
    const fields = findMissing(file, (operation) => registry.nationalMap(operation));
    if (fields.length > 0) missing.set(map, { name, fields });
    return map;
  };
  const ofTransaction = (transaction: string): readonly CompiledFileMap[] => {
    const known = choices.get(transaction);
    if (known !== undefined) return known;
    const found = registry
      .mapFiles(profile.id)
      .filter((name) => name === transaction || name.startsWith(`${transaction}-`))
      .map(named)
      .toSorted((a, b) => b.conditions - a.conditions);
    choices.set(transaction, found);
    return found;
  };
  const assertComplete = (map: CompiledFileMap): void => {
    const incomplete = missing.get(map);
    if (incomplete !== undefined) throw incompleteMap(profile, map, incomplete);
  };
  return {
    named,
    assertComplete,
    readBy: (message, known) =>
      ofTransaction(message.transaction).find((map) =>
        map.applies(message.body, contextOf(map, message, known)),
      ),
    choose(request, header, findRecord) {
      const known = { header, findRecord: rememberFound(findRecord) };
      for (const map of ofTransaction(request.transaction)) {
        const context = contextOf(map, request, known);
        if (!map.applies(request.body, context)) continue;
        assertComplete(map);
        return { map, context };
      }
      throw unmapped(profile, family, request.transaction);
    },
  };
}

/** A transaction that no map serves, with the reason that the profile gives. */
function unmapped({ id }: Profile, { notMapped }: MapFamily, transaction: string): GatewayError {
  const because = notMapped?.[transaction];
  if (because === undefined) return new GatewayError('TRANSACTION_UNKNOWN', { facts: { transaction } });
  const fault: Fault = {
    rule: 'not-mapped',
    at: '/',
    field: transaction,
    label: { zh: '交易', en: 'transaction' },
    message: {
      zh: `方案 ${id} 的交易 ${transaction} 在接口清单中，但本网关不办理，请走原有渠道。原因（方案 maps.notMapped）：${because}`,
      en: `${transaction} is in the list of the profile ${id}, but this gateway does not carry it; use the channel you had. Reason (maps.notMapped): ${because}.`,
    },
  };
  return new GatewayError('TRANSACTION_NOT_CARRIED', {
    faults: [fault],
    facts: { transaction, profile: id },
  });
}

/** A map file, by its name, with fields that no source is known for. */
interface Incomplete {
  readonly name: string;
  readonly fields: readonly MissingField[];
}

function incompleteMap(
  { id }: Profile,
  { transaction }: CompiledFileMap,
  { name, fields }: Incomplete,
): GatewayError {
  const faults = fields.map(({ operation, path, because }): Fault => {
    const field = path.split('.').at(-1) ?? path;
    const message = {
      zh: `${operation} 必填的 ${path} 在方案 ${id} 中没有来源；查明后请补入 maps/${name}.json。`,
      en: `${path}, which ${operation} requires, has no source in the profile ${id} (${because}); add it to maps/${name}.json once it is known.`,
    };
    return {
      rule: 'unattested',
      at: `/${path.replaceAll('.', '/')}`,
      field,
      label: { zh: field, en: field },
      message,
    };
  });
  return new GatewayError('MAP_INCOMPLETE', { faults, facts: { transaction, profile: id } });
}

/** One message asks for the same record once per rule; what is missing is asked for again. */
export function rememberFound(findRecord: FindRecord): FindRecord {
  const found = new Map<string, KeptRecord>();
  return (kind, key) => {
    const id = `${kind} ${key}`;
    const record = found.get(id) ?? findRecord(kind, key);
    if (record !== undefined) found.set(id, record);
    return record;
  };
}

/** What the rules of a map may draw on for a message: the records that it names, and what stands around it. */
export function contextOf(
  map: CompiledFileMap,
  { body, envelope }: Omit<Written, 'transaction'>,
  { header, findRecord }: Known,
): MapContext {
  const keys = new Map(map.recordKeys(body).map(({ kind, key }) => [kind, key]));
  return {
    header,
    envelope,
    findRecord,
    record: (kind) => {
      const key = keys.get(kind);
      return key === undefined ? undefined : findRecord(kind, key);
    },
  };
}

/** Labels of a transaction's elements, for faults. */
function labelsOf(registry: Registry, profile: Profile, transaction: string) {
  const definition = registry.definition(profile.id, transaction);
  const nodes = [...(definition?.request ?? []), ...(definition?.response ?? [])];
  const labels = new Map(
    nodes.flatMap(({ fields }) => fields.map(({ name, label }) => [name, label] as const)),
  );
  return (element: string) => {
    const label = labels.get(element);
    return label === undefined ? undefined : { zh: label.zh, en: label.en ?? element };
  };
}
