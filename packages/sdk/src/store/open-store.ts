/** Opens the store of an adapter. */
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { GatewayError, maskIdentifiers, systemClock } from '@yiqiao/model';
import type { Clock } from '@yiqiao/model';
import type { TraceEvent } from '../trace/types.ts';
import { createJobTable, createJobWriter } from './job-rows.ts';
import { findSqliteCode, openStoreFile } from './store-file.ts';
import type { AdapterStore, StoreReader, StoreTransaction } from './types.ts';
import { openVault } from './vault.ts';
import type { Vault } from './vault.ts';

/** How a store is opened. */
export interface StoreOptions {
  /** Default: the machine's. */
  readonly clock?: Clock;
  /** The file must be there; nothing can be written. */
  readonly readOnly?: boolean;
  /** Seals the bodies of documents and jobs: 32 bytes as hex or base64. Keys, traces and kinds stay in the clear. */
  readonly key?: string | undefined;
}

/**
 * Opens or creates a store; `:memory:` is one that is gone when it is closed.
 * @throws GatewayError `STORE_UNUSABLE` with reason and remedy.
 */
export function openStore(path: string, options: StoreOptions = {}): AdapterStore {
  const { clock = systemClock, readOnly = false, key } = options;
  const db = openStoreFile(path, { readOnly });
  const vault = openSafely(db, () => openVault(db, { file: path, key, readOnly }));
  const listeners = new Set<() => void>();
  const reader = createReader(db, vault);
  const transact = createTransact(db, {
    clock,
    reader,
    vault,
    onCommit: (hasEnqueued) => {
      if (hasEnqueued) for (const listener of listeners) listener();
    },
  });
  const traces = createTraceReader(db);
  const secret = digestKey(db);
  return {
    ...reader,
    transact,
    ...traces,
    digest: (text) => createHmac('sha256', secret).update(text).digest('hex').slice(0, 32),
    jobs: createJobTable({ db, clock, vault, transact }),
    onEnqueued(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    close: () => {
      if (db.isOpen) db.close();
    },
  };
}

/** A file that cannot be used is not left open. */
function openSafely<T>(db: DatabaseSync, work: () => T): T {
  try {
    return work();
  } catch (error) {
    db.close();
    throw error;
  }
}

function placeOf(kind: string, key: string): string {
  return `document\n${kind}\n${key}`;
}

function digestKey(db: DatabaseSync): Uint8Array {
  return db.prepare(`SELECT value FROM meta WHERE name = 'digest-key'`).get()?.['value'] as Uint8Array;
}

function createReader(db: DatabaseSync, vault: Vault): StoreReader {
  const get = db.prepare('SELECT body FROM document WHERE kind = ? AND key = ?');
  const list = db.prepare(
    `SELECT key, body FROM document WHERE kind = ? AND key > ? AND key >= ? AND substr(key, 1, length(?)) = ?
     ORDER BY key LIMIT ?`,
  );
  return {
    get<T>(kind: string, key: string) {
      const body = reading(() => get.get(kind, key))?.['body'];
      return typeof body === 'string' ? (vault.parse(placeOf(kind, key), body) as T) : undefined;
    },
    list<T>(kind: string, { prefix = '', limit = 1_000, after = '' } = {}) {
      return reading(() => list.all(kind, after, prefix, prefix, prefix, limit)).map((row) => ({
        key: String(row['key']),
        body: vault.parse(placeOf(kind, String(row['key'])), String(row['body'])) as T,
      }));
    },
  };
}

interface TransactParts {
  readonly clock: Clock;
  readonly vault: Vault;
  readonly reader: StoreReader;
  onCommit(hasEnqueued: boolean): void;
}

function createTransact(db: DatabaseSync, parts: TransactParts): AdapterStore['transact'] {
  const begin = db.prepare('BEGIN IMMEDIATE');
  const commit = db.prepare('COMMIT');
  const writer = createWriter(db, parts);
  return <T>(work: (tx: StoreTransaction) => T): T => {
    assert(!db.isTransaction, 'a transaction of a store is not begun inside another');
    let hasEnqueued = false;
    writing(() => begin.run());
    let result: T;
    try {
      result = work({
        ...writer,
        enqueue(job) {
          const isNew = writer.enqueue(job);
          hasEnqueued ||= isNew;
          return isNew;
        },
      });
      assert(!(result instanceof Promise), 'the work of a transaction is synchronous');
      writing(() => commit.run());
    } catch (error) {
      if (db.isTransaction) db.exec('ROLLBACK');
      throw error;
    }
    parts.onCommit(hasEnqueued);
    return result;
  };
}

function createWriter(db: DatabaseSync, { clock, reader, vault }: TransactParts): StoreTransaction {
  const put = db.prepare(
    `INSERT INTO document (kind, key, body, changed_at) VALUES (?, ?, ?, ?)
     ON CONFLICT (kind, key) DO UPDATE SET body = excluded.body, changed_at = excluded.changed_at`,
  );
  const insert = db.prepare(
    `INSERT INTO document (kind, key, body, changed_at) VALUES (?, ?, ?, ?) ON CONFLICT (kind, key) DO NOTHING`,
  );
  const remove = db.prepare('DELETE FROM document WHERE kind = ? AND key = ?');
  const event = db.prepare('INSERT INTO trace (at, step, refs, facts) VALUES (?, ?, ?, ?)');
  const ref = db.prepare('INSERT INTO trace_ref (value, seq) VALUES (?, ?) ON CONFLICT DO NOTHING');
  const enqueue = createJobWriter({ db, clock, vault });
  return {
    ...reader,
    put: (kind, key, body) =>
      void writing(() => put.run(kind, key, vault.format(placeOf(kind, key), body), clock.now())),
    insert: (kind, key, body) =>
      Number(
        writing(() => insert.run(kind, key, vault.format(placeOf(kind, key), body), clock.now())).changes,
      ) > 0,
    remove: (kind, key) => Number(writing(() => remove.run(kind, key)).changes) > 0,
    enqueue: (job) => writing(() => enqueue(job)),
    trace({ at, step, refs, facts }) {
      const known = Object.entries(refs).filter(([, value]) => value !== '');
      writing(() => {
        const shown = facts === undefined ? null : maskIdentifiers(JSON.stringify(facts));
        const { lastInsertRowid } = event.run(at, step, JSON.stringify(Object.fromEntries(known)), shown);
        for (const [, value] of known) ref.run(value, lastInsertRowid);
      });
    },
  };
}

function createTraceReader(db: DatabaseSync): Pick<AdapterStore, 'eventsWith' | 'lastEvents'> {
  const having = db.prepare(
    `SELECT at, step, refs, facts FROM trace JOIN trace_ref USING (seq) WHERE value = ? ORDER BY at, seq`,
  );
  const last = db.prepare('SELECT at, step, refs, facts FROM trace ORDER BY seq DESC LIMIT ?');
  const toEvent = (row: Readonly<Record<string, unknown>>): TraceEvent => ({
    at: Number(row['at']),
    step: String(row['step']),
    refs: JSON.parse(String(row['refs'])) as TraceEvent['refs'],
    ...(typeof row['facts'] === 'string'
      ? { facts: JSON.parse(row['facts']) as Readonly<Record<string, string>> }
      : {}),
  });
  return {
    eventsWith: (value) => reading(() => having.all(value)).map(toEvent),
    lastEvents: (limit) =>
      reading(() => last.all(limit))
        .map(toEvent)
        .toReversed(),
  };
}

/** What SQLite says becomes an error of the catalogue; all else goes on as it is. */
function guarded<T>(doing: 'read' | 'write', work: () => T): T {
  try {
    return work();
  } catch (cause) {
    const sqlite = findSqliteCode(cause);
    if (sqlite === undefined) throw cause;
    throw new GatewayError('STORE_FAILED', { facts: { doing, sqlite } }, { cause });
  }
}

const reading = <T>(work: () => T): T => guarded('read', work);
const writing = <T>(work: () => T): T => guarded('write', work);
