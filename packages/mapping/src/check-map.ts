/** Holds a map file against both of its sides: whatever is neither mapped nor declared is a fault. */
import type { Fault } from '@yiqiao/model';
import type {
  DerivedMap,
  FieldDefinition,
  FieldMap,
  LeafForm,
  NodeMap,
  TransactionDefinition,
} from '@yiqiao/registry';
import { checkFacts } from './check-facts.ts';
import { checkSources } from './check-sources.ts';
import { checkRules } from './check-rules.ts';
import { elementsAsked, holdsRules } from './compile-rules.ts';
import { faultsAt, misnamed, undeclared } from './map-faults.ts';
import type { DirectionRules, MapFamily, MapFile, Rule, StepRules } from './map-file.ts';
import { fieldPath } from './model-path.ts';
import { declaredNames, elementsUsed, HEADS, placedRules } from './placed-rules.ts';
import type { Head, PlacedName, PlacedRule } from './placed-rules.ts';

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
    ...checkRules(file, side, sides),
    ...(facts === undefined ? [] : checkFacts(file, side, { ...sides, facts })),
  ]);
  return facts === undefined ? found : [...found, ...checkSources(file, { ...sides, facts })];
}

function checkElements(file: MapFile, side: Side, sides: MapSides): Fault[] {
  const fields = elementsDefined(sides.definition[side]);
  const steps = file.steps.map((step, index) => ({
    direction: step[side],
    at: `${placeOf(file, sides)}#/steps/${index}/${side}`,
  }));
  const mapped = steps.flatMap(({ direction, at }) =>
    placedRules(direction.rules, `${at}/rules`).flatMap(elementsUsed),
  );
  const cases =
    side === 'request'
      ? elementsAsked(file).map((name) => ({ name, at: `${placeOf(file, sides)}#/when` }))
      : [];
  const header =
    side === 'request' ? placedRules(sides.family.header, '').flatMap(elementsUsed).map(nameOf) : [];
  const declared = declaredIn(steps, 'wire', HEADS);
  const uses = [...mapped, ...cases, ...declared];
  const known = new Set([...uses.map(nameOf), ...header, ...sides.family.envelope]);
  const ruled = new Set(mapped.map(nameOf));
  return [
    ...[...fields]
      .filter(([name]) => !known.has(name))
      .map(([name, { label }]) =>
        undeclared(steps[0]?.at ?? placeOf(file, sides), name, {
          zh: `要素 ${name}（${label.zh}）`,
          en: `The element ${name} is`,
        }),
      ),
    ...misnamed(
      uses.filter(({ name }) => !fields.has(name)),
      [...fields.keys()],
    ),
    ...faultsAt(
      'map-contradicted',
      declared.filter(({ name }) => ruled.has(name)),
    ),
    ...faultsAt(
      'map-loss',
      declaredIn(steps, 'wire', ['lost']).filter(
        ({ name }) => isPrecious(fields.get(name)) || isReadPrecious(name, sides.facts),
      ),
    ),
  ];
}

function placeOf(file: MapFile, { name = file.transaction }: MapSides): string {
  return `maps/${name}.json`;
}

function nameOf({ name }: PlacedName): string {
  return name;
}

function checkFields(
  step: StepRules,
  side: Side,
  { file, sides }: { readonly file: MapFile; readonly sides: MapSides },
): Fault[] {
  const at = `${placeOf(file, sides)}#/steps/${file.steps.indexOf(step)}/${side}`;
  const defined = fieldsDefined(sides.nationalMap(step.operation)[side]);
  const forms = new Map([...defined].map(([path, field]) => [path, field.as]));
  const uses = placedRules(step[side].rules, `${at}/rules`).flatMap(pathsUsed);
  const mapped = new Set(uses.map(nameOf));
  const steps = [{ direction: step[side], at }];
  const declared = declaredIn(steps, 'model', HEADS);
  const lost = declaredIn(steps, 'model', ['lost']);
  const known = [...uses, ...declared];
  const required = side === 'request' ? requiredOf(step, sides) : [];
  return [
    ...[...defined]
      .filter(([path]) => !known.some(({ name }) => name === path))
      .map(([path, { from, required }]) =>
        undeclared(at, path, {
          zh: `规范字段 ${path}（国家字段 ${from}${required === true ? '，必填' : ''}）`,
          en: `The canonical field ${path} (national ${from}${required === true ? ', required' : ''}) is`,
        }),
      ),
    ...misnamed(
      known.filter(({ name }) => !forms.has(name)),
      [...forms.keys()],
    ),
    ...faultsAt(
      'map-codec',
      uses.filter(({ name, as }) => !suits(as, forms.get(name))),
    ),
    ...faultsAt(
      'map-contradicted',
      declared.filter(({ name }) => mapped.has(name)),
    ),
    ...faultsAt(
      'map-loss',
      lost.filter(({ name }) => forms.get(name) !== 'text' || PRECIOUS_NAME.test(name)),
    ),
    ...faultsAt(
      'map-required',
      lost.filter(({ name }) => required.includes(name)),
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

function fieldsDefined(nodes: readonly NodeMap[]): Map<string, FieldMap> {
  const fields = new Map<string, FieldMap>();
  for (const node of nodes) {
    const base = node.to === '' ? '' : `${node.to}.`;
    for (const field of node.fields) fields.set(base + field.to, field);
  }
  return fields;
}

interface PathUse extends PlacedName {
  /** Codec that reads or writes the leaf; `undefined` where the value is canonical already. */
  readonly as: string | undefined;
}

/** Canonical paths that a rule fills or reads. */
function pathsUsed(placed: PlacedRule): readonly PathUse[] {
  const { at, model } = placed;
  return usesOf(placed.rule)
    .filter(({ path }) => !path.startsWith('header:'))
    .map(({ path, as }) => ({ name: model + fieldPath(path), at, as }));
}

function usesOf(rule: Rule): readonly { readonly path: string; readonly as: string | undefined }[] {
  if (holdsRules(rule) || 'emit' in rule) return [];
  if ('sum' in rule) return rule.sum.map((path) => ({ path, as: rule.as }));
  if (!('fill' in rule)) return [{ path: rule.to, as: rule.as ?? 'text' }];
  const read = /^(?:wire|root|envelope):/.test(rule.from ?? '');
  return [{ path: rule.fill, as: read ? (rule.as ?? 'text') : undefined }];
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

interface PlacedDirection {
  readonly direction: DirectionRules;
  readonly at: string;
}

function declaredIn(
  directions: readonly PlacedDirection[],
  side: 'wire' | 'model',
  heads: readonly Head[],
): readonly PlacedName[] {
  return directions.flatMap(({ direction, at }) => declaredNames(direction, { at, side, heads }));
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
