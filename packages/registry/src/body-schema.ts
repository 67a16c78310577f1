/**
 * A transaction's nodes → JSON Schema with three keywords of our own: `leaf` checks a field, `wireNode` the
 * shape of a node, `members` which members a node has.
 */
import type { FieldCondition, FieldDefinition, NodeDefinition } from './types.ts';

/** A schema as ajv takes it. */
type Schema = { [keyword: string]: unknown };

/** What `wireNode` and `members` tell of a node. */
export interface NodeFacts {
  readonly name: string;
  readonly repeated: boolean;
  /** One object is as good as a list. */
  readonly repeatedInferred?: boolean;
  /** The first node of a body must be there; the documents leave open which others may be left out. */
  readonly required: boolean;
  /** Holds required fields, or is said to be required, so its absence is worth a remark. */
  readonly expected: boolean;
  /** The definition says that it must be there: a strict request that lacks it is refused. */
  readonly stated?: boolean;
  readonly labelZh: string;
}

/** Which members a node has. */
export interface MemberRules {
  /** Fields that must be there. */
  readonly required: readonly FieldDefinition[];
  readonly nodes: readonly NodeFacts[];
  readonly conditional: readonly { readonly field: FieldDefinition; readonly condition: FieldCondition }[];
  readonly known: readonly string[];
  readonly fields: readonly FieldDefinition[];
  /** The document does not print the members of this node, so none of them is unknown. */
  readonly open: boolean;
}

/** A node with the nodes it holds. */
export interface NodeTree {
  readonly facts: NodeFacts;
  readonly fields: Map<string, FieldDefinition>;
  readonly children: Map<string, NodeTree>;
}

/** The schema of `input` or `output`; a body that is a list itself stands under an empty name, as wire hands it over. */
export function bodySchema(nodes: readonly NodeDefinition[]): Schema {
  const definitions: Schema[] = [];
  const root = nodeTree(nodes);
  const reference = define(root, { definitions, open: namesClasses(nodes) });
  return {
    $defs: Object.fromEntries(definitions.map((definition, index) => [`n${index}`, definition])),
    ...reference,
  };
}

/** Some documents print the names of classes where the members of the message should stand. */
export function namesClasses(nodes: readonly NodeDefinition[]): boolean {
  const roots = nodes.filter(
    (node) => node.node === '' && node.fields.every((field) => field.overlay === undefined),
  );
  return roots.length > 1 || nodes.some((node) => /^[A-Z]/.test(node.node));
}

/** The nodes of a body, each in the one that holds it; the root has no name. */
export function nodeTree(nodes: readonly NodeDefinition[]): NodeTree {
  const loose = namesClasses(nodes);
  const root = emptyTree({ name: '', repeated: false, required: true, expected: true, labelZh: '' });
  const placed = new Map<string, NodeTree>([['', root]]);
  for (const node of nodes) {
    const parent = placed.get(node.parent ?? '') ?? root;
    const isRoot = node.node === '' && !node.repeated;
    const tree = isRoot ? root : place(parent, node, loose);
    if (node.node !== '') placed.set(node.node, tree);
    for (const field of node.fields) {
      tree.fields.set(field.name, loose || isConditional(field) ? { ...field, required: false } : field);
    }
  }
  return root;
}

/** Puts a node below its parent; a path (`detail/row`) makes the nodes between. */
function place(parent: NodeTree, node: NodeDefinition, loose: boolean): NodeTree {
  const first = parent.fields.size === 0 && parent.children.size === 0;
  const stated = node.required === true;
  const holds = node.fields.some((field) => field.required);
  const expected = node.parent === undefined && !loose && (stated || holds);
  const steps = node.node.split('/');
  let at = parent;
  for (const [index, name] of steps.entries()) {
    const between = { name, repeated: false, required: false, expected: false, labelZh: name };
    const last = {
      name,
      repeated: node.repeated,
      repeatedInferred: node.repeatedInferred === true,
      required: expected && first,
      expected,
      stated,
      labelZh: node.label?.zh ?? name,
    };
    const next = at.children.get(name) ?? emptyTree(index === steps.length - 1 ? last : between);
    at.children.set(name, next);
    at = next;
  }
  return at;
}

function emptyTree(facts: NodeFacts): NodeTree {
  return { facts, fields: new Map(), children: new Map() };
}

/** Whether a condition that can be evaluated decides over the field. */
function isConditional({ condition }: FieldDefinition): boolean {
  if (condition === undefined) return false;
  const { requiredWhen, requiredWhenPresent, requiredWhenAbsent } = condition;
  return (
    typeof requiredWhen === 'object' || requiredWhenPresent !== undefined || requiredWhenAbsent !== undefined
  );
}

/** Adds the definition of a node and of all below it; returns the reference to it. */
function define(tree: NodeTree, { definitions, open }: { definitions: Schema[]; open: boolean }): Schema {
  const index = definitions.length;
  definitions.push({});
  const properties: Schema = {};
  for (const [name, field] of tree.fields) properties[name] = { leaf: field };
  for (const [name, child] of tree.children) {
    properties[name] = childSchema(child, define(child, { definitions, open: false }));
  }
  definitions[index] = { properties, members: memberRules(tree, open) };
  return { $ref: `#/$defs/n${index}` };
}

function memberRules(tree: NodeTree, open: boolean): MemberRules {
  const fields = [...tree.fields.values()].filter((field) => !tree.children.has(field.name));
  return {
    required: fields.filter((field) => field.required),
    nodes: [...tree.children.values()].map((child) => child.facts),
    conditional: fields.flatMap((field) =>
      field.condition !== undefined && isConditional(field) ? [{ field, condition: field.condition }] : [],
    ),
    known: [...tree.fields.keys(), ...tree.children.keys()],
    fields,
    open,
  };
}

function childSchema(child: NodeTree, reference: Schema): Schema {
  const then = child.facts.repeated ? { ...reference, items: item(child, reference) } : reference;
  return { if: { wireNode: child.facts }, then };
}

function item(tree: NodeTree, reference: Schema): Schema {
  return { if: { wireNode: { ...tree.facts, repeated: false, required: true } }, then: reference };
}
