/** What is wrong with a text that should be XML, told by path, line and column. */
import type { ErrorCode } from '@yiqiao/model';
import { fault, nameCharacter, refusal, textPlace } from './faults.ts';

/** Where reading stands. */
export interface XmlPlace {
  readonly text: string;
  readonly offset: number;
  /** XPath of the open elements. */
  readonly path: string;
}

/** What is expected or forbidden, in both languages. */
interface Words {
  readonly zh: string;
  readonly en: string;
}

/** Limits that a document can exceed. */
export type XmlLimit = 'depth' | 'nodes' | 'attributes' | 'references';

const LIMITS: Readonly<Record<XmlLimit, Words>> = {
  depth: { zh: '嵌套层数', en: 'levels' },
  nodes: { zh: '元素与属性数', en: 'elements and attributes' },
  attributes: { zh: '单个元素的属性数', en: 'attributes of one element' },
  references: { zh: '字符引用数', en: 'character references' },
};

/** `MESSAGE_NOT_READABLE`: something else was expected at this place. */
export function expectedError(place: XmlPlace, expected: Words): Error {
  const found = nameCharacter(place.text, place.offset);
  return refuse('MESSAGE_NOT_READABLE', 'syntax', place, {
    zh: `应为${expected.zh}，实为 ${found}。`,
    en: `expected ${expected.en}, found ${found}.`,
  });
}

/** `XML_FORBIDDEN`: well-formed perhaps, but never taken. */
export function forbiddenError(place: XmlPlace, what: Words): Error {
  return refuse('XML_FORBIDDEN', 'forbidden', place, {
    zh: `不允许${what.zh}。`,
    en: `${what.en} is not allowed.`,
  });
}

/** `MESSAGE_TOO_DEEP`: more than a limit allows. */
export function exceededError(place: XmlPlace, rule: XmlLimit, limit: number): Error {
  return refuse('MESSAGE_TOO_DEEP', rule, place, {
    zh: `${LIMITS[rule].zh}超过 ${limit}。`,
    en: `more than ${limit} ${LIMITS[rule].en}.`,
  });
}

function refuse(code: ErrorCode, rule: string, place: XmlPlace, text: Words): Error {
  const { line, column } = textPlace(place.text, place.offset);
  const zh = `第 ${line} 行第 ${column} 列：${text.zh}`;
  const en = `Line ${line}, column ${column}: ${text.en}`;
  return refusal(code, [fault({ rule, at: place.path, zh, en })], { line, column, rule });
}
