/** JSON pointers (RFC 6901) into a wire body, and the places told to people. */
import { isWireObject, type WireValue } from '@yiqiao/model';

/** A body under construction. */
export type MutableWire = Record<string, WireValue>;

/** One member name as a pointer segment. */
export function escapeSegment(name: string): string {
  return name.includes('~') || name.includes('/') ? name.replaceAll('~', '~0').replaceAll('/', '~1') : name;
}

function segments(pointer: string): string[] {
  return pointer
    .slice(1)
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** Sets an own member, also one called `__proto__`. */
export function setMember(object: MutableWire, name: string, value: WireValue): void {
  if (name === '__proto__') {
    Object.defineProperty(object, name, { value, writable: true, enumerable: true, configurable: true });
  } else {
    object[name] = value;
  }
}

type Holder = MutableWire | WireValue[];

function childOf(holder: Holder, segment: string): WireValue | undefined {
  if (Array.isArray(holder)) return holder[Number(segment)];
  return Object.hasOwn(holder, segment) ? holder[segment] : undefined;
}

const INDEX = /^\d+$/;

/** Node at a path; missing objects on the way are made when `make` says so, missing lists and items never. */
function reach(root: MutableWire, path: readonly string[], make: boolean): Holder | undefined {
  let holder: Holder = root;
  for (const [position, segment] of path.entries()) {
    let next = childOf(holder, segment);
    if (next === undefined && make && !Array.isArray(holder) && !INDEX.test(path[position + 1] ?? '')) {
      next = {};
      setMember(holder, segment, next);
    }
    if (!isWireObject(next) && !Array.isArray(next)) return undefined;
    holder = next as Holder;
  }
  return holder;
}

/** Where a value is to be put back. */
export interface Spot {
  readonly pointer: string;
  /** Pointer of the list that the place lies in: a list that is gone is not made again. */
  readonly list?: string;
}

/**
 * Puts a value at a pointer unless something stands there already.
 * @returns whether the place exists.
 */
export function placeAt(root: MutableWire, { pointer, list }: Spot, value: WireValue): boolean {
  const path = segments(pointer);
  const name = path.pop() as string;
  if (list !== undefined && !Array.isArray(reach(root, segments(list), false))) return false;
  const holder = reach(root, path, true);
  if (holder === undefined) return false;
  // Whole items are put back by the writer of the list; here they only have to be there.
  if (Array.isArray(holder)) return holder[Number(name)] !== undefined;
  if (!Object.hasOwn(holder, name)) setMember(holder, name, value);
  return true;
}

/** Makes an object at a pointer the one item of a list, or the one item of a list an object. */
export function reshape(root: MutableWire, pointer: string, shape: 'list' | 'object'): void {
  const path = segments(pointer);
  const name = path.pop() as string;
  const holder = reach(root, path, false);
  const found = holder === undefined ? undefined : childOf(holder, name);
  if (holder === undefined || found === undefined) return;
  const [only, ...others] = Array.isArray(found) ? (found as readonly WireValue[]) : [];
  if (shape === 'list' && isWireObject(found)) setChild(holder, name, [found]);
  if (shape === 'object' && only !== undefined && others.length === 0) setChild(holder, name, only);
}

function setChild(holder: Holder, name: string, value: WireValue): void {
  if (Array.isArray(holder)) holder[Number(name)] = value;
  else setMember(holder, name, value);
}

/** A pointer as people are told it: `/input/data/psn_no`; for XML `/input/detail/row[1]/akc226`. */
export function formatPlace(root: string, pointer: string, style: 'pointer' | 'xpath'): string {
  if (style === 'pointer') return root + pointer;
  return root + pointer.replaceAll(/\/(\d+)(?=\/|$)/g, (_, index) => `[${Number(index) + 1}]`);
}
