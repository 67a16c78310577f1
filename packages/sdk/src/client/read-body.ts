/** A vendor's body → canonical body, with every fault at once and at the place where the vendor wrote it. */
import { findDecimal, findFen, formatFen, GatewayError } from '@yiqiao/model';
import type { CanonicalLeaf, CanonicalObject, CanonicalValue, Fault, Fen } from '@yiqiao/model';
import type { DerivedMap, FieldMap, LeafForm, NodeMap } from '@yiqiao/registry';

/** What the members of a body are. */
export interface BodyShape {
  readonly leaves: ReadonlyMap<string, FieldMap>;
  readonly nodes: ReadonlyMap<string, { readonly node: NodeMap; readonly shape: BodyShape }>;
}

/** The shape of one direction of an operation. */
export function shapeOf(nodes: DerivedMap['request']): BodyShape {
  return shapeBelow(undefined, nodes);
}

/**
 * Reads a body.
 * @throws GatewayError `AMOUNT_INVALID` when nothing but amounts is wrong, else `MESSAGE_INVALID`; the places of its
 *   faults are pointers into the body as it was given
 */
export function readBody(shape: BodyShape, given: unknown): CanonicalObject {
  const faults: Fault[] = [];
  const body = readObject(shape, given ?? {}, { pointer: '', faults });
  if (faults.length === 0) return body;
  const onlyAmounts = faults.every(({ rule }) => rule === 'amount');
  throw new GatewayError(onlyAmounts ? 'AMOUNT_INVALID' : 'MESSAGE_INVALID', { faults });
}

/** A canonical body as plain JSON: amounts as decimal text in 元, which `readBody` takes again. */
export function plainBody(value: CanonicalValue): unknown {
  if (typeof value === 'bigint') return formatFen(value as Fen);
  if (Array.isArray(value)) return value.map((item: CanonicalValue) => plainBody(item));
  if (typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value as CanonicalObject).map(([name, member]) => [
      name,
      member === undefined ? undefined : plainBody(member),
    ]),
  );
}

interface Place {
  readonly pointer: string;
  readonly faults: Fault[];
}

function shapeBelow(parent: string | undefined, nodes: readonly NodeMap[]): BodyShape {
  const leaves = new Map<string, FieldMap>();
  const held = new Map<string, { readonly node: NodeMap; readonly shape: BodyShape }>();
  for (const node of nodes) {
    if (node.parent !== parent) continue;
    const shape = withOwnFields(node, node.node === '' ? EMPTY : shapeBelow(node.node, nodes));
    if (node.to !== '') held.set(node.to, { node, shape });
    else {
      for (const [name, leaf] of shape.leaves) leaves.set(name, leaf);
      for (const [name, one] of shape.nodes) held.set(name, one);
    }
  }
  return { leaves, nodes: held };
}

const EMPTY: BodyShape = { leaves: new Map(), nodes: new Map() };

function withOwnFields({ fields }: NodeMap, below: BodyShape): BodyShape {
  return {
    leaves: new Map([...fields.map((field) => [field.to, field] as const), ...below.leaves]),
    nodes: below.nodes,
  };
}

function readObject(shape: BodyShape, given: unknown, at: Place): CanonicalObject {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    at.faults.push(faultAt(at.pointer, WRONG.object, given));
    return {};
  }
  const body: Record<string, CanonicalValue> = {};
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined) continue;
    const pointer = `${at.pointer}/${name}`;
    const leaf = shape.leaves.get(name);
    const node = leaf === undefined ? shape.nodes.get(name) : undefined;
    if (leaf !== undefined) {
      const read = readLeaf(leaf.as, value);
      if (read === undefined) at.faults.push(faultAt(pointer, WRONG[leaf.as], value, leaf));
      else body[name] = read;
    } else if (node === undefined) {
      at.faults.push(faultAt(pointer, WRONG.unknown, value));
    } else body[name] = readNode(node, value, { ...at, pointer });
  }
  return body;
}

function readNode(
  { node, shape }: { readonly node: NodeMap; readonly shape: BodyShape },
  value: unknown,
  at: Place,
): CanonicalValue {
  if (!node.repeated) return readObject(shape, value, at);
  if (Array.isArray(value))
    return value.map((item, index) => readObject(shape, item, { ...at, pointer: `${at.pointer}/${index}` }));
  at.faults.push(faultAt(at.pointer, WRONG.list, value));
  return [];
}

function readLeaf(as: LeafForm, value: unknown): CanonicalLeaf | undefined {
  switch (as) {
    case 'text':
      return typeof value === 'string' ? value : undefined;
    case 'fen':
      if (typeof value === 'bigint') return value;
      return typeof value === 'string' ? findFen(value) : undefined;
    case 'decimal':
      return typeof value === 'string' ? findDecimal(value) : undefined;
    case 'integer':
      return Number.isInteger(value) && Math.abs(value as number) < 1e9 ? (value as number) : undefined;
    case 'boolean':
      return typeof value === 'boolean' ? value : undefined;
  }
}

interface Wrong {
  readonly rule: string;
  readonly zh: string;
  readonly en: string;
}

const WRONG: Readonly<Record<LeafForm | 'object' | 'list' | 'unknown', Wrong>> = {
  fen: {
    rule: 'amount',
    zh: '金额须为以元为单位、至多两位小数的十进制文本（如 "12.50"），或以分为单位的 Fen，不可用 number。',
    en: 'An amount is decimal text in 元 with at most two decimals ("12.50"), or Fen; never a number.',
  },
  decimal: {
    rule: 'amount',
    zh: '单价、数量、比例须为十进制文本（如 "3.25"），不可用 number。',
    en: 'A price, quantity or ratio is decimal text ("3.25"); never a number.',
  },
  integer: {
    rule: 'type',
    zh: '须为九位以内的整数（number）。',
    en: 'Must be a whole number of at most nine digits.',
  },
  text: {
    rule: 'type',
    zh: '须为文本；没有值时请省去该成员，不要给 null。',
    en: 'Must be text; where there is none leave the member out instead of giving null.',
  },
  boolean: { rule: 'type', zh: '须为 true 或 false。', en: 'Must be true or false.' },
  object: { rule: 'type', zh: '须为对象。', en: 'Must be an object.' },
  list: { rule: 'type', zh: '须为列表（数组）。', en: 'Must be a list (array).' },
  unknown: {
    rule: 'unknown-member',
    zh: '模型中没有这一成员，请核对拼写；地区自有字段请放入 options.carried。',
    en: 'The model has no such member; check its spelling. Fields of a region go into options.carried.',
  },
};

/** Values are a person's data and are not repeated; only their kind is told. */
function faultAt(pointer: string, { rule, zh, en }: Wrong, value: unknown, field?: FieldMap): Fault {
  const name = pointer.slice(pointer.lastIndexOf('/') + 1);
  return {
    rule,
    at: pointer === '' ? '/' : pointer,
    field: field?.from ?? name,
    label: { zh: name, en: name },
    found: kindOf(value),
    message: { zh, en },
  };
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'list' : typeof value;
}
