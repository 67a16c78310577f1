/** What `yiqiao code check` says, in both languages. */
import type { CodeVerdict } from '@yiqiao/registry';
import type { Bilingual } from './citizen-remarks.ts';

/** Of a code that differs from standards whose structure is not public, or inferred. */
export function leftOpen(standards: readonly Bilingual[]): Bilingual {
  return {
    zh: `${standards.map(({ zh }) => zh).join('、')}：结构未公开，或只是推断，因此不判为错误；请与发码方核对。`,
    en: `${standards.map(({ en }) => en).join(', ')}: the structure is not public, or inferred, so the code is not called wrong; check it with whoever issued it.`,
  };
}

/** Of a code that is wrong. */
export const PUT_RIGHT: Bilingual = {
  zh: '请按下列位置更正编码，或与发码方核对。',
  en: 'Put the code right at the places named below, or check it with whoever issued it.',
};

/** That a field holds such codes under a condition only. */
export function onlyWhere(
  field: string,
  standard: Bilingual,
  when: Readonly<Record<string, readonly string[]>>,
): Bilingual {
  const told = Object.entries(when).map(([name, values]) => `${name} = ${values.join(' | ')}`);
  return {
    zh: `字段 ${field} 仅在 ${told.join('，')} 时存放${standard.zh}。`,
    en: `The field ${field} holds a ${standard.en} only where ${told.join(' and ')}.`,
  };
}

const CONFIDENCE = {
  attested: '公开文件',
  sample: '样本',
  inferred: '推断',
  'name only': '仅知名称',
} as const;

/** How well a structure is known. */
export function confidenceWords(confidence: keyof typeof CONFIDENCE): string {
  return `${CONFIDENCE[confidence]} ${confidence}`;
}

/** The form of a code that fits, with its parts. */
export function fittingLines({ form, parts, remarks }: CodeVerdict): readonly string[] {
  const formLine =
    form === undefined ? [] : [`${form.name.zh} / ${form.name.en} (${confidenceWords(form.confidence)})`];
  return [
    ...formLine,
    ...parts.map(({ name, text }) => `${text}  ${name.zh} / ${name.en}`),
    ...remarks.flatMap(({ zh, en }) => [`提示：${zh}`, `remark: ${en}`]),
  ];
}

/** Why a code does not fit, and what to do; a reason that several forms share is told once. */
export function differingLines({ reasons, rewritten }: CodeVerdict): readonly string[] {
  const told = reasons
    .filter(({ reason }, index) => reasons.findIndex((one) => one.reason.zh === reason.zh) === index)
    .flatMap(({ form, confidence, reason }) => [
      `${form.zh}（${confidenceWords(confidence)}）：${reason.zh}`,
      `${form.en}: ${reason.en}`,
    ]);
  return rewritten === undefined
    ? told
    : [
        ...told,
        `请改写为 ${rewritten}（仅大小写、全半角或空白不同）`,
        `write ${rewritten}: only case, width or blanks differ`,
      ];
}
