/** A vendor's map, checked and brought into the shape in which orders are read. */
import { GatewayError } from '@yiqiao/model';
import type { Fault } from '@yiqiao/model';
import type { HisAction } from '../order.ts';
import { PLAIN_FORMATS } from './leaf-codecs.ts';
import type { Formats } from './leaf-codecs.ts';
import type { ActionMap, FieldRule, LeafCodec, VendorMap } from './map-types.ts';
import { FORMS, REQUIRED_MEMBERS } from './required-members.ts';

/** Members of a body at one level: leaves, and lists with the vendor's list that they come from. */
export interface BodyNode {
  readonly leaves: ReadonlyMap<string, FieldRule>;
  readonly objects: ReadonlyMap<string, BodyNode>;
  readonly lists: ReadonlyMap<string, { readonly source: string; readonly item: BodyNode }>;
}

/** One action, ready to read with. */
export interface CompiledAction {
  readonly action: HisAction;
  readonly map: ActionMap;
  readonly root: BodyNode;
  /** Vendor's paths that are read, and those that are left behind with everything below. */
  readonly known: ReadonlySet<string>;
  readonly ignored: readonly string[];
  readonly rules: readonly FieldRule[];
}

/** A map that may be used. */
export interface CompiledMap {
  readonly vendor: VendorMap;
  readonly formats: Formats;
  readonly actions: ReadonlyMap<HisAction, CompiledAction>;
}

const CODECS_BY_FORM: Readonly<Record<string, readonly LeafCodec[]>> = {
  fen: ['yuan', 'fen'],
  decimal: ['decimal'],
  integer: ['integer'],
  boolean: ['flag'],
  text: ['text', 'date', 'time'],
};

/**
 * Checks a map as a whole.
 * @throws GatewayError `MAP_INCOMPLETE` with every member that an order needs and the map does not give, every rule
 *   that cannot be followed and every name that is unknown.
 */
export function compileMap(vendor: VendorMap): CompiledMap {
  const faults: Fault[] = [];
  const actions = new Map<HisAction, CompiledAction>();
  for (const [name, map] of Object.entries(vendor.actions)) {
    if (!Object.hasOwn(REQUIRED_MEMBERS, name)) {
      faults.push(mapFault(`/actions/${name}`, { rule: 'unknown', field: name, text: UNKNOWN_ACTION }));
      continue;
    }
    const action = name as HisAction;
    faults.push(...checkAction(vendor, action, map));
    actions.set(action, compileAction(vendor, action, map));
  }
  if (faults.length > 0) throw new GatewayError('MAP_INCOMPLETE', { faults, facts: { map: vendor.id } });
  return { vendor, formats: { ...PLAIN_FORMATS, ...vendor.formats }, actions };
}

const UNKNOWN_ACTION = {
  zh: '没有这种业务，请核对映射文件中的业务名称。',
  en: 'There is no such action; check the name in the map.',
};

function checkAction(vendor: VendorMap, action: HisAction, map: ActionMap): readonly Fault[] {
  const given = new Set(map.fields.map(({ to }) => to));
  const at = `/actions/${action}/fields`;
  const missing = REQUIRED_MEMBERS[action]
    .filter((path) => !given.has(path))
    .map((path) =>
      mapFault(at, {
        rule: 'required',
        field: path,
        text: {
          zh: `映射缺少必填成员 ${path} 的来源，请补一条 to 为它的规则。`,
          en: `No rule gives the required member ${path}; add one whose "to" is it.`,
        },
      }),
    );
  return [...missing, ...map.fields.flatMap((rule, index) => checkRule(vendor, rule, `${at}/${index}`))];
}

function checkRule(vendor: VendorMap, rule: FieldRule, at: string): readonly Fault[] {
  const faults: Fault[] = [];
  const add = (ruleName: string, zh: string, en: string): void => {
    faults.push(mapFault(at, { rule: ruleName, field: rule.from ?? rule.to, text: { zh, en } }));
  };
  if ((rule.from === undefined) === (rule.value === undefined)) {
    add(
      'source',
      '须且只须给出 from 或 value 之一。',
      'Give either "from" or "value", not both and not none.',
    );
  }
  if (rule.codes !== undefined && vendor.codes?.[rule.codes] === undefined) {
    add('codes', `没有代码表 ${rule.codes}。`, `There is no table of codes ${rule.codes}.`);
  }
  if (rule.to === '') return faults;
  const form = FORMS[lastName(rule.to)] ?? 'text';
  const codec = rule.as ?? 'text';
  const allowed = CODECS_BY_FORM[form] ?? [];
  if (rule.value === undefined && !allowed.includes(codec)) {
    const list = allowed.join('、');
    add(
      'codec',
      `${rule.to} 的 as 须为 ${list}。`,
      `"as" of ${rule.to} has to be one of ${allowed.join(', ')}.`,
    );
  }
  if (listsOf(rule.from ?? '').length > listsOf(rule.to).length) {
    add('lists', 'from 的列表层数多于 to。', '"from" stands in more lists than "to".');
  }
  return faults;
}

function mapFault(
  at: string,
  { rule, field, text }: { rule: string; field: string; text: { zh: string; en: string } },
): Fault {
  return { rule, at, field, label: { zh: field, en: field }, message: text };
}

function lastName(path: string): string {
  return path.split('.').at(-1)?.replaceAll('[]', '') ?? '';
}

function listsOf(path: string): readonly string[] {
  return path.split('.').filter((part) => part.endsWith('[]'));
}

function compileAction(vendor: VendorMap, action: HisAction, map: ActionMap): CompiledAction {
  const taken = map.fields.filter(({ to }) => to !== '');
  const froms = map.fields.flatMap(({ from, to }) => (from === undefined || to === '' ? [] : [from]));
  return {
    action,
    map,
    root: nodeOf(taken.map((rule) => ({ path: rule.to, rule }))),
    known: new Set([
      ...froms,
      map.order,
      map.visit,
      ...(vendor.xml === undefined ? [] : [vendor.xml.action]),
    ]),
    ignored: map.fields.flatMap(({ from, to }) => (from !== undefined && to === '' ? [from] : [])),
    rules: map.fields,
  };
}

interface Placed {
  readonly path: string;
  readonly rule: FieldRule;
}

function nodeOf(placed: readonly Placed[]): BodyNode {
  const leaves = new Map<string, FieldRule>();
  const below = new Map<string, Placed[]>();
  for (const { path, rule } of placed) {
    const dot = path.indexOf('.');
    if (dot === -1) leaves.set(path, rule);
    else {
      const head = path.slice(0, dot);
      below.set(head, [...(below.get(head) ?? []), { path: path.slice(dot + 1), rule }]);
    }
  }
  const objects = new Map<string, BodyNode>();
  const lists = new Map<string, { source: string; item: BodyNode }>();
  for (const [head, own] of below) {
    if (head.endsWith('[]')) lists.set(head.slice(0, -2), { source: sourceOf(own), item: nodeOf(own) });
    else objects.set(head, nodeOf(own));
  }
  return { leaves, objects, lists };
}

/** The vendor's list that a list of the model is made from: the shortest one its rules read in. */
function sourceOf(placed: readonly Placed[]): string {
  const depth = Math.min(...placed.map(({ path }) => listsOf(path).length));
  const lists = placed
    .filter(({ path }) => listsOf(path).length === depth)
    .flatMap(({ rule }) =>
      rule.from?.includes('[]') ? [rule.from.slice(0, rule.from.lastIndexOf('[]') + 2)] : [],
    );
  return lists.toSorted((a, b) => b.length - a.length)[0] ?? '';
}
