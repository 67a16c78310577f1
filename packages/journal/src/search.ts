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
  const acceptedAt = db.prepare('SELECT accepted_at AS at FROM exchanges WHERE id = ?');
  return (query) => {
    const cursor = Number.isFinite(query.beforeId)
      ? (acceptedAt.get(query.beforeId) as { at: number } | undefined)?.at
      : undefined;
    const { range, wanted, values } = conditionsOf(query, cursor);
    const columns = `id, ${Object.values(COLUMNS).join(', ')}`;
    const seen = `SELECT ${columns} FROM exchanges WHERE ${range} LIMIT ${MOST_SEEN}`;
    const rows = db
      .prepare(`SELECT id FROM (${seen}) WHERE ${wanted} LIMIT :limit`)
      .all({ ...values.range, ...values.wanted, limit: query.limit }) as { id: number }[];
    const ids = rows.map(({ id }) => id);
    if (ids.length === query.limit) return pageOf(ids, ids.at(-1));
    const last = db
      .prepare(`SELECT id FROM exchanges WHERE ${range} LIMIT 1 OFFSET ${MOST_SEEN - 1}`)
      .get(values.range) as { id: number } | undefined;
    return pageOf(ids, last?.id);
  };
}

function pageOf(ids: readonly number[], next: number | undefined): IdPage {
  return { ids, ...(next !== undefined && { next }) };
}

type Values = Record<string, string | number>;

interface Conditions {
  /** What an index finds, in its order. */
  readonly range: string;
  /** What each one found is held against. */
  readonly wanted: string;
  readonly values: { readonly range: Values; readonly wanted: Values };
}

function conditionsOf(query: ExchangeQuery, cursor: number | undefined): Conditions {
  const wanted = Object.entries(COLUMNS).flatMap(([name, column]) => {
    const value = query[name as keyof typeof COLUMNS];
    return value === undefined ? [] : [{ sql: `${column} = :${name}`, name, value }];
  });
  const { range, values } =
    query.from === undefined && query.to === undefined ? byNumber(query) : byTime(query, cursor);
  return {
    range,
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
} as const;

/** States that have an index of their own. */
const INDEXED: ReadonlySet<string> = new Set(['open', 'handed-to-person']);

function byNumber({ beforeId, state }: ExchangeQuery): { range: string; values: Values } {
  const few = state !== undefined && INDEXED.has(state) ? ` AND state = '${state}'` : '';
  return { range: `id < :beforeId${few} ORDER BY id DESC`, values: { beforeId } };
}

/** Numbers are given when an exchange is written, a little later than it was accepted: the two orders differ. */
function byTime(
  { beforeId, from, to }: ExchangeQuery,
  cursor: number | undefined,
): { range: string; values: Values } {
  const values = { from: from ?? 0, to: to ?? Number.MAX_SAFE_INTEGER };
  const range = 'accepted_at >= :from AND accepted_at < :to';
  const order = 'ORDER BY accepted_at DESC, id DESC';
  if (cursor === undefined) return { range: `${range} ${order}`, values };
  return {
    range: `${range} AND accepted_at <= :cursor AND (accepted_at < :cursor OR id < :beforeId) ${order}`,
    values: { ...values, cursor, beforeId },
  };
}

/** The index that a search by time follows. */
export const SEARCH_INDEX = `
CREATE INDEX exchanges_by_time ON exchanges (accepted_at);
`;
