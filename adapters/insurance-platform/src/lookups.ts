/** Records that take time to find, for maps that need at once what they ask for. */
import type { KeptRecord, RecordKind } from '@yiqiao/registry';
import type { FindOriginal, FindRecord, Original } from './dialect.ts';

/** Found at once, or later. */
export type Awaitable<T> = T | Promise<T>;

/** What is on record of earlier messages of an institution. */
export interface Records<Later extends boolean = true> {
  findRecord(
    institution: string,
    kind: RecordKind,
    key: string,
  ): Later extends true ? Awaitable<KeptRecord | undefined> : KeptRecord | undefined;
  /** An earlier message of this peer and institution, by the message id under which it is on record. */
  findOriginal(
    institution: string,
    messageId: string,
  ): Later extends true ? Awaitable<Original | undefined> : Original | undefined;
}

/** Lookups that answer at once. */
export interface Lookups {
  readonly findRecord: FindRecord;
  readonly findOriginal: FindOriginal;
}

/**
 * Does what needs lookups. What was not found at once is awaited, and the work is done anew with it, whatever came of it
 * before: so it must do nothing but compute.
 */
export function withLookups<T>(
  records: Records,
  institution: string,
  work: (lookups: Lookups) => T,
): Awaitable<T> {
  const found = new Map<string, unknown>();
  const attempt = (): Awaitable<T> => {
    const missing: Promise<unknown>[] = [];
    const look = <R>(name: string, find: () => Awaitable<R | undefined>): R | undefined => {
      if (found.has(name)) return found.get(name) as R | undefined;
      const one = find();
      if (!(one instanceof Promise)) return one;
      missing.push(one.then((value) => found.set(name, value)));
      return undefined;
    };
    const lookups: Lookups = {
      findRecord: (kind, key) =>
        look(`record\n${kind}\n${key}`, () => records.findRecord(institution, kind, key)),
      findOriginal: (messageId) =>
        look(`original\n${messageId}`, () => records.findOriginal(institution, messageId)),
    };
    try {
      const result = work(lookups);
      if (missing.length === 0) return result;
    } catch (error) {
      if (missing.length === 0) throw error;
    }
    return Promise.all(missing).then(attempt);
  };
  return attempt();
}
