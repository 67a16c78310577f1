/** What the maps of a region say of its fields: the operation they serve, the canonical member and the national field. */
import type { Operation } from '@yiqiao/model';
import type { MapFamily, MapFile, Rule } from '@yiqiao/mapping';
import type { Direction, NodeDefinition, NodeMap, Registry } from '@yiqiao/registry';
import { nationalEnvelope } from '../national-header.ts';
import { isMapOf } from '../profile-faults.ts';

/** What a field of a region becomes. */
export interface Mapped {
  /** Empty for a member of the envelope, which every operation has. */
  readonly operation: string;
  /** Path in the canonical body, `feeLines.lineAmount`; `header:…` for a member of the envelope. */
  readonly model: string;
  /** National number, node and field, `2206 data.medfee_sumamt`, or `envelope.opter`; absent where there is none. */
  readonly national?: string;
  readonly confidence: string;
}

/** An operation that a transaction of a region is, or is a step of. */
export interface MappedOperation {
  readonly operation: Operation;
  /** National number. */
  readonly transaction: string;
  /** Name of the map file. */
  readonly map: string;
  readonly confidence: string;
}

/** All that the maps of one transaction say. */
export interface RegionalMaps {
  readonly operations: readonly MappedOperation[];
  /** Of a field of a node. */
  of(direction: Direction, node: NodeDefinition, field: string): readonly Mapped[];
  /** Why there is no map, where the profile tells it. */
  readonly notMapped?: string;
}

/** Reads the maps of a transaction; a form in national names has none. A step of no known operation is left out: `map check` tells of it. */
export function readRegionalMaps(registry: Registry, profileId: string, transaction: string): RegionalMaps {
  const known = new Set(registry.operations());
  const files = registry
    .mapFiles(profileId)
    .filter((name) => isMapOf(name, transaction))
    .map((name) => ({ name, file: registry.mapFile(profileId, name) as MapFile }))
    .filter(({ file }) => file.transaction === transaction);
  const steps = files.flatMap(({ name, file }) =>
    file.steps.filter(({ operation }) => known.has(operation)).map((step) => ({ name, file, step })),
  );
  const { header = [], notMapped = {} } = (registry.profile(profileId).data['maps'] ??
    {}) as Partial<MapFamily>;
  const found: Found = { request: new Map(), response: new Map() };
  for (const one of steps) addStep(registry, found, one);
  if (files.length > 0)
    collect(header, ROOT, (...told) => note(found.request, '', told, envelopeField(told[1])));
  return {
    operations: steps.map(({ name, file, step: { operation } }) => ({
      operation,
      transaction: registry.operation(operation).transaction,
      map: name,
      confidence: file.confidence,
    })),
    of: (direction, node, field) => found[direction].get(join(nodePath(node), field)) ?? [],
    ...(notMapped[transaction] !== undefined && { notMapped: notMapped[transaction] }),
  };
}

/** Path of an element → what it becomes. */
type Found = Readonly<Record<Direction, Map<string, readonly Mapped[]>>>;

function addStep(
  registry: Registry,
  found: Found,
  { file, step }: { readonly file: MapFile; readonly step: MapFile['steps'][number] },
): void {
  const { operation } = step;
  const { transaction } = registry.operation(operation);
  const map = registry.nationalMap(operation);
  for (const direction of ['request', 'response'] as const) {
    const fields = nationalFields(map[direction]);
    collect(step[direction].rules, ROOT, (wire, model, confidence = file.confidence) => {
      const national = fields.get(plainPath(model));
      const place = national === undefined ? envelopeField(model) : `${transaction} ${national}`;
      note(found[direction], operation, [wire, model, confidence], place);
    });
  }
}

function note(
  into: Map<string, readonly Mapped[]>,
  operation: string,
  [wire, model, confidence = 'inferred']: Parameters<Add>,
  national?: string,
): void {
  const one = { operation, model: plainPath(model), ...(national !== undefined && { national }), confidence };
  const known = into.get(plainPath(wire)) ?? [];
  const same = known.some((other) => other.operation === operation && other.model === one.model);
  if (!same) into.set(plainPath(wire), [...known, one]);
}

/** The national field of a header member. */
function envelopeField(model: string): string | undefined {
  const name = ENVELOPE.get(model.replace(/^header:/, ''));
  return model.startsWith('header:') && name !== undefined ? `envelope.${name}` : undefined;
}

/** Header member → national field, told by an envelope whose header names its own members. */
const ENVELOPE: ReadonlyMap<unknown, string> = new Map(
  Object.entries(
    nationalEnvelope({
      transaction: 'transaction',
      messageId: 'messageId',
      careRegion: 'careRegion',
      insuredRegion: 'insuredRegion',
      institutionCode: 'institutionCode',
      institutionName: 'institutionName',
      operatorType: 'operatorType',
      operator: 'operator',
      operatorName: 'operatorName',
      time: 'time',
      signInNumber: 'signInNumber',
      others: {},
    }),
  ).map(([name, member]) => [member, name]),
);

const ROOT: Bases = { wire: '', model: '' };

type Add = (wire: string, model: string, confidence?: string) => void;

interface Bases {
  readonly wire: string;
  readonly model: string;
}

/** Each element with the members it becomes, or is made from. */
function collect(rules: readonly Rule[], bases: Bases, add: Add): void {
  for (const rule of rules) {
    const { confidence } = rule;
    const wire = (name: string): string => join(bases.wire, name);
    const model = (name: string): string => (name.includes(':') ? name : join(bases.model, name));
    if ('list' in rule) collect(rule.rules, { wire: wire(rule.list), model: model(rule.to) }, add);
    else if ('node' in rule) collect(rule.rules, { ...bases, wire: wire(rule.node) }, add);
    else if ('add' in rule) for (const name of rule.add) add(wire(name), model(rule.to), confidence);
    else if ('sum' in rule) for (const name of rule.sum) add(wire(rule.from), model(name), confidence);
    else if ('fill' in rule) {
      const [kind, name] = divided(rule.from);
      if (kind === 'wire') add(wire(name), model(rule.fill), confidence);
      else if (kind === 'root') add(name, model(rule.fill), confidence);
    } else if ('emit' in rule) {
      const [kind, name] = divided(rule.from);
      if (kind === 'model') add(wire(rule.emit), model(name), confidence);
      else if (kind === 'header') add(wire(rule.emit), rule.from ?? '', confidence);
    } else add(wire(rule.from), model(rule.to), confidence);
  }
}

function divided(from = ''): readonly [kind: string, name: string] {
  const at = from.indexOf(':');
  return [from.slice(0, Math.max(at, 0)), from.slice(at + 1)];
}

/** Canonical path → node and field of the national form. */
function nationalFields(nodes: readonly NodeMap[]): ReadonlyMap<string, string> {
  return new Map(
    nodes.flatMap(({ node, to, fields }) =>
      fields.map((field) => [join(to, field.to), join(node, field.from)] as const),
    ),
  );
}

/** Where a node of a definition stands in the body. */
function nodePath({ node, parent = '' }: NodeDefinition): string {
  return join(parent.replaceAll('/', '.'), node.replaceAll('/', '.'));
}

/** Rows are told by their list. */
function plainPath(path: string): string {
  return path
    .split('.')
    .filter((segment) => !/^\d+$/.test(segment))
    .join('.');
}

function join(base: string, name: string): string {
  return base === '' || name === '' ? base + name : `${base}.${name}`;
}
