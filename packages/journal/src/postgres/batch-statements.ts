/** What a batch reads first, and how what it says is stored. */
import type pg from 'pg';
import type { Batch, Loaded, LoadedExchange, LoadedKey, Needs } from './batch.ts';

/**
 * Numbers of entries are given under this lock, shared, until the commit: who takes it alone knows that no lower number
 * can come any more.
 */
export const NUMBERS_LOCK = `hashtextextended('yiqiao numbers ' || current_schema(), 0)`;

const LOCK = {
  name: 'numbers',
  text: `SELECT pg_advisory_xact_lock_shared(${NUMBERS_LOCK})`,
};
const ENTRY_IDS = {
  name: 'entry-ids',
  text: `SELECT nextval('entry_ids') AS id FROM generate_series(1, $1)`,
};
const EXCHANGE_IDS = {
  name: 'exchange-ids',
  text: `SELECT nextval('exchange_ids') AS id FROM generate_series(1, $1)`,
};
/** In one order, so that two processes wait for each other in one direction. */
const EXCHANGES = {
  name: 'standings',
  text: `SELECT id, state, legs, ended_at AS "endedAt", odd, head, head_hash AS hash, owner FROM exchanges
    WHERE id = ANY ($1::bigint[]) ORDER BY id FOR UPDATE`,
};
const KEYS = {
  name: 'keys',
  text: `SELECT peer, institution, message_id AS "messageId", state, digest FROM exchanges
    JOIN unnest($1::text[], $2::text[], $3::text[]) AS k (p, i, m) ON peer = p AND institution = i AND message_id = m`,
};
const AUDIT_END = {
  name: 'audit-end',
  text: `SELECT id, hash FROM audit_end FOR UPDATE`,
};

/** Begins the transaction and reads what its writes need. */
export async function loadBatch(client: pg.Client, all: readonly Needs[], epoch: number): Promise<Loaded> {
  const keys = all.flatMap(({ keys: wanted = [] }) => wanted);
  const ids = [...new Set(all.flatMap(({ exchanges = [] }) => exchanges))];
  const entries = all.reduce((sum, one) => sum + one.entries, 0);
  const columns = [
    keys.map(({ peer }) => peer),
    keys.map(({ institution }) => institution),
    keys.map(({ messageId }) => messageId),
  ];
  const ask = async <Row>(
    statement: { name: string; text: string },
    values: readonly unknown[],
    isNeeded = true,
  ): Promise<readonly Row[]> =>
    isNeeded ? ((await client.query({ ...statement, values: [...values] })).rows as Row[]) : [];
  // All of it is on its way at once; what fails first is what is told.
  const [, , entryIds, exchangeIds, exchanges, found, ends] = await settled([
    client.query({ name: 'begin', text: 'BEGIN' }),
    ask(LOCK, []),
    ask<{ id: number }>(ENTRY_IDS, [entries], entries > 0),
    ask<{ id: number }>(EXCHANGE_IDS, [keys.length], keys.length > 0),
    ask<LoadedExchange>(EXCHANGES, [ids], ids.length > 0),
    ask<LoadedKey>(KEYS, columns, keys.length > 0),
    ask<{ id: number; hash: Uint8Array }>(
      AUDIT_END,
      [],
      all.some(({ audit }) => audit === true),
    ),
  ]);
  return {
    entryIds: entryIds.map(({ id }) => id),
    exchangeIds: exchangeIds.map(({ id }) => id),
    exchanges,
    keys: found,
    auditEnd: ends[0],
    epoch,
  };
}

/** All results, or the first failure once nothing is under way any more. */
async function settled<const T extends readonly Promise<unknown>[]>(
  promises: T,
): Promise<{ -readonly [Index in keyof T]: Awaited<T[Index]> }> {
  const results = await Promise.allSettled(promises);
  for (const result of results) if (result.status === 'rejected') throw result.reason;
  return results.map((result) => (result as PromiseFulfilledResult<unknown>).value) as never;
}

const INSERT_EXCHANGES = {
  name: 'insert-exchanges',
  text: `INSERT INTO exchanges (id, peer, institution, message_id, digest, transaction_number, state, accepted_at,
      ended_at, legs, head, head_hash, owner)
    SELECT id, p, i, m, d, t, s, a, e, l, h, substring($2::bytea FROM b FOR 32), $3
    FROM json_to_recordset($1) AS r (id bigint, p text, i text, m text, d text, t text, s text, a bigint, e bigint,
      l integer, h bigint, b integer)`,
};
const INSERT_ENTRIES = {
  name: 'insert-entries',
  text: `INSERT INTO entries (id, exchange_id, previous, kind, at, facts, payload, hash, payload_hash, kept_as)
    SELECT id, x, p, k, a, f, substring($2::bytea FROM b FOR l), substring($2::bytea FROM b + l FOR 32),
      substring($2::bytea FROM b + l + 32 FOR 32), c
    FROM json_to_recordset($1) AS r (id bigint, x bigint, p bigint, k text, a bigint, f text, c text, b integer, l integer)`,
};
const UPDATE_EXCHANGES = {
  name: 'update-exchanges',
  text: `UPDATE exchanges AS x SET state = r.s, legs = r.l, ended_at = r.e, odd = r.o, head = r.h,
      head_hash = substring($2::bytea FROM r.b FOR 32)
    FROM json_to_recordset($1) AS r (id bigint, s text, l integer, e bigint, o text, h bigint, b integer) WHERE x.id = r.id`,
};
const INSERT_LEGS = {
  name: 'insert-legs',
  text: `INSERT INTO leg_messages SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[]) ON CONFLICT DO NOTHING`,
};
const INSERT_NATURAL = {
  name: 'insert-natural-keys',
  text: `INSERT INTO natural_keys SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[]) ON CONFLICT DO NOTHING`,
};
const INSERT_LEDGER = {
  name: 'insert-ledger',
  text: `INSERT INTO ledger SELECT * FROM json_to_recordset($1) AS r (entry bigint, exchange_id bigint,
    settlement_id text, visit_id text, institution text, total text, fund_paid text, account_paid text, cash_paid text)`,
};
const PUT_RECORDS = {
  name: 'put-records',
  text: `INSERT INTO records SELECT * FROM json_to_recordset($1) AS r (institution text, kind text, key text,
      entry bigint, start integer, length integer)
    ON CONFLICT (institution, kind, key)
    DO UPDATE SET entry = excluded.entry, start = excluded.start, length = excluded.length
    WHERE records.entry < excluded.entry`,
};
const INSERT_AUDIT = {
  name: 'insert-audit',
  text: `INSERT INTO audit SELECT id, f, substring($2::bytea FROM b FOR 32)
    FROM json_to_recordset($1) AS r (id bigint, f text, b integer)`,
};
const MOVE_AUDIT_END = {
  name: 'move-audit-end',
  text: `INSERT INTO audit_end VALUES (1, $1, $2)
    ON CONFLICT (one) DO UPDATE SET id = excluded.id, hash = excluded.hash`,
};

/** The statements that store what a batch says, without the commit. */
export function statementsOf(batch: Batch, epoch: number): readonly pg.QueryConfig[] {
  return [...exchangesOf(batch, epoch), ...entriesOf(batch), ...indexesOf(batch), ...auditOf(batch)];
}

function exchangesOf(batch: Batch, epoch: number): pg.QueryConfig[] {
  const statements: pg.QueryConfig[] = [];
  if (batch.opened.length > 0) {
    const bytes = new Bytes();
    const sorted = batch.opened.toSorted((one, other) => compare(keyOf(one), keyOf(other)));
    const rows = sorted.map(({ key, digest, transaction, acceptedAt, row }) => ({
      id: row.id,
      p: key.peer,
      i: key.institution,
      m: key.messageId,
      d: digest,
      t: transaction,
      s: row.state,
      a: acceptedAt,
      e: row.endedAt,
      l: row.legs,
      h: row.head,
      b: bytes.add(row.hash),
    }));
    statements.push({ ...INSERT_EXCHANGES, values: [JSON.stringify(rows), bytes.all(), epoch] });
  }
  const { changed } = batch;
  if (changed.length > 0) {
    const bytes = new Bytes();
    const rows = changed.map(({ id, state, legs, endedAt, odd, head, hash }) => ({
      id,
      s: state,
      l: legs,
      e: endedAt,
      o: odd,
      h: head,
      b: bytes.add(hash),
    }));
    statements.push({ ...UPDATE_EXCHANGES, values: [JSON.stringify(rows), bytes.all()] });
  }
  return statements;
}

function entriesOf({ entries }: Batch): pg.QueryConfig[] {
  if (entries.length === 0) return [];
  const bytes = new Bytes();
  const rows = entries.map((entry) => {
    const b = bytes.add(entry.payload);
    bytes.add(entry.hash);
    if (entry.payloadHash !== null) bytes.add(entry.payloadHash);
    const { id, exchangeId: x, previous: p, kind: k, at: a, facts: f, keptAs: c } = entry;
    return { id, x, p, k, a, f, c, b, l: entry.payload.length };
  });
  return [{ ...INSERT_ENTRIES, values: [JSON.stringify(rows), bytes.all()] }];
}

function indexesOf({ legMessages, naturalKeys, ledger, records }: Batch): pg.QueryConfig[] {
  const columns = (rows: readonly (readonly [string, string, number])[]): unknown[] => [
    rows.map(([first]) => first),
    rows.map(([, second]) => second),
    rows.map(([, , third]) => third),
  ];
  const lines = ledger.map(({ entry, line }) => ({
    entry: entry.id,
    exchange_id: entry.exchangeId,
    settlement_id: line.settlementId,
    visit_id: line.visitId,
    institution: line.institution,
    total: line.total,
    fund_paid: line.fundPaid,
    account_paid: line.accountPaid,
    cash_paid: line.cashPaid,
  }));
  const places = [...records]
    .toSorted(([one], [other]) => compare(one, other))
    .map(
      ([
        ,
        {
          span: [start, length],
          ...place
        },
      ]) => ({ ...place, start, length }),
    );
  return [
    ...(legMessages.length > 0 ? [{ ...INSERT_LEGS, values: columns(legMessages) }] : []),
    ...(naturalKeys.length > 0 ? [{ ...INSERT_NATURAL, values: columns(naturalKeys) }] : []),
    ...(lines.length > 0 ? [{ ...INSERT_LEDGER, values: [JSON.stringify(lines)] }] : []),
    ...(places.length > 0 ? [{ ...PUT_RECORDS, values: [JSON.stringify(places)] }] : []),
  ];
}

function auditOf({ audit }: Batch): pg.QueryConfig[] {
  const last = audit.at(-1);
  if (last === undefined) return [];
  const bytes = new Bytes();
  const rows = audit.map(({ id, facts, hash }) => ({ id, f: facts, b: bytes.add(hash) }));
  return [
    { ...INSERT_AUDIT, values: [JSON.stringify(rows), bytes.all()] },
    { ...MOVE_AUDIT_END, values: [last.id, last.hash] },
  ];
}

/** Bytes of many rows as one value. */
class Bytes {
  readonly #parts: Uint8Array[] = [];
  #length = 0;

  /** Where they begin, from 1 as in SQL. */
  add(bytes: Uint8Array): number {
    const start = this.#length + 1;
    this.#parts.push(bytes);
    this.#length += bytes.length;
    return start;
  }

  all(): Buffer {
    return Buffer.concat(this.#parts, this.#length);
  }
}

function keyOf({ key }: Batch['opened'][number]): string {
  return JSON.stringify([key.peer, key.institution, key.messageId]);
}

function compare(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}
