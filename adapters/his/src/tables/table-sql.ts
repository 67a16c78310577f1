/** The statements on exchange tables; names come from the map, values never stand in the text. */
import type { DetailTable, TableMap } from '../map/map-types.ts';

/** `public.orders` → `"public"."orders"`. */
export function quoted(name: string): string {
  return name
    .split('.')
    .map((part) => `"${part.replaceAll('"', '""')}"`)
    .join('.');
}

const LEASE = `now() + $1 * interval '1 millisecond'`;

/**
 * Takes rows that are new, or whose owner has fallen silent, oldest first, each once: rows that another poller is
 * taking are passed over. Of a visit only the oldest open row is taken, so that its orders keep their order.
 * $1 lease in ms, $2 owner, $3 how many, $4 new, $5 working, $6 unknown.
 */
export function claimSql({ table, columns }: TableMap): string {
  const { key, visit, status, owner, until, attempts } = mapped(columns);
  return `WITH next AS (
    SELECT o.${key} AS k FROM ${quoted(table)} o
    WHERE (o.${status} = $4 OR (o.${status} IN ($5, $6) AND o.${until} < now()))
      AND NOT EXISTS (SELECT 1 FROM ${quoted(table)} e
        WHERE e.${visit} = o.${visit} AND e.${key} < o.${key} AND e.${status} IN ($4, $5, $6))
    ORDER BY o.${key} LIMIT $3 FOR UPDATE OF o SKIP LOCKED)
  UPDATE ${quoted(table)} t SET ${status} = $5, ${owner} = $2, ${until} = ${LEASE},
    ${attempts} = coalesce(t.${attempts}, 0) + 1
  FROM next WHERE t.${key} = next.k RETURNING t.*`;
}

/** Says that its owner still works on them. $1 lease in ms, $2 owner, $3 keys as text, $4 working. */
export function prolongSql({ table, columns }: TableMap): string {
  const { key, status, owner, until } = mapped(columns);
  return `UPDATE ${quoted(table)} SET ${until} = ${LEASE}
    WHERE ${owner} = $2 AND ${status} = $4 AND ${key}::text = ANY($3)`;
}

/**
 * Writes an end back, unless the row was taken away meanwhile. $1 wait in ms until it is taken again (unknown only),
 * $2 owner, $3 key, $4 working, $5 status, then the values of `others`.
 */
export function endSql({ table, columns }: TableMap, others: readonly string[]): string {
  const { key, status, owner, until } = mapped(columns);
  const sets = others.map((name, at) => `, ${quoted(name)} = $${at + 6}`).join('');
  return `UPDATE ${quoted(table)} SET ${status} = $5, ${owner} = NULL, ${until} = ${LEASE}${sets}
    WHERE ${key}::text = $3 AND ${owner} = $2 AND ${status} = $4`;
}

/** Rows of a detail table. $1 keys as text. */
export function detailSql({ table, key, orderBy }: DetailTable): string {
  const order = orderBy === undefined ? '' : `, ${quoted(orderBy)}`;
  return `SELECT * FROM ${quoted(table)} WHERE ${quoted(key)}::text = ANY($1) ORDER BY ${quoted(key)}${order}`;
}

function mapped<T extends Readonly<Record<string, string>>>(columns: T): T {
  return Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, quoted(column)])) as T;
}
