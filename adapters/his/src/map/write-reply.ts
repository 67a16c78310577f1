/** A reply or an error → the vendor's own names. */
import { ExactNumber } from '@yiqiao/model';
import type { CanonicalLeaf, GatewayError, WireObject, WireValue } from '@yiqiao/model';
import type { HisAction, HisReply } from '../order.ts';
import type { CompiledMap } from './compiled-map.ts';
import { toVendorText } from './leaf-codecs.ts';
import type { AnswerRule, ReplyMap } from './map-types.ts';

/** How an order ended. */
export type Ended = { readonly reply: HisReply } | { readonly error: GatewayError };

/** The form of replies when a map names none: `{ code, message, errorCode, faults, result }`. */
const PLAIN_REPLY: ReplyMap = {
  code: 'code',
  done: 200,
  refused: 400,
  unknown: 504,
  text: 'message',
  errorCode: 'errorCode',
  faults: 'faults',
  body: 'result',
};

type Tree = { [name: string]: WireValue | Tree };

/** Writes it. */
export function writeReply(map: CompiledMap, action: HisAction, ended: Ended): WireObject {
  const form = map.vendor.reply ?? PLAIN_REPLY;
  const tree: Tree = {};
  const code = 'reply' in ended ? form.done : form[stateOf(ended.error)];
  set(tree, form.code, typeof code === 'number' ? new ExactNumber(String(code)) : code);
  set(tree, form.text, 'reply' in ended ? '' : errorText(ended.error));
  if ('error' in ended) {
    if (form.errorCode !== undefined) set(tree, form.errorCode, ended.error.code);
    if (form.faults !== undefined) set(tree, form.faults, faultRows(ended.error));
    return tree as WireObject;
  }
  const rules = map.actions.get(action)?.map.answer ?? [];
  const body = writeAnswer(map, rules, ended.reply.body);
  if (form.body === undefined) Object.assign(tree, body);
  else set(tree, form.body, body);
  return tree as WireObject;
}

/** Whether an order that failed may have done something. */
export function stateOf(error: GatewayError): 'refused' | 'unknown' {
  return error.kind.outcome === 'unknown' ? 'unknown' : 'refused';
}

/** One line for people: the code, what the cashier can do, the far side's own words. */
function errorText(error: GatewayError): string {
  const { upstream, cashier = error.kind.cashier, faults = [] } = error.details;
  const first =
    faults.length === 0
      ? ''
      : `；${faults.map(({ label, message }) => `${label.zh}：${message.zh}`).join('；')}`;
  const words = upstream === undefined ? '' : `；${upstream.text}`;
  return `[${error.code}] ${cashier.zh}${words}${first}`.slice(0, 2000);
}

function faultRows(error: GatewayError): WireValue {
  return (error.details.faults ?? []).map(({ at, rule, message }) => ({ at, rule, text: message.zh }));
}

/** The answer's members by the map's rules. */
function writeAnswer(map: CompiledMap, rules: readonly AnswerRule[], body: object): WireObject {
  const tree: Tree = {};
  for (const rule of rules)
    place(map, { rule, from: rule.from, to: rule.to }, { source: body, target: tree });
  return tree as WireObject;
}

function place(
  map: CompiledMap,
  { rule, from, to }: { readonly rule: AnswerRule; readonly from: string; readonly to: string },
  { source, target }: { readonly source: unknown; readonly target: Tree },
): void {
  const list = from.indexOf('[]');
  if (list === -1) {
    const leaf = get(source, from);
    if (leaf !== undefined && leaf !== null && typeof leaf !== 'object') {
      set(target, to, vendorText(map, rule, leaf as CanonicalLeaf));
    }
    return;
  }
  const items = get(source, from.slice(0, list));
  const [head, rest] = split(to);
  if (!Array.isArray(items)) return;
  const rows = (get(target, head) ?? items.map(() => ({}))) as Tree[];
  set(target, head, rows as unknown as WireValue);
  (items as readonly unknown[]).forEach((item, at) => {
    const row = rows[at];
    if (row !== undefined)
      place(map, { rule, from: from.slice(list + 3), to: rest }, { source: item, target: row });
  });
}

/** `lines[].amount` → `lines`, `amount`. */
function split(path: string): readonly [string, string] {
  const list = path.indexOf('[]');
  return list === -1 ? [path, ''] : [path.slice(0, list), path.slice(list + 3)];
}

function vendorText(map: CompiledMap, rule: AnswerRule, leaf: CanonicalLeaf): string {
  const text = toVendorText(leaf, rule.as, map.formats);
  if (rule.codes === undefined) return text;
  const found = Object.entries(map.vendor.codes?.[rule.codes] ?? {}).find(([, ours]) => ours === text);
  return found?.[0] ?? text;
}

function get(source: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>(
      (value, name) => (value as Readonly<Record<string, unknown>> | undefined)?.[name],
      source,
    );
}

function set(tree: Tree, path: string, value: WireValue): void {
  const names = path.split('.');
  const last = names.pop() ?? path;
  let node = tree;
  for (const name of names) node = (node[name] ??= {}) as Tree;
  node[last] = value;
}
