/** What is wrong with a text that should be XML, told by path, line and column. */
import type { ErrorCode } from '@yiqiao/model';
import { emptyError, fault, isEmptyText, MESSAGE_END, nameCharacter, refusal, textPlace } from './faults.ts';

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

const IN_PARTS: Words = { zh: '请分批发送。', en: 'send it in parts.' };
const REMEDIES: Readonly<Record<XmlLimit, Words>> = {
  depth: {
    zh: '请检查是否重复包裹，去掉多余的层次。',
    en: 'see whether something is wrapped again and again, and take it out.',
  },
  nodes: IN_PARTS,
  attributes: { zh: '请只写接口规定的属性。', en: 'write those that the interface has.' },
  references: IN_PARTS,
};

/** `MESSAGE_NOT_READABLE`: something else was expected at this place. */
export function expectedError(place: XmlPlace, expected: Words): Error {
  if (isEmptyText(place.text)) return emptyError();
  const found = nameCharacter(place.text, place.offset);
  if (found === MESSAGE_END.en)
    return refuse('MESSAGE_NOT_READABLE', 'syntax', place, {
      zh: `应为${expected.zh}，实为${MESSAGE_END.zh}；请检查报文是否被截断。`,
      en: `expected ${expected.en}, found ${found}; see whether the message was cut off.`,
    });
  return refuse('MESSAGE_NOT_READABLE', 'syntax', place, {
    zh: `应为${expected.zh}，实为 ${found}；请在此处改正。`,
    en: `expected ${expected.en}, found ${found}; correct it there.`,
  });
}

/** What is never taken. */
export type Forbidden = 'dtd' | 'entity' | 'instruction' | 'element-name' | 'attribute-name';

const FORBIDDEN: Readonly<Record<Forbidden, Words>> = {
  dtd: {
    zh: '不得有 DTD 或标记声明（<!DOCTYPE …>、<!ENTITY …> 等）；请删去，需要的文字直接写在元素里。',
    en: 'A DTD or markup declaration (<!DOCTYPE …>, <!ENTITY …>) is not allowed; leave it out and write the text itself into the elements.',
  },
  entity: {
    zh: '只能用五个预定义实体（&amp; &lt; &gt; &quot; &apos;）；其他实体请改写为字符本身，或改用字符引用（如 &#160;）。',
    en: 'An entity other than the five predefined ones (&amp; &lt; &gt; &quot; &apos;) is not allowed; write the character itself or its number (&#160;).',
  },
  instruction: {
    zh: '不得有处理指令（<?…?>）；请删去。XML 声明只能有一个，且须在报文最前面。',
    en: 'A processing instruction (<?…?>) is not allowed; leave it out. The XML declaration may stand once, before everything else.',
  },
  'element-name': {
    zh: '该元素名是保留名，不得使用；请改为接口规定的元素名。',
    en: 'An element of this reserved name is not allowed; use the name that the interface has.',
  },
  'attribute-name': {
    zh: '该属性名是保留名，不得使用；请改为接口规定的属性名。',
    en: 'An attribute of this reserved name is not allowed; use the name that the interface has.',
  },
};

/** `XML_FORBIDDEN`: well-formed perhaps, but never taken. */
export function forbiddenError(place: XmlPlace, what: Forbidden): Error {
  return refuse('XML_FORBIDDEN', 'forbidden', place, FORBIDDEN[what]);
}

/** `MESSAGE_TOO_DEEP`: more than a limit allows. */
export function exceededError(place: XmlPlace, rule: XmlLimit, limit: number): Error {
  return refuse('MESSAGE_TOO_DEEP', rule, place, {
    zh: `${LIMITS[rule].zh}超过 ${limit}；${REMEDIES[rule].zh}`,
    en: `more than ${limit} ${LIMITS[rule].en}; ${REMEDIES[rule].en}`,
  });
}

function refuse(code: ErrorCode, rule: string, place: XmlPlace, text: Words): Error {
  const { line, column } = textPlace(place.text, place.offset);
  const zh = `第 ${line} 行第 ${column} 列：${text.zh}`;
  const en = `Line ${line}, column ${column}: ${text.en}`;
  return refusal(code, [fault({ rule, at: place.path, zh, en })], { line, column, rule });
}
