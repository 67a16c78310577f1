/** Notes and faults of a map, in both languages. They never show what was found: it may be personal. */
import { maskIdentifiers } from '@yiqiao/model';
import type { Deviation } from '@yiqiao/model';

/** A field's name in both languages. */
export interface Label {
  readonly zh: string;
  readonly en: string;
}

type Message = Deviation['message'];

const MESSAGES = {
  'not-convertible': {
    zh: '值不能按字段类型准确转换，原样保留，未进入模型；请按规范填写。',
    en: 'The value cannot be converted exactly; it is kept as it is, outside the model. Send it as specified.',
  },
  'number-form': {
    zh: '数值与文本的写法与规范不同，数值未变，转发时按规范书写。',
    en: 'A number is written as text or a text as number; its value is unchanged and is sent on as specified.',
  },
  'node-shape': {
    zh: '对象与数组的写法与规范不同，内容未变。',
    en: 'An object stands where a list should, or the other way; its content is unchanged.',
  },
  'one-row': {
    zh: '此处有多行，目标一次只容一行或一个值（如一次结算一个批次，一次撤销一条明细），请分开发送。',
    en: 'Several rows where one row or one value has a place (a settlement names one batch, a withdrawal one line); send them one by one.',
  },
  'not-carried': {
    zh: '目标格式没有此项的位置，未转发。',
    en: 'The target format has no place for this; it is not sent on.',
  },
  'no-equal': {
    zh: '该代码在目标格式中没有对应值，未转发。',
    en: 'This code has no equal in the target format; it is not sent on.',
  },
  'format-limit': {
    zh: '值超过目标格式的长度，请缩短或由对方放宽。',
    en: 'The value is longer than the target format allows; shorten it or have the limit raised.',
  },
  required: { zh: '缺少必填元素，请补填。', en: 'A required element is missing; add it.' },
  amount: {
    zh: '不是两位小数以内的普通十进制数，请改正。',
    en: 'Not a plain decimal number of the allowed scale; correct it.',
  },
  format: {
    zh: '格式不符（日期 yyyyMMdd，时间 yyyyMMddHHmmss，代码按表），请改正。',
    en: 'Wrong form (dates yyyyMMdd, times yyyyMMddHHmmss, codes by table); correct it.',
  },
  mismatch: {
    zh: '与网关所记的就诊或结算不一致（可能串人），请核对后重发。',
    en: 'This differs from the visit or settlement on record (perhaps another person); check it and send again.',
  },
  'record-missing': {
    zh: '本报文引用的前序业务（身份识别、登记或结算）没有记录，请先完成前一步。',
    en: 'The earlier step this message refers to is not on record; do that step first.',
  },
} as const satisfies Record<string, Message>;

/** Rules a map reports under. */
export type MapRule = keyof typeof MESSAGES;

/** Where something is to be said of. */
export interface Subject {
  /** The place as told to people. */
  readonly at: string;
  readonly field: string;
  readonly label: Label | undefined;
}

/** Makes a note or fault. */
export function report(rule: MapRule, subject: Subject): Deviation {
  const field = maskIdentifiers(subject.field);
  const label = subject.label ?? { zh: field, en: field };
  return { rule, at: maskIdentifiers(subject.at), field, label, message: MESSAGES[rule] };
}
