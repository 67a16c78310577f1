/** Seals everything in a file with the key in force, step by step: a crash in between loses nothing. */
import type { DatabaseSync, SQLInputValue, SQLOutputValue } from 'node:sqlite';
import { GatewayError } from '@yiqiao/model';
import { documentPlace, jobPlace, tracePlace } from './places.ts';
import type { Vault } from './vault.ts';

type Row = Record<string, SQLOutputValue>;

/** Texts of one table. */
interface SealedTexts {
  readonly begin: readonly SQLInputValue[];
  /** The rows after a place, in its order. */
  readonly next: string;
  readonly update: string;
  /** What stands in a row, where; by what it is found again. */
  read(row: Row): {
    readonly text: string;
    readonly place: string;
    readonly at: readonly SQLInputValue[];
  };
}

/** Rows of one commit. */
const STEP = 256;

const TABLES: readonly SealedTexts[] = [
  {
    begin: ['', ''],
    next: 'SELECT kind, key, body FROM document WHERE (kind, key) > (?, ?) ORDER BY kind, key LIMIT ?',
    update: 'UPDATE document SET body = ? WHERE kind = ? AND key = ?',
    read({ kind, key, body }) {
      const at = [String(kind), String(key)] as const;
      return { text: String(body), place: documentPlace(...at), at };
    },
  },
  {
    begin: [0],
    next: `SELECT seq, kind, id, body FROM job WHERE seq > ? AND state <> 'done' ORDER BY seq LIMIT ?`,
    update: 'UPDATE job SET body = ? WHERE seq = ?',
    read: ({ seq, kind, id, body }) => ({
      text: String(body),
      place: jobPlace(String(kind), String(id)),
      at: [Number(seq)],
    }),
  },
  {
    begin: [0],
    next: 'SELECT seq, at, step, refs, facts FROM trace WHERE seq > ? AND facts IS NOT NULL ORDER BY seq LIMIT ?',
    update: 'UPDATE trace SET facts = ? WHERE seq = ?',
    read: ({ seq, at, step, refs, facts }) => ({
      text: String(facts),
      place: tracePlace({ seq: Number(seq), at: Number(at), step: String(step), refs: String(refs) }),
      at: [Number(seq)],
    }),
  },
];

/** How many texts were sealed anew, and how many cannot be, being not as they were sealed. */
export function sealAnew(
  db: DatabaseSync,
  vault: Vault,
): { readonly sealed: number; readonly damaged: number } {
  const count = { sealed: 0, damaged: 0 };
  for (const { begin, next, update, read } of TABLES) {
    const select = db.prepare(next);
    const write = db.prepare(update);
    const step = (after: readonly SQLInputValue[]): readonly SQLInputValue[] | undefined => {
      const rows = select.all(...after, STEP).map(read);
      for (const { text, place, at } of rows) {
        if (vault.isCurrent(text)) continue;
        const clear = openIfWhole(vault, place, text);
        if (clear === undefined) count.damaged += 1;
        else {
          write.run(vault.keep(place, clear), ...at);
          count.sealed += 1;
        }
      }
      return rows.at(-1)?.at;
    };
    let after: readonly SQLInputValue[] | undefined = begin;
    while (after !== undefined) after = inOneCommit(db, step, after);
  }
  return count;
}

function inOneCommit<A, T>(db: DatabaseSync, work: (from: A) => T, from: A): T {
  db.exec('BEGIN IMMEDIATE');
  try {
    const result = work(from);
    db.exec('COMMIT');
    return result;
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
}

function openIfWhole(vault: Vault, place: string, text: string): string | undefined {
  try {
    return vault.open(place, text);
  } catch (error) {
    if (error instanceof GatewayError) return undefined;
    throw error;
  }
}
