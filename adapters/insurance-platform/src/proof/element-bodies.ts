/** Generated bodies of a family with map files of its own: values that the rules of each element can convert. */
import type { DirectionRules, MapFamily, MapFile, Rule } from '@yiqiao/mapping';
import { ExactNumber } from '@yiqiao/model';
import type { WireObject, WireValue } from '@yiqiao/model';
import type { Direction, FieldDefinition, TransactionDefinition } from '@yiqiao/registry';
import type { Draw } from './draw.ts';

/** What a body is made with. */
export interface ElementParts {
  readonly file: MapFile;
  readonly family: MapFamily;
  readonly definition: TransactionDefinition;
  readonly draw: Draw;
  /** Whether the form has text only; otherwise a field of type number is a bare one. */
  readonly textOnly: boolean;
  /** Elements that must agree with what is on record. */
  readonly fixed: Readonly<Record<string, string>>;
}

/** A body of one direction; required elements are always there. */
export function elementBody(direction: Direction, parts: ElementParts): WireObject {
  const rules = parts.file.steps.flatMap((step) => step[direction].rules);
  const required = new Set(parts.file.steps.flatMap((step) => requiredOf(step[direction])));
  const nodes = parts.definition[direction];
  const body: Record<string, WireValue> = {};
  for (const { node, repeated, fields } of nodes) {
    const own = fields.filter(
      ({ name }) => !parts.family.envelope.includes(name) && !nodes.some((one) => one.node === name),
    );
    const one = (): WireObject => elements(own, { rules: flatRules(rules), required, parts });
    const rows = repeated && !rules.some((rule) => 'node' in rule && rule.row === true && rule.node === node);
    if (node === '') Object.assign(body, one());
    else place(body, node.split('/'), rows ? [one(), one()] : repeated ? [one()] : one());
  }
  return body;
}

/** Every rule, those inside lists and nodes included. */
export function flatRules(rules: readonly Rule[]): readonly Rule[] {
  return rules.flatMap((rule) => ('list' in rule || 'node' in rule ? flatRules(rule.rules) : [rule]));
}

interface Known {
  readonly rules: readonly Rule[];
  readonly required: ReadonlySet<string>;
  readonly parts: ElementParts;
}

function elements(fields: readonly FieldDefinition[], known: Known): WireObject {
  const { parts } = known;
  const found: Record<string, WireValue> = {};
  for (const field of fields) {
    if (!known.required.has(field.name) && parts.draw.below(4) === 0) continue;
    found[field.name] = parts.fixed[field.name] ?? valueFor(field, known);
  }
  return found;
}

function requiredOf({ required = [], rules }: DirectionRules): readonly string[] {
  const rows = rules.flatMap((rule) =>
    'list' in rule ? [...(rule.required ?? []), ...Object.values(rule.records ?? {}).flat()] : [],
  );
  return [...required, ...rows];
}

/** A rule that reads an element: one that takes it before one that merely looks at it. */
function ruleOf(name: string, rules: readonly Rule[]): Rule | undefined {
  const taking = rules.find(
    (rule) =>
      ('from' in rule && !('fill' in rule) && !('emit' in rule) && rule.from === name) ||
      ('add' in rule && rule.add.includes(name)),
  );
  return taking ?? rules.find((rule) => 'fill' in rule && looksAt(rule.from ?? '', name));
}

function looksAt(source: string, name: string): boolean {
  return /^(?:wire|root):/.test(source) && source.slice(source.search(/[.:](?!.*[.:])/) + 1) === name;
}

function valueFor(field: FieldDefinition, { rules, parts }: Known): WireValue {
  const { family, draw, textOnly } = parts;
  const rule = ruleOf(field.name, rules);
  const table = rule !== undefined && 'table' in rule ? family.tables[rule.table ?? ''] : undefined;
  // A table that only takes codes out leaves any text the same.
  const anyText = table?.otherwise === 'same' && table.pairs.length === 0;
  if (table !== undefined && !anyText) return table.pairs[draw.below(table.pairs.length)]?.wire ?? '';
  const bare = field.type === 'number' && !textOnly;
  const codec = rule !== undefined && 'as' in rule ? rule.as : undefined;
  if (!bare) return textFor(codec ?? 'text', draw);
  return new ExactNumber(codec === undefined ? draw.digits(3) : textFor(codec, draw));
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
    case 'date8Time':
      return `${day} 10:15:00`;
    case 'dateDotted':
      return draw.day().replaceAll('-', '.');
    case 'day':
      return draw.day();
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
