/**
 * Amounts of the simulated systems: 分 as `bigint`, with arithmetic of their own, so that an error of the
 * product's money functions cannot cancel out.
 */

const NUMBER = /^(-?)(\d+)(?:\.(\d*))?$/;

/** Decimal text in units of 10^-scale; `undefined` when it is no number or has more digits than that. */
export function scaledText(text: string, scale: number): bigint | undefined {
  const [, sign, whole = '', fraction = ''] = NUMBER.exec(text) ?? [];
  if (sign === undefined || /[1-9]/.test(fraction.slice(scale))) return undefined;
  const units = BigInt(whole + fraction.padEnd(scale, '0').slice(0, scale));
  return sign === '-' ? -units : units;
}

/** 元 as text → 分; `undefined` when it is no amount. */
export function amountFromText(text: string): bigint | undefined {
  return scaledText(text, 2);
}

/** 分 → 元 with two decimals, `-0.05`. */
export function amountText(fen: bigint): string {
  const digits = String(fen < 0n ? -fen : fen).padStart(3, '0');
  return `${fen < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

/** n / d for n ≥ 0, rounded half up. */
export function halfUp(n: bigint, d: bigint): bigint {
  return (2n * n + d) / (2n * d);
}

/** A share of an amount, half up; `rate` in units of 1/10000. */
export function share(fen: bigint, rate: bigint): bigint {
  return halfUp(fen * rate, 10_000n);
}

/** Price (元, 6 decimals) × quantity (4 decimals) in 分, half up; `undefined` when either is malformed. */
export function priceTimesQuantity(price: string, quantity: string): bigint | undefined {
  const p = scaledText(price, 6);
  const q = scaledText(quantity, 4);
  return p === undefined || q === undefined || p < 0n || q < 0n ? undefined : halfUp(p * q, 10n ** 8n);
}

/** The smaller of two amounts. */
export function smaller(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}
