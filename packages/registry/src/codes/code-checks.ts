/** What an expression cannot say of a code. The data names these checks. */
import { citizenCheckCharacter } from '@yiqiao/model';
import type { CodeRegions } from './code-regions.ts';
import type { Bilingual } from './code-types.ts';

/** A named check; it sees codes that have the right characters in the right places. */
export interface CodeCheck {
  passes(code: string): boolean;
  /** Why a code does not pass; tells nothing of the code. */
  readonly expected: Bilingual;
  /** The same for whoever has the code at hand: how it would pass. */
  told?(code: string): Bilingual;
}

/** The check character of a citizen identity number. */
export const CITIZEN_CHECK: CodeCheck = {
  passes: (code) => citizenCheckCharacter(code) === code[17],
  expected: {
    zh: '第 18 位（校验位）与前 17 位不符',
    en: 'character 18 (check character) does not follow from the others',
  },
  told: (code) => ({
    zh: `校验位不符，应为 ${citizenCheckCharacter(code)}`,
    en: `the check character should be ${citizenCheckCharacter(code)}`,
  }),
};

/** A region whose pooling area is known, or one of synthetic data. */
export function regionCheck({ isKnown, synthetic }: CodeRegions): CodeCheck {
  return {
    passes: (code) => isKnown(code) || synthetic(code) !== undefined,
    expected: {
      zh: '第 1-6 位（区划）不在已知的医保区划中',
      en: 'characters 1-6 (region) are not among the known regions',
    },
  };
}

/** A code that stands in a value set. */
export function listCheck(name: string, has: (code: string) => boolean): CodeCheck {
  return { passes: has, expected: { zh: `不在值集 ${name} 中`, en: `not in the value set ${name}` } };
}
