/** What is put right before a message of a tolerant connection is read: forms that can mean one thing only. */
import { ExactNumber, isWireObject, leafText } from '@yiqiao/model';
import type { Deviation, WireObject, WireValue } from '@yiqiao/model';
import { nodeTree } from './body-schema.ts';
import type { NodeTree } from './body-schema.ts';
import { putNumberRight } from './exact-number.ts';
import type { NumberRoom } from './exact-number.ts';
import { factsOf, isAmount } from './field-facts.ts';
import type { Vocabulary } from './field-facts.ts';
import { remarkOn } from './findings.ts';
import type { FieldFacts } from './findings.ts';
import { effectiveType, precision } from './leaf-checks.ts';
import { isNothing } from './may-lack.ts';
import { nodeFacts } from './node-checks.ts';
import { PUT_RIGHT_TEXTS } from './put-right-texts.ts';
import type { PutRightRule } from './put-right-texts.ts';
import type { Direction, FieldDefinition, NodeDefinition, ValueSet } from './types.ts';

/** A body as it is to be read, the very same when nothing was odd, and what was put right in it. */
export interface PutRight {
  readonly body: WireObject | null;
  readonly deviations: readonly Deviation[];
}

/** Puts a body right; `at` is its pointer. */
export type PutBodyRight = (body: WireObject | null, at: string) => PutRight;

/** What has to be known of the message. */
export interface PutRightRules {
  readonly direction: Direction;
  /** Whether the names are the national ones: those of other families keep their shapes and spellings. */
  readonly nationalNames: boolean;
  findValueSet(name: string): ValueSet | undefined;
}

interface Run {
  readonly at: string;
  readonly deviations: Deviation[];
}

/** Reads a member; the very same value when it is as it should be. */
type PutMember = (value: WireValue, path: string, run: Run) => WireValue;

interface PutNode {
  readonly facts: NodeTree['facts'];
  readonly members: ReadonlyMap<string, PutMember>;
  /** Name without case and underscores → facts of the only field or node that is so called. */
  readonly spelled: ReadonlyMap<string, FieldFacts>;
}

/** Compiles what can be put right in one half of a transaction. */
export function createPutRight(
  nodes: readonly NodeDefinition[],
  rules: PutRightRules,
  vocabulary: Vocabulary,
): PutBodyRight {
  const tree = nodeTree(nodes);
  const root = compileNode(tree, rules, vocabulary);
  const named = rules.nationalNames ? holdersOf(tree, rules.direction) : [];
  const holders = named.map((one) => compileNode(one, rules, vocabulary));
  return (body, at) => {
    const run: Run = { at, deviations: [] };
    if (body === null) return { body, deviations: [] };
    return {
      body: putNode(root, withNode(body, { root, holders, run }), '', run),
      deviations: run.deviations,
    };
  };
}

/**
 * The nodes whose name a message may leave out: the only one of a body; of several in an answer, those of one object, since
 * members cannot be those of a list. A request that names none of several is refused.
 */
function holdersOf({ children, fields }: NodeTree, direction: Direction): readonly NodeTree[] {
  const all = [...children.values()];
  if (all.length === 1 && fields.size === 0) return all;
  return direction === 'response' ? all.filter(({ facts }) => !facts.repeated) : [];
}

/** Puts members that stand directly under `input` or `output` into their node, where it can only be one. */
function withNode(
  body: WireObject,
  { root, holders, run }: { root: PutNode; holders: readonly PutNode[]; run: Run },
): WireObject {
  const names = Object.keys(body);
  const loose = names.filter((name) => !isOf(root, name));
  if (loose.length === 0) return body;
  const [holder, ...others] = holders.filter(
    (node) => isWholeList(node, body) || loose.some((name) => isOf(node, name)),
  );
  if (holder === undefined || others.length > 0) return body;
  const { name } = holder.facts;
  if (names.some((one) => alike(one, name) && body[one] !== null)) return body;
  remark(run, 'node-name', { path: '', field: nodeFacts(holder.facts), used: name });
  if (isWholeList(holder, body)) return { [name]: body[''] ?? null };
  const isMoved = ([one, value]: [string, WireValue]): boolean =>
    loose.includes(one) && (isOf(holder, one) || !isNode(value));
  const members = Object.entries(body);
  return {
    [name]: Object.fromEntries(members.filter(isMoved)),
    ...Object.fromEntries(members.filter((one) => !isMoved(one) && !alike(one[0], name))),
  };
}

/** Whether a body is a list as a whole, which wire hands over under an empty name, of the rows of a node. */
function isWholeList({ facts }: PutNode, body: WireObject): boolean {
  return facts.repeated && Array.isArray(body['']) && Object.keys(body).length === 1;
}

function isNode(value: WireValue): boolean {
  return Array.isArray(value) || isWireObject(value);
}

function isOf(node: PutNode, name: string): boolean {
  return node.members.has(name) || findSpelled(node, name) !== undefined;
}

function compileNode(tree: NodeTree, rules: PutRightRules, vocabulary: Vocabulary): PutNode {
  const members = new Map<string, PutMember>();
  const all: FieldFacts[] = [];
  const add = (facts: FieldFacts, put: PutMember): void => {
    members.set(facts.name, put);
    all.push(facts);
  };
  for (const field of tree.fields.values()) {
    const facts = factsOf(field, vocabulary);
    add(facts, compileLeaf(field, { facts, rules, vocabulary }));
  }
  for (const child of tree.children.values()) {
    add(nodeFacts(child.facts), compileChild(child, rules, vocabulary));
  }
  return { facts: tree.facts, members, spelled: rules.nationalNames ? spellingsOf(all) : new Map() };
}

function spellingsOf(all: readonly FieldFacts[]): ReadonlyMap<string, FieldFacts> {
  const bare = all.map(({ name }) => bareName(name));
  const only = all.filter(
    (_, index) => bare.indexOf(bare[index] ?? '') === bare.lastIndexOf(bare[index] ?? ''),
  );
  return new Map(only.map((facts) => [bareName(facts.name), facts]));
}

function bareName(name: string): string {
  return name.replaceAll('_', '').toLowerCase();
}

function alike(one: string, other: string): boolean {
  return bareName(one) === bareName(other);
}

/**
 * `psnNo`, `PSN_NO` for `psn_no`; `signin` and `sign_in` for `signIn`. A name in lower case that differs otherwise may be
 * another.
 */
function findSpelled({ members, spelled }: PutNode, name: string): FieldFacts | undefined {
  if (members.has(name)) return undefined;
  const facts = spelled.get(bareName(name));
  if (facts === undefined || /[A-Z]/.test(name)) return facts;
  return [facts.name, facts.name.replaceAll(/(?=[A-Z])/g, '_')].some((one) => one.toLowerCase() === name)
    ? facts
    : undefined;
}

function putNode(node: PutNode, object: WireObject, path: string, run: Run): WireObject {
  let changed = false;
  const entries = Object.entries(object).map(([name, value]): [string, WireValue] => {
    const at = `${path}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    const facts = findSpelled(node, name);
    // Which of two spellings counts cannot be told.
    const isOnly =
      facts !== undefined && Object.keys(object).every((one) => one === name || !alike(one, name));
    const known = isOnly ? facts.name : name;
    if (isOnly) remark(run, 'name-form', { path: at, field: facts, used: known });
    const put = node.members.get(known);
    const right = put === undefined ? value : put(value, at, run);
    if (known !== name || right !== value) changed = true;
    return [known, right];
  });
  return changed ? Object.fromEntries(entries) : object;
}

/** A node in the shape of its definition: out of a list of exactly one; of several, which one counts cannot be told. */
function compileChild(child: NodeTree, rules: PutRightRules, vocabulary: Vocabulary): PutMember {
  const node = compileNode(child, rules, vocabulary);
  const field = nodeFacts(child.facts);
  const opens = rules.nationalNames && !child.facts.repeated;
  const isNeeded = child.facts.required && rules.direction === 'request';
  return (value, path, run) => {
    if (isWireObject(value)) return putNode(node, value, path, run);
    if (!Array.isArray(value)) return value;
    const items = value as readonly WireValue[];
    if (child.facts.repeated) return putItems(node, items, path, run);
    const [first] = items;
    if (!opens || items.length > 1) return items;
    if (first === undefined && !isNeeded) {
      remark(run, 'empty-list', { path, field, found: value });
      return null;
    }
    if (!isWireObject(first)) return items;
    remark(run, 'list-of-one', { path, field, found: value });
    return putNode(node, first, path, run);
  };
}

function putItems(node: PutNode, items: readonly WireValue[], path: string, run: Run): WireValue {
  const right = items.map((item, index) =>
    isWireObject(item) ? putNode(node, item, `${path}/${index}`, run) : item,
  );
  return right.some((item, index) => item !== items[index]) ? right : items;
}

interface Leaf {
  readonly facts: FieldFacts;
  readonly rules: PutRightRules;
  readonly vocabulary: Vocabulary;
}

const UNTOUCHED: PutMember = (value) => value;

function compileLeaf(field: FieldDefinition, leaf: Leaf): PutMember {
  const type = effectiveType(field);
  if (type === 'boolean') return putBoolean(leaf.facts);
  if (type !== 'number') {
    const isNeeded = leaf.rules.direction === 'response' && field.required;
    const text = isNeeded ? putText(leaf.facts) : UNTOUCHED;
    return type === 'string' && tellsYesOrNo(field, leaf) ? putFlag(leaf.facts, text) : text;
  }
  // A serial number is a name made of digits, whose zeros count.
  if (leaf.facts.type !== 'number') return UNTOUCHED;
  const { digits, scale } = precision(field.length);
  const amount = isAmount(field, leaf.vocabulary);
  const room = amount ? { scale: 2, whole: 14 } : { scale, whole: digits - (scale ?? 0) };
  return putNumber(leaf.facts, room, leaf.rules.direction === 'response');
}

/** A flag whose codes are 0 for no and 1 for yes, and no others. */
function tellsYesOrNo(field: FieldDefinition, { rules, vocabulary }: Leaf): boolean {
  const set = field.valueSet === undefined ? undefined : rules.findValueSet(field.valueSet);
  if (set !== undefined) return set.codes.size === 2 && set.codes.has('0') && set.codes.has('1');
  return vocabulary.findName(field.nationalName ?? field.name)?.kind === 'flag';
}

function putFlag(field: FieldFacts, text: PutMember): PutMember {
  return (value, path, run) => {
    if (typeof value !== 'boolean') return text(value, path, run);
    const used = value ? '1' : '0';
    remark(run, 'flag-form', { path, field, found: value, used });
    return used;
  };
}

/** Yes and no as text, in any case, as platforms write them that keep no types. */
function putBoolean(field: FieldFacts): PutMember {
  return (value, path, run) => {
    const text = typeof value === 'string' ? value.trim().toLowerCase() : '';
    if (text !== 'true' && text !== 'false') return value;
    remark(run, 'boolean-form', { path, field, found: value, used: text });
    return text === 'true';
  };
}

/** A required text of an answer that stands for nothing is missing; of others nobody needs to know. */
function putText(field: FieldFacts): PutMember {
  return (value, path, run) => {
    if (typeof value !== 'string' || !isNothing(value)) return value;
    remark(run, 'no-value', { path, field, found: value });
    return null;
  };
}

function putNumber(field: FieldFacts, room: NumberRoom, blank: boolean): PutMember {
  return (value, path, run) => {
    const text = leafText(value);
    if (text === undefined || text === '') return value;
    if (blank && typeof value === 'string' && (text === '-' || isNothing(text))) {
      remark(run, 'no-value', { path, field, found: value });
      return null;
    }
    const right = putNumberRight(text, room);
    if (right === undefined) return value;
    remark(run, right.slip, { path, field, found: value, used: right.text });
    return typeof value === 'string' ? right.text : new ExactNumber(right.text);
  };
}

/** What is told; a personal value is not repeated as it was read. */
function remark(
  run: Run,
  rule: PutRightRule,
  told: { path: string; field: FieldFacts; found?: WireValue; used?: string },
): void {
  const { path, field, found, used = '' } = told;
  const hidden = field.personal && found !== undefined;
  const message = PUT_RIGHT_TEXTS[rule](hidden ? '…' : used);
  remarkOn(run, rule, { path, field, found, message });
}
