/** Who did what to the gateway: appended, chained by hash, never changed. */
import { hash } from 'node:crypto';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { setImmediate } from 'node:timers/promises';

/** What is put on record of one act of a person, or of an attempt that was refused. Never contents or persons. */
export interface NewAuditEntry {
  /** Epoch milliseconds. */
  readonly at: number;
  /** Name of the token; absent when it is not known who it was. */
  readonly operator?: string;
  readonly role?: string;
  /** What was to be done, e.g. `exchange.resolve`. */
  readonly action: string;
  /** `begun` stands before what cannot be written in the same commit; `done` or `refused` follows. */
  readonly outcome: 'begun' | 'done' | 'refused';
  /** What it was done to, e.g. `exchange 12`. */
  readonly target?: string;
  /** In the person's own words. */
  readonly reason?: string;
  /** Code of the refusal. */
  readonly code?: string;
  /** Address that it came from. */
  readonly from?: string;
}

/** An entry on record. */
export interface AuditEntry extends NewAuditEntry {
  /** From 1, without gaps. */
  readonly id: number;
  /** SHA-256 over the hash before it, its number and what it says: 64 hexadecimal digits. */
  readonly hash: string;
}

/** Which entries are listed, newest first. */
export interface AuditQuery {
  readonly beforeId: number;
  readonly limit: number;
  readonly operator?: string;
  readonly action?: string;
  readonly outcome?: NewAuditEntry['outcome'];
}

/** What a check of the chain came to; sound when `damage` is empty. */
export interface AuditReport {
  readonly entries: number;
  /** Hash of the last entry; absent when there is none. */
  readonly end?: string;
  /** The first hundred. */
  readonly damage: readonly AuditDamage[];
}

/** Something in the chain that is not as it was written. */
export interface AuditDamage {
  readonly entry: number;
  /** `end-missing`: entries that once stood at the end are gone. `known-differs`: not the hash that was noted elsewhere. */
  readonly kind: 'entry-changed' | 'entry-missing' | 'end-missing' | 'known-differs';
}

/** An entry whose hash somebody has noted outside the file, e.g. in the gateway's log. */
export type KnownAudit = Pick<AuditEntry, 'id' | 'hash'>;

/**
 * The tables of the audit log. `audit_end` repeats number and hash of the last entry, so that entries cut off the
 * end are missed.
 */
export const AUDIT_TABLES = `
CREATE TABLE audit (
  id INTEGER PRIMARY KEY,
  facts TEXT NOT NULL,
  hash BLOB NOT NULL
) STRICT;
CREATE TRIGGER audit_is_not_updated BEFORE UPDATE ON audit
  BEGIN SELECT RAISE(ABORT, 'audit entries are never changed'); END;
CREATE TRIGGER audit_is_not_deleted BEFORE DELETE ON audit
  BEGIN SELECT RAISE(ABORT, 'audit entries are never deleted'); END;
CREATE TABLE audit_end (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  id INTEGER NOT NULL,
  hash BLOB NOT NULL
) STRICT;
`;

/** An entry as it is stored. */
export interface AuditRow {
  readonly id: number;
  readonly facts: string;
  readonly hash: Uint8Array;
}

const PAGE = 500;
const MOST_LISTED = 100;
const NO_HASH = new Uint8Array(32);

/** The audit log on an open journal file. `append` runs inside a transaction. */
export class AuditLog {
  readonly #last: StatementSync;
  readonly #insert: StatementSync;
  readonly #moveEnd: StatementSync;
  readonly #list: StatementSync;
  readonly #after: StatementSync;
  readonly #end: StatementSync;

  constructor(db: DatabaseSync) {
    this.#last = db.prepare('SELECT id, facts, hash FROM audit ORDER BY id DESC LIMIT 1');
    this.#insert = db.prepare('INSERT INTO audit (id, facts, hash) VALUES (?, ?, ?)');
    this.#moveEnd = db.prepare(
      `INSERT INTO audit_end (one, id, hash) VALUES (1, ?, ?)
       ON CONFLICT DO UPDATE SET id = excluded.id, hash = excluded.hash`,
    );
    this.#list = db.prepare(
      `SELECT id, facts, hash FROM audit
       WHERE id < :beforeId
         AND (:operator IS NULL OR facts ->> '$.operator' = :operator)
         AND (:action IS NULL OR facts ->> '$.action' = :action)
         AND (:outcome IS NULL OR facts ->> '$.outcome' = :outcome)
       ORDER BY id DESC LIMIT :limit`,
    );
    this.#after = db.prepare(`SELECT id, facts, hash FROM audit WHERE id > ? ORDER BY id LIMIT ${PAGE}`);
    this.#end = db.prepare('SELECT id, hash FROM audit_end');
  }

  /** Adds an entry to the chain. */
  append(entry: NewAuditEntry): AuditEntry {
    const row = sealAudit(entry, this.#last.get() as AuditRow | undefined);
    this.#insert.run(row.id, row.facts, row.hash);
    this.#moveEnd.run(row.id, row.hash);
    return entryOf(row);
  }

  /** Entries newest first. */
  list({ beforeId, limit, operator, action, outcome }: AuditQuery): readonly AuditEntry[] {
    const rows = this.#list.all({
      beforeId,
      limit,
      operator: operator ?? null,
      action: action ?? null,
      outcome: outcome ?? null,
    });
    return (rows as unknown as AuditRow[]).map(entryOf);
  }

  /** Follows the whole chain at once. */
  check(known?: KnownAudit): AuditReport {
    const chain = new AuditChain(known);
    for (const page of this.#pages()) page.forEach((row) => chain.add(row));
    return chain.end(this.#end.get() as AuditRow | undefined);
  }

  /** The same, a page for each turn of the event loop: a long log keeps nobody waiting. */
  async checkInSteps(known?: KnownAudit): Promise<AuditReport> {
    const chain = new AuditChain(known);
    for (const page of this.#pages()) {
      page.forEach((row) => chain.add(row));
      if (page.length === PAGE) await setImmediate();
    }
    return chain.end(this.#end.get() as AuditRow | undefined);
  }

  *#pages(): Generator<readonly AuditRow[]> {
    for (let last = 0; ;) {
      const page = this.#after.all(last) as unknown as AuditRow[];
      yield page;
      if (page.length < PAGE) return;
      last = page.at(-1)?.id ?? last;
    }
  }
}

/** What is found on the way along the chain. */
export class AuditChain {
  readonly #known: KnownAudit | undefined;
  readonly #damage: AuditDamage[] = [];
  #entries = 0;
  #last: AuditRow | undefined;

  constructor(known: KnownAudit | undefined) {
    this.#known = known;
  }

  add(row: AuditRow): void {
    this.#entries += 1;
    const expected = (this.#last?.id ?? 0) + 1;
    if (row.id !== expected) this.#report(expected, 'entry-missing');
    // What stands behind a gap cannot be judged by what is gone.
    else if (!hashOf(row, this.#last?.hash).equals(row.hash)) this.#report(row.id, 'entry-changed');
    if (row.id === this.#known?.id && !isHash(row.hash, this.#known.hash)) {
      this.#report(row.id, 'known-differs');
    }
    this.#last = row;
  }

  /** `noted`: what the file says of its last entry. */
  end(noted: Pick<AuditRow, 'id' | 'hash'> | undefined): AuditReport {
    const last = this.#last;
    const whole = noted?.id === last?.id && (noted === undefined || isHash(last?.hash, hexOf(noted.hash)));
    if (!whole) this.#report(noted?.id ?? last?.id ?? 0, 'end-missing');
    if (this.#known !== undefined && this.#known.id > (last?.id ?? 0)) {
      this.#report(this.#known.id, 'entry-missing');
    }
    return {
      entries: this.#entries,
      ...(last !== undefined && { end: hexOf(last.hash) }),
      damage: this.#damage,
    };
  }

  #report(entry: number, kind: AuditDamage['kind']): void {
    if (this.#damage.length < MOST_LISTED) this.#damage.push({ entry, kind });
  }
}

/** The entry that follows `last`. */
export function sealAudit(entry: NewAuditEntry, last: Pick<AuditRow, 'id' | 'hash'> | undefined): AuditRow {
  const id = (last?.id ?? 0) + 1;
  const facts = JSON.stringify(entry);
  return { id, facts, hash: hashOf({ id, facts }, last?.hash) };
}

/** What a stored entry says. */
export function entryOf({ id, facts, hash: sealed }: AuditRow): AuditEntry {
  return { ...(JSON.parse(facts) as NewAuditEntry), id, hash: hexOf(sealed) };
}

/** JSON text holds no line break, so that the parts cannot run into each other. */
function hashOf({ id, facts }: Pick<AuditRow, 'id' | 'facts'>, previous: Uint8Array = NO_HASH): Buffer {
  return hash('sha256', Buffer.concat([previous, Buffer.from(`${id}\n${facts}`)]), 'buffer');
}

function isHash(found: Uint8Array | undefined, hex: string): boolean {
  return found !== undefined && hexOf(found) === hex.toLowerCase();
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
