/** A vendor's message → an order, every fault with its place in the vendor's own message. */
import { GatewayError, isWireObject } from '@yiqiao/model';
import type { CanonicalLeaf, Fault, WireObject, WireValue } from '@yiqiao/model';
import type { HisAction, HisOrder } from '../order.ts';
import type { BodyNode, CompiledMap } from './compiled-map.ts';
import { textOf, toModelLeaf } from './leaf-codecs.ts';
import type { FieldRule, LeafCodec } from './map-types.ts';
import { missingMembers } from './missing-members.ts';
import { unknownMembers } from './unknown-members.ts';

/** Where in the vendor's message rules look: the whole, and the items of the lists on the way. */
interface Scope {
  /** Path of the list, `items[]`; `''` for the whole message. */
  readonly prefix: string;
  readonly value: WireValue;
  readonly pointer: string;
}

interface Reading {
  readonly map: CompiledMap;
  readonly faults: Fault[];
}

type Body = Record<string, unknown>;

/**
 * Reads an order.
 * @throws GatewayError `MESSAGE_INVALID` with all faults at once; `TRANSACTION_UNKNOWN` when the map has no such action.
 */
export function readOrder(map: CompiledMap, action: HisAction, message: WireObject): HisOrder {
  const compiled = map.actions.get(action);
  if (compiled === undefined) throw new GatewayError('TRANSACTION_UNKNOWN', { facts: { action } });
  const reading: Reading = { map, faults: [] };
  const scopes: readonly Scope[] = [{ prefix: '', value: message, pointer: '' }];
  const order = readNumber(compiled.map.order, scopes, reading);
  const visit = readNumber(compiled.map.visit, scopes, reading);
  const body = readNode(compiled.root, scopes, reading);
  reading.faults.push(
    ...missingMembers(compiled, body, reading.faults),
    ...unknownMembers(compiled, message),
  );
  if (reading.faults.length > 0) {
    throw new GatewayError('MESSAGE_INVALID', { faults: reading.faults, facts: { action, order } });
  }
  return { order, action, visit, body: body as unknown as HisOrder['body'] };
}

function readNumber(path: string, scopes: readonly Scope[], { faults }: Reading): string {
  const { value, pointer } = find(path, scopes);
  const text =
    value === undefined || isWireObject(value) || Array.isArray(value) ? '' : textOf(value as never);
  if (!/^[^\s\p{Cc}]{1,64}$/u.test(text)) {
    faults.push(
      faultAt({ from: path, to: '' }, pointer, {
        rule: 'required',
        message: {
          zh: '缺少本院的业务号，或超过64个字符、含空白。',
          en: 'The hospital’s own number is missing, longer than 64 characters or has blanks.',
        },
      }),
    );
  }
  return text;
}

function readNode(node: BodyNode, scopes: readonly Scope[], reading: Reading): Body {
  const body: Body = {};
  for (const [name, rule] of node.leaves) {
    if (name.endsWith('[]')) {
      const list = readTexts(rule, scopes);
      if (list !== undefined) body[name.slice(0, -2)] = list;
      continue;
    }
    const leaf = readLeaf(rule, scopes, reading);
    if (leaf !== undefined) body[name] = leaf;
  }
  for (const [name, below] of node.objects) {
    const read = readNode(below, scopes, reading);
    if (Object.keys(read).length > 0) body[name] = read;
  }
  for (const [name, { source, item }] of node.lists) {
    const items = itemsOf(source, scopes);
    if (items.length > 0) body[name] = items.map((scope) => readNode(item, [...scopes, scope], reading));
  }
  return body;
}

/** Items of the vendor's list as scopes; what is no list counts as its only item, as XML writes it. */
function itemsOf(source: string, scopes: readonly Scope[]): readonly Scope[] {
  if (source === '') return [];
  const { value, pointer } = find(source.slice(0, -2), scopes);
  if (value === undefined || value === null || value === '') return [];
  const items: readonly WireValue[] = Array.isArray(value) ? (value as readonly WireValue[]) : [value];
  return items.map((one, at) => ({ prefix: source, value: one, pointer: `${pointer}/${at}` }));
}

/** A list of plain texts: `numbers[]`. */
function readTexts(rule: FieldRule, scopes: readonly Scope[]): readonly string[] | undefined {
  const { value } = find((rule.from ?? '').replace(/\[\]$/, ''), scopes);
  if (value === undefined || value === null) return undefined;
  const items: readonly WireValue[] = Array.isArray(value) ? (value as readonly WireValue[]) : [value];
  return items.flatMap((one) => (isWireObject(one) || Array.isArray(one) ? [] : [textOf(one as never)]));
}

function readLeaf(rule: FieldRule, scopes: readonly Scope[], reading: Reading): CanonicalLeaf | undefined {
  if (rule.from === undefined) return rule.value;
  const { value, pointer } = find(rule.from, scopes);
  if (isWireObject(value) || Array.isArray(value)) {
    const message = { zh: '此处应为单个值。', en: 'A single value belongs here.' };
    reading.faults.push(faultAt(rule, pointer, { rule: 'type', message }));
    return undefined;
  }
  const text = value === undefined ? '' : textOf(value as never);
  if (text === '') return rule.default;
  const coded = codedText(rule, { text, pointer }, reading);
  if (coded === undefined) return undefined;
  const codec = rule.as ?? 'text';
  const leaf = toModelLeaf(coded, codec, reading.map.formats);
  if (leaf === undefined) {
    reading.faults.push(faultAt(rule, pointer, { rule: codec, message: EXPECTED[codec], found: text }));
  }
  return leaf;
}

function codedText(
  rule: FieldRule,
  { text, pointer }: { readonly text: string; readonly pointer: string },
  { map, faults }: Reading,
): string | undefined {
  if (rule.codes === undefined) return text;
  const table = map.vendor.codes?.[rule.codes] ?? {};
  if (Object.hasOwn(table, text)) return table[text];
  const known = Object.keys(table).join('、');
  faults.push(
    faultAt(rule, pointer, {
      rule: 'value-set',
      found: text,
      message: {
        zh: `代码表 ${rule.codes} 没有此代码，可用：${known}。`,
        en: `The table ${rule.codes} has no such code; there are ${known}.`,
      },
    }),
  );
  return undefined;
}

const EXPECTED: Readonly<Record<LeafCodec, { readonly zh: string; readonly en: string }>> = {
  text: { zh: '应为文本。', en: 'A text belongs here.' },
  yuan: {
    zh: '应为以元为单位、至多两位小数的普通十进制数（不接受指数、全角数字）。',
    en: 'An amount in 元 with at most two decimals belongs here (no exponent, no full-width digits).',
  },
  fen: { zh: '应为以分为单位的整数。', en: 'A whole number of 分 belongs here.' },
  decimal: { zh: '应为普通十进制数。', en: 'A plain decimal number belongs here.' },
  integer: { zh: '应为至多9位的非负整数。', en: 'A whole number of at most 9 digits belongs here.' },
  flag: { zh: '应为 1/0 或 true/false。', en: '1 or 0, true or false belongs here.' },
  date: {
    zh: '应为映射文件所列格式的实际日期。',
    en: 'A day that exists, in a format of the map, belongs here.',
  },
  time: {
    zh: '应为映射文件所列格式的实际时间。',
    en: 'A time that exists, in a format of the map, belongs here.',
  },
};

/** Members whose contents are not repeated in messages. */
const PERSONAL = /(?:certificateNumber|credentialNumber|cardSerial|personName|contactName|phone|address)$/i;

function faultAt(
  rule: FieldRule,
  pointer: string,
  { found, ...what }: Pick<Fault, 'rule' | 'message'> & { readonly found?: string },
): Fault {
  const field = rule.from ?? rule.to;
  const label = rule.label ?? field;
  const shown = found === undefined || PERSONAL.test(rule.to) ? {} : { found: found.slice(0, 40) };
  return { ...what, ...shown, at: pointer, field, label: { zh: label, en: rule.to || field } };
}

/** Looks a path up in the innermost list it stands in. */
function find(
  path: string,
  scopes: readonly Scope[],
): { readonly value: WireValue | undefined; readonly pointer: string } {
  const scope =
    scopes.findLast(({ prefix }) => prefix === '' || path === prefix || path.startsWith(`${prefix}.`)) ??
    scopes[0];
  if (scope === undefined) return { value: undefined, pointer: '' };
  const rest = scope.prefix === '' ? path : path.slice(scope.prefix.length + 1);
  let value: WireValue | undefined = scope.value;
  let pointer = scope.pointer;
  for (const name of rest === '' ? [] : rest.split('.')) {
    value = isWireObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
    pointer += `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
  }
  return { value, pointer };
}
