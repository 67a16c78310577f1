/** What the suite reads of a message with the sandbox's codec; the product's reading is held against it. */
import { child, leaf, parseMessage, rawMember } from '@yiqiao/sandbox';
import type { JsonObject, JsonValue } from '@yiqiao/sandbox';

/** A node as the sandbox's codec gives it. */
export type OwnObject = JsonObject;

/** Any value. */
export type OwnValue = JsonValue;

export { child, leaf, parseMessage, rawMember };

/** Whether bytes begin with the byte order mark of UTF-8, which JSON forbids (RFC 8259, 8.1) and many write. */
export function beginsWithMark(bytes: Uint8Array): boolean {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
}

/** The text of bytes without a byte order mark. */
export function plainText(bytes: Buffer): string {
  return (beginsWithMark(bytes) ? bytes.subarray(3) : bytes).toString('utf8');
}

/** Nodes of a list; one node counts as a list of one. */
export function children(parent: OwnObject, name: string): readonly OwnObject[] {
  const value = parent[name];
  return (Array.isArray(value) ? (value as readonly OwnValue[]) : [value]).filter(isNode);
}

/** An amount in 分; nothing for what is absent or no amount of two decimals. */
export function fenOf(parent: OwnObject, name: string): bigint {
  return findFen(leaf(parent, name)) ?? 0n;
}

/** 元 as text → 分; `undefined` when it is no plain amount of two decimals. */
export function findFen(text: string): bigint | undefined {
  const [, sign, whole = '', fraction = ''] = /^(-?)(\d+)(?:\.(\d{1,2}))?$/.exec(text) ?? [];
  if (sign === undefined) return undefined;
  const fen = BigInt(whole + fraction.padEnd(2, '0'));
  return sign === '-' ? -fen : fen;
}

/** An amount in 分 as a bare number of 元 with two decimals. */
export function amountNumber(fen: bigint): OwnValue {
  const digits = String(fen < 0n ? -fen : fen).padStart(3, '0');
  const text = `${fen < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
  return (JSON as unknown as { rawJSON(text: string): OwnValue }).rawJSON(text);
}

/** Every leaf of a value by its place; bare numbers and texts alike as their text. */
export function leavesOf(
  value: OwnValue | undefined,
  at = '',
): readonly (readonly [place: string, text: string])[] {
  if (Array.isArray(value))
    return (value as readonly OwnValue[]).flatMap((item, index) => leavesOf(item, `${at}/${index}`));
  if (isNode(value))
    return Object.entries(value).flatMap(([name, member]) => leavesOf(member, `${at}/${name}`));
  return [[at, textOf(value)]];
}

/** The text of a leaf, empty for what is absent, null or no leaf. */
export function textOf(value: OwnValue | undefined): string {
  return leaf({ value }, 'value');
}

/** How many characters a text has; a rare one outside the first plane counts once. */
export function characters(text: string): number {
  return text.replaceAll(/[\u{10000}-\u{10ffff}]/gu, '0').length;
}

/** True for a node: neither leaf nor list. */
export function isNode(value: OwnValue | undefined): value is OwnObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !('rawJSON' in value);
}
