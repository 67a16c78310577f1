/** Records that nobody waits for, on their way to the next batch. */
import type { NewRecord } from './types.ts';

/** At most so many wait while the file cannot be written; the oldest are given up then. */
const MOST = 10_000;

/** Records not yet on disk, the last one of each key. */
export class KeptRecords {
  #waiting = new Map<string, NewRecord>();

  /** Adds records; returns how many older ones had to be given up. */
  add(records: readonly NewRecord[]): number {
    for (const record of records) {
      const name = nameOf(record);
      this.#waiting.delete(name);
      this.#waiting.set(name, record);
    }
    const surplus = Math.max(0, this.#waiting.size - MOST);
    for (const name of [...this.#waiting.keys()].slice(0, surplus)) this.#waiting.delete(name);
    return surplus;
  }

  /** Body of a record that is still waiting. */
  find(institution: string, kind: string, key: string): string | undefined {
    return this.#waiting.get(nameOf({ institution, kind, key }))?.body;
  }

  /** All that wait; they go on waiting until `settle`. */
  all(): readonly NewRecord[] {
    return [...this.#waiting.values()];
  }

  /** Forgets records that are on disk, unless another one came under the same key meanwhile. */
  settle(written: readonly NewRecord[]): void {
    for (const record of written) {
      const name = nameOf(record);
      if (this.#waiting.get(name) === record) this.#waiting.delete(name);
    }
  }
}

function nameOf({ institution, kind, key }: Pick<NewRecord, 'institution' | 'kind' | 'key'>): string {
  return JSON.stringify([institution, kind, key]);
}
