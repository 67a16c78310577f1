/** Faults of map files, in both languages: what is wrong, and what to do. */
import type { Fault } from '@yiqiao/model';
import { nearest } from '@yiqiao/registry';
import { fileFault } from './compile-rules.ts';
import type { PlacedName } from './placed-rules.ts';

const MESSAGES = {
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
  'map-source': {
    zh: '留存记录、先前应答或请求中没有此项，规则永远取不到值；请改正来源的路径。',
    en: 'No record, earlier answer or request has this, so the rule could never get a value; correct the path of the source.',
  },
  'map-code': {
    zh: '国家值集（封闭）没有此代码；请改正代码。',
    en: 'The national code list, which is closed, has no such code; correct it.',
  },
  'map-code-open': {
    zh: '国家值集（不完整）没有此代码；确为本地自有代码的，请列入代码表的 own，否则改正。',
    en: 'The national code list, which is open, has no such code; if it is the region’s own, list it under `own` of the table, else correct it.',
  },
  'map-code-twice': {
    zh: '此代码已有对应；同一本地代码对应多个国家代码时，读入取第一个，后面的须用 because 写明理由；多余的请删去。',
    en: 'This code has its equal already; where one wire code stands for several, it is read as the first, and each further pair says so in `because`; remove what is too much.',
  },
  'map-code-unlisted': {
    zh: '本表的 codes 没有此代码；请改正代码，或补入 codes。',
    en: '`codes` of this table does not list this code; correct it, or add it there.',
  },
  'map-loss': {
    zh: '金额、标识与日期不得声明为丢失；确无对应时声明 noEqual，不知对应时声明 unattested。',
    en: 'Amounts, identifiers and dates may not be lost; what truly has no equal is declared noEqual, what has no known counterpart unattested.',
  },
  'map-list': {
    zh: '此处不是列表或节点（交易定义中没有这样的节点，或规范模型中没有这样的列表）；请改正名称，单个要素用 from/to。',
    en: 'This is no list or node: the definition has no such node, or the model no such list; correct the name, or use from/to for a single element.',
  },
  'map-twice': {
    zh: '已有另一条规则写同一处，取哪一个无从确定；请删去其一，确属有意的用 because 说明理由。',
    en: 'Another rule writes the same place, and which of them counts would be a guess; remove one, or say in `because` why both stand.',
  },
  'map-constant': {
    zh: '常量不合此项（封闭值集没有此代码，或形式不符）；请改正常量。',
    en: 'The constant does not suit the place: its code list, which is closed, has no such code, or it has another form; correct it.',
  },
  'map-constant-open': {
    zh: '国家值集（不完整）没有此常量；请核对。',
    en: 'The national code list, which is open, has no such code; look whether the constant is right.',
  },
} as const;

/** Rules about codes, which say little as names: the code stands in `found`. */
const OF_CODES: ReadonlySet<string> = new Set([
  'map-table',
  'map-code',
  'map-code-open',
  'map-code-twice',
  'map-code-unlisted',
  'map-constant',
  'map-constant-open',
]);

/** An element, or a canonical field, of which the file says nothing; `subject` tells which. */
export function undeclared(at: string, field: string, subject: Fault['message']): Fault {
  const message = {
    zh: `${subject.zh}既未映射，也未声明丢失或无对应；请补一条规则或声明（lost、noEqual、unattested）。`,
    en: `${subject.en} neither mapped nor declared (lost, noEqual, unattested); add a rule or a declaration.`,
  };
  return fileFault({ rule: 'map-undeclared', at, field, message });
}

/** Names that neither side has, each with the one that was probably meant. */
export function misnamed(names: readonly PlacedName[], known: readonly string[]): readonly Fault[] {
  return names.map(({ name, at }) => {
    const near = nearest(name, known);
    const hint =
      near === undefined ? { zh: '', en: '' } : { zh: `是否应为 ${near}？`, en: `Should it be ${near}? ` };
    const { zh, en } = MESSAGES['map-misnamed'];
    return fileFault({
      rule: 'map-misnamed',
      at,
      field: name,
      message: { zh: `${hint.zh}${zh}`, en: `${hint.en}${en}` },
    });
  });
}

/** One fault for each name, where it stands. */
export function faultsAt(rule: keyof typeof MESSAGES, names: readonly PlacedName[]): Fault[] {
  return names.flatMap(({ name, at }) => faultsOf(rule, at, [name]));
}

/** One fault for each name, under one rule and place. */
export function faultsOf(rule: keyof typeof MESSAGES, at: string, names: readonly string[]): Fault[] {
  return names.map((field) => ({
    ...fileFault({ rule, at, field, message: MESSAGES[rule] }),
    ...(OF_CODES.has(rule) ? { found: field } : {}),
  }));
}
