/** Money and other exact decimals. Money is 分 as `bigint`; everything else exact stays decimal text. */

declare const fenBrand: unique symbol;
declare const decimalBrand: unique symbol;

/** An amount in 分. 数值型(16,2) outgrows safe integers, hence `bigint`. */
export type Fen = bigint & { readonly [fenBrand]: true };

/** A decimal number as canonical text: no exponent, no plus sign, no leading zeros, no `-0`. */
export type Decimal = string & { readonly [decimalBrand]: true };

const PLAIN = /^-?\d+(?:\.\d+)?$/;

/** Brands 分 given as `bigint`. */
export function fen(value: bigint): Fen {
  return value as Fen;
}

/**
 * Amount in 元 as decimal text → 分. `undefined` when the text is no plain decimal number
 * (exponents, full-width digits, blanks) or has a non-zero third decimal.
 */
export function findFen(text: string): Fen | undefined {
  const dot = findDot(text);
  // The usual spellings need no more than their digits; the rest is looked at more closely.
  if (dot > 0 && dot === text.length - 3) return fen(BigInt(text.slice(0, dot) + text.slice(dot + 1)));
  if (dot > 0 && dot === text.length - 2) return fen(BigInt(`${text.slice(0, dot)}${text.slice(dot + 1)}0`));
  if (dot > 0 && dot === text.length) return fen(BigInt(`${text}00`));
  if (!PLAIN.test(text)) return undefined;
  const negative = text.startsWith('-');
  const [whole = '', fraction = ''] = (negative ? text.slice(1) : text).split('.');
  if (/[1-9]/.test(fraction.slice(2))) return undefined;
  const magnitude = BigInt(whole + fraction.slice(0, 2).padEnd(2, '0'));
  return fen(negative ? -magnitude : magnitude);
}

/** Position of the point in unsigned digits, their length when there is none, -1 for any other text. */
function findDot(text: string): number {
  let dot = text.length;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 0x2e && dot === text.length && at > 0) dot = at;
    else if (code < 0x30 || code > 0x39) return -1;
  }
  return dot;
}

/** Like `findFen`. @throws RangeError when the text is not an amount. */
export function parseFen(text: string): Fen {
  const found = findFen(text);
  if (found === undefined) throw new RangeError(`not an amount in 元 with two decimals: ${text}`);
  return found;
}

/** 分 → 元 with exactly two decimals: `-5n` → `-0.05`. */
export function formatFen(amount: Fen): string {
  const negative = amount < 0n;
  const digits = (negative ? -amount : amount).toString().padStart(3, '0');
  return `${negative ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

/** Sum of amounts; zero for none. */
export function sumFen(amounts: Iterable<Fen>): Fen {
  let total = 0n;
  for (const amount of amounts) total += amount;
  return fen(total);
}

/** Plain decimal text in canonical form (`007.50` → `7.5`, `-0.0` → `0`), `undefined` when it is none. */
export function findDecimal(text: string): Decimal | undefined {
  if (isCanonical(text)) return text;
  if (!PLAIN.test(text)) return undefined;
  const negative = text.startsWith('-');
  const [whole = '', fraction = ''] = (negative ? text.slice(1) : text).split('.');
  const tail = fraction.replace(/0+$/, '');
  const head = whole.replace(/^0+(?=\d)/, '');
  const plain = tail === '' ? head : `${head}.${tail}`;
  return (negative && plain !== '0' ? `-${plain}` : plain) as Decimal;
}

/** Whether a text is unsigned digits as they are to be kept: at most one point, no zeros too many. */
function isCanonical(text: string): text is Decimal {
  const dot = findDot(text);
  if (dot < 1 || (text.charCodeAt(0) === 0x30 && dot !== 1)) return false;
  return dot === text.length || (dot < text.length - 1 && text.charCodeAt(text.length - 1) !== 0x30);
}

/** Like `findDecimal`. @throws RangeError when the text is not a decimal number. */
export function parseDecimal(text: string): Decimal {
  const found = findDecimal(text);
  if (found === undefined) throw new RangeError(`not a plain decimal number: ${text}`);
  return found;
}

/** A decimal as an integer of units of 10^-scale, further digits cut off. */
function scaled(value: Decimal, scale: number): bigint {
  const negative = value.startsWith('-');
  const [whole = '', fraction = ''] = (negative ? value.slice(1) : value).split('.');
  const magnitude = BigInt(whole + fraction.slice(0, scale).padEnd(scale, '0'));
  return negative ? -magnitude : magnitude;
}

/** Rounds half away from zero. */
function divideRounded(value: bigint, divisor: bigint): bigint {
  const half = divisor / 2n;
  return value < 0n ? -((-value + half) / divisor) : (value + half) / divisor;
}

/** 单价 × 数量 in 分, rounded half up (away from zero): price to 6 decimals, quantity to 4. */
export function lineAmount(price: Decimal, quantity: Decimal): Fen {
  return fen(divideRounded(scaled(price, 6) * scaled(quantity, 4), 10n ** 8n));
}

/** amount × ratio in 分, rounded half up; the ratio counts to 6 decimals. */
export function ratioOf(amount: Fen, ratio: Decimal): Fen {
  return fen(divideRounded(amount * scaled(ratio, 6), 10n ** 6n));
}
