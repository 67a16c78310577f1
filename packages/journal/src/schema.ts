/** The tables of the SQLite journal, and how one version becomes the next. */
import { ARCHIVE_TABLES } from './archive/archive-tables.ts';
import { AUDIT_TABLES } from './audit-log.ts';
import { EVIDENCE_TABLES } from './sqlite-evidence.ts';
import { SEARCH_INDEX } from './search.ts';

/** Marks the file as a journal of this program (`PRAGMA application_id`, "YQJ1"). */
export const APPLICATION_ID = 0x59514a31;

/**
 * `entries` is what happened, append-only and chained per exchange by `previous` and `hash`; all bytes of
 * messages are there, once. Everything else is derived from it in the same transaction, to find things.
 */
const FIRST = `
CREATE TABLE meta (
  name TEXT PRIMARY KEY,
  value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE exchanges (
  id INTEGER PRIMARY KEY,
  peer TEXT NOT NULL,
  institution TEXT NOT NULL,
  message_id TEXT NOT NULL,
  digest TEXT NOT NULL,
  transaction_number TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN
    ('open', 'answered', 'rejected', 'reversed', 'handed-to-person', 'buried')),
  accepted_at INTEGER NOT NULL,
  ended_at INTEGER CHECK ((ended_at IS NULL) = (state = 'open')),
  legs INTEGER NOT NULL,
  head INTEGER NOT NULL,
  head_hash BLOB NOT NULL,
  UNIQUE (peer, institution, message_id)
) STRICT;
CREATE INDEX open_exchanges ON exchanges (id) WHERE state = 'open';

CREATE TABLE entries (
  id INTEGER PRIMARY KEY,
  exchange_id INTEGER REFERENCES exchanges (id),
  previous INTEGER,
  kind TEXT NOT NULL CHECK (kind IN
    ('accepted', 'sent', 'leg-settled', 'ended', 'reversed', 'buried', 'kept')),
  at INTEGER NOT NULL,
  facts TEXT NOT NULL,
  payload BLOB NOT NULL,
  hash BLOB NOT NULL
) STRICT;
CREATE TRIGGER entries_are_not_updated BEFORE UPDATE ON entries
  BEGIN SELECT RAISE(ABORT, 'entries are never changed'); END;
CREATE TRIGGER entries_are_not_deleted BEFORE DELETE ON entries
  BEGIN SELECT RAISE(ABORT, 'entries are never deleted'); END;

CREATE TABLE leg_messages (
  peer TEXT NOT NULL,
  message_id TEXT NOT NULL,
  exchange_id INTEGER NOT NULL REFERENCES exchanges (id),
  PRIMARY KEY (peer, message_id, exchange_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE records (
  institution TEXT NOT NULL,
  kind TEXT NOT NULL,
  key TEXT NOT NULL,
  entry INTEGER NOT NULL,
  start INTEGER NOT NULL,
  length INTEGER NOT NULL,
  PRIMARY KEY (institution, kind, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE ledger (
  entry INTEGER PRIMARY KEY,
  exchange_id INTEGER NOT NULL REFERENCES exchanges (id),
  settlement_id TEXT NOT NULL,
  visit_id TEXT NOT NULL,
  institution TEXT NOT NULL,
  total TEXT NOT NULL,
  fund_paid TEXT NOT NULL,
  account_paid TEXT NOT NULL,
  cash_paid TEXT NOT NULL
) STRICT;
`;

/**
 * What a person finds out is an entry too. A CHECK cannot be widened in place, so the entries are copied as
 * they are; their hashes stay. What waits for a person is found without reading everything that does not.
 */
const RESOLVED = `
CREATE TABLE entries_of_2 (
  id INTEGER PRIMARY KEY,
  exchange_id INTEGER REFERENCES exchanges (id),
  previous INTEGER,
  kind TEXT NOT NULL CHECK (kind IN
    ('accepted', 'sent', 'leg-settled', 'ended', 'reversed', 'resolved', 'buried', 'kept')),
  at INTEGER NOT NULL,
  facts TEXT NOT NULL,
  payload BLOB NOT NULL,
  hash BLOB NOT NULL
) STRICT;
INSERT INTO entries_of_2 SELECT id, exchange_id, previous, kind, at, facts, payload, hash FROM entries;
DROP TABLE entries;
ALTER TABLE entries_of_2 RENAME TO entries;
CREATE TRIGGER entries_are_not_updated BEFORE UPDATE ON entries
  BEGIN SELECT RAISE(ABORT, 'entries are never changed'); END;
CREATE TRIGGER entries_are_not_deleted BEFORE DELETE ON entries
  BEGIN SELECT RAISE(ABORT, 'entries are never deleted'); END;

CREATE INDEX handed_over_exchanges ON exchanges (id) WHERE state = 'handed-to-person';
`;

/** What exchanges are about, so that the same matter is found under another message id. */
const NATURAL_KEYS = `
CREATE TABLE natural_keys (
  institution TEXT NOT NULL,
  key TEXT NOT NULL,
  exchange_id INTEGER NOT NULL REFERENCES exchanges (id),
  PRIMARY KEY (institution, key, exchange_id)
) STRICT, WITHOUT ROWID;
`;

/** What people do through the admin API, and how they find exchanges by day. */
const AUDITED = `${AUDIT_TABLES}${SEARCH_INDEX}`;

/**
 * Payloads may be sealed, sealed again with another key, and taken away when their time is over; all else of an entry
 * stays as it is. `sealing_keys` names the keys without which the file cannot be used. Matters are found by digest.
 */
const SEALED = `
ALTER TABLE entries ADD COLUMN payload_hash BLOB;
ALTER TABLE entries ADD COLUMN kept_as TEXT NOT NULL DEFAULT 'clear' CHECK (kept_as IN ('clear', 'sealed', 'expired'));
DROP TRIGGER entries_are_not_updated;
CREATE TRIGGER entries_are_not_updated
  BEFORE UPDATE OF id, exchange_id, previous, kind, at, facts, hash, payload_hash ON entries
  BEGIN SELECT RAISE(ABORT, 'entries are never changed'); END;
CREATE TRIGGER expired_payloads_stay_away BEFORE UPDATE OF payload, kept_as ON entries WHEN old.kept_as = 'expired'
  BEGIN SELECT RAISE(ABORT, 'entries are never changed'); END;

CREATE TABLE sealing_keys (
  id TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;

UPDATE natural_keys SET key = digest_of_matter(key);
`;

/**
 * What is odd about an answer waits on the row of its exchange until a person has looked, which is an entry. A CHECK cannot
 * be widened in place, so that the entries are copied as they are; their hashes stay.
 */
const ODD_ANSWERS = `
ALTER TABLE exchanges ADD COLUMN odd TEXT CHECK (odd IN ('waiting', 'looked'));
CREATE INDEX odd_exchanges ON exchanges (id) WHERE odd = 'waiting';

CREATE TABLE entries_of_8 (
  id INTEGER PRIMARY KEY,
  exchange_id INTEGER REFERENCES exchanges (id),
  previous INTEGER,
  kind TEXT NOT NULL CHECK (kind IN
    ('accepted', 'sent', 'leg-settled', 'ended', 'reversed', 'resolved', 'looked', 'buried', 'kept')),
  at INTEGER NOT NULL,
  facts TEXT NOT NULL,
  payload BLOB NOT NULL,
  hash BLOB NOT NULL,
  payload_hash BLOB,
  kept_as TEXT NOT NULL DEFAULT 'clear' CHECK (kept_as IN ('clear', 'sealed', 'expired'))
) STRICT;
INSERT INTO entries_of_8
  SELECT id, exchange_id, previous, kind, at, facts, payload, hash, payload_hash, kept_as FROM entries;
DROP TABLE entries;
ALTER TABLE entries_of_8 RENAME TO entries;
CREATE TRIGGER entries_are_not_updated
  BEFORE UPDATE OF id, exchange_id, previous, kind, at, facts, hash, payload_hash ON entries
  BEGIN SELECT RAISE(ABORT, 'entries are never changed'); END;
CREATE TRIGGER expired_payloads_stay_away BEFORE UPDATE OF payload, kept_as ON entries WHEN old.kept_as = 'expired'
  BEGIN SELECT RAISE(ABORT, 'entries are never changed'); END;
CREATE TRIGGER entries_are_not_deleted BEFORE DELETE ON entries
  WHEN NOT EXISTS (SELECT 1 FROM (SELECT last FROM archived_ranges WHERE first <= old.id ORDER BY first DESC LIMIT 1)
    WHERE last >= old.id)
  BEGIN SELECT RAISE(ABORT, 'entries are never deleted'); END;
`;

/**
 * Step n brings a file of version n to version n + 1 (`PRAGMA user_version`); `digest_of_matter` is there for it. Steps are added,
 * never changed.
 */
export const MIGRATIONS: readonly string[] = [
  FIRST,
  RESOLVED,
  NATURAL_KEYS,
  AUDITED,
  SEALED,
  EVIDENCE_TABLES,
  ARCHIVE_TABLES,
  ODD_ANSWERS,
];
