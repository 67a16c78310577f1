/** Which codes a field holds: a test for messages and what is told when it fails. */
import type { CompiledForm } from './code-form.ts';
import type { Bilingual, CodeConfidence, CodeStandard, FieldCodeRule } from './code-types.ts';

/** What the data says of fields. Source: code-standards.json, `fields`. */
export interface FieldData {
  readonly names: readonly string[];
  /** Ids of standards; a code of any of them is good. */
  readonly as: readonly string[];
  readonly when?: NonNullable<FieldCodeRule['when']>;
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
 * One expression for all forms, so that a fee line costs one test.
 * @throws RangeError for a standard that is not known or has no structure, and for an unknown confidence
 */
export function compileRule(field: FieldData, known: ReadonlyMap<string, CompiledStandard>): FieldCodeRule {
  const standards = field.as.map((id) => {
    const found = known.get(id);
    if (found === undefined || found.forms.length === 0) throw new RangeError(`no structure of ${id}`);
    return found;
  });
  const forms = standards.flatMap((one) => one.forms);
  const any = new RegExp(`^(?:${forms.map((form) => form.expression).join('|')})$`);
  const plain = forms.every((form) => form.plain);
  return {
    ...(field.when !== undefined && { when: field.when }),
    fits: plain ? (text) => any.test(text) : (text) => forms.some((form) => form.fits(text)),
    message: ruleMessage(field, standards),
  };
}

function ruleMessage(field: FieldData, standards: readonly CompiledStandard[]): Bilingual {
  const names = standards.map(({ standard }) => standard.name);
  const examples = standards.map(({ forms }) => forms[0]?.form.example ?? '').join(', ');
  const basis = basisOf([field.confidence, ...standards.map(confidenceOf)]);
  if (basis === undefined) throw new RangeError('a rule of a field needs a confidence');
  return {
    zh: `不是${names.map(({ zh }) => zh).join('、')}的写法（如 ${examples}）。${basis.zh}原样转送，请核对编码。`,
    en: `Not written as ${names.map(({ en }) => en).join(' or ')} (such as ${examples}). ${basis.en} Passed on as it is; check the code.`,
  };
}

/** That a code has none of the known forms tells little when there are others. */
function confidenceOf({ standard }: CompiledStandard): CodeConfidence {
  return standard.otherForms === true ? 'inferred' : standard.confidence;
}

function basisOf(confidences: readonly CodeConfidence[]): Bilingual | undefined {
  return BASES.findLast(([confidence]) => confidences.includes(confidence))?.[1];
}
