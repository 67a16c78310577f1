/** Holds a map file against what is known beyond definitions and model: code lists, and how sources read each name. */
import type { Fault } from '@yiqiao/model';
import type { DerivedMap, FieldMap } from '@yiqiao/registry';
import type { MapFacts, MapSides } from './check-map.ts';
import { holdsRules } from './compile-rules.ts';
import { faultsOf } from './map-faults.ts';
import type { CodeTable, MapFile, Rule } from './map-file.ts';
import { fieldPath } from './model-path.ts';
import { placedRules } from './placed-rules.ts';
import type { PlacedRule } from './placed-rules.ts';

type Side = 'request' | 'response';

interface Facts extends MapSides {
  readonly facts: MapFacts;
}

/** Finds tables that leave codes out, pairs that the facts contradict, and numbers written as the form does not. */
export function checkFacts(file: MapFile, side: Side, sides: Facts): Fault[] {
  return file.steps.flatMap((step, index) => {
    const at = `maps/${sides.name ?? file.transaction}.json#/steps/${index}/${side}`;
    const fields = fieldsOf(sides.nationalMap(step.operation), side);
    const rules = placedRules(step[side].rules, `${at}/rules`);
    return [
      ...rules.flatMap((one) => faultsOf('map-pair', one.at, contradicted(one, fields, sides.facts))),
      ...rules.flatMap((one) => faultsOf('map-bare', one.at, wronglyBare(one, side, sides))),
      ...rules.flatMap((one) => checkTable(one, fields, sides)),
    ];
  });
}

function fieldsOf(map: DerivedMap, side: Side): ReadonlyMap<string, FieldMap> {
  const fields = new Map<string, FieldMap>();
  for (const node of map[side]) {
    for (const field of node.fields) fields.set((node.to === '' ? '' : `${node.to}.`) + field.to, field);
  }
  return fields;
}

/** Canonical path that a rule fills. */
function targetOf({ rule, model }: PlacedRule): string | undefined {
  const path = 'to' in rule ? rule.to : 'fill' in rule ? rule.fill : undefined;
  return path === undefined || path.startsWith('header:') ? undefined : model + fieldPath(path);
}

function contradicted(one: PlacedRule, fields: ReadonlyMap<string, FieldMap>, facts: MapFacts): string[] {
  const { rule } = one;
  if (holdsRules(rule) || !('to' in rule) || rule.because !== undefined) return [];
  const national = fields.get(targetOf(one) ?? '')?.from;
  if (national === undefined) return [];
  const here = [...fields.values()].map(({ from }) => from);
  const elements = 'add' in rule ? rule.add : [rule.from];
  return elements.filter((element) => {
    if (element === national) return false;
    // Only a counterpart that this very direction has contradicts; others belong to other transactions.
    const known = facts.counterparts(element).filter((name) => here.some((field) => sameName(field, name)));
    return known.length > 0 && !known.some((name) => sameName(name, national));
  });
}

/** `feedetl_sn` and `feedetlSn` are two spellings of one name. */
function sameName(one: string, other: string): boolean {
  return one.replaceAll('_', '').toLowerCase() === other.replaceAll('_', '').toLowerCase();
}

function wronglyBare({ rule, wire }: PlacedRule, side: Side, { definition, facts }: Facts): string[] {
  const elements = elementsWritten(rule);
  const bare = 'bare' in rule && rule.bare === true;
  return elements.filter((element) => {
    const [node, name] = splitPath(wire + element);
    const found = definition[side]
      .find((one) => one.node.replaceAll('/', '.') === node)
      ?.fields.find((field) => field.name === name);
    return found !== undefined && bare !== (found.type === 'number' && !facts.textOnly);
  });
}

function elementsWritten(rule: Rule): readonly string[] {
  if ('add' in rule) return rule.add;
  if ('from' in rule && 'to' in rule) return [rule.from];
  return 'sum' in rule ? [rule.from] : [];
}

function splitPath(path: string): readonly [node: string, name: string] {
  const dot = path.lastIndexOf('.');
  return dot < 0 ? ['', path] : [path.slice(0, dot), path.slice(dot + 1)];
}

/** A table is total over the national code list and over the codes that the form is known to have, and has no others. */
function checkTable(one: PlacedRule, fields: ReadonlyMap<string, FieldMap>, sides: Facts): Fault[] {
  const used = tableOf(one, fields, sides);
  if (used === undefined) return [];
  const { at, table, codes, closed } = used;
  const strange = closed ? faultsOf('map-code', `${at}/pairs`, beyond(table, codes)) : [];
  if (table.otherwise === 'same') return strange;
  return [
    ...strange,
    ...faultsOf('map-table', `${at}/pairs`, uncovered(table, 'model', codes)),
    ...faultsOf('map-table', `${at}/pairs`, uncovered(table, 'wire', table.codes ?? [])),
  ];
}

/** Codes of tables that an open national list does not have, and that nobody says are the region's own. */
export function findForeignCodes(file: MapFile, sides: Facts): Fault[] {
  return SIDES.flatMap((side) =>
    file.steps.flatMap((step) => {
      const fields = fieldsOf(sides.nationalMap(step.operation), side);
      return placedRules(step[side].rules, '').flatMap((one) => {
        const used = tableOf(one, fields, sides);
        if (used === undefined || used.closed || used.codes.length === 0) return [];
        return faultsOf('map-code-open', `${used.at}/pairs`, beyond(used.table, used.codes));
      });
    }),
  );
}

const SIDES = ['request', 'response'] as const;

interface UsedTable {
  readonly at: string;
  readonly table: CodeTable;
  /** Codes of the national list of the field that the table fills; empty when it has none. */
  readonly codes: readonly string[];
  readonly closed: boolean;
}

function tableOf(
  one: PlacedRule,
  fields: ReadonlyMap<string, FieldMap>,
  { family, facts }: Facts,
): UsedTable | undefined {
  const { rule } = one;
  const name = 'table' in rule ? rule.table : undefined;
  const table = name === undefined ? undefined : family.tables[name];
  if (table === undefined) return undefined;
  const valueSet = fields.get(targetOf(one) ?? '')?.valueSet;
  const codes = valueSet === undefined ? [] : (facts.codes(valueSet) ?? []);
  const closed = valueSet !== undefined && codes.length > 0 && facts.isClosed?.(valueSet) === true;
  return { at: `profile.json#/maps/tables/${name}`, table, codes, closed };
}

/** Canonical codes of pairs and gaps that the national list does not have. */
function beyond(table: CodeTable, codes: readonly string[]): string[] {
  const named = [
    ...table.pairs.map(({ model }) => model),
    ...(table.gaps ?? []).flatMap(({ model = [] }) => model),
  ];
  return [...new Set(named)].filter((code) => !codes.includes(code) && table.own?.includes(code) !== true);
}

/** What a table contradicts itself in; `name` is its member under `maps.tables`. */
export function checkTableAlone(name: string, table: CodeTable): Fault[] {
  const at = `profile.json#/maps/tables/${name}`;
  const { pairs, codes, gaps = [] } = table;
  const again = pairs.flatMap(({ wire, model, because }, index) => {
    const earlier = pairs.slice(0, index).filter((pair) => pair.wire === wire);
    const repeated = earlier.some((pair) => pair.model === model);
    return repeated || (earlier.length > 0 && because === undefined)
      ? faultsOf('map-code-twice', `${at}/pairs/${index}`, [wire])
      : [];
  });
  const listed = (code: string): boolean => codes === undefined || codes.includes(code);
  const unlisted = pairs.flatMap(({ wire }, index) =>
    listed(wire) ? [] : faultsOf('map-code-unlisted', `${at}/pairs/${index}`, [wire]),
  );
  const strangeGaps = gaps.flatMap(({ wire = [], model = [] }, index) => [
    ...faultsOf(
      'map-code-unlisted',
      `${at}/gaps/${index}`,
      wire.filter((code) => !listed(code)),
    ),
    ...faultsOf('map-code-twice', `${at}/gaps/${index}`, [
      ...wire.filter((code) => pairs.some((pair) => pair.wire === code)),
      ...model.filter((code) => pairs.some((pair) => pair.model === code)),
    ]),
  ]);
  return [...again, ...unlisted, ...strangeGaps];
}

function uncovered(table: CodeTable, side: 'wire' | 'model', codes: readonly string[]): string[] {
  const known = new Set([
    ...table.pairs.map((pair) => pair[side]),
    ...(table.gaps ?? []).flatMap((gap) => gap[side] ?? []),
  ]);
  return codes.filter((code) => !known.has(code));
}
