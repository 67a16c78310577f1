/** How the national form of an operation becomes the canonical body: from definitions, operations and dictionary. */
import type { Operation } from '@yiqiao/model';
import { brokenFile } from './data-files.ts';
import type { Definitions } from './definitions.ts';
import { unplacedNode } from './operations.ts';
import type { Operations } from './operations.ts';
import type {
  DerivedMap,
  DictionaryEntry,
  Direction,
  FieldDefinition,
  FieldMap,
  FieldType,
  LeafForm,
  NodeDefinition,
  NodeMap,
} from './types.ts';

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
  const { operation, direction, profileId, transaction } = side;
  const { operations, definitions } = sources;
  const national = definitions.find('national', transaction)?.[direction] ?? [];
  const regional = definitions.find(profileId, transaction)?.[direction] ?? national;
  const { nodes } = operations.side(operation, direction);
  return national.map((node) => {
    const to = nodes[node.node];
    if (to === undefined)
      throw unplacedNode(operations.family(operation), { operation, direction, node: node.node });
    const here = regional.find((one) => one.node === node.node)?.fields ?? node.fields;
    const map = {
      node: node.node,
      repeated: node.repeated,
      to,
      fields: leavesOf(node, here).map((field) => fieldMap(field, sources)),
    };
    return {
      ...map,
      ...(node.repeatedInferred === true && { repeatedInferred: true as const }),
      ...(node.parent !== undefined && { parent: node.parent }),
    };
  });
}

/** Types that are no leaves: a node has its own map; a list or a file travels as it is. */
const HOLDERS: ReadonlySet<FieldType> = new Set(['array', 'object', 'binary']);

function leavesOf(node: NodeDefinition, here: readonly FieldDefinition[]): readonly FieldDefinition[] {
  const known = new Set(node.fields.map((field) => field.name));
  return here.filter(({ name, nationalName, type }) => known.has(nationalName ?? name) && !HOLDERS.has(type));
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
  // An amount is a bare number also in the few records that print it as text.
  const bare = field.type === 'number' || entry.kind === 'amount';
  return {
    from: field.name,
    to: entry.name,
    as: leafForm(entry),
    bare,
    ...(field.required && { required: true as const }),
    ...(field.valueSet !== undefined && { valueSet: field.valueSet }),
  };
}

/** How a dictionary kind is held in the model. */
function leafForm({ kind }: DictionaryEntry): LeafForm {
  if (kind === 'amount') return 'fen';
  return kind === 'decimal' || kind === 'integer' || kind === 'boolean' ? kind : 'text';
}
