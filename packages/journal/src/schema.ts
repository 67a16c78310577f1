/** The tables of the SQLite journal, and how one version becomes the next. */

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

/** Step n brings a file of version n to version n + 1 (`PRAGMA user_version`). Steps are added, never changed. */
export const MIGRATIONS: readonly string[] = [FIRST, RESOLVED];
