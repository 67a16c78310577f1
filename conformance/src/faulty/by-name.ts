/** Lists of faults by name. */
import assert from 'node:assert/strict';

/** One list of several. A name that stands twice would hide a faulty system behind another. */
export function together<T>(lists: readonly Readonly<Record<string, T>>[]): Readonly<Record<string, T>> {
  const names = lists.flatMap((list) => Object.keys(list));
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  assert(twice === undefined, `two faults are called ${twice}`);
  return Object.assign({}, ...lists) as Readonly<Record<string, T>>;
}

/** The fault of a name. @throws RangeError for a name that is not there */
export function named<T>(all: Readonly<Record<string, T>>, name: string): T {
  const found = all[name];
  if (found === undefined) throw new RangeError(`no such fault: ${name}`);
  return found;
}
