/** What one look at many files asks for again and again. */

/**
 * Makes each thing once within a turn of the event loop, and keeps none beyond it: a check of all profiles reads the
 * files that they have in common once, and a gateway holds no file for life. `undefined` is asked for anew.
 */
export function madeOncePerTurn<Names extends readonly string[], T>(
  make: (...names: Names) => T,
): (...names: Names) => T {
  const made = new Map<string, T>();
  return (...names) => {
    const key = names.join(' ');
    const known = made.get(key);
    if (known !== undefined) return known;
    const value = make(...names);
    if (made.size === 0) queueMicrotask(() => made.clear());
    made.set(key, value);
    return value;
  };
}
