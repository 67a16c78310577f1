/** Faults of map files, in both languages: what is wrong, and what to do. */
import type { Fault } from '@yiqiao/model';
import { fileFault } from './compile-rules.ts';

const MESSAGES = {
  'map-undeclared': {
    zh: '既未映射，也未声明丢失或无对应；请补一条规则或声明（lost、noEqual、unattested）。',
    en: 'Neither mapped nor declared (lost, noEqual, unattested); add a rule or a declaration.',
  },
  'map-misnamed': {
    zh: '交易定义或规范模型中没有此名称，请改正。',
    en: 'The definition or the canonical model has no such name; correct it.',
  },
  'map-contradicted': {
    zh: '既有规则又声明为丢失、无对应或待考，请删去其一。',
    en: 'Both mapped and declared lost, without equal or unattested; remove one.',
  },
  'map-codec': {
    zh: '编解码与规范模型的形式不符（金额须用 fen，其他数值用 decimal 或 integer）。',
    en: 'The codec does not suit the canonical form (amounts need fen, other numbers decimal or integer).',
  },
  'map-required': {
    zh: '国家接口必填项不得声明为丢失；请给出来源，或声明为 unattested（映射不完整，不能上线）。',
    en: 'The national form requires this, so it may not be lost; give a source, or declare it unattested (then the map is incomplete and carries no live messages).',
  },
  'map-pair': {
    zh: 'elements.json 对此名称的国家对应另有说法；请改正，或用 because 说明理由。',
    en: 'elements.json reads this name as another national field; correct it, or say in `because` why.',
  },
  'map-bare': {
    zh: '此处数值的写法（裸数值或文本）与交易定义的类型不符，请增删 bare。',
    en: 'The definition has another type here (bare number or text); add or remove `bare`.',
  },
  'map-table': {
    zh: '代码表未列此代码，也未声明缺口；请补一对代码或写入 gaps。',
    en: 'The table has no pair for this code and declares no gap; add a pair or list it in `gaps`.',
  },
  'map-loss': {
    zh: '金额、标识与日期不得声明为丢失；确无对应时声明 noEqual，不知对应时声明 unattested。',
    en: 'Amounts, identifiers and dates may not be lost; what truly has no equal is declared noEqual, what has no known counterpart unattested.',
  },
} as const;

/** One fault for each name, under one rule and place. */
export function faultsOf(rule: keyof typeof MESSAGES, at: string, names: readonly string[]): Fault[] {
  return names.map((field) => fileFault({ rule, at, field, message: MESSAGES[rule] }));
}
