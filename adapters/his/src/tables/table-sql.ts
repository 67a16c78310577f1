/**
 * The statements on exchange tables. Names and the few values of the status come from the map and stand in the text: only
 * so does the database know that a partial index on open rows fits. Values of orders never do.
 */
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
 * taking are passed over. Of a visit only the oldest open row is taken, so that its orders keep their order; these heads
 * are found first, by one sort: a plan that compares open rows with one another would take their square.
 * $1 lease in ms, $2 owner, $3 how many.
 */
export function claimSql({ table, columns, status: values }: TableMap): string {
  const { key, visit, status, owner, until, attempts } = mapped(columns);
  const [fresh, working, unknown] = [values.new, values.working, values.unknown].map(literal);
  const open = `IN (${fresh}, ${working}, ${unknown})`;
  return `WITH heads AS MATERIALIZED (
    SELECT DISTINCT ON (${visit}) ${key} AS k, ${status} AS s, ${until} AS u
    FROM ${quoted(table)} WHERE ${status} ${open} ORDER BY ${visit}, ${key}),
  due AS MATERIALIZED (SELECT k FROM heads WHERE s = ${fresh} OR u < now() ORDER BY k LIMIT 4 * $3),
  next AS (
    SELECT o.${key} AS k FROM ${quoted(table)} o
    WHERE o.${key} = ANY(ARRAY(SELECT k FROM due)) AND o.${status} ${open}
      AND (o.${status} = ${fresh} OR o.${until} < now())
    ORDER BY o.${key} LIMIT $3 FOR UPDATE SKIP LOCKED)
  UPDATE ${quoted(table)} t SET ${status} = ${working}, ${owner} = $2, ${until} = ${LEASE},
    ${attempts} = coalesce(t.${attempts}, 0) + 1
  FROM next WHERE t.${key} = next.k RETURNING t.*`;
}

/** Says that its owner still works on them. $1 lease in ms, $2 owner, $3 keys, $4 working. */
export function prolongSql({ table, columns }: TableMap): string {
  const { key, status, owner, until } = mapped(columns);
  return `UPDATE ${quoted(table)} SET ${until} = ${LEASE}
    WHERE ${owner} = $2 AND ${status} = $4 AND ${key} = ANY($3)`;
}

/**
 * Writes an end back, unless the row was taken away meanwhile. $1 wait in ms until it is taken again (unknown only),
 * $2 owner, $3 key, $4 working, $5 status, then the values of `others`.
 */
export function endSql({ table, columns }: TableMap, others: readonly string[]): string {
  const { key, status, owner, until } = mapped(columns);
  const sets = others.map((name, at) => `, ${quoted(name)} = $${at + 6}`).join('');
  return `UPDATE ${quoted(table)} SET ${status} = $5, ${owner} = NULL, ${until} = ${LEASE}${sets}
    WHERE ${key} = $3 AND ${owner} = $2 AND ${status} = $4`;
}

/** Rows of a detail table. $1 keys. */
export function detailSql({ table, key, orderBy }: DetailTable): string {
  const order = orderBy === undefined ? '' : `, ${quoted(orderBy)}`;
  return `SELECT * FROM ${quoted(table)} WHERE ${quoted(key)} = ANY($1) ORDER BY ${quoted(key)}${order}`;
}

function literal(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}

function mapped<T extends Readonly<Record<string, string>>>(columns: T): T {
  return Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, quoted(column)])) as T;
}
