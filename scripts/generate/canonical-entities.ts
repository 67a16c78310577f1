/** The entities of the canonical model, from operations, transaction definitions and dictionary. */
import assert from 'node:assert/strict';
import type { Operation } from '../../packages/model/src/index.ts';
import type {
  Direction,
  FieldDefinition,
  LeafForm,
  NodeDefinition,
  NodeMap,
  OperationSide,
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
  /** Family of the operation that has it first. */
  readonly family: string;
  /** `2207 response 门诊结算, setlinfo`. */
  readonly sources: Set<string>;
  readonly properties: Map<string, Property>;
}

/** All entities, and which of them the operations take and give; `null`: no body. */
export interface CanonicalModel {
  readonly entities: readonly Entity[];
  readonly bodies: readonly {
    readonly operation: Operation;
    readonly family: string;
    readonly transaction: string;
    readonly request: string | null;
    readonly response: string | null;
  }[];
}

/** Builds the model; a name that is used for two meanings is refused. */
export function canonicalEntities(registry: Registry): CanonicalModel {
  const entities = new Map<string, Entity>();
  const bodies = registry.operations().map((operation) => {
    for (const direction of ['request', 'response'] as const) {
      for (const entity of sideEntities(registry, operation, direction).values()) merge(entities, entity);
    }
    return {
      operation,
      family: registry.operationFamily(operation),
      transaction: registry.operation(operation).transaction,
      request: registry.operationSide(operation, 'request').entity,
      response: registry.operationSide(operation, 'response').entity,
    };
  });
  return { entities: [...entities.values()], bodies };
}

/** One direction of an operation while its entities are built. */
interface Side {
  readonly registry: Registry;
  readonly family: string;
  /** `2207 response 门诊结算`. */
  readonly source: string;
  readonly names: OperationSide;
  readonly maps: readonly NodeMap[];
  readonly nodes: readonly NodeDefinition[];
  readonly entities: Map<string, Entity>;
}

function sideEntities(
  registry: Registry,
  operation: Operation,
  direction: Direction,
): ReadonlyMap<string, Entity> {
  const map = registry.nationalMap(operation);
  const definition = registry.definition('national', map.transaction);
  assert(definition !== undefined);
  const side: Side = {
    registry,
    family: registry.operationFamily(operation),
    source: `${map.transaction} ${direction} ${definition.name.zh}`,
    names: registry.operationSide(operation, direction),
    maps: map[direction],
    nodes: definition[direction],
    entities: new Map(),
  };
  for (const node of side.maps) {
    addLeaves(side, node);
    if (node.to !== '') addNode(side, node);
  }
  return side.entities;
}

/** The entity that has the members of a node. */
function entityOf(side: Side, node: NodeMap): string {
  const name = node.to === '' ? holderOf(side, node) : side.names.items?.[node.to];
  assert(name !== undefined, `${side.source}: items lacks ${node.to}`);
  return name;
}

/** The entity that has a node as its member. */
function holderOf(side: Side, { node, parent }: NodeMap): string {
  const holder = side.maps.find((one) => parent !== undefined && one.node === parent);
  if (holder !== undefined) return entityOf(side, holder);
  assert(side.names.entity !== null, `${side.source}: ${node} needs an entity`);
  return side.names.entity;
}

function entityNamed({ entities, family }: Side, name: string, source: string): Entity {
  const entity = entities.get(name) ?? {
    name,
    family,
    sources: new Set<string>(),
    properties: new Map<string, Property>(),
  };
  entities.set(name, entity);
  entity.sources.add(source);
  return entity;
}

function fieldsOf({ nodes }: Side, name: string | undefined): readonly FieldDefinition[] {
  return nodes.find((one) => one.node === name)?.fields ?? [];
}

function addNode(side: Side, node: NodeMap): void {
  const holder = entityNamed(side, holderOf(side, node), side.source);
  const held = fieldsOf(side, node.parent).find((field) => field.name === node.node);
  holder.properties.set(node.to, {
    kind: 'node',
    name: node.to,
    national: node.node,
    entity: entityOf(side, node),
    repeated: node.repeated,
    required: held?.required ?? fieldsOf(side, node.node).some((field) => field.required),
  });
}

function addLeaves(side: Side, node: NodeMap): void {
  const fields = fieldsOf(side, node.node);
  const entity = entityNamed(side, entityOf(side, node), `${side.source}, \`${node.node}\``);
  for (const { from, to, as } of node.fields) {
    const field = fields.find((one) => one.name === from);
    const entry = side.registry.findName(from);
    assert(field !== undefined && entry !== undefined);
    assert(!entity.properties.has(to), `${side.source}: ${entity.name}.${to} twice`);
    entity.properties.set(to, {
      kind: 'leaf',
      name: to,
      national: from,
      label: { zh: field.label.zh, en: entry.label.en },
      unit: entry.unit,
      form: as,
      field,
      required: field.required,
    });
  }
}

/** A member that only some of the operations know, or require, is optional. */
function merge(entities: Map<string, Entity>, one: Entity): void {
  const other = entities.get(one.name);
  if (other === undefined) {
    entities.set(one.name, one);
    return;
  }
  for (const source of one.sources) other.sources.add(source);
  for (const name of new Set([...other.properties.keys(), ...one.properties.keys()])) {
    const [before, now] = [other.properties.get(name), one.properties.get(name)];
    const property = before ?? now;
    assert(property !== undefined);
    const differs = before !== undefined && now !== undefined && before.national !== now.national;
    assert(!differs, `${one.name}.${name} is both ${before?.national} and ${now?.national}`);
    other.properties.set(name, {
      ...property,
      required: before?.required === true && now?.required === true,
    });
  }
}
