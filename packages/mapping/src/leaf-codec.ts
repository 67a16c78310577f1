/** Conversions between one wire leaf and one canonical leaf. Each is exact or declines. */
import {
  ExactNumber,
  fen,
  findDecimal,
  findFen,
  formatFen,
  type CanonicalValue,
  type Fen,
  type WireLeaf,
  type WireValue,
} from '@yiqiao/model';
import { strict as assert } from 'node:assert';

/** One conversion. */
export interface LeafCodec {
  /** `undefined` when the leaf cannot be converted exactly. */
  readonly read: (value: WireValue) => string | bigint | number | boolean | undefined;
  /** `undefined` when the value has no equal on the wire (code tables). */
  readonly write: (value: CanonicalValue) => WireLeaf | undefined;
  /** `typeof` the leaf as the definition wants it: text, a bare number (an `ExactNumber` object), true or false. */
  readonly form: 'string' | 'object' | 'boolean';
  /** What a leaf that cannot be converted is called. */
  readonly fault: 'amount' | 'format';
  /** A number as text has several spellings (`01`, `1.50`); the one that came is kept. */
  readonly spelled?: true;
}

/** Names of the plain codecs of the map language. */
export type CodecName =
  | 'text'
  | 'fen'
  | 'decimal'
  | 'integer'
  | 'boolean'
  | 'date8'
  | 'dateDotted'
  | 'datetime14'
  | 'date8Time'
  | 'moment'
  | 'day'
  | 'class2';

const ZERO = fen(0n);
const INTEGER = /^-?\d{1,9}$/;

/** Text of a leaf, `undefined` for blanks and for everything that is no text or number. */
function filled(value: WireValue): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : value;
  return value instanceof ExactNumber ? value.text : undefined;
}

function readText(value: WireValue): string | undefined {
  return filled(value);
}

function readFen(value: WireValue): Fen | undefined {
  const text = filled(value);
  if (text === undefined) return undefined;
  return text === '0' || text === '0.00' ? ZERO : findFen(text);
}

function readDecimal(value: WireValue): string | undefined {
  const text = filled(value);
  return text === undefined ? undefined : findDecimal(text);
}

function readInteger(value: WireValue): number | undefined {
  const text = readDecimal(value);
  return text !== undefined && INTEGER.test(text) ? Number(text) : undefined;
}

function textOf(value: CanonicalValue): string {
  if (typeof value !== 'string') assert.fail('a text leaf of a canonical body is a string');
  return value;
}

/** A serial number that the form has as a bare number; a text that is none has no equal there. */
function bareNumber(value: CanonicalValue): ExactNumber | undefined {
  const text = textOf(value);
  return /^(?:0|[1-9]\d*)$/.test(text) ? new ExactNumber(text) : undefined;
}

function fenText(value: CanonicalValue): string {
  if (typeof value !== 'bigint') assert.fail('an amount of a canonical body is a bigint');
  return formatFen(value as Fen);
}

function integerText(value: CanonicalValue): string {
  if (typeof value !== 'number') assert.fail('an integer of a canonical body is a number');
  return String(value);
}

function readBoolean(value: WireValue): boolean | undefined {
  return typeof value === 'boolean' ? value : undefined;
}

function booleanOf(value: CanonicalValue): boolean {
  if (typeof value !== 'boolean') assert.fail('a flag of a canonical body is true or false');
  return value;
}

/** Rewrites text by a pattern, or declines. */
function rewriter(pattern: RegExp, replacement: string): (text: string) => string | undefined {
  return (text) => (pattern.test(text) ? text.replace(pattern, replacement) : undefined);
}

const readDate8 = rewriter(/^(\d{4})(\d\d)(\d\d)$/, '$1-$2-$3');
const writeDate8 = rewriter(/^(\d{4})-(\d\d)-(\d\d)(?: 00:00:00)?$/, '$1$2$3');
const readTime14 = rewriter(/^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/, '$1-$2-$3 $4:$5:$6');
const writeTime14 = rewriter(/^(\d{4})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)$/, '$1$2$3$4$5$6');
const readDay = rewriter(/^(\d{4})(\d\d)(\d\d)$/, '$1-$2-$3 00:00:00');

const readPlainDay = rewriter(/^(\d{4}-\d\d-\d\d)$/, '$1 00:00:00');
const PLAIN_TIME = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/;

/** A codec between two spellings of text. */
function spelling(
  read: (text: string) => string | undefined,
  write: (text: string) => string | undefined,
): LeafCodec {
  return {
    read: (value) => {
      const text = filled(value);
      return text === undefined ? undefined : read(text);
    },
    write: (value) => write(textOf(value)),
    form: 'string',
    fault: 'format',
  };
}

/** A numeric codec, written as a bare number or as text. */
function numeric(
  read: (value: WireValue) => string | bigint | number | undefined,
  format: (value: CanonicalValue) => string,
  bare: boolean,
): LeafCodec {
  return bare
    ? { read, write: (value) => new ExactNumber(format(value)), form: 'object', fault: 'amount' }
    : { read, write: format, form: 'string', fault: 'amount', spelled: true };
}

const PLAIN: Record<CodecName, (options: { readonly bare: boolean }) => LeafCodec> = {
  text: ({ bare }) =>
    bare
      ? { read: readText, write: bareNumber, form: 'object', fault: 'format' }
      : { read: readText, write: textOf, form: 'string', fault: 'format' },
  fen: ({ bare }) => numeric(readFen, fenText, bare),
  decimal: ({ bare }) => numeric(readDecimal, textOf, bare),
  integer: ({ bare }) => numeric(readInteger, integerText, bare),
  boolean: () => ({ read: readBoolean, write: booleanOf, form: 'boolean', fault: 'format' }),
  // 19900101 ↔ 1990-01-01
  date8: () => spelling(readDate8, writeDate8),
  // 20190610101500 ↔ 2019-06-10 10:15:00
  datetime14: () => spelling(readTime14, writeTime14),
  // 1990.01.01 ↔ 1990-01-01
  dateDotted: () =>
    spelling(
      rewriter(/^(\d{4})\.(\d\d)\.(\d\d)$/, '$1-$2-$3'),
      rewriter(/^(\d{4})-(\d\d)-(\d\d)$/, '$1.$2.$3'),
    ),
  // 20240102 10:15:00 ↔ 2024-01-02 10:15:00
  date8Time: () =>
    spelling(
      rewriter(/^(\d{4})(\d\d)(\d\d) (\d\d:\d\d:\d\d)$/, '$1-$2-$3 $4'),
      rewriter(/^(\d{4})-(\d\d)-(\d\d) (\d\d:\d\d:\d\d)$/, '$1$2$3 $4'),
    ),
  // 2024-01-02 ↔ 2024-01-02 00:00:00; a time stays as it is, because the national form asks for one.
  day: () =>
    spelling(
      (text) => readPlainDay(text) ?? (PLAIN_TIME.test(text) ? text : undefined),
      (text) => text.replace(/ 00:00:00$/, ''),
    ),
  // A day or a time; a day becomes its first second, because the national form asks for a time.
  moment: () =>
    spelling(
      (text) => readTime14(text) ?? readDay(text),
      (text) => writeDate8(text) ?? writeTime14(text),
    ),
  // A class of two digits; provincial sub-codes extend it to the right.
  class2: () =>
    spelling(
      (text) => text,
      (text) => text.slice(0, 2),
    ),
};

/** Finds a plain codec by its name in map files. `bare`: numbers are written as bare JSON numbers. */
export function findCodec(name: string, options: { readonly bare: boolean }): LeafCodec | undefined {
  return Object.hasOwn(PLAIN, name) ? PLAIN[name as CodecName](options) : undefined;
}
