/** The canonical operations and how the national form becomes a canonical body. */
import type { Operation } from '@yiqiao/model';
import { brokenFile } from './data-files.ts';
import type { DataFiles } from './data-files.ts';
import type { Definitions } from './definitions.ts';
import type {
  DerivedMap,
  DictionaryEntry,
  Direction,
  FieldDefinition,
  FieldMap,
  LeafForm,
  NodeMap,
  OperationEntry,
} from './types.ts';

/** Where the nodes of one direction go, and the names of the entities. */
export interface OperationSide {
  /** Name of the body's entity; `null` when there is no body. */
  readonly entity: string | null;
  /** Wire node → canonical member; empty: the node's members stand at the top. */
  readonly nodes: Readonly<Record<string, string>>;
  /** Canonical member → name of its entity. */
  readonly items?: Readonly<Record<string, string>>;
}

/** One entry of schemas/canonical/operations.json. */
interface OperationForm extends Omit<OperationEntry, 'operation'> {
  readonly request: OperationSide;
  readonly response: OperationSide;
}

/** The table of operations. */
export interface Operations {
  list(): readonly Operation[];
  /** @throws RangeError for a name that is no operation. */
  entry(operation: Operation): OperationEntry;
  side(operation: Operation, direction: Direction): OperationSide;
  findByTransaction(transaction: string): OperationEntry | undefined;
}

const PATH = 'canonical/operations.json';

/** Reads the table at once: it is small and every message needs it. */
export function createOperations(files: DataFiles): Operations {
  const { operations } = files.read(PATH) as { operations: Record<Operation, OperationForm> };
  const names = Object.keys(operations) as Operation[];
  const entries = new Map(names.map((operation) => [operation, asEntry(operation, operations[operation])]));
  const byTransaction = new Map([...entries.values()].map((entry) => [entry.transaction, entry]));
  return {
    list: () => names,
    entry(operation) {
      const entry = entries.get(operation);
      if (entry === undefined) throw new RangeError(`no such operation: ${operation}`);
      return entry;
    },
    side: (operation, direction) => operations[operation][direction],
    findByTransaction: (transaction) => byTransaction.get(transaction),
  };
}

function asEntry(operation: Operation, form: OperationForm): OperationEntry {
  const {
    transaction,
    effect,
    answeredBy,
    undoneBy,
    checkedBy,
    reversible,
    wayOut,
    records,
    source,
    confidence,
  } = form;
  const entry = {
    operation,
    transaction,
    effect,
    answeredBy,
    reversible,
    wayOut,
    records,
    source,
    confidence,
  };
  return Object.freeze({ ...entry, ...(undoneBy && { undoneBy }), ...(checkedBy && { checkedBy }) });
}

/** What a map is derived from. */
export interface MapSources {
  readonly operations: Operations;
  readonly definitions: Definitions;
  findName(wireName: string): DictionaryEntry | undefined;
}

/**
 * Derives the map of an operation in a profile's names. Fields that a region adds are left out: they
 * travel as what the map could not place, so that nothing of them is lost towards other regions.
 * @throws GatewayError `PROFILE_BROKEN` when a node or field has no canonical place
 */
export function deriveMap(operation: Operation, profileId: string, sources: MapSources): DerivedMap {
  const { transaction } = sources.operations.entry(operation);
  return {
    operation,
    transaction,
    request: deriveSide({ operation, transaction, profileId, direction: 'request' }, sources),
    response: deriveSide({ operation, transaction, profileId, direction: 'response' }, sources),
  };
}

interface Side {
  readonly operation: Operation;
  readonly transaction: string;
  readonly profileId: string;
  readonly direction: Direction;
}

function deriveSide(side: Side, sources: MapSources): readonly NodeMap[] {
  const { operations, definitions } = sources;
  const national = definitions.find('national', side.transaction)?.[side.direction] ?? [];
  const regional = definitions.find(side.profileId, side.transaction)?.[side.direction] ?? national;
  const { nodes } = operations.side(side.operation, side.direction);
  return national.map((node) => {
    const to = nodes[node.node];
    if (to === undefined)
      throw unplaced(`/operations/${side.operation}/${side.direction}/nodes/${node.node}`);
    const here = regional.find((one) => one.node === node.node)?.fields ?? node.fields;
    const known = new Set(node.fields.map((field) => field.name));
    const fields = here.filter((field) => known.has(field.nationalName ?? field.name));
    const map = {
      node: node.node,
      repeated: node.repeated,
      to,
      fields: fields.map((field) => fieldMap(field, sources)),
    };
    return node.parent === undefined ? map : { ...map, parent: node.parent };
  });
}

function fieldMap(field: FieldDefinition, sources: MapSources): FieldMap {
  const name = field.nationalName ?? field.name;
  const entry = sources.findName(name);
  if (entry === undefined) {
    throw brokenFile('national/dictionary.json', `/${name}`, {
      zh: `词典中没有 ${name}，请补上其英文名。`,
      en: `The dictionary lacks ${name}; give it its English name.`,
    });
  }
  return { from: field.name, to: entry.name, as: leafForm(entry), bare: field.type === 'number' };
}

/** How a dictionary kind is held in the model. */
function leafForm(entry: DictionaryEntry): LeafForm {
  if (entry.kind === 'amount') return 'fen';
  return entry.kind === 'decimal' || entry.kind === 'integer' ? entry.kind : 'text';
}

function unplaced(pointer: string): Error {
  return brokenFile(PATH, pointer, {
    zh: '该节点未说明对应的规范成员，请在 nodes 中写明。',
    en: 'This node has no canonical place; name it under nodes.',
  });
}
