/** What an expression cannot say of a code. The data names these checks. */
import { citizenCheckCharacter } from '@yiqiao/model';
import type { Bilingual } from './code-types.ts';

/** A named check; it sees codes that have the right characters in the right places. */
export interface CodeCheck {
  passes(code: string): boolean;
  /** Why a code does not pass. */
  reason(code: string): Bilingual;
}

/** The check character of a citizen identity number. */
export const CITIZEN_CHECK: CodeCheck = {
  passes: (code) => citizenCheckCharacter(code) === code[17],
  reason: (code) => ({
    zh: `校验位不符，应为 ${citizenCheckCharacter(code)}`,
    en: `the check character should be ${citizenCheckCharacter(code)}`,
  }),
};

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
