/** The statements that write, prepared once. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';

/** The statements that write; parameters in the order of their SQL. */
export interface WriteStatements {
  /** Changes nothing when the key is on record. */
  readonly insertExchange: StatementSync;
  readonly insertEntry: StatementSync;
  readonly insertLegMessage: StatementSync;
  readonly insertNaturalKey: StatementSync;
  readonly countLeg: StatementSync;
  readonly moveHead: StatementSync;
  readonly setState: StatementSync;
  readonly insertLedgerLine: StatementSync;
  readonly putRecord: StatementSync;
  readonly standing: StatementSync;
  readonly byKey: StatementSync;
}

/** Prepares them. */
export function prepareWrites(db: DatabaseSync): WriteStatements {
  return {
    insertExchange: db.prepare(
      `INSERT INTO exchanges (id, peer, institution, message_id, digest, transaction_number, state,
         accepted_at, ended_at, legs, head, head_hash)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (peer, institution, message_id) DO NOTHING`,
    ),
    insertEntry: db.prepare(
      `INSERT INTO entries (id, exchange_id, previous, kind, at, facts, payload, hash, payload_hash, kept_as)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    insertLegMessage: db.prepare(
      `INSERT INTO leg_messages (peer, message_id, exchange_id) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`,
    ),
    insertNaturalKey: db.prepare(
      `INSERT INTO natural_keys (institution, key, exchange_id) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`,
    ),
    countLeg: db.prepare('UPDATE exchanges SET head = ?, head_hash = ?, legs = legs + 1 WHERE id = ?'),
    moveHead: db.prepare('UPDATE exchanges SET head = ?, head_hash = ? WHERE id = ?'),
    setState: db.prepare(
      'UPDATE exchanges SET state = ?, ended_at = ?, head = ?, head_hash = ? WHERE id = ?',
    ),
    insertLedgerLine: db.prepare(
      `INSERT INTO ledger (entry, exchange_id, settlement_id, visit_id, institution,
         total, fund_paid, account_paid, cash_paid)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    putRecord: db.prepare(
      `INSERT INTO records (institution, kind, key, entry, start, length) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET entry = excluded.entry, start = excluded.start, length = excluded.length`,
    ),
    standing: db.prepare(
      'SELECT state, legs, ended_at AS endedAt, head, head_hash AS hash FROM exchanges WHERE id = ?',
    ),
    byKey: db.prepare(
      'SELECT state, digest FROM exchanges WHERE peer = ? AND institution = ? AND message_id = ?',
    ),
  };
}
