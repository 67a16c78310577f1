/** Generated national bodies: every field filled, absent, blank, null or malformed, and members nobody knows. */
import { ExactNumber, type WireObject, type WireValue } from '@yiqiao/model';
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

function node(fields: readonly FieldMap[]): fc.Arbitrary<WireObject> {
  const members = fields.map((field) =>
    fc.option(fc.oneof({ weight: 6, arbitrary: FILLED[field.as] }, { weight: 1, arbitrary: ODD }), {
      nil: undefined,
      freq: 4,
    }),
  );
  return fc.tuple(fc.tuple(...members), unknownMembers).map(([values, extra]) => {
    const known = fields.flatMap((field, i) =>
      values[i] === undefined ? [] : [[field.from, values[i] as WireValue] as const],
    );
    return wireObject([...known, ...Object.entries(extra)]);
  });
}

/** Bodies of one direction of an operation. */
export function nationalBody(nodes: readonly NodeMap[]): fc.Arbitrary<WireObject | null> {
  const parts = nodes.map((map) => {
    const one = node(map.fields);
    const usual = map.repeated
      ? fc.array(fc.oneof({ weight: 6, arbitrary: one }, { weight: 1, arbitrary: ODD }), { maxLength: 3 })
      : one;
    const filled = fc.oneof({ weight: 8, arbitrary: usual }, { weight: 1, arbitrary: ODD });
    return fc.option(filled as fc.Arbitrary<WireValue>, { nil: undefined, freq: 6 });
  });
  const body = fc.tuple(fc.tuple(...parts), unknownMembers).map(([values, extra]) => {
    const known = nodes.flatMap((map, i) =>
      values[i] === undefined ? [] : [[map.node, values[i] as WireValue] as const],
    );
    return wireObject([...known, ...Object.entries(extra)]);
  });
  return fc.oneof({ weight: 20, arbitrary: body }, { weight: 1, arbitrary: fc.constant(null) });
}

/** What a body says once nodes have the shape of the definition: one object for a list is a list of one. */
export function inDefinedShape(body: WireObject | null, nodes: readonly NodeMap[]): WireObject | null {
  if (body === null) return null;
  return wireObject(
    Object.entries(body).map(([name, value]) => {
      const map = nodes.find((candidate) => candidate.node === name);
      const isObject = typeof value === 'object' && value !== null && !(value instanceof ExactNumber);
      return [name, map?.repeated === true && isObject && !Array.isArray(value) ? [value] : value];
    }),
  );
}
