/** Messages of many rows, every field of a row filled, in every shape of bytes, for the question whether ten times the rows take ten times as long. */
import type { FieldDefinition, NodeDefinition, Registry } from '../../packages/registry/src/index.ts';
import { ExactNumber } from '@yiqiao/model';
import type { WireObject, WireValue } from '@yiqiao/model';
import { createWireCodec } from '../../packages/wire/src/index.ts';
import type { WireCodec } from '../../packages/wire/src/index.ts';

/** One shape: a profile, and a transaction of it whose request holds a list. */
interface ShapeSubject {
  readonly codec: string;
  readonly profile: string;
  readonly transaction: string;
}

/** Every codec that reads lists, plain-xml in both forms: rows as elements, and with attributes. */
export const SHAPES: readonly ShapeSubject[] = [
  { codec: 'national-json', profile: 'national', transaction: '2204' },
  { codec: 'predecessor-xml', profile: 'predecessor-xml', transaction: '0301' },
  { codec: 'delimited-text', profile: 'zhejiang', transaction: '29' },
  { codec: 'plain-xml', profile: 'guizhou-yinhai', transaction: '48' },
  { codec: 'plain-xml attributes', profile: 'guizhou-guiyang', transaction: 'CALCLIN' },
  { codec: 'framed-json', profile: 'shanghai', transaction: 'SI11' },
];

/** Enough for 10,000 rows. */
export const ENOUGH = { maxBytes: 64 * 1024 * 1024, maxDepth: 32, maxNodes: 2_000_000 };

/** Number of the first row. All have as many digits: a message of ten times the rows is ten times as long, and no longer. */
const FIRST = 10_000;

/** A message of so many rows, and the codec that reads it. */
export interface Rows {
  readonly codec: WireCodec;
  readonly bytes: Uint8Array;
  read(): void;
  write(): void;
}

/** Makes the message. */
export function rowsOf(registry: Registry, subject: ShapeSubject, count: number): Rows {
  const { profile, transaction } = subject;
  const codec = createWireCodec(registry.profile(profile), {
    limits: ENOUGH,
    layout: (number, direction) => registry.definition(profile, number)?.[direction],
  });
  const nodes = registry.definition(profile, transaction)?.request ?? [];
  const envelope = Object.fromEntries(envelopeOf(registry, profile).map((name) => [name, '1']));
  const message = {
    transaction,
    envelope: profile === 'national' ? { msgid: 'H00000000001202601010800000001' } : envelope,
    body: bodyOf(nodes, count),
  };
  const hint = { transaction };
  const bytes = codec.writeRequest(message);
  return {
    codec,
    bytes,
    read: () => void codec.readRequest(bytes, hint),
    write: () => void codec.writeRequest(message),
  };
}

function envelopeOf(registry: Registry, profile: string): readonly string[] {
  const prefix = registry.profile(profile).envelope['requestPrefix'];
  return Array.isArray(prefix) ? (prefix as readonly string[]).filter((name) => name !== 'IC信息') : [];
}

/** The last list of a request takes the rows; other lists have one. */
function bodyOf(nodes: readonly NodeDefinition[], count: number): WireObject {
  const list = nodes.findLast(({ repeated }) => repeated);
  const names = new Set(nodes.map(({ node }) => node));
  const body: Record<string, WireValue> = {};
  for (const node of nodes) {
    const leaves = node.fields.filter(({ name }) => !names.has(name));
    if (node.node === '') Object.assign(body, rowOf(leaves, 0));
    else if (node.repeated)
      place(
        body,
        node.node,
        Array.from({ length: node === list ? count : 1 }, (_, index) => rowOf(leaves, index)),
      );
    else place(body, node.node, rowOf(leaves, 0));
  }
  return body;
}

/** `dataset/row`: a list below a node. */
function place(body: Record<string, WireValue>, path: string, value: WireValue): void {
  const [head = '', ...rest] = path.split('/');
  if (rest.length === 0) body[head] = value;
  else {
    const inner = { ...(body[head] as WireObject | undefined) };
    place(inner, rest.join('/'), value);
    body[head] = inner;
  }
}

function rowOf(fields: readonly FieldDefinition[], index: number): WireObject {
  return Object.fromEntries(fields.map(({ name, type }) => [name, leaf(type, index)]));
}

function leaf(type: FieldDefinition['type'], index: number): WireValue {
  const number = String(FIRST + index);
  return type === 'number' ? new ExactNumber(`${number}.50`) : `项${number}`;
}
