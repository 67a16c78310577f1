/** Checks of nodes: their shape, and which members they have. */
import { ExactNumber, isWireObject, leafText } from '@yiqiao/model';
import type { WireObject, WireValue } from '@yiqiao/model';
import type { MemberRules, NodeFacts } from './body-schema.ts';
import type { FieldCodeRule } from './codes/code-types.ts';
import { codeRulesOf, factsOf, unknownFacts } from './field-facts.ts';
import type { Vocabulary } from './field-facts.ts';
import { remarkOnCode, report } from './findings.ts';
import type { FieldFacts, Run } from './findings.ts';
import type { FieldCondition } from './types.ts';

/** Reports what is wrong with the shape of a node; true when its members are to be looked at. */
export type ShapeCheck = (run: Run, value: unknown, path: string) => boolean;

/** Compiles the check of a node's shape. */
export function shapeCheck(node: NodeFacts): ShapeCheck {
  const facts = nodeFacts(node);
  return (run, value, path) => {
    const list = Array.isArray(value);
    const empty = list && node.repeated && value.length === 0;
    if (value === null || value === '' || empty) {
      const missing = node.required && (!empty || run.direction === 'request');
      if (missing) report(run, { rule: 'required', path, field: facts });
      return false;
    }
    const object = !list && isWireObject(value as WireValue);
    if (object !== node.repeated && (object || list)) return true;
    if (object && node.repeatedInferred === true) return true;
    reportShape(run, { node, facts, path, value });
    return object;
  };
}

/** One object for a list can be taken as it is; a list for one object cannot, so a request is refused. */
function reportShape(
  run: Run,
  { node, facts, path, value }: { node: NodeFacts; facts: FieldFacts; path: string; value: unknown },
): void {
  const swapped = typeof value === 'object' && !(value instanceof ExactNumber);
  const tolerable = swapped && (node.repeated || run.direction === 'response');
  const limit = node.repeated ? '[{…}]' : '{…}';
  report(run, { rule: tolerable ? 'node-shape' : 'structure', path, field: facts, limit, found: value });
}

/** Facts of a node, as findings tell them. */
export function nodeFacts({ name, labelZh, required }: NodeFacts): FieldFacts {
  return { name, label: { zh: labelZh, en: name }, type: 'object', required, personal: true };
}

/** Reports members that are missing from a node, and members that nobody knows. */
export type MemberCheck = (run: Run, node: WireObject, path: string) => void;

/** Compiles the check of a node's members. */
export function memberCheck(rules: MemberRules, vocabulary: Vocabulary): MemberCheck {
  const required = [
    ...rules.required.map((field) => factsOf(field, vocabulary)),
    ...rules.nodes.filter((node) => node.required).map(nodeFacts),
  ];
  const expected = rules.nodes.filter((node) => node.expected && !node.required).map(nodeFacts);
  const conditional = rules.conditional.map(({ field, condition }) => ({
    condition,
    facts: factsOf({ ...field, required: true }, vocabulary),
  }));
  const known = new Set(rules.known);
  const coded = codedFields(rules, vocabulary);
  return (run, node, path) => {
    for (const field of required) {
      if (node[field.name] === undefined)
        report(run, { rule: 'required', path: below(path, field.name), field });
    }
    for (const field of expected) {
      if (node[field.name] === undefined)
        report(run, { rule: 'node-absent', path: below(path, field.name), field });
    }
    for (const { condition, facts } of conditional) {
      if (!isFilled(node[facts.name]) && applies(condition, node)) {
        report(run, { rule: 'required', path: below(path, facts.name), field: facts });
      }
    }
    for (const field of coded) checkCode(run, node, { path, field });
    if (!rules.open) reportUnknown(run, node, { path, known, vocabulary });
  };
}

/** A field whose codes are written in a way that depends on what stands beside it. */
interface CodedField {
  readonly facts: FieldFacts;
  readonly rules: readonly FieldCodeRule[];
}

function codedFields({ fields }: MemberRules, vocabulary: Vocabulary): readonly CodedField[] {
  return fields
    .map((field) => ({ facts: factsOf(field, vocabulary), rules: codeRulesOf(field, vocabulary) }))
    .filter(({ rules }) => rules.some(({ when }) => when !== undefined));
}

function checkCode(
  run: Run,
  node: WireObject,
  { path, field: { facts, rules } }: { path: string; field: CodedField },
): void {
  const text = leafText(node[facts.name]);
  if (text === undefined || text === '') return;
  const rule = rules.find(({ when }) => when === undefined || stands(when, node));
  if (rule === undefined || rule.fits(text)) return;
  remarkOnCode(run, { path: below(path, facts.name), field: facts, found: text, message: rule.message });
}

function stands(when: NonNullable<FieldCodeRule['when']>, node: WireObject): boolean {
  for (const name in when) {
    const text = leafText(node[name]);
    if (text === undefined || when[name]?.includes(text) !== true) return false;
  }
  return true;
}

function reportUnknown(
  run: Run,
  node: WireObject,
  { path, known, vocabulary }: { path: string; known: ReadonlySet<string>; vocabulary: Vocabulary },
): void {
  for (const name in node) {
    if (known.has(name)) continue;
    const field = unknownFacts(name, vocabulary);
    report(run, { rule: 'unknown-member', path: below(path, name), field, found: node[name] });
  }
}

function below(path: string, name: string): string {
  return `${path}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

function isFilled(value: WireValue | undefined): boolean {
  return value !== undefined && value !== null && value !== '';
}

function applies(condition: FieldCondition, node: WireObject): boolean {
  const { requiredWhen, requiredWhenPresent, requiredWhenAbsent } = condition;
  if (requiredWhenPresent !== undefined && isFilled(node[requiredWhenPresent])) return true;
  if (requiredWhenAbsent !== undefined && !isFilled(node[requiredWhenAbsent])) return true;
  if (typeof requiredWhen !== 'object') return false;
  return Object.entries(requiredWhen).every(([name, wanted]) => textOf(node[name]) === wanted);
}

function textOf(value: WireValue | undefined): unknown {
  return value instanceof ExactNumber ? value.text : value;
}
