/** What a rule says that no message could ever fit: lists that are none, two rules for one place, odd constants. */
import type { Fault } from '@yiqiao/model';
import type { FieldMap, NodeMap } from '@yiqiao/registry';
import type { MapFacts, MapSides } from './check-map.ts';
import { holdsRules } from './compile-rules.ts';
import { faultsAt, faultsOf } from './map-faults.ts';
import type { MapFile, Rule } from './map-file.ts';
import { fieldPath } from './model-path.ts';
import { placedRules } from './placed-rules.ts';
import type { PlacedName, PlacedRule } from './placed-rules.ts';

type Side = 'request' | 'response';

/** Finds such rules in one direction, and names beside the rules that the definition does not have. */
export function checkRules(file: MapFile, side: Side, sides: MapSides): readonly Fault[] {
  const { definition, name = file.transaction } = sides;
  const nodes = new Set(definition[side].map(({ node }) => node.replaceAll('/', '.')));
  const elements = elementsIn(definition[side]);
  const records = side === 'request' ? recordNames(file, `maps/${name}.json#/records`) : [];
  const strange = ({ name: one }: PlacedName): boolean => !elements.has(one);
  return [
    ...faultsAt('map-misnamed', records.filter(strange)),
    ...file.steps.flatMap((step, index) => {
      const at = `maps/${name}.json#/steps/${index}/${side}`;
      const rules = placedRules(step[side].rules, `${at}/rules`);
      const map = sides.nationalMap(step.operation)[side];
      const beside = [
        ...(step[side].required ?? []).map((one) => ({ name: one, at: `${at}/required` })),
        ...(step[side].same ?? []).map((one, place) => ({
          name: one.element,
          at: `${at}/same/${place}/element`,
        })),
        ...rules.flatMap(requiredBelow),
      ];
      return [
        ...faultsAt('map-misnamed', beside.filter(strange)),
        ...rules.flatMap((one) => listFaults(one, nodes, map)),
        ...faultsAt('map-twice', again(rules, targetsRead, 'model')),
        ...faultsAt('map-twice', again(rules, elementsWritten, 'wire')),
        ...faultsAt('map-constant', constants(rules, map, sides.facts).filter(isWrong).map(codeOf)),
      ];
    }),
  ];
}

/** Constants that an open national list does not have. */
export function findForeignConstants(file: MapFile, sides: MapSides & { readonly facts: MapFacts }): Fault[] {
  const { name = file.transaction } = sides;
  return (['request', 'response'] as const).flatMap((side) =>
    file.steps.flatMap((step, index) => {
      const rules = placedRules(step[side].rules, `maps/${name}.json#/steps/${index}/${side}/rules`);
      const found = constants(rules, sides.nationalMap(step.operation)[side], sides.facts);
      return faultsAt('map-constant-open', found.filter(isForeign).map(codeOf));
    }),
  );
}

function elementsIn(nodes: MapSides['definition']['request']): ReadonlySet<string> {
  return new Set(
    nodes.flatMap(({ node, fields }) =>
      fields.map(({ name }) => (node === '' ? name : `${node.replaceAll('/', '.')}.${name}`)),
    ),
  );
}

function recordNames({ records = {} }: MapFile, at: string): readonly PlacedName[] {
  return Object.entries(records).flatMap(([kind, elements]) =>
    [elements].flat().map((name) => ({ name, at: `${at}/${kind}` })),
  );
}

function requiredBelow({ rule, at, wire }: PlacedRule): readonly PlacedName[] {
  if (!holdsRules(rule)) return [];
  const path = `${wire}${'list' in rule ? rule.list : rule.node}.`;
  return (rule.required ?? []).map((name) => ({ name: path + name, at: `${at}/required` }));
}

function listFaults(
  { rule, at, wire, model }: PlacedRule,
  nodes: ReadonlySet<string>,
  map: readonly NodeMap[],
): readonly Fault[] {
  if (!holdsRules(rule)) return [];
  const node = 'list' in rule ? rule.list : rule.node;
  const strange = nodes.has(wire + node) ? [] : [wire + node];
  const lacks = 'list' in rule && !map.some(({ to, repeated }) => repeated && to === model + rule.to);
  return faultsOf('map-list', at, [...strange, ...(lacks ? [model + rule.to] : [])]);
}

/** Canonical places that a rule reads into; what fills where nothing else did may stand beside. */
function targetsRead(rule: Rule): readonly string[] {
  if (holdsRules(rule) || 'fill' in rule || 'emit' in rule) return [];
  return 'sum' in rule ? rule.sum : [rule.to];
}

function elementsWritten(rule: Rule): readonly string[] {
  if (holdsRules(rule) || 'fill' in rule) return [];
  if ('emit' in rule) return [rule.emit];
  return 'add' in rule ? rule.add : [rule.from];
}

/** Names that an earlier rule at the same place has, unless one of them says why. */
function again(
  rules: readonly PlacedRule[],
  namesOf: (rule: Rule) => readonly string[],
  side: 'wire' | 'model',
): readonly PlacedName[] {
  const seen = new Map<string, boolean>();
  return rules.flatMap((placed) =>
    namesOf(placed.rule).flatMap((name) => {
      const path = placed[side] + name;
      const isSaid = placed.rule.because !== undefined;
      const wasSaid = seen.get(path);
      seen.set(path, isSaid || wasSaid === true);
      return wasSaid === false && !isSaid ? [{ name: path, at: placed.at }] : [];
    }),
  );
}

interface Constant {
  readonly at: string;
  readonly constant: string | number;
  readonly field: FieldMap;
  /** Codes of its list; `undefined` where it has none. */
  readonly codes: readonly string[] | undefined;
  readonly closed: boolean;
}

/** Constants that fill a field of the model. */
function constants(
  rules: readonly PlacedRule[],
  map: readonly NodeMap[],
  facts: MapFacts | undefined,
): readonly Constant[] {
  return rules.flatMap(({ rule, at, model }) => {
    if (!('fill' in rule) || rule.constant === undefined) return [];
    const { constant } = rule;
    const path = model + fieldPath(rule.fill);
    const field = map
      .flatMap(({ to, fields }) =>
        fields.map((one) => ({ one, path: to === '' ? one.to : `${to}.${one.to}` })),
      )
      .find((one) => one.path === path)?.one;
    if (field === undefined) return [];
    const { valueSet } = field;
    const codes = valueSet === undefined ? undefined : facts?.codes(valueSet);
    const closed = valueSet !== undefined && facts?.isClosed?.(valueSet) === true;
    return [{ at, constant, field, codes, closed }];
  });
}

function isForeign({ constant, codes, closed }: Constant): boolean {
  return !closed && codes !== undefined && codes.length > 0 && !codes.includes(String(constant));
}

/** Not in a closed list, or in a form that the model does not have there. */
function isWrong({ constant, field, codes, closed }: Constant): boolean {
  const suits = {
    text: typeof constant === 'string',
    integer: Number.isSafeInteger(constant),
    decimal: typeof constant === 'string' && /^-?\d+(?:\.\d+)?$/.test(constant),
    fen: false,
    boolean: false,
  }[field.as];
  return !suits || (closed && codes !== undefined && !codes.includes(String(constant)));
}

function codeOf({ at, constant }: Constant): PlacedName {
  return { at: `${at}/constant`, name: String(constant) };
}
