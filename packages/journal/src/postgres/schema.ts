/** The tables of the PostgreSQL journal, and how one version becomes the next while others serve. */

/** Entries of one day have numbers from `day * ENTRIES_PER_DAY` on, days being counted from 1970 in UTC. */
export const ENTRIES_PER_DAY = 100_000_000_000;

/**
 * As in the SQLite journal: `entries` is what happened, append-only, chained per exchange, in a partition for each day;
 * everything else finds things. `owner` is the process that is at an open exchange.
 */
const FIRST = `
CREATE TABLE meta (name text PRIMARY KEY, value bytea NOT NULL);
CREATE TABLE sealing_keys (id text PRIMARY KEY);
CREATE SEQUENCE entry_ids;
CREATE SEQUENCE exchange_ids;
CREATE SEQUENCE epochs MAXVALUE 2147483647;

CREATE TABLE exchanges (
  id bigint PRIMARY KEY,
  peer text NOT NULL,
  institution text NOT NULL,
  message_id text NOT NULL,
  digest text NOT NULL,
  transaction_number text NOT NULL,
  state text NOT NULL CHECK (state IN
    ('open', 'answered', 'rejected', 'reversed', 'handed-to-person', 'buried')),
  accepted_at bigint NOT NULL,
  ended_at bigint CHECK ((ended_at IS NULL) = (state = 'open')),
  legs integer NOT NULL,
  head bigint NOT NULL,
  head_hash bytea NOT NULL,
  owner bigint NOT NULL,
  UNIQUE (peer, institution, message_id)
) WITH (fillfactor = 80);
CREATE INDEX open_exchanges ON exchanges (id) INCLUDE (owner, accepted_at) WHERE state = 'open';
CREATE INDEX handed_over_exchanges ON exchanges (id) WHERE state = 'handed-to-person';
CREATE INDEX exchanges_by_time ON exchanges (accepted_at, id);
CREATE INDEX exchanges_by_message ON exchanges (message_id);

CREATE TABLE entries (
  id bigint PRIMARY KEY,
  exchange_id bigint,
  previous bigint,
  kind text NOT NULL CHECK (kind IN
    ('accepted', 'sent', 'leg-settled', 'ended', 'reversed', 'resolved', 'buried', 'kept')),
  at bigint NOT NULL,
  facts text NOT NULL,
  payload bytea NOT NULL,
  hash bytea NOT NULL,
  payload_hash bytea,
  kept_as text NOT NULL CHECK (kept_as IN ('clear', 'sealed', 'expired'))
) PARTITION BY RANGE (id);
ALTER TABLE entries ALTER COLUMN payload SET STORAGE EXTERNAL;
CREATE TABLE leg_messages (
  peer text NOT NULL,
  message_id text NOT NULL,
  exchange_id bigint NOT NULL,
  PRIMARY KEY (peer, message_id, exchange_id)
);
CREATE TABLE natural_keys (
  institution text NOT NULL,
  key text NOT NULL,
  exchange_id bigint NOT NULL,
  PRIMARY KEY (institution, key, exchange_id)
);
CREATE TABLE records (
  institution text NOT NULL,
  kind text NOT NULL,
  key text NOT NULL,
  entry bigint NOT NULL,
  start integer NOT NULL,
  length integer NOT NULL,
  PRIMARY KEY (institution, kind, key)
);
CREATE TABLE ledger (
  entry bigint PRIMARY KEY,
  exchange_id bigint NOT NULL,
  settlement_id text NOT NULL,
  visit_id text NOT NULL,
  institution text NOT NULL,
  total text NOT NULL,
  fund_paid text NOT NULL,
  account_paid text NOT NULL,
  cash_paid text NOT NULL
);

CREATE TABLE audit (id bigint PRIMARY KEY, facts text NOT NULL, hash bytea NOT NULL);
CREATE TABLE audit_end (one integer PRIMARY KEY CHECK (one = 1), id bigint NOT NULL, hash bytea NOT NULL);

CREATE TABLE evidence_batches (
  number bigint PRIMARY KEY,
  first bigint NOT NULL UNIQUE,
  last bigint NOT NULL,
  header text NOT NULL,
  members bytea NOT NULL,
  signature bytea NOT NULL,
  certificate text NOT NULL,
  time_stamp bytea
);
CREATE TABLE evidence_certificates (name text PRIMARY KEY, pem text NOT NULL);

CREATE TABLE archives (
  day bigint NOT NULL,
  first bigint NOT NULL,
  last bigint NOT NULL,
  entries bigint NOT NULL,
  sha256 text NOT NULL,
  archived_at bigint NOT NULL,
  restored_at bigint,
  PRIMARY KEY (day, sha256)
);

CREATE TABLE refusals (
  message text PRIMARY KEY,
  told text NOT NULL,
  until bigint NOT NULL
);
CREATE INDEX refusals_by_time ON refusals (until);

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'what is on record is never changed'; END $$;
CREATE TRIGGER entries_are_not_updated
  BEFORE UPDATE OF id, exchange_id, previous, kind, at, facts, hash, payload_hash ON entries
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER expired_payloads_stay_away BEFORE UPDATE OF payload, kept_as ON entries
  FOR EACH ROW WHEN (old.kept_as = 'expired') EXECUTE FUNCTION refuse_change();
CREATE TRIGGER entries_are_not_deleted BEFORE DELETE ON entries
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER evidence_is_not_updated
  BEFORE UPDATE OF number, first, last, header, members, signature, certificate ON evidence_batches
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER time_stamps_are_not_updated BEFORE UPDATE OF time_stamp ON evidence_batches
  FOR EACH ROW WHEN (old.time_stamp IS NOT NULL) EXECUTE FUNCTION refuse_change();
CREATE TRIGGER evidence_is_not_deleted BEFORE DELETE ON evidence_batches
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_is_not_changed BEFORE UPDATE OR DELETE ON audit
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
`;

/**
 * Which numbers the entries have that lie in an archive and nowhere else: only those may be deleted. `removed` is false
 * while their deletion is under way.
 */
const ARCHIVED = `
ALTER TABLE archives
  ADD COLUMN file text NOT NULL DEFAULT '',
  ADD COLUMN exchanges bigint NOT NULL DEFAULT 0,
  ADD COLUMN removed boolean NOT NULL DEFAULT true;
CREATE TABLE archived_ranges (first bigint PRIMARY KEY, last bigint NOT NULL, archive text NOT NULL);
CREATE INDEX archived_ranges_by_archive ON archived_ranges (archive);
CREATE FUNCTION refuse_deletion() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM (SELECT last FROM archived_ranges WHERE first <= old.id ORDER BY first DESC LIMIT 1) AS r
    WHERE last >= old.id) THEN RETURN old; END IF;
  RAISE EXCEPTION 'what is on record is never changed';
END $$;
DROP TRIGGER entries_are_not_deleted ON entries;
CREATE TRIGGER entries_are_not_deleted BEFORE DELETE ON entries
  FOR EACH ROW EXECUTE FUNCTION refuse_deletion();
`;

/** Which process has which share of the message ids, until when (epoch milliseconds of the server). */
const SLOTS = `
CREATE TABLE slots (slot integer PRIMARY KEY, epoch bigint NOT NULL, until bigint NOT NULL);
`;

/**
 * What is odd about an answer waits on the row of its exchange until a person has looked, which is an entry. Entries that
 * are there need not be checked again: they were by the narrower rule.
 */
const ODD_ANSWERS = `
ALTER TABLE exchanges ADD COLUMN odd text CHECK (odd IN ('waiting', 'looked'));
CREATE INDEX odd_exchanges ON exchanges (id) WHERE odd = 'waiting';
ALTER TABLE entries DROP CONSTRAINT entries_kind_check;
ALTER TABLE entries ADD CONSTRAINT entries_kind_check CHECK (kind IN
  ('accepted', 'sent', 'leg-settled', 'ended', 'reversed', 'resolved', 'looked', 'buried', 'kept')) NOT VALID;
`;

/**
 * Step n brings a journal of version n to version n + 1. Steps are added, never changed, and each one leaves the tables
 * such that processes of the version before go on working: they add, and take nothing away.
 */
export const MIGRATIONS: readonly string[] = [FIRST, ARCHIVED, SLOTS, ODD_ANSWERS];
