/** Values for generated messages: the same seed gives the same messages on every machine. */

/** A source of numbers. */
export interface Draw {
  /** A whole number from 0 up to, not including, `limit`. */
  below(limit: number): number;
  /** Digits without leading zero. */
  digits(count: number): string;
  /** Short text, now and then with a character outside the basic plane or a dot of a name. */
  text(): string;
  /** A plain amount of two decimals, in 元. */
  amount(): string;
  /** `yyyy-MM-dd`. */
  day(): string;
}

const PIECES = ['甲', '乙', '丙', 'A7', '测试', '𠮷', '·', '䶮', '-', '0'] as const;

/** Creates a source; `seed` is a whole number. */
export function createDraw(seed: number): Draw {
  let state = seed >>> 0;
  // A linear congruential generator is enough: nothing depends on its quality.
  const below = (limit: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
  const two = (value: number): string => String(value).padStart(2, '0');
  const digits = (count: number): string =>
    String(1 + below(9)) + Array.from({ length: count - 1 }, () => below(10)).join('');
  return {
    below,
    digits,
    text: () => Array.from({ length: 1 + below(4) }, () => PIECES[below(PIECES.length)] ?? '').join('') + '1',
    amount: () => `${digits(1 + below(9))}.${two(below(100))}`,
    day: () => `${1990 + below(40)}-${two(1 + below(12))}-${two(1 + below(28))}`,
  };
}
