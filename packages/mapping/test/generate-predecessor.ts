/** Generated predecessor bodies: every element of a transaction filled, absent or blank, and some nobody knows. */
import type { DirectionRules, MapFile, Rule } from '@yiqiao/mapping';
import type { WireObject, WireValue } from '@yiqiao/model';
import type { TransactionDefinition } from '@yiqiao/registry';
import fc from 'fast-check';
import { family } from './predecessor-family.ts';

type Side = 'request' | 'response';

const text = fc.string({ minLength: 1, maxLength: 10, unit: 'grapheme' });

const amount = fc
  .tuple(fc.bigInt({ min: 0n, max: 10n ** 13n }), fc.constantFrom('', '.5', '.50', '.07', '.000'))
  .map(([whole, fraction]) => `${whole}${fraction}`);

const date = fc
  .date({ min: new Date('1900-01-01'), max: new Date('2099-12-31'), noInvalidDate: true })
  .map((value) => value.toISOString().replaceAll(/\D/g, ''));

const day = date.map((value) => value.slice(0, 8));
const time = date.map((value) => value.slice(0, 14));

const BY_CODEC: Readonly<Record<string, fc.Arbitrary<string>>> = {
  fen: amount,
  decimal: amount,
  date8: day,
  datetime14: time,
  moment: fc.oneof(day, time),
  class2: fc.constantFrom('11', '12', '21', '1101'),
};

/** Values that the rule of an element can convert. */
function valuesFor(rule: Rule | undefined): fc.Arbitrary<string> {
  if (rule === undefined) return text;
  const table = 'table' in rule && rule.table !== undefined ? family.tables[rule.table] : undefined;
  if (table !== undefined) return fc.constantFrom(...table.pairs.map((pair) => pair.wire));
  return ('as' in rule && rule.as !== undefined && BY_CODEC[rule.as]) || text;
}

function allRules(rules: readonly Rule[]): Rule[] {
  return rules.flatMap((rule) => ('list' in rule ? allRules(rule.rules) : [rule]));
}

/** Rule that reads an element: its own, not one that merely looks at it. */
function ruleOf(name: string, directions: readonly DirectionRules[]): Rule | undefined {
  const rules = directions.flatMap((direction) => allRules(direction.rules));
  return rules.find((rule) => 'from' in rule && !('fill' in rule) && !('emit' in rule) && rule.from === name);
}

/** Elements that must be there, with the value on record where they have to agree with it. */
export interface Settings {
  readonly required: ReadonlySet<string>;
  readonly fixed: Readonly<Record<string, string>>;
}

function node(names: readonly string[], directions: readonly DirectionRules[], settings: Settings) {
  const members = names.map((name) => {
    const fixed = settings.fixed[name];
    const filled = fixed === undefined ? valuesFor(ruleOf(name, directions)) : fc.constant(fixed);
    if (settings.required.has(name)) return filled;
    return fc.option(fc.oneof({ weight: 5, arbitrary: filled }, { weight: 1, arbitrary: fc.constant('') }), {
      nil: undefined,
    });
  });
  const unknown = fc.dictionary(fc.constantFrom('zzz001', 'zzz002'), fc.oneof(text, fc.constant('')));
  return fc.tuple(fc.tuple(...members), unknown).map(([values, extra]): WireObject => {
    const body: Record<string, WireValue> = { ...extra };
    names.forEach((name, i) => {
      if (values[i] !== undefined) body[name] = values[i];
    });
    return body;
  });
}

/** Bodies of one side of a transaction. */
export function predecessorBody(
  file: MapFile,
  definition: TransactionDefinition,
  side: Side,
  settings: Settings,
): fc.Arbitrary<WireObject> {
  const directions = file.steps.map((step) => step[side]);
  const fieldsOf = (path: string) =>
    (definition[side].find((candidate) => candidate.node === path)?.fields ?? [])
      .map((field) => field.name)
      .filter((name) => !family.envelope.includes(name));
  const rows = fieldsOf('detail/row');
  const top = node(fieldsOf(''), directions, settings);
  if (rows.length === 0) return top;
  const detail: fc.Arbitrary<WireValue> = fc
    .array(node(rows, directions, settings), { maxLength: 3 })
    .map((row) => ({ row }));
  return fc
    .tuple(top, fc.oneof(detail, fc.constant('' as WireValue)))
    .map(([body, rowsOfBody]) => ({ ...body, detail: rowsOfBody }));
}
