/** What a standard says of a code. */
import type { Bilingual, CodeVerdict } from './code-types.ts';
import { byNearness } from './field-rules.ts';
import type { CompiledStandard } from './field-rules.ts';
import { rewrite } from './rewritten-code.ts';

/** Judges a code by one standard. A blank is a code of none, also where the structure is not public. */
export function judge(code: string, { standard, forms }: CompiledStandard): CodeVerdict {
  const blank = code.trim() === '';
  const fitting = blank ? undefined : forms.find((form) => form.fits(code));
  if (fitting !== undefined) {
    const region = fitting.syntheticRegion(code) ?? fitting.oddRegion(code);
    return {
      standard,
      outcome: 'fits',
      form: fitting.form,
      parts: fitting.split(code),
      remarks: region === undefined ? [] : [toCheck(region)],
      reasons: [],
    };
  }
  const found = forms.flatMap((one) => {
    const difference = one.difference(code);
    return difference === undefined ? [] : [{ form: one.form, difference }];
  });
  const reasons = byNearness(found).map(({ form, difference }) => ({
    form: form.name,
    confidence: form.confidence,
    reason: difference.told,
  }));
  const rewritten = rewrite(code, forms);
  const open = forms.length === 0 || standard.otherForms === true;
  return {
    standard,
    outcome: open && !blank ? 'undecided' : 'differs',
    parts: [],
    remarks: [],
    reasons: blank && forms.length === 0 ? [nothingThere(standard)] : reasons,
    ...(rewritten !== undefined && { rewritten }),
  };
}

function nothingThere({ name, confidence }: CompiledStandard['standard']): CodeVerdict['reasons'][number] {
  return { form: name, confidence, reason: { zh: '此处没有内容', en: 'nothing is there' } };
}

function toCheck({ zh, en }: Bilingual): Bilingual {
  return { zh: `${zh}，请核对编码。`, en: `${en}; check the code.` };
}
