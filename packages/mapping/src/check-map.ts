/** Holds a map file against both of its sides: whatever is neither mapped nor declared is a fault. */
import type { Fault } from '@yiqiao/model';
import type { DerivedMap, FieldDefinition, LeafForm, NodeMap, TransactionDefinition } from '@yiqiao/registry';
import { elementOf, fileFault, usedElements } from './compile-rules.ts';
import type { Declared, DirectionRules, ListRule, MapFamily, MapFile, Rule, StepRules } from './map-file.ts';
import { fieldPath } from './model-path.ts';

/** What a map file is held against. */
export interface MapSides {
  readonly family: MapFamily;
  /** Wire definition of the transaction. */
  readonly definition: TransactionDefinition;
  /** National map of an operation, for the canonical fields and their forms. */
  readonly nationalMap: (operation: StepRules['operation']) => DerivedMap;
}

type Side = 'request' | 'response';

/** Finds what a map file leaves undeclared, declares wrongly, or names wrongly. */
export function checkMap(file: MapFile, sides: MapSides): readonly Fault[] {
  return (['request', 'response'] as const).flatMap((side) => [
    ...checkElements(file, side, sides),
    ...file.steps.flatMap((step) => checkFields(step, side, { file, sides })),
  ]);
}

function checkElements(file: MapFile, side: Side, sides: MapSides): Fault[] {
  const at = `maps/${file.transaction}.json#${side}`;
  const fields = elementsDefined(sides.definition[side]);
  const directions = file.steps.map((step) => step[side]);
  const mapped = new Set(directions.flatMap((direction) => elementsMapped(direction.rules, '')));
  const header = side === 'request' ? elementsMapped(sides.family.header, '') : [];
  const declared = declaredIn(directions, 'wire');
  const known = new Set([...mapped, ...header, ...declared, ...sides.family.envelope]);
  const uses = [...mapped, ...declared];
  const lost = lostIn(directions, 'wire');
  return [
    ...faultsOf(
      'map-undeclared',
      at,
      [...fields.keys()].filter((name) => !known.has(name)),
    ),
    ...faultsOf(
      'map-misnamed',
      at,
      uses.filter((name) => !fields.has(name)),
    ),
    ...faultsOf(
      'map-contradicted',
      at,
      declared.filter((name) => mapped.has(name)),
    ),
    ...faultsOf(
      'map-loss',
      at,
      lost.filter((name) => isPrecious(fields.get(name))),
    ),
  ];
}

function checkFields(
  step: StepRules,
  side: Side,
  { file, sides }: { readonly file: MapFile; readonly sides: MapSides },
): Fault[] {
  const at = `maps/${file.transaction}.json#${step.operation}/${side}`;
  const forms = fieldsDefined(sides.nationalMap(step.operation)[side]);
  const uses = pathsMapped(step[side].rules, '');
  const mapped = new Set(uses.map((use) => use.path));
  const declared = declaredIn([step[side]], 'model');
  const known = new Set([...mapped, ...declared]);
  const unsuited = uses.filter((use) => !suits(use.as, forms.get(use.path))).map((use) => use.path);
  const lost = lostIn([step[side]], 'model');
  return [
    ...faultsOf(
      'map-undeclared',
      at,
      [...forms.keys()].filter((path) => !known.has(path)),
    ),
    ...faultsOf(
      'map-misnamed',
      at,
      [...known].filter((path) => !forms.has(path)),
    ),
    ...faultsOf('map-codec', at, unsuited),
    ...faultsOf(
      'map-contradicted',
      at,
      declared.filter((path) => mapped.has(path)),
    ),
    ...faultsOf(
      'map-loss',
      at,
      lost.filter((path) => forms.get(path) !== 'text' || PRECIOUS_NAME.test(path)),
    ),
  ];
}

function elementsDefined(nodes: TransactionDefinition['request']): Map<string, FieldDefinition> {
  const fields = new Map<string, FieldDefinition>();
  for (const { node, fields: own } of nodes) {
    const base = node === '' ? '' : `${node.replaceAll('/', '.')}.`;
    for (const field of own) fields.set(base + field.name, field);
  }
  return fields;
}

function fieldsDefined(nodes: readonly NodeMap[]): Map<string, LeafForm> {
  const forms = new Map<string, LeafForm>();
  for (const node of nodes) {
    const base = node.to === '' ? '' : `${node.to}.`;
    for (const field of node.fields) forms.set(base + field.to, field.as);
  }
  return forms;
}

/** Elements that rules read or write, with the path of their list. */
function elementsMapped(rules: readonly Rule[], base: string): string[] {
  const own = rules.flatMap((rule) => {
    if ('list' in rule) return elementsMapped(rule.rules, `${base}${rule.list}.`);
    const element = elementOf(rule);
    return element === undefined ? [] : [base + element];
  });
  const used = usedElements(rules, 'wire').map((name) => base + name);
  return [...own, ...used, ...(base === '' ? usedElements(rules, 'root') : [])];
}

interface PathUse {
  readonly path: string;
  /** Codec that reads or writes the leaf; `undefined` where the value is canonical already. */
  readonly as: string | undefined;
}

/** Canonical paths that rules fill or read, with the path of their list. */
function pathsMapped(rules: readonly Rule[], base: string): PathUse[] {
  return rules.flatMap((rule) => usesOf(rule, base)).filter((use) => !use.path.startsWith('header:'));
}

function usesOf(rule: Rule, base: string): PathUse[] {
  if ('list' in rule) return listUses(rule, base);
  if ('sum' in rule) return rule.sum.map((path) => ({ path: base + fieldPath(path), as: rule.as }));
  if ('fill' in rule) {
    const read = rule.from?.startsWith('wire:') === true || rule.from?.startsWith('root:') === true;
    const as = read ? (rule.as ?? 'text') : undefined;
    return [{ path: withBase(base, rule.fill), as }];
  }
  if ('emit' in rule) return [];
  return [{ path: withBase(base, rule.to), as: rule.as ?? 'text' }];
}

function listUses(rule: ListRule, base: string): PathUse[] {
  return pathsMapped(rule.rules, `${base}${rule.to}.`);
}

function withBase(base: string, path: string): string {
  return path.startsWith('header:') ? path : base + fieldPath(path);
}

function suits(as: string | undefined, form: LeafForm | undefined): boolean {
  if (as === undefined || form === undefined) return true;
  return form === 'text' ? !['fen', 'decimal', 'integer'].includes(as) : as === form;
}

function entries(directions: readonly DirectionRules[], key: 'lost' | 'noEqual'): Declared[] {
  return directions.flatMap((direction) => direction[key] ?? []);
}

function lostIn(directions: readonly DirectionRules[], side: 'wire' | 'model'): string[] {
  return entries(directions, 'lost').flatMap((entry) => entry[side] ?? []);
}

function declaredIn(directions: readonly DirectionRules[], side: 'wire' | 'model'): string[] {
  return [
    ...lostIn(directions, side),
    ...entries(directions, 'noEqual').flatMap((entry) => entry[side] ?? []),
  ];
}

const PRECIOUS_LABEL = /金额|费用|余额|总额|支付|日期|时间|编号|号码|流水号|登记号/;
const PRECIOUS_NAME = /(?:Number|Code|Id|Date|Time|Batch|Serial)$/;

function isPrecious(field: FieldDefinition | undefined): boolean {
  return field !== undefined && (field.type !== 'string' || PRECIOUS_LABEL.test(field.label.zh));
}

const MESSAGES = {
  'map-undeclared': {
    zh: '既未映射，也未声明丢失或无对应；请补一条规则或声明。',
    en: 'Neither mapped nor declared lost or without equal; add a rule or a declaration.',
  },
  'map-misnamed': {
    zh: '交易定义或规范模型中没有此名称，请改正。',
    en: 'The definition or the canonical model has no such name; correct it.',
  },
  'map-contradicted': {
    zh: '既有规则又声明为丢失或无对应，请删去其一。',
    en: 'Both mapped and declared lost or without equal; remove one.',
  },
  'map-codec': {
    zh: '编解码与规范模型的形式不符（金额须用 fen，其他数值用 decimal 或 integer）。',
    en: 'The codec does not suit the canonical form (amounts need fen, other numbers decimal or integer).',
  },
  'map-loss': {
    zh: '金额、标识与日期不得声明为丢失；确无对应时声明 noEqual。',
    en: 'Amounts, identifiers and dates may not be lost; what truly has no equal is declared noEqual.',
  },
} as const;

function faultsOf(rule: keyof typeof MESSAGES, at: string, names: readonly string[]): Fault[] {
  return names.map((field) => fileFault({ rule, at, field, message: MESSAGES[rule] }));
}
