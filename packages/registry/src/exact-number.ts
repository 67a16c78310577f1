/** Numbers in a form that a message should not have, and the plain decimal that they are. Never through a float. */

/** How a number was written otherwise. */
export type NumberSlip = 'exponent' | 'float-noise';

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

const NUMBER = /^(-?)(\d{1,40})(?:\.(\d{1,40}))?(?:[eE]([+-]?\d{1,2}))?$/;

/** A value of this many decimals more is as near as a float comes to it. */
const NOISE = 4;
/** An amount that is nearer than this to a whole 分 was reckoned in floats. */
const LEAST = 6;

/**
 * The plain decimal that an exponent number stands for (`4.52e+0` → `4.52`), or that a float missed
 * (`-3379.2599999999993` → `-3379.26`: more decimals than the scale, and within 10⁻⁶ of a value of the scale, for finer
 * scales four decimals nearer). `undefined` for a text that is plain, is no number, or can mean something else.
 */
export function putNumberRight(text: string, { scale, whole }: NumberRoom): PutNumber | undefined {
  const match = NUMBER.exec(text);
  if (match === null) return undefined;
  const [, sign = '', head = '', tail = '', exponent] = match;
  const exact = { units: BigInt(head + tail), scale: tail.length - Number(exponent ?? 0) };
  const near = scale === undefined ? undefined : nearest(exact, scale);
  if (near === undefined && exponent === undefined) return undefined;
  const plain = formatPlain(near ?? exact);
  // A minus before nothing is what no reader takes; of noise around zero it says nothing.
  if (plain === '0' && sign !== '' && near === undefined) return undefined;
  const point = plain.indexOf('.');
  const decimals = point < 0 ? 0 : plain.length - point - 1;
  if ((point < 0 ? plain.length : point) > whole || (scale !== undefined && decimals > scale))
    return undefined;
  return {
    text: plain === '0' ? plain : sign + plain,
    slip: near === undefined ? 'exponent' : 'float-noise',
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
