/** The statements that read, prepared once. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';

/** The statements that read; parameters in the order of their SQL. */
export interface ReadStatements {
  readonly byKey: StatementSync;
  readonly byId: StatementSync;
  readonly byLeg: StatementSync;
  readonly legMessage: StatementSync;
  readonly byNaturalKey: StatementSync;
  readonly naturalKey: StatementSync;
  readonly entry: StatementSync;
  readonly archived: StatementSync;
  readonly record: StatementSync;
  readonly openIds: StatementSync;
  readonly ids: StatementSync;
  readonly idsInState: StatementSync;
  readonly handedOverIds: StatementSync;
  readonly recentMessageIds: StatementSync;
  readonly ledgerLines: StatementSync;
  readonly ledgerLine: StatementSync;
  readonly figures: StatementSync;
}

/** A `StoredEntry`. */
export const ENTRY_COLUMNS = `id, exchange_id AS exchangeId, previous, kind, at, facts, payload, hash,
  payload_hash AS payloadHash, kept_as AS keptAs`;

const EXCHANGE = `SELECT id, peer, institution, message_id AS messageId, digest,
  transaction_number AS "transaction", state, accepted_at AS acceptedAt, ended_at AS endedAt, legs, odd, head, head_hash AS headHash
  FROM exchanges`;

const LEDGER = `l.exchange_id AS exchangeId, x.transaction_number AS "transaction",
  l.settlement_id AS settlementId, l.visit_id AS visitId, l.institution, l.total, l.fund_paid AS fundPaid,
  l.account_paid AS accountPaid, l.cash_paid AS cashPaid
  FROM ledger AS l JOIN exchanges AS x ON x.id = l.exchange_id`;

/** Whether an entry lies in an archive; its number twice. */
export const ARCHIVED = `SELECT 1 FROM (SELECT last FROM archived_ranges WHERE first <= ? ORDER BY first DESC LIMIT 1)
  WHERE last >= ?`;

/** Prepares them. */
export function prepareReads(db: DatabaseSync): ReadStatements {
  return {
    byKey: db.prepare(`${EXCHANGE} WHERE peer = ? AND institution = ? AND message_id = ?`),
    byId: db.prepare(`${EXCHANGE} WHERE id = ?`),
    byLeg: db.prepare(
      `SELECT exchange_id AS id FROM leg_messages WHERE peer = ? AND message_id = ?
       ORDER BY exchange_id DESC LIMIT 1`,
    ),
    legMessage: db.prepare(
      'SELECT 1 FROM leg_messages WHERE peer = ? AND message_id = ? AND exchange_id = ?',
    ),
    byNaturalKey: db.prepare(
      `SELECT x.id, x.peer, x.institution, x.message_id AS messageId, x.transaction_number AS "transaction", x.state
       FROM natural_keys AS n JOIN exchanges AS x ON x.id = n.exchange_id
       WHERE n.institution = ? AND n.key = ? AND x.state NOT IN ('rejected', 'reversed')
       ORDER BY n.exchange_id DESC`,
    ),
    naturalKey: db.prepare(
      'SELECT 1 FROM natural_keys WHERE institution = ? AND key = ? AND exchange_id = ?',
    ),
    entry: db.prepare(`SELECT ${ENTRY_COLUMNS} FROM entries WHERE id = ?`),
    archived: db.prepare(ARCHIVED),
    record: db.prepare(
      'SELECT entry, start, length FROM records WHERE institution = ? AND kind = ? AND key = ?',
    ),
    openIds: db.prepare(`SELECT id FROM exchanges WHERE state = 'open' AND id > ? ORDER BY id LIMIT ?`),
    ids: db.prepare(`SELECT id FROM exchanges WHERE state <> 'buried' AND id < ? ORDER BY id DESC LIMIT ?`),
    idsInState: db.prepare('SELECT id FROM exchanges WHERE state = ? AND id < ? ORDER BY id DESC LIMIT ?'),
    handedOverIds: db.prepare(
      `SELECT id FROM exchanges WHERE state = 'handed-to-person' AND id < ? ORDER BY id DESC LIMIT ?`,
    ),
    recentMessageIds: db.prepare(
      `SELECT facts ->> '$.leg.messageId' AS messageId FROM entries
       WHERE kind IN ('accepted', 'sent') ORDER BY id DESC LIMIT ?`,
    ),
    ledgerLines: db.prepare(`SELECT l.entry, ${LEDGER} WHERE l.entry > ? ORDER BY l.entry LIMIT ?`),
    ledgerLine: db.prepare(`SELECT ${LEDGER} WHERE l.entry = ?`),
    figures: db.prepare(
      `SELECT (SELECT count(*) FROM exchanges WHERE state = 'open') AS open,
         (SELECT min(accepted_at) FROM exchanges WHERE state = 'open') AS oldestOpenAt,
         (SELECT count(*) FROM exchanges WHERE state = 'handed-to-person') AS withPerson,
         (SELECT count(*) FROM exchanges WHERE odd = 'waiting') AS odd,
         (SELECT page_count * page_size FROM pragma_page_count, pragma_page_size) AS bytes`,
    ),
  };
}
