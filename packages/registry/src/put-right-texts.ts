/** What is said of a form that was put right: what came, and as what it is read. */
import type { Fault } from '@yiqiao/model';

/** Rules under which something is put right. */
export type PutRightRule =
  | 'exponent'
  | 'float-noise'
  | 'number-spelling'
  | 'no-value'
  | 'flag-form'
  | 'boolean-form'
  | 'list-of-one'
  | 'empty-list'
  | 'name-form'
  | 'node-name'
  | 'other-name';

/** `used`: the value, name or node as it is read. */
type Text = (used: string) => Fault['message'];

/** Message texts by rule. */
export const PUT_RIGHT_TEXTS: Readonly<Record<PutRightRule, Text>> = {
  exponent: (used) => ({
    zh: `数值以指数形式书写，已按其精确值${used}读取；请写成普通十进制数。`,
    en: `A number with an exponent; read as exactly ${used}. Send a plain decimal.`,
  }),
  'float-noise': (used) => ({
    zh: `小数位超出规范，系浮点运算的尾差，已按${used}读取；请先按规范位数取整再发送。`,
    en: `More decimals than defined, left over by floating-point arithmetic; read as ${used}. Round before sending.`,
  }),
  'number-spelling': (used) => ({
    zh: `数值写法不规范（前后空白、正号、小数点一侧无数字或零前负号），已按${used}读取；请写成普通十进制数。`,
    en: `A number with blanks around it, a plus sign, no digit on one side of its point, or a minus before zero; read as ${used}. Send a plain decimal.`,
  }),
  'no-value': () => ({
    zh: '以文字或空格表示无值，已按未填读取；请留空或发送 null。',
    en: 'A word or blank that stands for no value; read as absent. Leave it empty, or send null.',
  }),
  'flag-form': (used) => ({
    zh: `标志以 true/false 书写，已按代码 ${used} 读取；请发送代码。`,
    en: `A flag as true or false; read as the code ${used}. Send the code.`,
  }),
  'boolean-form': (used) => ({
    zh: `是与否以文字书写，已按 ${used} 读取；请发送布尔值 true 或 false。`,
    en: `Yes or no as text; read as ${used}. Send true or false without quotes.`,
  }),
  'list-of-one': () => ({
    zh: '应为单个对象，收到的是只含一个对象的数组，已取其中的对象。',
    en: 'One object belongs here; a list of exactly one came and its object was taken.',
  }),
  'empty-list': () => ({
    zh: '应为单个对象，收到的是空数组，已按未出现读取。',
    en: 'One object belongs here; an empty list came and is read as absent.',
  }),
  'name-form': (used) => ({
    zh: `名称的大小写或下划线与规范不同，已按规范名称 ${used} 读取。`,
    en: `A name in another case, or without underscores; read as ${used}, its name in the definition.`,
  }),
  'node-name': (used) => ({
    zh: `节点 ${used} 的成员直接置于报文体之下，缺少节点名称，已放入该节点。`,
    en: `Members of ${used} stand directly in the body, without its name; they were put into it.`,
  }),
  'other-name': (used) => ({
    zh: `节点名称与规范不同，按其成员应为 ${used}，已按此读取。`,
    en: `A node under another name; by its members it is ${used}, and was read as such.`,
  }),
};
