/** What each validation rule says to the integrator: what is wrong and what to do. */
import type { Fault } from '@yiqiao/model';

/** Rules of the body validators. */
export type Rule =
  | 'required'
  | 'unknown-member'
  | 'number-form'
  | 'type'
  | 'length'
  | 'scant-length'
  | 'precision'
  | 'amount'
  | 'number'
  | 'format'
  | 'other-format'
  | 'value-set'
  | 'open-value-set'
  | 'node-absent'
  | 'node-shape'
  | 'structure';

/** Texts by rule, and what is said of a required field that is missing where the message goes on. */
type Key = Rule | 'lacking';

/** `limit`: the length, precision, format or list that was broken. */
type Text = (limit: string) => Fault['message'];

/** Message texts by rule. */
export const FINDING_TEXTS: Readonly<Record<Key, Text>> = {
  required: () => ({
    zh: '必填项缺失或为空，请填写后重发。',
    en: 'Required, but absent or blank; fill it in and send again.',
  }),
  lacking: () => ({
    zh: '规范必填，此处缺失或为空；照原样转送。',
    en: 'Required by the definition, but absent or blank; passed on as it is.',
  }),
  'unknown-member': () => ({
    zh: '接口规范中没有此成员；如为地方字段，请在方案中登记，否则请去掉。',
    en: 'Not in the definition; declare it in the profile if the region has it, else leave it out.',
  }),
  'number-form': (limit) => ({
    zh: `写法与规范不同，应为${limit === 'number' ? '不带引号的数字' : '带引号的字符串'}。`,
    en: `Written in another form; send a ${limit === 'number' ? 'bare number' : 'quoted string'}.`,
  }),
  type: (limit) => ({ zh: `类型不符，应为 ${limit}。`, en: `Wrong type; send a ${limit}.` }),
  length: (limit) => ({
    zh: `超过最大长度 ${limit} 个字符，请缩短。`,
    en: `Longer than ${limit} characters; shorten it.`,
  }),
  'scant-length': (limit) => ({
    zh: `编码写法无误，但规范给的长度 ${limit} 容不下；原样转送，请与经办机构确认长度。`,
    en: `A good code, but the definition has room for ${limit} characters only; passed on as it is; ask the agency for the length.`,
  }),
  precision: (limit) => ({
    zh: `数值超出精度 (${limit})，请按“总位数,小数位”调整。`,
    en: `Exceeds the precision (${limit}: digits, decimals); round or split it.`,
  }),
  amount: () => ({
    zh: '金额须为普通十进制数，最多两位小数，不接受指数、正号、-0、千分位逗号、全角数字或空格，整数部分最多 14 位。',
    en: 'An amount is a plain decimal with at most two decimals and 14 digits before the point: no exponent, plus sign, -0, grouping comma, full-width digit or blank.',
  }),
  number: () => ({
    zh: '不是普通十进制数（不接受指数、千分位逗号、全角数字、空格）。',
    en: 'Not a plain decimal number (no exponent, grouping comma, full-width digit or blank).',
  }),
  format: (limit) => ({
    zh: `日期时间格式应为 ${limit}，且须为真实日期。`,
    en: `Write it as ${limit}, a day that exists.`,
  }),
  'other-format': (limit) => ({
    zh: `规范写作 ${limit}，此处写法不同；照收到的写法转送，请核对。`,
    en: `The definition has it as ${limit}; written in another way, and passed on as it is; check it.`,
  }),
  'value-set': (limit) => ({
    zh: `代码不在值集 ${limit} 中，请改用列表内的代码。`,
    en: `Not in the value set ${limit}; use a code of that list.`,
  }),
  'open-value-set': (limit) => ({
    zh: `代码不在已知的值集 ${limit} 中；该值集不完整，原样转送。`,
    en: `Not in the known part of the value set ${limit}, which is open; passed on as it is.`,
  }),
  'node-absent': () => ({
    zh: '规范中的此节点未出现；公开文件未说明能否省略，请确认。',
    en: 'This node of the definition is absent; the public documents do not say whether it may be.',
  }),
  'node-shape': (limit) => ({
    zh: `节点写法与规范不同，应为 ${limit}；按收到的样子处理。`,
    en: `Written in another shape, should be ${limit}; taken as it came.`,
  }),
  structure: (limit) => ({
    zh: `节点结构不符，应为 ${limit}。`,
    en: `Wrong structure; send ${limit}.`,
  }),
};
