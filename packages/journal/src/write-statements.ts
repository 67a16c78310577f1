/** The tables of a SQLite journal, as its writes see them. */
import type { DatabaseSync } from 'node:sqlite';
import type { Standing, WritePort } from './write-port.ts';

/** Prepares the statements once; each call runs one, inside the transaction that is open. */
export function createSqliteWrites(db: DatabaseSync): WritePort {
  const sql = prepare(db);
  const last = db
    .prepare(
      `SELECT max((SELECT coalesce(max(id), 0) FROM entries), (SELECT coalesce(max(last), 0) FROM archived_ranges)) AS entry,
              (SELECT coalesce(max(id), 0) FROM exchanges) AS exchange`,
    )
    .get() as { entry: number; exchange: number };
  return {
    nextEntry: () => (last.entry += 1),
    nextExchange: () => (last.exchange += 1),
    standing(id) {
      const row = sql.standing.get(id) as Omit<Standing, 'id'> | undefined;
      return row && { id, ...row };
    },
    byKey: ({ peer, institution, messageId }) =>
      sql.byKey.get(peer, institution, messageId) as { state: string; digest: string } | undefined,
    insertExchange({ key, digest, transaction, acceptedAt, entry }) {
      const buried = entry.kind === 'buried';
      const { changes } = sql.insertExchange.run(
        entry.exchangeId,
        key.peer,
        key.institution,
        key.messageId,
        digest,
        transaction,
        buried ? 'buried' : 'open',
        acceptedAt,
        buried ? acceptedAt : null,
        buried ? 0 : 1,
        entry.id,
        entry.hash,
      );
      return changes > 0;
    },
    insertEntry({ id, exchangeId, previous, kind, at, facts, payload, hash, payloadHash, keptAs }) {
      sql.insertEntry.run(id, exchangeId, previous, kind, at, facts, payload, hash, payloadHash, keptAs);
    },
    insertLegMessage: (...row) => void sql.insertLegMessage.run(...row),
    insertNaturalKey: (...row) => void sql.insertNaturalKey.run(...row),
    countLeg: (id, head) => void sql.countLeg.run(head.id, head.hash, id),
    moveHead: (id, head) => void sql.moveHead.run(head.id, head.hash, id),
    setOdd: (id, odd) => void sql.setOdd.run(odd, id),
    setState: (id, state, endedAt, head) => void sql.setState.run(state, endedAt, head.id, head.hash, id),
    insertLedgerLine({ id, exchangeId }, line) {
      const { settlementId, visitId, institution, total, fundPaid, accountPaid, cashPaid } = line;
      sql.insertLedgerLine.run(
        id,
        exchangeId,
        settlementId,
        visitId,
        institution,
        total,
        fundPaid,
        accountPaid,
        cashPaid,
      );
    },
    putRecord: ({ institution, kind, key, entry, span }) =>
      void sql.putRecord.run(institution, kind, key, entry, ...span),
  };
}

function prepare(db: DatabaseSync) {
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
    setOdd: db.prepare('UPDATE exchanges SET odd = ? WHERE id = ?'),
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
      'SELECT state, legs, ended_at AS endedAt, odd, head, head_hash AS hash FROM exchanges WHERE id = ?',
    ),
    byKey: db.prepare(
      'SELECT state, digest FROM exchanges WHERE peer = ? AND institution = ? AND message_id = ?',
    ),
  };
}
