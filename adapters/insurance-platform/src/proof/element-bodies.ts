/** Generated bodies of a family with map files of its own: values that the rules of each element can convert. */
import type { DirectionRules, MapFamily, MapFile, Rule } from '@yiqiao/mapping';
import type { WireObject, WireValue } from '@yiqiao/model';
import type { Direction, TransactionDefinition } from '@yiqiao/registry';
import type { Draw } from './draw.ts';

/** What a body is made with. */
export interface ElementParts {
  readonly file: MapFile;
  readonly family: MapFamily;
  readonly definition: TransactionDefinition;
  readonly draw: Draw;
  /** Elements that must agree with what is on record. */
  readonly fixed: Readonly<Record<string, string>>;
}

/** A body of one direction; required elements are always there. */
export function elementBody(direction: Direction, parts: ElementParts): WireObject {
  const directions = parts.file.steps.map((step) => step[direction]);
  const body: Record<string, WireValue> = {};
  for (const { node, repeated, fields } of parts.definition[direction]) {
    const names = fields.map(({ name }) => name).filter((name) => !parts.family.envelope.includes(name));
    const one = (): WireObject => elements(names, directions, parts);
    if (node === '') Object.assign(body, one());
    else place(body, node.split('/'), repeated ? [one(), one()] : one());
  }
  return body;
}

/** Every rule, those inside lists included. */
export function flatRules(rules: readonly Rule[]): readonly Rule[] {
  return rules.flatMap((rule) => ('list' in rule ? flatRules(rule.rules) : [rule]));
}

function elements(
  names: readonly string[],
  directions: readonly DirectionRules[],
  parts: ElementParts,
): WireObject {
  const required = new Set(directions.flatMap(requiredOf));
  const found: Record<string, WireValue> = {};
  for (const name of names) {
    if (!required.has(name) && parts.draw.below(4) === 0) continue;
    found[name] = parts.fixed[name] ?? valueFor(ruleOf(name, directions), parts);
  }
  return found;
}

function requiredOf({ required = [], rules }: DirectionRules): readonly string[] {
  return [...required, ...rules.flatMap((rule) => ('list' in rule ? (rule.required ?? []) : []))];
}

/** The rule that reads an element, not one that merely looks at it. */
function ruleOf(name: string, directions: readonly DirectionRules[]): Rule | undefined {
  return directions
    .flatMap(({ rules }) => flatRules(rules))
    .find((rule) => 'from' in rule && !('fill' in rule) && !('emit' in rule) && rule.from === name);
}

function valueFor(rule: Rule | undefined, { family, draw }: ElementParts): string {
  const table = rule !== undefined && 'table' in rule ? family.tables[rule.table ?? ''] : undefined;
  if (table !== undefined) return table.pairs[draw.below(table.pairs.length)]?.wire ?? '';
  return textFor(rule !== undefined && 'as' in rule ? (rule.as ?? 'text') : 'text', draw);
}

function textFor(codec: string, draw: Draw): string {
  const day = draw.day().replaceAll('-', '');
  switch (codec) {
    case 'fen':
    case 'decimal':
      return draw.amount();
    case 'integer':
      return draw.digits(3);
    case 'date8':
    case 'moment':
      return day;
    case 'datetime14':
      return `${day}101500`;
    case 'class2':
      return '11';
    default:
      return draw.text();
  }
}

function place(body: Record<string, WireValue>, path: readonly string[], value: WireValue): void {
  const [name = '', ...rest] = path;
  if (rest.length === 0) {
    body[name] = value;
    return;
  }
  const inner: Record<string, WireValue> = { ...(body[name] as WireObject | undefined) };
  place(inner, rest, value);
  body[name] = inner;
}
