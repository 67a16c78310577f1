/** Numbers in a form that a message should not have, and the plain decimal that they are. Never through a float. */

/** How a number was written otherwise. */
export type NumberSlip = 'exponent' | 'float-noise' | 'number-spelling';

/** A plain decimal, and what was odd about the text it was read from. */
export interface PutNumber {
  readonly text: string;
  readonly slip: NumberSlip;
}

/** What the field allows. */
export interface NumberRoom {
  /** Decimals of its values; absent: any number of them, and nothing is noise. */
  readonly scale: number | undefined;
  /** Digits before the point. */
  readonly whole: number;
}

const NUMBER = /^\s{0,40}([+-]?)(?=\.?\d)(\d{0,40})(?:\.(\d{0,40}))?(?:[eE]([+-]?\d{1,2}))?\s{0,40}$/;
const PLAIN = /^(?!-[0.]+$)-?\d+(?:\.\d+)?$/;

/** A value of this many decimals more is as near as a float comes to it. */
const NOISE = 4;
/** An amount that is nearer than this to a whole 分 was reckoned in floats. */
const LEAST = 6;

/**
 * The plain decimal that an exponent number stands for (`4.52e+0` → `4.52`), that a float missed
 * (`-3379.2599999999993` → `-3379.26`: more decimals than the scale, and within 10⁻⁶ of a value of the scale, for finer
 * scales four decimals nearer), or that is spelled with blanks around it, a plus sign, no digit on one side of the point,
 * or a minus before zero (` +.5` → `0.5`, `-0.00` → `0`). `undefined` for a text that is plain, is no number, or can mean
 * something else, as `1,234` may.
 */
export function putNumberRight(text: string, { scale, whole }: NumberRoom): PutNumber | undefined {
  const match = NUMBER.exec(text);
  if (match === null) return undefined;
  const [, sign = '', head = '', tail = '', exponent] = match;
  const exact = { units: BigInt(head + tail), scale: tail.length - Number(exponent ?? 0) };
  const near = scale === undefined ? undefined : nearest(exact, scale);
  if (near === undefined && PLAIN.test(text)) return undefined;
  const plain = formatPlain(near ?? exact);
  const point = plain.indexOf('.');
  const decimals = point < 0 ? 0 : plain.length - point - 1;
  if ((point < 0 ? plain.length : point) > whole || (scale !== undefined && decimals > scale))
    return undefined;
  const slip = exponent === undefined ? 'number-spelling' : 'exponent';
  return {
    text: sign === '-' && plain !== '0' ? `-${plain}` : plain,
    slip: near === undefined ? slip : 'float-noise',
  };
}

/** Units of 10^-scale. */
interface Exact {
  readonly units: bigint;
  readonly scale: number;
}

/** The value of the scale that a number with further decimals is next to, if it is that near. */
function nearest({ units, scale }: Exact, wanted: number): Exact | undefined {
  if (scale <= wanted) return undefined;
  const step = 10n ** BigInt(scale - wanted);
  const rounded = (units + step / 2n) / step;
  const miss = units - rounded * step;
  if (miss === 0n) return undefined;
  const near =
    (miss < 0n ? -miss : miss) * 10n ** BigInt(Math.max(LEAST, wanted + NOISE)) <= 10n ** BigInt(scale);
  return near ? { units: rounded, scale: wanted } : undefined;
}

function formatPlain({ units, scale }: Exact): string {
  if (scale <= 0) return String(units * 10n ** BigInt(-scale));
  const digits = String(units).padStart(scale + 1, '0');
  const tail = digits.slice(-scale).replace(/0+$/, '');
  const head = digits.slice(0, -scale);
  return tail === '' ? head : `${head}.${tail}`;
}
