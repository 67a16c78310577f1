/** Generated national bodies: every field filled, absent, blank, null or malformed, and members nobody knows. */
import { ExactNumber, isWireObject, type WireObject, type WireValue } from '@yiqiao/model';
import type { FieldMap, NodeMap } from '@yiqiao/registry';
import fc from 'fast-check';
import { wireObject } from './wire-values.ts';

const number = (text: string) => new ExactNumber(text);

const digits = (max: number) => fc.bigInt({ min: 0n, max: 10n ** BigInt(max) }).map(String);

const plainNumber = fc
  .tuple(fc.boolean(), digits(13), fc.constantFrom('', '.0', '.5', '.50', '.07', '.00'))
  .map(([negative, whole, fraction]) => `${negative ? '-' : ''}${whole}${fraction}`);

const text = fc.oneof(
  fc.string({ minLength: 1, maxLength: 12, unit: 'grapheme' }),
  fc.constantFrom(
    ' ',
    '0',
    '0012',
    '12.0',
    'null',
    '\u{20000}甲',
    '{"OTP_ER_REFL_FLAG":"2"}',
    '2024-06-03 09:45:10',
  ),
);

const FILLED: Record<FieldMap['as'], fc.Arbitrary<WireValue>> = {
  text,
  fen: plainNumber.map(number),
  decimal: plainNumber.map(number),
  integer: fc.integer({ min: -999_999_999, max: 999_999_999 }).map((value) => number(String(value))),
  boolean: fc.boolean(),
};

const ODD: fc.Arbitrary<WireValue> = fc.oneof(
  fc.constantFrom<WireValue>('', null, true, false),
  fc.constantFrom('1e400', '9.995', '１２', '-0', '007.50', 'abc').map(number),
  fc.constantFrom('1e400', '9.995', '１２．５', '12 ', '328.50', '+1'),
  fc.constant<WireValue>([]),
  fc.constant<WireValue>({}),
  text.map((value): WireValue => ({ value, list: [value, null] })),
);

const UNKNOWN = fc.constantFrom('__proto__', 'constructor', 'a/b', 'm~n', '0', 'serv_code', 'psn_no_', '');

const unknownMembers = fc.dictionary(UNKNOWN, fc.oneof(text, ODD), { maxKeys: 2, noNullPrototype: false });

/** A field that the definition has as text may hold a number in any spelling. */
function filledLeaf({ as, bare }: FieldMap): fc.Arbitrary<WireValue> {
  if (bare || as === 'text' || as === 'boolean') return FILLED[as];
  return fc.oneof(FILLED[as].map(String), fc.constantFrom('01', '007', '1.50', '2.0'));
}

/** The nodes that stand in `parent`, and the fields of the node itself. */
function node(own: readonly FieldMap[], inner: readonly NodeMap[], all: readonly NodeMap[]) {
  const leaves = own.map((field) => ({
    name: field.from,
    value: fc.oneof({ weight: 6, arbitrary: filledLeaf(field) }, { weight: 1, arbitrary: ODD }),
  }));
  const nodes = inner.map((map) => ({ name: map.node, value: nodeValue(map, all) }));
  const members = [...leaves, ...nodes].map(({ name, value }) =>
    fc.option(
      value.map((found) => [name, found] as const),
      { nil: undefined, freq: 4 },
    ),
  );
  return fc
    .tuple(fc.tuple(...members), unknownMembers)
    .map(([known, extra]) =>
      wireObject([...known.filter((member) => member !== undefined), ...Object.entries(extra)]),
    );
}

function nodeValue(map: NodeMap, all: readonly NodeMap[]): fc.Arbitrary<WireValue> {
  const inner = all.filter((one) => one.parent === map.node);
  const one: fc.Arbitrary<WireValue> = node(map.fields, inner, all);
  const item = fc.oneof({ weight: 6, arbitrary: one }, { weight: 1, arbitrary: ODD });
  const single = fc.oneof({ weight: 5, arbitrary: one }, { weight: 1, arbitrary: fc.tuple(one) });
  const list = fc.oneof(
    { weight: 5, arbitrary: fc.array(item, { maxLength: 3 }) },
    { weight: 1, arbitrary: one },
  );
  const usual: fc.Arbitrary<WireValue> = map.repeated ? list : single;
  return fc.oneof({ weight: 8, arbitrary: usual }, { weight: 1, arbitrary: ODD });
}

/** Bodies of one direction of an operation. */
export function nationalBody(nodes: readonly NodeMap[]): fc.Arbitrary<WireObject | null> {
  const isRoot = (map: NodeMap): boolean => map.node === '' && !map.repeated;
  const fields = nodes.filter(isRoot).flatMap((map) => map.fields);
  const below = nodes.filter((map) => map.parent === undefined && !isRoot(map));
  const body = node(fields, below, nodes);
  return fc.oneof({ weight: 20, arbitrary: body }, { weight: 1, arbitrary: fc.constant(null) });
}

/** What a body says once nodes have the shape of the definition: one object for a list is a list of one. */
export function inDefinedShape(body: WireObject | null, nodes: readonly NodeMap[]): WireObject | null {
  return body === null ? null : shaped(body, undefined, nodes);
}

function shaped(object: WireObject, parent: string | undefined, nodes: readonly NodeMap[]): WireObject {
  return wireObject(
    Object.entries(object).map(([name, value]) => {
      const map = nodes.find((one) => one.node === name && one.parent === parent && isNode(one));
      return [name, map === undefined ? value : shapedNode(value, map, nodes)];
    }),
  );
}

/** The members of the root are no node of their own. */
function isNode({ node: name, repeated }: NodeMap): boolean {
  return name !== '' || repeated;
}

function shapedNode(value: WireValue, map: NodeMap, nodes: readonly NodeMap[]): WireValue {
  const inner = (item: WireValue): WireValue => (isWireObject(item) ? shaped(item, map.node, nodes) : item);
  if (Array.isArray(value)) {
    const items = value as readonly WireValue[];
    return map.repeated || items.length === 1 ? items.map(inner) : items;
  }
  const put = isWireObject(value) && map.repeated && map.repeatedInferred !== true;
  return put ? [inner(value)] : inner(value);
}
