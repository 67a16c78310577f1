/** Amounts as decimal text, added up as whole 分. */

/** Sums of one group, in 分. */
export interface Sums {
  count: number;
  total: bigint;
  fundPaid: bigint;
  accountPaid: bigint;
  cashPaid: bigint;
}

/** Nothing yet. */
export function emptySums(): Sums {
  return { count: 0, total: 0n, fundPaid: 0n, accountPaid: 0n, cashPaid: 0n };
}

const PLAIN = /^-?(?:0|[1-9]\d{0,13})\.\d\d$/;
const LOOSE = /^([+-]?)0*(\d{1,14})(?:\.(\d{1,2})0*)?$/;

/** Decimal text with two digits of an amount as people write it; `undefined` when it is none or finer than 分. */
export function normalAmount(text: string): string | undefined {
  if (PLAIN.test(text)) return text === '-0.00' ? '0.00' : text;
  const [, sign, whole, digits = ''] = LOOSE.exec(text) ?? [];
  if (whole === undefined) return undefined;
  const amount = `${whole}.${digits.padEnd(2, '0')}`;
  return sign === '-' && /[1-9]/.test(amount) ? `-${amount}` : amount;
}

/** 分 of a normal amount; of an empty one 0. */
export function fenOf(amount: string): bigint {
  if (amount === '') return 0n;
  const point = amount.length - 3;
  return BigInt(amount.slice(0, point) + amount.slice(point + 1));
}

/** 元 of 分, with two digits. */
export function yuanOf(fen: bigint): string {
  const digits = String(fen < 0n ? -fen : fen).padStart(3, '0');
  return `${fen < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}
