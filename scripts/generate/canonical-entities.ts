/** The entities of the canonical model, from operations, transaction definitions and dictionary. */
import assert from 'node:assert/strict';
import type { Operation } from '../../packages/model/src/index.ts';
import type {
  Direction,
  FieldDefinition,
  LeafForm,
  NodeMap,
  Registry,
} from '../../packages/registry/src/index.ts';

/** A leaf of an entity. */
export interface LeafProperty {
  readonly kind: 'leaf';
  readonly name: string;
  /** Wire name. */
  readonly national: string;
  readonly label: { readonly zh: string; readonly en: string };
  readonly unit: string | undefined;
  readonly form: LeafForm;
  readonly field: FieldDefinition;
  readonly required: boolean;
}

/** A member that holds another entity, or a list of it. */
export interface NodeProperty {
  readonly kind: 'node';
  readonly name: string;
  /** Wire name of the node. */
  readonly national: string;
  readonly entity: string;
  readonly repeated: boolean;
  readonly required: boolean;
}

/** A member of an entity. */
export type Property = LeafProperty | NodeProperty;

/** An entity; used by several operations, it has the members of all of them. */
export interface Entity {
  readonly name: string;
  /** `2207 response 门诊结算, setlinfo`. */
  readonly sources: Set<string>;
  readonly properties: Map<string, Property>;
}

/** All entities, and which of them the operations take and give; `null`: no body. */
export interface CanonicalModel {
  readonly entities: readonly Entity[];
  readonly bodies: readonly {
    readonly operation: Operation;
    readonly transaction: string;
    readonly request: string | null;
    readonly response: string | null;
  }[];
}

/** Builds the model; a name that is used for two meanings is refused. */
export function canonicalEntities(registry: Registry): CanonicalModel {
  const entities = new Map<string, Entity>();
  const bodies = registry.operations().map((operation) => {
    for (const direction of ['request', 'response'] as const)
      addSide(registry, entities, { operation, direction });
    return {
      operation,
      transaction: registry.operation(operation).transaction,
      request: registry.operationSide(operation, 'request').entity,
      response: registry.operationSide(operation, 'response').entity,
    };
  });
  return { entities: [...entities.values()], bodies };
}

interface Side {
  readonly operation: Operation;
  readonly direction: Direction;
}

function addSide(registry: Registry, entities: Map<string, Entity>, { operation, direction }: Side): void {
  const { entity, items = {} } = registry.operationSide(operation, direction);
  const map = registry.nationalMap(operation);
  const definition = registry.definition('national', map.transaction);
  assert(definition !== undefined);
  for (const node of map[direction]) {
    assert(entity !== null && node.parent === undefined, `${operation} ${direction} ${node.node}`);
    const fields = definition[direction].find((one) => one.node === node.node)?.fields ?? [];
    const source = `${map.transaction} ${direction} ${definition.name.zh}, \`${node.node}\``;
    const name = node.to === '' ? entity : items[node.to];
    assert(name !== undefined, `${operation} ${direction}: items lacks ${node.to}`);
    addLeaves(registry, entityNamed(entities, name, source), { node, fields });
    if (node.to === '') continue;
    const holder = entityNamed(entities, entity, `${map.transaction} ${direction} ${definition.name.zh}`);
    addNode(holder, node, { entity: name, fields });
  }
}

function entityNamed(entities: Map<string, Entity>, name: string, source: string): Entity {
  const entity = entities.get(name) ?? {
    name,
    sources: new Set<string>(),
    properties: new Map<string, Property>(),
  };
  entities.set(name, entity);
  entity.sources.add(source);
  return entity;
}

function addNode(
  holder: Entity,
  node: NodeMap,
  { entity, fields }: { entity: string; fields: readonly FieldDefinition[] },
): void {
  holder.properties.set(node.to, {
    kind: 'node',
    name: node.to,
    national: node.node,
    entity,
    repeated: node.repeated,
    required: fields.some((field) => field.required),
  });
}

/** A member that only some of the operations know, or require, is optional. */
function addLeaves(
  registry: Registry,
  entity: Entity,
  { node, fields }: { node: NodeMap; fields: readonly FieldDefinition[] },
): void {
  const known = entity.properties.size > 0;
  for (const { from, to, as } of node.fields) {
    const field = fields.find((one) => one.name === from);
    const entry = registry.findName(from);
    assert(field !== undefined && entry !== undefined);
    const before = entity.properties.get(to);
    assert(
      before === undefined || before.national === from,
      `${entity.name}.${to} is both ${before?.national} and ${from}`,
    );
    const required = field.required && (before?.required ?? !known);
    entity.properties.set(to, {
      kind: 'leaf',
      name: to,
      national: from,
      label: { zh: field.label.zh, en: entry.label.en },
      unit: entry.unit,
      form: as,
      field,
      required,
    });
  }
}
