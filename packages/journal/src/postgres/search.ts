/** The search for exchanges in PostgreSQL. */
import { CURSOR, pageOf, planSearch } from '../search.ts';
import type { ExchangePage, ExchangeQuery, SearchStatement } from '../search.ts';
import type { Exchange } from '../types.ts';
import type { Ask } from './reads.ts';

/** See `JournalReads.search`; `readable` loads the exchanges of some numbers. */
export async function search(
  ask: Ask,
  query: ExchangeQuery,
  readable: (ids: readonly number[]) => Promise<readonly Exchange[]>,
): Promise<ExchangePage> {
  const ids = async (statement: SearchStatement): Promise<readonly number[]> => {
    const { text, values } = numbered(statement);
    const rows = await ask<{ id: number }>({ text }, values);
    return rows.map(({ id }) => id);
  };
  const [cursor] = Number.isFinite(query.beforeId)
    ? await ask<{ at: number }>({ name: 'cursor', text: CURSOR }, [query.beforeId])
    : [];
  const { page, last } = planSearch(query, cursor?.at);
  const found = await ids(page);
  const next = found.length === query.limit ? found.at(-1) : (await ids(last))[0];
  const { ids: shown, ...rest } = pageOf(found, next);
  return { exchanges: await readable(shown), ...rest };
}

/** Named parameters as PostgreSQL takes them. */
function numbered({ sql, values }: SearchStatement): { text: string; values: unknown[] } {
  const names: string[] = [];
  const text = sql.replace(/:(\w+)/g, (_whole, name: string) => {
    if (!names.includes(name)) names.push(name);
    return `$${names.indexOf(name) + 1}`;
  });
  return { text, values: names.map((name) => values[name]) };
}
