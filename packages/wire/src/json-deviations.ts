/** What was put right while JSON was read, told by place. */
import type { Deviation } from '@yiqiao/model';
import { fault, nameCharacter, textPlace } from './faults.ts';
import { pointersAt } from './json-place.ts';
import type { JsonText } from './json-reader.ts';
import { paddingDeviation } from './padding.ts';

/** More of one kind are counted, not listed; they say nothing new, and each takes time. */
const MAX_LISTED = 50;

/** One kind of what is met in a text. */
interface Kind {
  readonly rule: string;
  readonly zh: string;
  readonly en: string;
}

const COMMA: Kind = {
  rule: 'trailing-comma',
  zh: '最后一项之后有多余的逗号，已忽略。',
  en: 'a comma after the last item; it was passed over.',
};

const CONTROL: Kind = {
  rule: 'control-character',
  zh: '字符串内有未转义的换行、回车或制表符，已按原样读取；请写作 \\n、\\r、\\t。',
  en: 'a line end or tab stands in a string as it is and was read so; write \\n, \\r or \\t.',
};

const HALF: Kind = {
  rule: 'half-character',
  zh: '字符串内的 \\u 转义只有半个字符（不成对的代理码），已原样保留；多半是按长度截断所致，请按字符截断。',
  en: 'a \\u escape in this string is half of a character (an unpaired surrogate) and was kept as it is; a value was probably cut off by length, cut it by characters.',
};

/** All deviations of a JSON text; `base` is the pointer of the text itself. */
export function jsonDeviations(json: JsonText, base = ''): Deviation[] {
  const { trailingCommas, controls, halves, padding } = json;
  if (trailingCommas.length + controls.length + halves.length + padding === 0) return [];
  return [
    ...placed(json, base, { offsets: trailingCommas, kind: COMMA }),
    ...placed(json, base, { offsets: controls, kind: CONTROL }),
    ...placed(json, base, { offsets: halves, kind: HALF }),
    ...(padding === 0 ? [] : [paddingDeviation(padding, base)]),
  ];
}

function placed(
  { text }: JsonText,
  base: string,
  { offsets, kind }: { readonly offsets: readonly number[]; readonly kind: Kind },
): Deviation[] {
  const listed = offsets.slice(0, MAX_LISTED);
  const pointers = pointersAt(text, listed);
  const deviations = listed.map((offset, index) => {
    const { line, column } = textPlace(text, offset);
    return fault({
      rule: kind.rule,
      at: base + (pointers[index] ?? ''),
      ...(kind === CONTROL ? { found: nameCharacter(text, offset) } : {}),
      zh: `第 ${line} 行第 ${column} 列：${kind.zh}`,
      en: `Line ${line}, column ${column}: ${kind.en}`,
    });
  });
  const more = offsets.length - listed.length;
  return more === 0 ? deviations : [...deviations, further(kind, base, more)];
}

function further(kind: Kind, base: string, count: number): Deviation {
  return fault({
    rule: kind.rule,
    at: base,
    found: String(count),
    zh: `另有 ${count} 处：${kind.zh}`,
    en: `${count} more times: ${kind.en}`,
  });
}
