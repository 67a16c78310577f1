/** Wire bodies for tests, and when two of them say the same. */
import { ExactNumber, findDecimal, isWireObject, type WireObject, type WireValue } from '@yiqiao/model';

function wire(value: unknown): WireValue {
  if (typeof value === 'number') return new ExactNumber(String(value));
  if (Array.isArray(value)) return value.map(wire);
  if (typeof value !== 'object' || value === null || value instanceof ExactNumber) return value as WireValue;
  return wireObject(Object.entries(value).map(([name, member]) => [name, wire(member)]));
}

/** An object with own members of any name, also `__proto__`. */
export function wireObject(entries: readonly (readonly [string, WireValue])[]): WireObject {
  const object = {};
  for (const [name, value] of entries) {
    Object.defineProperty(object, name, { value, enumerable: true, writable: true, configurable: true });
  }
  return object;
}

/** A body as a codec would read it: numbers keep their text. */
export function wireBody(value: Record<string, unknown>): WireObject {
  return wire(value) as WireObject;
}

function sameLeaf(left: WireValue | undefined, right: WireValue | undefined): boolean {
  if (left === right) return true;
  const isLeaf = (value: unknown) => typeof value === 'string' || value instanceof ExactNumber;
  if (!isLeaf(left) || !isLeaf(right)) return false;
  const [a, b] = [String(left), String(right)];
  if (a === b) return true;
  if (typeof left === 'string' && typeof right === 'string') return false;
  const number = findDecimal(a);
  return number !== undefined && number === findDecimal(b);
}

/** First place where two values differ in more than the form of a number; `undefined` when they say the same. */
export function difference(
  left: WireValue | undefined,
  right: WireValue | undefined,
  at = '',
): string | undefined {
  if (Array.isArray(left) && Array.isArray(right)) {
    if (left.length !== right.length) return at;
    const items = left as readonly WireValue[];
    return firstOf(items.map((item, i) => difference(item, right[i] as WireValue, `${at}/${i}`)));
  }
  if (isWireObject(left) && isWireObject(right)) {
    const names = new Set([...Object.keys(left), ...Object.keys(right)]);
    return firstOf([...names].map((name) => difference(own(left, name), own(right, name), `${at}/${name}`)));
  }
  return sameLeaf(left, right) ? undefined : at === '' ? '/' : at;
}

function own(object: WireObject, name: string): WireValue | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

function firstOf(found: readonly (string | undefined)[]): string | undefined {
  return found.find((place) => place !== undefined);
}
