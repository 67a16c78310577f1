/** The statements that read. */
import type { Statement } from './connection.ts';

const named = (name: string, text: string): Statement => ({ name, text });

/** A `StoredEntry`. */
export const ENTRY_COLUMNS = `e.id, e.exchange_id AS "exchangeId", e.previous, e.kind, e.at, e.facts, e.payload, e.hash,
  e.payload_hash AS "payloadHash", e.kept_as AS "keptAs"`;

const EXCHANGE = `SELECT id, peer, institution, message_id AS "messageId", digest,
  transaction_number AS "transaction", state, accepted_at AS "acceptedAt", ended_at AS "endedAt", legs, odd, head, head_hash AS "headHash" FROM exchanges`;

const LEDGER = `SELECT l.entry, l.exchange_id AS "exchangeId", x.transaction_number AS "transaction",
  l.settlement_id AS "settlementId", l.visit_id AS "visitId", l.institution, l.total, l.fund_paid AS "fundPaid",
  l.account_paid AS "accountPaid", l.cash_paid AS "cashPaid"
  FROM ledger AS l JOIN exchanges AS x ON x.id = l.exchange_id`;

export const BY_KEY = named('by-key', `${EXCHANGE} WHERE peer = $1 AND institution = $2 AND message_id = $3`);
export const BY_ID = named('by-id', `${EXCHANGE} WHERE id = $1`);
export const BY_LEG = named(
  'by-leg',
  `SELECT exchange_id AS id FROM leg_messages WHERE peer = $1 AND message_id = $2 ORDER BY exchange_id DESC LIMIT 1`,
);
export const LEGS_OF = named(
  'legs-of',
  `SELECT l.peer, l.message_id AS "messageId" FROM leg_messages AS l
   JOIN unnest($2::text[], $3::text[]) AS t (peer, message_id) ON t.peer = l.peer AND t.message_id = l.message_id
   WHERE l.exchange_id = $1`,
);
export const BY_NATURAL_KEY = named(
  'by-natural-key',
  `SELECT x.id, x.peer, x.institution, x.message_id AS "messageId", x.transaction_number AS "transaction", x.state
   FROM natural_keys AS n JOIN exchanges AS x ON x.id = n.exchange_id
   WHERE n.institution = $1 AND n.key = $2 AND x.state NOT IN ('rejected', 'reversed')
   ORDER BY n.exchange_id DESC`,
);
export const MATTERS_OF = named(
  'matters-of',
  'SELECT key FROM natural_keys WHERE exchange_id = $1 AND institution = $2 AND key = ANY ($3::text[])',
);
export const CHAIN = named(
  'chain',
  `WITH RECURSIVE e AS (
     SELECT * FROM entries WHERE id = $1
     UNION ALL
     SELECT before.* FROM e JOIN entries AS before ON before.id = e.previous WHERE e.previous < e.id
   ) SELECT ${ENTRY_COLUMNS} FROM e`,
);
export const RECORD = named(
  'record',
  `SELECT ${ENTRY_COLUMNS}, r.start, r.length FROM records AS r JOIN entries AS e ON e.id = r.entry
   WHERE r.institution = $1 AND r.kind = $2 AND r.key = $3`,
);
export const OPEN_IDS = named(
  'open-ids',
  `SELECT id FROM exchanges WHERE state = 'open' AND id > $1 ORDER BY id LIMIT $2`,
);
export const IDS = named(
  'ids',
  `SELECT id FROM exchanges WHERE state <> 'buried' AND id < $1 ORDER BY id DESC LIMIT $2`,
);
export const IDS_IN_STATE = named(
  'ids-in-state',
  'SELECT id FROM exchanges WHERE state = $1 AND id < $2 ORDER BY id DESC LIMIT $3',
);
export const RECENT_MESSAGE_IDS = named(
  'recent-message-ids',
  `SELECT facts::json #>> '{leg,messageId}' AS "messageId" FROM entries
   WHERE kind IN ('accepted', 'sent') ORDER BY id DESC LIMIT $1`,
);
export const ARCHIVED = named(
  'archived',
  `SELECT 1 FROM (SELECT last FROM archived_ranges WHERE first <= $1 ORDER BY first DESC LIMIT 1) AS r WHERE last >= $1`,
);
/** The size changes slowly and costs a look at every file: it is asked for separately. */
export const FIGURES = named(
  'figures',
  `SELECT (SELECT count(*) FROM exchanges WHERE state = 'open') AS open,
     (SELECT min(accepted_at) FROM exchanges WHERE state = 'open') AS "oldestOpenAt",
     (SELECT count(*) FROM exchanges WHERE state = 'handed-to-person') AS "withPerson",
     (SELECT count(*) FROM exchanges WHERE odd = 'waiting') AS odd`,
);
export const SIZE = named(
  'size',
  `SELECT coalesce(sum(pg_total_relation_size(oid)), 0)::bigint AS bytes FROM pg_class
   WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r'`,
);
export const LEDGER_LINES = named('ledger-lines', `${LEDGER} WHERE l.entry > $1 ORDER BY l.entry LIMIT $2`);
export const LEDGER_LINES_OF = named('ledger-lines-of', `${LEDGER} WHERE l.entry = ANY ($1::bigint[])`);
