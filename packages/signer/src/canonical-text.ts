/** The text that a gm-envelope signs. Source: signing.json, gm-envelope, steps 2 to 5; the variants occur all. */
import { ExactNumber, isWireObject } from '@yiqiao/model';
import type { WireObject, WireValue } from '@yiqiao/model';
import { byCodeUnit, sortedJson } from './json-text.ts';

/** How readings of the rule differ. */
export interface CanonicalForm {
  /** `quoted`: a number or truth value inside data becomes a JSON string. */
  readonly scalars: 'quoted' | 'bare';
  /** What becomes of objects that are empty or are left empty. */
  readonly emptyObjects: 'keep' | 'drop';
  /** Whether members that are null, "" or [] stand in the text. Default `drop`. */
  readonly emptyMembers?: 'keep' | 'drop';
}

/** Data without its empty members, scalars as the form has them; `sortedJson` puts the names in order. */
export function canonicalData(value: WireValue, form: CanonicalForm): WireValue {
  if (Array.isArray(value)) {
    const items = (value as readonly WireValue[]).map((item) => canonicalData(item, form));
    return form.emptyObjects === 'drop' ? items.filter((item) => !isEmptyObject(item)) : items;
  }
  if (isWireObject(value)) return canonicalObject(value, form);
  if (form.scalars === 'bare' || value === null || typeof value === 'string') return value;
  return value instanceof ExactNumber ? value.text : JSON.stringify(value);
}

/** The text to sign: the envelope's members as sorted pairs, the secret at the end. */
export function signText(
  envelope: WireObject,
  options: { readonly secret: string; readonly form: CanonicalForm },
): string {
  const pairs = Object.entries(envelope)
    .filter(([name, value]) => !UNSIGNED.has(name) && !isEmpty(value))
    .map(([name, value]) => `${name}=${plainText(value, options.form)}`)
    .toSorted(ignoringCase);
  return `${pairs.join('&')}&key=${options.secret}`;
}

const UNSIGNED = new Set(['signData', 'encData', 'extra']);

function canonicalObject(node: WireObject, form: CanonicalForm): WireObject {
  const members: [string, WireValue][] = [];
  for (const [name, given] of Object.entries(node)) {
    if (form.emptyMembers !== 'keep' && isEmpty(given)) continue;
    const value = canonicalData(given, form);
    const isLeftEmpty = form.emptyObjects === 'drop' && (isEmptyObject(value) || isEmpty(value));
    if (!isLeftEmpty || form.emptyMembers === 'keep') members.push([name, value]);
  }
  return Object.fromEntries(members);
}

function plainText(value: WireValue, form: CanonicalForm): string {
  if (typeof value === 'string') return value;
  if (value instanceof ExactNumber) return value.text;
  return typeof value === 'object' ? sortedJson(canonicalData(value, form)) : String(value);
}

function isEmpty(value: WireValue): boolean {
  return value === null || value === '' || (Array.isArray(value) && value.length === 0);
}

function isEmptyObject(value: WireValue): boolean {
  return isWireObject(value) && Object.keys(value).length === 0;
}

function ignoringCase(one: string, other: string): number {
  return byCodeUnit(one.toLowerCase(), other.toLowerCase());
}
