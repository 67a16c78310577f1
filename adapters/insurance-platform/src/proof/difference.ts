/** When two wire bodies say the same. */
import { ExactNumber, findDecimal, isWireObject } from '@yiqiao/model';
import type { WireValue } from '@yiqiao/model';

/** Pointer of the first place where two values differ in more than the form of a number; `undefined` when equal. */
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
    return firstOf([...names].map((name) => difference(left[name], right[name], `${at}/${name}`)));
  }
  return sameLeaf(left, right) ? undefined : at === '' ? '/' : at;
}

function sameLeaf(left: WireValue | undefined, right: WireValue | undefined): boolean {
  if (left === right) return true;
  if (!(left instanceof ExactNumber) || !(right instanceof ExactNumber)) return false;
  const number = findDecimal(left.text);
  return left.text === right.text || (number !== undefined && number === findDecimal(right.text));
}

function firstOf(found: readonly (string | undefined)[]): string | undefined {
  return found.find((place) => place !== undefined);
}
