/** Opens the store of an adapter. */
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { GatewayError, maskIdentifiers, systemClock } from '@yiqiao/model';
import type { Clock } from '@yiqiao/model';
import type { TraceEvent } from '../trace/types.ts';
import { createJobTable, createJobWriter } from './job-rows.ts';
import { formatBody, parseBody } from './body-text.ts';
import { createForgetting } from './old-rows.ts';
import { documentPlace, tracePlace } from './places.ts';
import { findSqliteCode, openStoreFile, whyNotOpened } from './store-file.ts';
import { createKeyGuard, digestKeyOf, takeUpKeys } from './store-keys.ts';
import type { KeysOfFile } from './store-keys.ts';
import type { AdapterStore, StoreReader, StoreTransaction } from './types.ts';
import { createVault } from './vault.ts';
import type { StoreEncryption, Vault } from './vault.ts';

/** How a store is opened. */
export interface StoreOptions {
  /** Default: the machine's. */
  readonly clock?: Clock;
  /** The file must be there; nothing can be written. */
  readonly readOnly?: boolean;
  /**
   * Seals bodies of documents and jobs, and facts of traces. Kinds, keys and refs, by which they are found, stay clear. A
   * file that was clear or sealed with a key of `previous` is sealed with `key` before it is handed out.
   */
  readonly encryption?: StoreEncryption | undefined;
}

/**
 * Opens or creates a store; `:memory:` is one that is gone when it is closed.
 * @throws GatewayError `STORE_UNUSABLE` with reason and remedy.
 */
export function openStore(path: string, options: StoreOptions = {}): AdapterStore {
  const { clock = systemClock, readOnly = false, encryption } = options;
  const vault = createVault(path, encryption);
  const db = openStoreFile(path, { readOnly });
  const { sealing } = takeUpSafely(db, vault, { file: path, readOnly });
  const listeners = new Set<() => void>();
  const reader = createReader(db, vault);
  const transact = createTransact(db, {
    clock,
    reader,
    vault,
    checkKey: createKeyGuard(db, vault, path),
    onCommit: (hasEnqueued) => {
      if (hasEnqueued) for (const listener of listeners) listener();
    },
  });
  let secret: Uint8Array | undefined;
  return {
    ...reader,
    sealing,
    transact,
    ...createTraceReader(db, { vault, sealing }),
    digest(text) {
      secret ??= digestKeyOf(db, vault);
      return createHmac('sha256', secret).update(text).digest('hex').slice(0, 32);
    },
    forgetOld: createForgetting(db, transact),
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

/**
 * Seals everything in the file of a store that is there with the key in force.
 * @throws GatewayError `STORE_UNUSABLE` with reason and remedy.
 */
export function sealStore(path: string, encryption: StoreEncryption): KeysOfFile {
  const vault = createVault(path, encryption);
  openStoreFile(path, { readOnly: true }).close();
  const db = openStoreFile(path, { readOnly: false });
  const found = takeUpSafely(db, vault, { file: path, readOnly: false });
  db.close();
  return found;
}

/** A file that cannot be used is not left open. */
function takeUpSafely(
  db: DatabaseSync,
  vault: Vault,
  how: { readonly file: string; readonly readOnly: boolean },
): KeysOfFile {
  try {
    return takeUpKeys(db, vault, how);
  } catch (error) {
    db.close();
    throw whyNotOpened(how.file, error);
  }
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
      return typeof body === 'string'
        ? (parseBody(vault.open(documentPlace(kind, key), body)) as T)
        : undefined;
    },
    list<T>(kind: string, { prefix = '', limit = 1_000, after = '' } = {}) {
      return reading(() => list.all(kind, after, prefix, prefix, prefix, limit)).map((row) => ({
        key: String(row['key']),
        body: parseBody(vault.open(documentPlace(kind, String(row['key'])), String(row['body']))) as T,
      }));
    },
  };
}

interface TransactParts {
  readonly clock: Clock;
  readonly vault: Vault;
  readonly reader: StoreReader;
  readonly checkKey: () => void;
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
      parts.checkKey();
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
  const lastEvent = db.prepare('SELECT coalesce(max(seq), 0) AS seq FROM trace');
  const event = db.prepare('INSERT INTO trace (seq, at, step, refs, facts) VALUES (?, ?, ?, ?, ?)');
  const ref = db.prepare('INSERT INTO trace_ref (value, seq) VALUES (?, ?) ON CONFLICT DO NOTHING');
  const enqueue = createJobWriter({ db, clock, vault });
  const keep = (kind: string, key: string, body: unknown): string =>
    vault.keep(documentPlace(kind, key), formatBody(body));
  return {
    ...reader,
    put: (kind, key, body) => void writing(() => put.run(kind, key, keep(kind, key, body), clock.now())),
    insert: (kind, key, body) =>
      Number(writing(() => insert.run(kind, key, keep(kind, key, body), clock.now())).changes) > 0,
    remove: (kind, key) => Number(writing(() => remove.run(kind, key)).changes) > 0,
    enqueue: (job) => writing(() => enqueue(job)),
    trace({ at, step, refs, facts }) {
      const known = Object.entries(refs).filter(([, value]) => value !== '');
      writing(() => {
        const seq = Number(lastEvent.get()?.['seq']) + 1;
        const named = JSON.stringify(Object.fromEntries(known));
        const place = tracePlace({ seq, at, step, refs: named });
        const shown = facts && vault.keep(place, maskIdentifiers(JSON.stringify(facts)));
        event.run(seq, at, step, named, shown ?? null);
        for (const [, value] of known) ref.run(value, seq);
      });
    },
  };
}

function createTraceReader(
  db: DatabaseSync,
  { vault, sealing }: { readonly vault: Vault } & Pick<KeysOfFile, 'sealing'>,
): Pick<AdapterStore, 'eventsWith' | 'lastEvents'> {
  const having = db.prepare(
    `SELECT seq, at, step, refs, facts FROM trace JOIN trace_ref USING (seq) WHERE value = ? ORDER BY at, seq`,
  );
  const last = db.prepare('SELECT seq, at, step, refs, facts FROM trace ORDER BY seq DESC LIMIT ?');
  const toEvent = (row: Readonly<Record<string, unknown>>): TraceEvent => {
    const { facts } = row;
    const [at, step, refs] = [Number(row['at']), String(row['step']), String(row['refs'])];
    const event = { at, step, refs: JSON.parse(refs) as TraceEvent['refs'] };
    if (typeof facts !== 'string' || sealing === 'closed') return event;
    const told = vault.open(tracePlace({ seq: Number(row['seq']), at, step, refs }), facts);
    return { ...event, facts: JSON.parse(told) as Readonly<Record<string, string>> };
  };
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
