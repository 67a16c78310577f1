/** Whether a body arrived as it was sent. */
import { isNode, textOf } from './own-reading.ts';
import type { OwnValue } from './own-reading.ts';

/** How exactly. `value`: texts, numbers by their value; `kind`: also number for number, text for text, null for null. */
export type Exactness = 'value' | 'kind';

/** Places where two bodies differ; an empty node or list is a leaf. */
export function differingPlaces(
  before: OwnValue | undefined,
  after: OwnValue | undefined,
  how: Exactness,
): readonly string[] {
  const [was, is] = [new Map(leaves(before)), new Map(leaves(after))];
  const places = new Set([...was.keys(), ...is.keys()]);
  return [...places].filter((place) => !isSame(was.get(place), is.get(place), how));
}

interface Leaf {
  readonly kind: string;
  readonly text: string;
}

function leaves(value: OwnValue | undefined, at = ''): readonly (readonly [string, Leaf])[] {
  const inner: readonly (readonly [string, OwnValue | undefined])[] = Array.isArray(value)
    ? (value as readonly OwnValue[]).map((item, index) => [String(index), item])
    : isNode(value)
      ? Object.entries(value)
      : [];
  if (inner.length > 0)
    return inner.flatMap(([name, member]) => leaves(member, at === '' ? name : `${at}.${name}`));
  return [[at, { kind: kindOf(value), text: textOf(value) }]];
}

function kindOf(value: OwnValue | undefined): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'list';
  if (isNode(value)) return 'node';
  return typeof value === 'object' ? 'number' : typeof value;
}

function isSame(was: Leaf | undefined, is: Leaf | undefined, how: Exactness): boolean {
  if (was === undefined || is === undefined) return how === 'value' && isBlank(was) && isBlank(is);
  if (how === 'kind' && was.kind !== is.kind) return false;
  return was.text === is.text || (isNumber(was.text) && plain(was.text) === plain(is.text));
}

/** Nothing, null, an empty text, an empty node: the same by their value. */
function isBlank(leaf: Leaf | undefined): boolean {
  return leaf === undefined || (leaf.text === '' && leaf.kind !== 'boolean');
}

function isNumber(text: string): boolean {
  return /^-?\d+(?:\.\d+)?$/.test(text);
}

/** A decimal without zeros that mean nothing. */
function plain(text: string): string {
  const [whole = '', fraction = ''] = text.split('.');
  const digits = fraction.replace(/0+$/, '');
  return digits === '' ? whole : `${whole}.${digits}`;
}
