/** What an expression cannot say of a code. The data names these checks. */
import type { Bilingual } from './code-types.ts';

/** A named check; it sees codes that have the right characters in the right places. */
export interface CodeCheck {
  passes(code: string): boolean;
  /** Why a code does not pass. */
  reason(code: string): Bilingual;
}

/** ISO 7064 MOD 11-2: weights of the first seventeen characters. Source: GB 11643. */
const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CHECK_CHARACTERS = '10X98765432';

/** The check character of a citizen identity number. */
export const CITIZEN_CHECK: CodeCheck = {
  passes: (code) => checkCharacter(code) === code[WEIGHTS.length],
  reason: (code) => ({
    zh: `校验位不符，应为 ${checkCharacter(code)}`,
    en: `the check character should be ${checkCharacter(code)}`,
  }),
};

function checkCharacter(code: string): string {
  let sum = 0;
  for (let index = 0; index < WEIGHTS.length; index += 1) {
    sum += (code.charCodeAt(index) - 48) * (WEIGHTS[index] ?? 0);
  }
  return CHECK_CHARACTERS.charAt(sum % 11);
}

/** A region whose pooling area is known. */
export function regionCheck(isRegion: (code: string) => boolean): CodeCheck {
  return {
    passes: isRegion,
    reason: () => ({ zh: '不在已知的医保区划中', en: 'not among the known regions' }),
  };
}

/** A code that stands in a value set. */
export function listCheck(name: string, has: (code: string) => boolean): CodeCheck {
  return {
    passes: has,
    reason: () => ({ zh: `不在值集 ${name} 中`, en: `not in the value set ${name}` }),
  };
}
