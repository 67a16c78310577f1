/** Forgets jobs that are done and events of the trace when they are old, a page at a time. */
import type { DatabaseSync } from 'node:sqlite';
import type { AdapterStore, OldPage } from './types.ts';

/**
 * Both tables grow in the order of time, so that the oldest rows are looked at first and the walk ends at what is young;
 * each page is a transaction of its own.
 */
export function createForgetting(
  db: DatabaseSync,
  transact: AdapterStore['transact'],
): AdapterStore['forgetOld'] {
  const pages = { jobs: createJobPage(db), events: createEventPage(db) };
  return (what, page) => transact(() => pages[what](page));
}

type Page = AdapterStore['forgetOld'] extends (what: never, page: infer P) => unknown ? P : never;

/** Of jobs only what is done: what is open or with a person stays, however old. */
function createJobPage(db: DatabaseSync): (page: Page) => OldPage {
  const look = db.prepare(
    'SELECT seq, state, ended_at, enqueued_at FROM job WHERE seq > ? ORDER BY seq LIMIT ?',
  );
  const forget = db.prepare('DELETE FROM job WHERE seq = ?');
  return ({ before, after, limit }) => {
    const rows = look.all(after, limit);
    const old = rows.filter((row) => row['state'] === 'done' && Number(row['ended_at']) < before);
    for (const row of old) forget.run(row['seq'] ?? null);
    const last = rows.at(-1);
    // What was enqueued later has not ended earlier.
    const isLast = rows.length < limit || Number(last?.['enqueued_at']) >= before;
    return { forgotten: old.length, ...(!isLast && { next: Number(last?.['seq']) }) };
  };
}

function createEventPage(db: DatabaseSync): (page: Page) => OldPage {
  const look = db.prepare('SELECT seq, at, refs FROM trace WHERE seq > ? ORDER BY seq LIMIT ?');
  const forget = db.prepare('DELETE FROM trace WHERE seq = ?');
  const forgetRef = db.prepare('DELETE FROM trace_ref WHERE value = ? AND seq = ?');
  return ({ before, after, limit }) => {
    const rows = look.all(after, limit);
    const old = rows.filter((row) => Number(row['at']) < before);
    for (const row of old) {
      const seq = Number(row['seq']);
      const refs = JSON.parse(String(row['refs'])) as Readonly<Record<string, string>>;
      for (const value of Object.values(refs)) forgetRef.run(value, seq);
      forget.run(seq);
    }
    // An event bears the time of what it tells, which may be a little before its neighbours': a whole page is young.
    const isLast = rows.length < limit || old.length === 0;
    return { forgotten: old.length, ...(!isLast && { next: Number(rows.at(-1)?.['seq']) }) };
  };
}
