/** A journal that counts what an exchange waits for. */
import type { Journal } from '@yiqiao/journal';

/** Calls that resolve when they are on disk. */
const DURABLE = ['open', 'addLeg', 'settleLeg', 'end', 'resolve', 'bury'] as const;

/** Wraps a journal; `writes` tells how many durable writes were waited for so far. */
export function countWrites(journal: Journal): { readonly journal: Journal; writes(): number } {
  let writes = 0;
  const names: ReadonlySet<string | symbol> = new Set(DURABLE);
  return {
    writes: () => writes,
    journal: new Proxy(journal, {
      get(target, name) {
        const member: unknown = Reflect.get(target, name);
        if (typeof member !== 'function') return member;
        if (names.has(name)) writes += 1;
        return member.bind(target) as unknown;
      },
    }),
  };
}
