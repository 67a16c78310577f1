/** Holds a map file against both of its sides: whatever is neither mapped nor declared is a fault. */
import type { Fault } from '@yiqiao/model';
import type { DerivedMap, FieldDefinition, LeafForm, NodeMap, TransactionDefinition } from '@yiqiao/registry';
import { checkFacts } from './check-facts.ts';
import { checkSources } from './check-sources.ts';
import { elementsAsked, elementsOf, holdsRules, usedElements } from './compile-rules.ts';
import { faultsOf } from './map-faults.ts';
import type {
  Declared,
  DirectionRules,
  ListRule,
  MapFamily,
  MapFile,
  NodeRule,
  Rule,
  StepRules,
} from './map-file.ts';
import { fieldPath } from './model-path.ts';

/** What a map file is held against. */
export interface MapSides {
  readonly family: MapFamily;
  /** Name of the file, `TRANSACTION-CASE`; when absent it is the transaction. */
  readonly name?: string;
  /** Wire definition of the transaction. */
  readonly definition: TransactionDefinition;
  /** National map of an operation, for the canonical fields and their forms. */
  readonly nationalMap: (operation: StepRules['operation']) => DerivedMap;
  /** What is known beyond: with it, code tables and pairs of names are held against it too. */
  readonly facts?: MapFacts;
}

/** Facts that a map is held against. */
export interface MapFacts {
  /** Codes of a national value set; `undefined` for an unknown name. */
  readonly codes: (valueSet: string) => readonly string[] | undefined;
  /** Whether a national value set is known to be complete. */
  readonly isClosed?: (valueSet: string) => boolean;
  /** Whether a national wire name is an amount, an identifier or a date. */
  readonly isPrecious?: (wireName: string) => boolean;
  /** Whether a record of a kind may have a canonical path in its request or answer. */
  readonly keeps?: (kind: string, half: 'request' | 'response', path: string) => boolean;
  /** National wire names that an element is read as, where a source pairs it. */
  readonly counterparts: (element: string) => readonly string[];
  /** Whether the form has text only, so that no number is bare. */
  readonly textOnly: boolean;
}

type Side = 'request' | 'response';

/** Finds what a map file leaves undeclared, declares wrongly, or names wrongly. */
export function checkMap(file: MapFile, sides: MapSides): readonly Fault[] {
  const { facts } = sides;
  const found = (['request', 'response'] as const).flatMap((side) => [
    ...checkElements(file, side, sides),
    ...file.steps.flatMap((step) => checkFields(step, side, { file, sides })),
    ...(facts === undefined ? [] : checkFacts(file, side, { ...sides, facts })),
  ]);
  return facts === undefined ? found : [...found, ...checkSources(file, { ...sides, facts })];
}

function checkElements(file: MapFile, side: Side, sides: MapSides): Fault[] {
  const at = `maps/${sides.name ?? file.transaction}.json#/steps/0/${side}`;
  const fields = elementsDefined(sides.definition[side]);
  const directions = file.steps.map((step) => step[side]);
  const mapped = new Set(directions.flatMap((direction) => elementsMapped(direction.rules, '')));
  const cases = side === 'request' ? elementsAsked(file) : [];
  const header = side === 'request' ? elementsMapped(sides.family.header, '') : [];
  const declared = declaredIn(directions, 'wire');
  const known = new Set([...mapped, ...cases, ...header, ...declared, ...sides.family.envelope]);
  const uses = [...mapped, ...cases, ...declared];
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
      lost.filter((name) => isPrecious(fields.get(name)) || isReadPrecious(name, sides.facts)),
    ),
  ];
}

function checkFields(
  step: StepRules,
  side: Side,
  { file, sides }: { readonly file: MapFile; readonly sides: MapSides },
): Fault[] {
  const at = `maps/${sides.name ?? file.transaction}.json#/steps/${file.steps.indexOf(step)}/${side}`;
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
    ...faultsOf(
      'map-required',
      at,
      side === 'request' ? lost.filter((path) => requiredOf(step, sides).includes(path)) : [],
    ),
  ];
}

function elementsDefined(nodes: TransactionDefinition['request']): Map<string, FieldDefinition> {
  const fields = new Map<string, FieldDefinition>();
  for (const { node, fields: own } of nodes) {
    const base = node === '' ? '' : `${node.replaceAll('/', '.')}.`;
    for (const field of own) {
      // A field that a node bears the name of is that node.
      if (!nodes.some((one) => one.node.replaceAll('/', '.') === base + field.name))
        fields.set(base + field.name, field);
    }
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
    if (holdsRules(rule)) return elementsMapped(rule.rules, `${base}${listOrNode(rule)}.`);
    return elementsOf(rule).map((element) => base + element);
  });
  const used = usedElements(rules, 'wire').map((name) => base + name);
  const below = base === '' ? usedElements(rules, 'root').map(fieldPath) : [];
  return [...own, ...used, ...below];
}

function listOrNode(rule: ListRule | NodeRule): string {
  return 'list' in rule ? rule.list : rule.node;
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
  if ('list' in rule) return pathsMapped(rule.rules, `${base}${rule.to}.`);
  if ('node' in rule) return pathsMapped(rule.rules, base);
  if ('sum' in rule) return rule.sum.map((path) => ({ path: base + fieldPath(path), as: rule.as }));
  if ('fill' in rule) {
    const read = /^(?:wire|root|envelope):/.test(rule.from ?? '');
    const as = read ? (rule.as ?? 'text') : undefined;
    return [{ path: withBase(base, rule.fill), as }];
  }
  if ('emit' in rule) return [];
  return [{ path: withBase(base, rule.to), as: rule.as ?? 'text' }];
}

function withBase(base: string, path: string): string {
  return path.startsWith('header:') ? path : base + fieldPath(path);
}

function suits(as: string | undefined, form: LeafForm | undefined): boolean {
  if (as === undefined || form === undefined) return true;
  return form === 'text' ? !['fen', 'decimal', 'integer'].includes(as) : as === form;
}

function requiredOf({ operation }: StepRules, { nationalMap }: Pick<MapSides, 'nationalMap'>): string[] {
  return nationalMap(operation).request.flatMap(({ to, fields }) =>
    fields.filter((field) => field.required === true).map((field) => (to === '' ? '' : `${to}.`) + field.to),
  );
}

/** A field that the national form requires and a map knows no source for. */
export interface MissingField {
  readonly operation: StepRules['operation'];
  /** Canonical path. */
  readonly path: string;
  readonly because: string;
}

/**
 * Fields of requests that the national form requires and a map declares `unattested`. A map with any is incomplete:
 * it serves `validate` and `explain`, but carries no live messages.
 */
export function findMissing(
  file: MapFile,
  nationalMap: (operation: StepRules['operation']) => DerivedMap,
): readonly MissingField[] {
  return file.steps.flatMap((step) => {
    const required = new Set(requiredOf(step, { nationalMap }));
    return (step.request.unattested ?? []).flatMap(({ model = [], because }) =>
      model
        .filter((path) => required.has(path))
        .map((path) => ({ operation: step.operation, path, because })),
    );
  });
}

function entries(directions: readonly DirectionRules[], key: 'lost' | 'noEqual' | 'unattested'): Declared[] {
  return directions.flatMap((direction) => direction[key] ?? []);
}

function lostIn(directions: readonly DirectionRules[], side: 'wire' | 'model'): string[] {
  return entries(directions, 'lost').flatMap((entry) => entry[side] ?? []);
}

function declaredIn(directions: readonly DirectionRules[], side: 'wire' | 'model'): string[] {
  return [
    ...lostIn(directions, side),
    ...entries(directions, 'noEqual').flatMap((entry) => entry[side] ?? []),
    ...entries(directions, 'unattested').flatMap((entry) => entry[side] ?? []),
  ];
}

const PRECIOUS_LABEL =
  /金额|费用|余额|总额|支付|日期|时间|编号|号码|流水号|登记号|序号|卡号|证号|单号|票号|帐号|账号|批次|编码|代码|标识|号$|ID$/i;
const PRECIOUS_NAME = /(?:Number|Code|Id|Date|Time|Batch|Serial)$/;

/** Whether a source reads the element as an amount, an identifier or a date of the national form. */
function isReadPrecious(name: string, facts: MapFacts | undefined): boolean {
  const element = name.slice(name.lastIndexOf('.') + 1);
  return facts?.counterparts(element).some((national) => facts.isPrecious?.(national) === true) === true;
}

function isPrecious(field: FieldDefinition | undefined): boolean {
  return field !== undefined && (field.type !== 'string' || PRECIOUS_LABEL.test(field.label.zh));
}
