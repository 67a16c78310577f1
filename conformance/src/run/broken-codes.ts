/** Codes broken in one way each, made of good ones: `{{broken.lower.codes.drug}}`. */

const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

/** The character that ends a number of GB 11643, of its first seventeen digits. */
function checkCharacter(body: string): string {
  const sum = WEIGHTS.reduce((total, weight, at) => total + weight * Number(body[at]), 0);
  return '10X98765432'[sum % 11] ?? '';
}

/** By name. Each leaves a code as it is where it has nothing to break, which a kit must not ask for. */
const WAYS: Readonly<Record<string, (code: string) => string>> = {
  short: (code) => code.slice(0, -1),
  long: (code) => `${code}0`,
  lower: (code) => code.toLowerCase(),
  letter: (code) => `Q${code.slice(1)}`,
  // 99 is no province.
  region: (code) => code.replace(/^(\D?)\d\d/, '$199'),
  blank: (code) => `${code.slice(0, 4)} ${code.slice(4)}`,
  wide: (code) => code.replaceAll(/\d/g, (digit) => String.fromCodePoint(Number(digit) + 0xff10)),
  dot: (code) => code.replaceAll('.', ''),
  oh: (code) => code.replace('0', 'O'),
  check: (code) => {
    const body = code.slice(0, 17);
    return `${body}${checkCharacter(body) === '0' ? '1' : '0'}`;
  },
  date: (code) => {
    const body = `${code.slice(0, 10)}13${code.slice(12, 17)}`;
    return `${body}${checkCharacter(body)}`;
  },
  // A check character X written small; the seventeen digits are chosen so that it is one.
  'small-x': (code) => {
    const orders = Array.from(
      { length: 1000 },
      (_one, at) => `${code.slice(0, 14)}${String(at).padStart(3, '0')}`,
    );
    return `${orders.find((body) => checkCharacter(body) === 'X') ?? code}x`;
  },
};

/** A code broken in a way. @throws Error for a way that is not known */
export function breakCode(way: string, code: string): string {
  const make = WAYS[way];
  if (make === undefined) throw new Error(`no code is broken in the way ${way}`);
  return make(code);
}
