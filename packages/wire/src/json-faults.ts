/** What is said of JSON that cannot be read. */
import type { GatewayError } from '@yiqiao/model';
import { emptyError, fault, isEmptyText, MESSAGE_END, nameCharacter, refusal, textPlace } from './faults.ts';
import { pointerAt, pointerStep } from './json-place.ts';

/** An offset in a JSON text; `base` is the pointer of the text itself. */
export interface JsonPlace {
  readonly text: string;
  readonly offset: number;
  readonly base: string;
}

/** A member name met again. */
export interface DuplicateMember extends JsonPlace {
  readonly name: string;
}

/** More than these are not listed; they say nothing new. */
const MAX_LISTED = 50;

/** `MESSAGE_NOT_READABLE`: something else was expected here. */
export function syntaxError(place: JsonPlace, expected: { zh: string; en: string }): GatewayError {
  if (place.base === '' && place.offset >= place.text.length && isEmptyText(place.text)) return emptyError();
  const { line, column } = textPlace(place.text, place.offset);
  const found = nameCharacter(place.text, place.offset);
  const isEnd = found === MESSAGE_END.en;
  const cut = isEnd
    ? { zh: '；请检查报文是否被截断。', en: '; see whether the message was cut off.' }
    : { zh: '；请在此处改正。', en: '; correct it there.' };
  const text = fault({
    rule: 'syntax',
    at: place.base + pointerAt(place.text, place.offset),
    found,
    zh: `第 ${line} 行第 ${column} 列应为${expected.zh}，实为 ${isEnd ? MESSAGE_END.zh : found}${cut.zh}`,
    en: `Line ${line}, column ${column}: expected ${expected.en}, found ${found}${cut.en}`,
  });
  return refusal('MESSAGE_NOT_READABLE', [text], { line, column, rule: 'syntax' });
}

/** `MESSAGE_TOO_DEEP`: a limit was reached here. */
export function limitError(place: JsonPlace, rule: 'depth' | 'nodes', limit: number): GatewayError {
  const isDepth = rule === 'depth';
  const { line, column } = textPlace(place.text, place.offset);
  const text = fault({
    rule,
    at: isDepth ? '' : place.base + pointerAt(place.text, place.offset),
    zh: isDepth
      ? `第 ${line} 行第 ${column} 列：嵌套超过 ${limit} 层；请检查是否重复包裹，去掉多余的层次。`
      : `成员与列表项超过 ${limit} 个，请分批发送。`,
    en: isDepth
      ? `Line ${line}, column ${column}: nested deeper than ${limit} levels; see whether something is wrapped again and again, and take it out.`
      : `More than ${limit} members and list items; send it in parts.`,
  });
  return refusal('MESSAGE_TOO_DEEP', [text], { line, column, rule, limit });
}

/** `DUPLICATE_MEMBER`: all duplicates of a text. */
export function duplicateError(duplicates: readonly DuplicateMember[]): GatewayError {
  const faults = duplicates.slice(0, MAX_LISTED).map(({ text, offset, base, name }) => {
    const { line, column } = textPlace(text, offset);
    return fault({
      rule: 'duplicate',
      at: `${base}${pointerAt(text, offset)}/${pointerStep(name)}`,
      field: name,
      zh: `第 ${line} 行第 ${column} 列：成员重复，取哪一个无法判断，请只保留一个。`,
      en: `Line ${line}, column ${column}: this member occurs twice, which one counts cannot be told; keep one.`,
    });
  });
  return refusal('DUPLICATE_MEMBER', faults, { count: duplicates.length });
}
