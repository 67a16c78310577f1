/** Which exchanges people look for: found by what the tables say of them, newest first. */
import type { DatabaseSync } from 'node:sqlite';
import type { Exchange, ExchangeEnd } from './types.ts';

/** What is looked for; a member that is absent asks for nothing. */
export interface ExchangeQuery {
  /** Only what was accepted before this exchange; `Infinity` to begin. */
  readonly beforeId: number;
  readonly limit: number;
  readonly state?: 'open' | ExchangeEnd['state'];
  readonly peer?: string;
  readonly institution?: string;
  readonly transaction?: string;
  readonly messageId?: string;
  /** Those with odd answers that nobody has looked at, or that somebody has. */
  readonly odd?: 'waiting' | 'looked';
  /** Accepted at or after this, epoch milliseconds. */
  readonly from?: number;
  /** Accepted before this. */
  readonly to?: number;
}

/** What was found. */
export interface ExchangePage {
  /** Newest first; may be fewer than asked for although there are more. */
  readonly exchanges: readonly Exchange[];
  /** `beforeId` of the next page; absent when there is none. */
  readonly next?: number;
}

/** Numbers of exchanges, newest first. */
export interface IdPage {
  readonly ids: readonly number[];
  readonly next?: number;
}

/** So many exchanges are looked at for one page: no search may keep the gateway from its work. */
const MOST_SEEN = 20_000;

/** A search over an open journal file. */
export function createSearch(db: DatabaseSync): (query: ExchangeQuery) => IdPage {
  const acceptedAt = db.prepare(CURSOR.replace('$1', '?'));
  return (query) => {
    const cursor = Number.isFinite(query.beforeId)
      ? (acceptedAt.get(query.beforeId) as { at: number } | undefined)?.at
      : undefined;
    const { page, last } = planSearch(query, cursor);
    const ids = (db.prepare(page.sql).all(page.values) as { id: number }[]).map(({ id }) => id);
    if (ids.length === query.limit) return pageOf(ids, ids.at(-1));
    return pageOf(ids, (db.prepare(last.sql).get(last.values) as { id: number } | undefined)?.id);
  };
}

/** When an exchange was accepted, by its number. */
export const CURSOR = 'SELECT accepted_at AS at FROM exchanges WHERE id = $1';

/** A statement with named parameters (`:name`). */
export interface SearchStatement {
  readonly sql: string;
  readonly values: Values;
}

/**
 * The statements of a search: `page` finds the numbers, and where those are fewer than asked for, `last` tells how far
 * was looked. `cursor` is when `beforeId` was accepted.
 */
export function planSearch(
  query: ExchangeQuery,
  cursor: number | undefined,
): { readonly page: SearchStatement; readonly last: SearchStatement } {
  const { range, order, wanted, values } = conditionsOf(query, cursor);
  const columns = `id, accepted_at, ${Object.values(COLUMNS).join(', ')}`;
  const seen = `SELECT ${columns} FROM exchanges WHERE ${range} ${order} LIMIT ${MOST_SEEN}`;
  return {
    page: {
      sql: `SELECT id FROM (${seen}) AS seen WHERE ${wanted} ${order} LIMIT :limit`,
      values: { ...values.range, ...values.wanted, limit: query.limit },
    },
    last: {
      sql: `SELECT id FROM exchanges WHERE ${range} ${order} LIMIT 1 OFFSET ${MOST_SEEN - 1}`,
      values: values.range,
    },
  };
}

/** A page of numbers. */
export function pageOf(ids: readonly number[], next: number | undefined): IdPage {
  return { ids, ...(next !== undefined && { next }) };
}

type Values = Record<string, string | number>;

interface Conditions {
  /** What an index finds. */
  readonly range: string;
  /** Its order. */
  readonly order: string;
  /** What each one found is held against. */
  readonly wanted: string;
  readonly values: { readonly range: Values; readonly wanted: Values };
}

function conditionsOf(query: ExchangeQuery, cursor: number | undefined): Conditions {
  const wanted = Object.entries(COLUMNS).flatMap(([name, column]) => {
    const value = query[name as keyof typeof COLUMNS];
    return value === undefined ? [] : [{ sql: `${column} = :${name}`, name, value }];
  });
  const { range, order, values } =
    query.from === undefined && query.to === undefined ? byNumber(query) : byTime(query, cursor);
  return {
    range,
    order,
    wanted: [`state <> 'buried'`, ...wanted.map(({ sql }) => sql)].join(' AND '),
    values: { range: values, wanted: Object.fromEntries(wanted.map(({ name, value }) => [name, value])) },
  };
}

const COLUMNS = {
  state: 'state',
  peer: 'peer',
  institution: 'institution',
  transaction: 'transaction_number',
  messageId: 'message_id',
  odd: 'odd',
} as const;

interface Range {
  readonly range: string;
  readonly order: string;
  readonly values: Values;
}

/** States that have an index of their own. */
const INDEXED: ReadonlySet<string> = new Set(['open', 'handed-to-person']);

function byNumber({ beforeId, state, odd }: ExchangeQuery): Range {
  const few = state !== undefined && INDEXED.has(state) ? ` AND state = '${state}'` : '';
  const fewer = odd === 'waiting' ? ` AND odd = 'waiting'` : '';
  return {
    range: `id < :beforeId${few}${fewer}`,
    order: 'ORDER BY id DESC',
    values: { beforeId: Math.min(beforeId, Number.MAX_SAFE_INTEGER) },
  };
}

/** Numbers are given when an exchange is written, a little later than it was accepted: the two orders differ. */
function byTime({ beforeId, from, to }: ExchangeQuery, cursor: number | undefined): Range {
  const values = { from: from ?? 0, to: to ?? Number.MAX_SAFE_INTEGER };
  const range = 'accepted_at >= :from AND accepted_at < :to';
  const order = 'ORDER BY accepted_at DESC, id DESC';
  if (cursor === undefined) return { range, order, values };
  return {
    range: `${range} AND accepted_at <= :cursor AND (accepted_at < :cursor OR id < :beforeId)`,
    order,
    values: { ...values, cursor, beforeId },
  };
}

/** The index that a search by time follows. */
export const SEARCH_INDEX = `
CREATE INDEX exchanges_by_time ON exchanges (accepted_at);
`;
