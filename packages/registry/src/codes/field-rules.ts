/** Which codes a field holds: what is told of a text in a message that is written otherwise. */
import type { CompiledForm } from './code-form.ts';
import { rewrite } from './rewritten-code.ts';
import type {
  Bilingual,
  CodeCondition,
  CodeConfidence,
  CodeDifference,
  CodeStandard,
  FieldCodeRule,
} from './code-types.ts';

/** What the data says of fields. Source: code-standards.json, `fields`. */
export interface FieldData {
  readonly names: readonly string[];
  /** Ids of standards; a code of any of them is good. */
  readonly as: readonly string[];
  readonly when?: CodeCondition;
  /** How well it is known that these fields hold such codes. */
  readonly confidence: CodeConfidence;
}

/** A standard with its forms compiled. */
export interface CompiledStandard {
  readonly standard: CodeStandard;
  readonly forms: readonly CompiledForm[];
}

/** What a structure rests on, from the best known to the least. */
const BASES: readonly (readonly [CodeConfidence, Bilingual])[] = [
  ['attested', { zh: '结构见于公开文件。', en: 'The structure is published.' }],
  ['sample', { zh: '结构依据公开代码中的样本。', en: 'The structure is known from samples.' }],
  ['inferred', { zh: '（推断）未见公开文件说明。', en: '(inferred) No published document says so.' }],
];

/**
 * One expression for all forms, so that most fee lines cost one test. `undefined` where the structure of a standard is
 * not public: then nothing is to be said of a code.
 * @throws RangeError for a standard that is not known, and for an unknown confidence
 */
export function compileRule(
  field: FieldData,
  known: ReadonlyMap<string, CompiledStandard>,
): FieldCodeRule | undefined {
  const standards = field.as.map((id) => {
    const found = known.get(id);
    if (found === undefined) throw new RangeError(`no standard ${id}`);
    return found;
  });
  if (standards.some(({ forms }) => forms.length === 0)) return undefined;
  const basis = basisOf([field.confidence, ...standards.map(confidenceOf)]);
  const forms = standards.flatMap((one) => one.forms);
  const any = new RegExp(`^(?:${forms.map((form) => form.expression).join('|')})$`);
  const plain = forms.every((form) => form.plain);
  return {
    ...(field.when !== undefined && { when: field.when }),
    remarkOn(text) {
      if (plain && any.test(text)) return undefined;
      const fitting = plain ? undefined : forms.find((form) => form.fits(text));
      if (fitting === undefined) return differing(text, { standards, forms, basis });
      const odd = fitting.oddRegion(text);
      return odd === undefined ? undefined : passedOn(odd, basis);
    },
  };
}

interface RuleParts {
  readonly standards: readonly CompiledStandard[];
  readonly forms: readonly CompiledForm[];
  readonly basis: Bilingual;
}

/** The form that is nearest, or where there is none all that a code may be. */
function differing(text: string, { standards, forms, basis }: RuleParts): Bilingual {
  const rewritten = rewrite(text, forms);
  const meant = rewritten === undefined ? forms : forms.filter((form) => form.fits(rewritten));
  const what = nearest(text, meant) ?? noneOf(standards);
  return passedOn(what, basis, rewritten === undefined ? CHECK_IT : WRITE_IT);
}

function noneOf(standards: readonly CompiledStandard[]): Bilingual {
  const names = standards.map(({ standard }) => standard.name);
  const examples = standards.map(({ forms }) => forms[0]?.form.example ?? '').join(', ');
  return {
    zh: `不是${names.map(({ zh }) => zh).join('、')}的写法（如 ${examples}）：第 1 位起即不符`,
    en: `Not written as ${names.map(({ en }) => en).join(' or ')} (such as ${examples}): it differs from character 1 on`,
  };
}

const CHECK_IT: Bilingual = { zh: '请核对编码', en: 'check the code' };

const WRITE_IT: Bilingual = {
  zh: '仅大小写、全半角或空白不同，请改写',
  en: 'only case, width or blanks differ, so write it as the structure has it',
};

function passedOn(what: Bilingual, basis: Bilingual, remedy = CHECK_IT): Bilingual {
  return {
    zh: `${what.zh}。${basis.zh}原样转送，${remedy.zh}。`,
    en: `${what.en}. ${basis.en} Passed on as it is; ${remedy.en}.`,
  };
}

/** Where the text leaves the form that it keeps to longest; `undefined` when it enters none of several. */
function nearest(text: string, forms: readonly CompiledForm[]): Bilingual | undefined {
  const found = forms.flatMap((one) => {
    const difference = one.difference(text);
    return difference === undefined ? [] : [{ form: one.form, difference }];
  });
  const [first] = byNearness(found);
  if (first === undefined || (first.difference.at === 0 && found.length > 1)) return undefined;
  const { name, example } = first.form;
  const { expected } = first.difference;
  return {
    zh: `不是${name.zh}的写法（如 ${example}）：${expected.zh}`,
    en: `Not written as ${name.en} (such as ${example}): ${expected.en}`,
  };
}

/** The forms that a text differs from, that with which it goes farthest first. */
export function byNearness<T extends { readonly difference: CodeDifference }>(
  all: readonly T[],
): readonly T[] {
  return all.toSorted((left, right) => right.difference.at - left.difference.at);
}

/** That a code has none of the known forms tells little when there are others. */
function confidenceOf({ standard }: CompiledStandard): CodeConfidence {
  return standard.otherForms === true ? 'inferred' : standard.confidence;
}

function basisOf(confidences: readonly CodeConfidence[]): Bilingual {
  const basis = BASES.findLast(([confidence]) => confidences.includes(confidence))?.[1];
  if (basis === undefined) throw new RangeError('a rule of a field needs a confidence');
  return basis;
}
