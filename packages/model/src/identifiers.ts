/**
 * Finds what identifies a person in any text: numbers by their form and check digit, other values by the name they
 * stand under. For scanning logs, dumps and answers; masked values (`*` within) are no finding.
 */

/** What kind of identifier. `named`: a value under a personal name, whatever it looks like. */
export type IdentifierKind = 'citizen-id' | 'citizen-id-15' | 'mobile-phone' | 'name' | 'named';

/** One finding. */
export interface FoundIdentifier {
  readonly kind: IdentifierKind;
  /** UTF-16 offset in the text, and length. */
  readonly at: number;
  readonly length: number;
  /** Enough to find the place again, not to learn the value. */
  readonly shown: string;
  /** Name of the member or element, for `named`. */
  readonly under?: string;
}

/** Finds the identifiers of a text, in order. */
export type FindIdentifiers = (text: string) => readonly FoundIdentifier[];

const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CHECK_CHARACTERS = '10X98765432';

const CITIZEN_ID = /(?<![\dA-Za-z.])\d{17}[\dXx](?![\dA-Za-z])/g;
const CITIZEN_ID_15 = /(?<![\dA-Za-z.])[1-6]\d{14}(?![\dA-Za-z.])/g;
const MOBILE_PHONE = /(?<![\dA-Za-z.+-])(?:\+?86-?)?1[3-9]\d{9}(?![\dA-Za-z.])/g;
const NAME_LABEL =
  /(?:姓名|患者|参保人|病人|经办人|医师|药师)["'：:=\s]{1,4}([\u3400-\u9fff·]{2,15})(?![\u3400-\u9fff])/g;

/**
 * Creates the search.
 * @param names Members and elements whose values are personal, e.g. `psn_name`; none: numbers and labels only.
 */
export function createIdentifierSearch(names: readonly string[] = []): FindIdentifiers {
  const named = names.length === 0 ? undefined : valuesUnder(names);
  return (text) =>
    [
      ...matches(text, CITIZEN_ID, 'citizen-id').filter(({ at }) => isCitizenId(text.slice(at, at + 18))),
      ...matches(text, CITIZEN_ID_15, 'citizen-id-15').filter(({ at }) =>
        isDate(`19${text.slice(at + 6, at + 12)}`),
      ),
      ...matches(text, MOBILE_PHONE, 'mobile-phone'),
      ...matches(text, NAME_LABEL, 'name'),
      ...(named === undefined ? [] : named(text)),
    ].toSorted((one, other) => one.at - other.at);
}

/** A value as it may be shown: its first and last character at most. */
export function maskIdentifier(value: string): string {
  const characters = Array.from(value);
  if (characters.length < 3) return '*'.repeat(characters.length);
  return `${characters[0]}${'*'.repeat(characters.length - 2)}${characters.at(-1)}`;
}

const findNumbers = createIdentifierSearch();
const LONG_NUMBER = /\d{11}/;

/** A text in which every number of a person is masked: for places, names and values that a caller makes up. */
export function maskIdentifiers(text: string): string {
  if (!LONG_NUMBER.test(text)) return text;
  let masked = '';
  let done = 0;
  for (const { at, length, shown } of findNumbers(text)) {
    if (at < done) continue;
    masked += text.slice(done, at) + shown;
    done = at + length;
  }
  return masked + text.slice(done);
}

function matches(text: string, pattern: RegExp, kind: IdentifierKind): FoundIdentifier[] {
  return [...text.matchAll(pattern)].map((match) => {
    const value = match[1] ?? match[0];
    const at = match.index + match[0].lastIndexOf(value);
    return { kind, at, length: value.length, shown: maskIdentifier(value) };
  });
}

/** Values in JSON, XML, query text and `name: value` lines, unless they are masked or empty. */
function valuesUnder(names: readonly string[]): (text: string) => FoundIdentifier[] {
  const either = names.map((name) => name.replace(/[^\w]/g, '')).join('|');
  const pattern = new RegExp(
    `(?<![\\w])(${either})(?:\\\\?"\\s*:\\s*\\\\?"([^"\\\\]{2,})|>([^<]{2,})</|=([^&\\s;,"'<>]{2,}))`,
    'g',
  );
  return (text) =>
    [...text.matchAll(pattern)].flatMap((match) => {
      const [whole, under = ''] = match;
      const value = (match[2] ?? match[3] ?? match[4] ?? '').trim();
      if (value.length < 2 || value.includes('*')) return [];
      const at = match.index + whole.lastIndexOf(value);
      return [{ kind: 'named' as const, at, length: value.length, shown: maskIdentifier(value), under }];
    });
}

/** The check character of the first seventeen digits of an identity number. Source: GB 11643-1999, ISO 7064 MOD 11-2. */
export function citizenCheckCharacter(digits: string): string {
  const sum = WEIGHTS.reduce((total, weight, index) => total + weight * (digits.charCodeAt(index) - 48), 0);
  return CHECK_CHARACTERS.charAt(sum % 11);
}

function isCitizenId(text: string): boolean {
  return isDate(text.slice(6, 14)) && citizenCheckCharacter(text) === text[17]?.toUpperCase();
}

/** `yyyyMMdd` of a person who may live. */
function isDate(text: string): boolean {
  const [year, month, day] = [text.slice(0, 4), text.slice(4, 6), text.slice(6, 8)].map(Number);
  if (year === undefined || month === undefined || day === undefined) return false;
  const date = new Date(Date.UTC(year, month - 1, day));
  return year >= 1900 && year < 2100 && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}
