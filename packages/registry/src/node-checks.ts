/** Checks of nodes: their shape, and which members they have. */
import { ExactNumber, isWireObject, leafText } from '@yiqiao/model';
import type { WireObject, WireValue } from '@yiqiao/model';
import type { MemberRules, NodeFacts } from './body-schema.ts';
import type { FieldCodeRule } from './codes/code-types.ts';
import { codeRulesOf, factsOf, unknownFacts } from './field-facts.ts';
import type { Vocabulary } from './field-facts.ts';
import { remarkOnCode, report } from './findings.ts';
import type { FieldFacts, Run } from './findings.ts';
import { isNothing } from './may-lack.ts';
import type { FieldCondition, FieldDefinition } from './types.ts';

/** Reports what is wrong with the shape of a node; true when its members are to be looked at. */
export type ShapeCheck = (run: Run, value: unknown, path: string) => boolean;

/** Compiles the check of a node's shape. */
export function shapeCheck(node: NodeFacts): ShapeCheck {
  const facts = nodeFacts(node);
  return (run, value, path) => {
    const list = Array.isArray(value);
    const empty = list && node.repeated && value.length === 0;
    if (value === null || value === '' || empty) {
      // In an answer an empty list says that there is none.
      if (!empty || run.direction === 'request') reportAbsent(run, { node, facts, path, empty });
      return false;
    }
    const object = !list && isWireObject(value as WireValue);
    if (object !== node.repeated && (object || list)) return true;
    if (object && node.repeatedInferred === true) return true;
    reportShape(run, { node, facts, path, value });
    return object;
  };
}

/** Tells of a node that is missing, null or empty; of one that only holds required fields an empty list is as good. */
function reportAbsent(
  run: Run,
  { node, facts, path, empty }: { node: NodeFacts; facts: FieldFacts; path: string; empty: boolean },
): void {
  const stated = node.stated === true && run.direction === 'request';
  const refused = node.required || (stated && run.mode === 'strict');
  if (refused) report(run, { rule: 'required', path, field: facts });
  else if (node.expected && (stated || !empty)) report(run, { rule: 'node-absent', path, field: facts });
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

interface RequiredField {
  readonly field: FieldDefinition;
  readonly facts: FieldFacts;
}

/** Compiles the check of a node's members. */
export function memberCheck(rules: MemberRules, vocabulary: Vocabulary): MemberCheck {
  const required = rules.required.map((field) => ({ field, facts: factsOf(field, vocabulary) }));
  const nodes = rules.nodes
    .filter((node) => node.required || node.expected)
    .map((node) => ({ node, facts: nodeFacts(node) }));
  const conditional = rules.conditional.map(({ field, condition }) => ({
    condition,
    field,
    facts: factsOf({ ...field, required: true }, vocabulary),
  }));
  const known = new Set(rules.known);
  const coded = codedFields(rules, vocabulary);
  return (run, node, path) => {
    const missing = ({ field, facts }: RequiredField, found?: WireValue): void => {
      const dispensable = run.mayLack?.(field, { node, envelope: run.envelope }) === true;
      report(run, { rule: 'required', path: below(path, facts.name), field: facts, dispensable, found });
    };
    for (const one of required) {
      const value = node[one.facts.name];
      if (!isFilled(value)) missing(one);
      else if (tellsNothing(run, value)) missing(one, value);
    }
    for (const one of nodes) {
      if (node[one.facts.name] === undefined)
        reportAbsent(run, { ...one, path: below(path, one.facts.name), empty: false });
    }
    for (const one of conditional) {
      if (!isFilled(node[one.facts.name]) && applies(one.condition, node)) missing(one);
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
  const message = rule?.remarkOn(text);
  if (message !== undefined)
    remarkOnCode(run, { path: below(path, facts.name), field: facts, found: text, message });
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

/** Of answers, which are read as far as they go: a word that stands for nothing; what is put right makes it absent. */
function tellsNothing({ mode, direction }: Run, value: WireValue | undefined): boolean {
  return mode === 'tolerant' && direction === 'response' && typeof value === 'string' && isNothing(value);
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
