/** What is put right before a message of a tolerant connection is read: forms that can mean one thing only. */
import { isWireObject } from '@yiqiao/model';
import type { Deviation, WireObject, WireValue } from '@yiqiao/model';
import { namesClasses, nodeTree } from './body-schema.ts';
import type { NodeTree } from './body-schema.ts';
import { factsOf } from './field-facts.ts';
import type { Vocabulary } from './field-facts.ts';
import type { FieldFacts } from './findings.ts';
import { nodeFacts } from './node-checks.ts';
import { compileLeaf, remark } from './put-leaf-right.ts';
import type { PutMember, PutRightRules, PutRun } from './put-leaf-right.ts';
import type { Direction, NodeDefinition } from './types.ts';

/** A body as it is to be read, the very same when nothing was odd, and what was put right in it. */
export interface PutRight {
  readonly body: WireObject | null;
  readonly deviations: readonly Deviation[];
}

/** Puts a body right; `at` is its pointer. */
export type PutBodyRight = (body: WireObject | null, at: string) => PutRight;

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
  const named = rules.nationalNames ? holdersOf(nodes, tree, rules.direction) : [];
  const holders = named.map((one) => compileNode(one, rules, vocabulary));
  return (body, at) => {
    const run: PutRun = { at, deviations: [] };
    if (body === null) return { body, deviations: [] };
    return {
      body: putNode(root, withNode(body, { root, holders, run }), '', run),
      deviations: run.deviations,
    };
  };
}

/**
 * The nodes whose name a message may leave out: the only one of a body; of several in an answer, those of one object, since
 * members cannot be those of a list. A request that names none of several is refused. In an answer, what may be the name of
 * a class is none of a node.
 */
function holdersOf(
  nodes: readonly NodeDefinition[],
  { children, fields }: NodeTree,
  direction: Direction,
): readonly NodeTree[] {
  const all = [...children.values()];
  const only = all.length === 1 && fields.size === 0 ? all : [];
  if (direction === 'request') return only;
  if (namesClasses(nodes)) return [];
  return only.length === 1 ? only : all.filter(({ facts }) => !facts.repeated);
}

/** Puts members that stand directly under `input` or `output` into their node, where it can only be one. */
function withNode(
  body: WireObject,
  { root, holders, run }: { root: PutNode; holders: readonly PutNode[]; run: PutRun },
): WireObject {
  const names = Object.keys(body);
  const loose = names.filter((name) => !isOf(root, name));
  if (loose.length === 0) return body;
  const [alone = ''] = names.length === 1 ? names : [];
  // What stands under no name is a body that is a list as a whole.
  const called = alone === '' ? [] : holders.filter((node) => holdsRowsOf(node, body[alone]));
  if (called[0] !== undefined && called.length === 1) return renamed(body, { holder: called[0], run });
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

/** A node under another name, as of clients that call every node `data`. */
function renamed(body: WireObject, { holder, run }: { holder: PutNode; run: PutRun }): WireObject {
  const { name } = holder.facts;
  const [[other, value]] = Object.entries(body) as [[string, WireValue]];
  remark(run, 'other-name', { path: `/${other}`, field: nodeFacts(holder.facts), used: name });
  return { [name]: value };
}

/** Whether what stands under a name that nobody knows is the node, or the rows of it, by its members. */
function holdsRowsOf(node: PutNode, value: WireValue | undefined): boolean {
  const rows = Array.isArray(value) ? (value as readonly WireValue[]) : [value ?? null];
  const isRow = (row: WireValue): boolean =>
    isWireObject(row) && Object.keys(row).some((name) => isOf(node, name));
  return rows.length > 0 && rows.every(isRow);
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

function putNode(node: PutNode, object: WireObject, path: string, run: PutRun): WireObject {
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

function putItems(node: PutNode, items: readonly WireValue[], path: string, run: PutRun): WireValue {
  const right = items.map((item, index) =>
    isWireObject(item) ? putNode(node, item, `${path}/${index}`, run) : item,
  );
  return right.some((item, index) => item !== items[index]) ? right : items;
}
