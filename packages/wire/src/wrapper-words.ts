/** What a wrapper around a national answer says for itself, in the words that wrappers use for a failure. */
import { leafText } from '@yiqiao/model';
import type { WireObject, WireValue } from '@yiqiao/model';

/** The member of a wrapper that tells a failure. */
interface Failure {
  readonly name: string;
  readonly found: string;
}

/** HTTP statuses of errors, and what is below zero; other codes mean one thing here and another there. */
const CODE = /^(?:-\d{1,9}|[45]\d\d)$/;
const TEXT =
  /^(?:fail(?:ed|ure)?|error|(?:操作|处理|调用|请求|交易|业务)?(?:失败|异常|超时)|系统(?:异常|错误|繁忙))[!！.。]?$/i;

/** Names of members, without case and underscores → what of them tells a failure. */
const TELLING: readonly (readonly [RegExp, (text: string) => boolean])[] = [
  [/^(?:ret|return|result|resp|err|error|status)?(?:code|status)$/, (text) => CODE.test(text)],
  [/^(?:is)?(?:success|successful|succeeded|ok)$/, (text) => text.toLowerCase() === 'false'],
  [/^(?:msg|message|retmsg|errmsg|errormsg|type|status|result|cause)$/, (text) => TEXT.test(text)],
];

/** The first member that tells a failure, and `undefined` where none does. */
export function findFailure(wrapper: WireObject): Failure | undefined {
  for (const [name, value] of Object.entries(wrapper)) {
    const found = textOf(value).trim();
    const bare = name.replaceAll('_', '').toLowerCase();
    if (TELLING.some(([of, tells]) => of.test(bare) && tells(found))) return { name, found };
  }
  return undefined;
}

function textOf(value: WireValue): string {
  return typeof value === 'boolean' ? String(value) : (leafText(value) ?? '');
}
