/** Rows of exchange tables: claimed, completed by their details, ended. */
import { leafText } from '@yiqiao/model';
import type { WireObject, WireValue } from '@yiqiao/model';
import type { Pool, PoolClient } from 'pg';
import type { CompiledAction, CompiledMap } from '../map/compiled-map.ts';
import type { TableMap } from '../map/map-types.ts';
import type { HisAction } from '../order.ts';
import { claimSql, detailSql, endSql, prolongSql, quoted } from './table-sql.ts';

/** A row as the database gives it: everything as text. */
type Row = Readonly<Record<string, string | null>>;

/** An order's row that is ours for a while. */
export interface ClaimedRow {
  readonly key: string;
  /** `undefined` when the map has no such action. */
  readonly action: HisAction | undefined;
  readonly visit: string;
  /** Which time it was taken, from 1. */
  readonly attempt: number;
  /** What the action's map reads, details below their names. */
  readonly message: WireObject;
}

/** How a row ends. */
export interface RowEnd {
  readonly status: 'done' | 'refused' | 'unknown';
  /** Columns and lists, by the map. */
  readonly written: WireObject;
  /** Unknown: how long until it is taken again. */
  readonly waitMs: number;
}

/** Access to the rows. */
export interface TableRows {
  claim(most: number): Promise<readonly ClaimedRow[]>;
  prolong(keys: readonly string[]): Promise<void>;
  /** `false`, and nothing written, when the row was taken away meanwhile. */
  end(key: string, end: RowEnd): Promise<boolean>;
}

/** What it is made with. */
export interface TableRowsParts {
  readonly pool: Pool;
  readonly map: CompiledMap;
  readonly tables: TableMap;
  /** A name that no other poller has. */
  readonly owner: string;
  readonly leaseMs: number;
}

/** Makes it. */
export function createTableRows(parts: TableRowsParts): TableRows {
  const { pool, tables, owner, leaseMs } = parts;
  const { status } = tables;
  const claim = { name: 'his-claim', text: claimSql(tables) };
  const read = createRowReader(parts);
  return {
    async claim(most) {
      const { rows } = await pool.query<Row>({ ...claim, values: [leaseMs, owner, most] });
      return rows.length === 0 ? [] : read(rows);
    },
    async prolong(keys) {
      await pool.query(prolongSql(tables), [leaseMs, owner, keys, status.working]);
    },
    async end(key, ended) {
      const client = await pool.connect();
      try {
        await client.query('BEGIN');
        const isOurs = await writeEnd(client, parts, { key, ended });
        await client.query(isOurs ? 'COMMIT' : 'ROLLBACK');
        client.release();
        return isOurs;
      } catch (error) {
        client.release(true);
        throw error;
      }
    },
  };
}

/** Rows as claimed, with their details, oldest first. */
function createRowReader({
  pool,
  map,
  tables,
}: TableRowsParts): (rows: readonly Row[]) => Promise<readonly ClaimedRow[]> {
  const { columns, details = [] } = tables;
  const byName = new Map([...map.actions.values()].map((one) => [one.map.name ?? one.action, one]));
  return async (rows) => {
    const found = new Map<string, ReadonlyMap<string, readonly Row[]>>();
    const reads = details.map(async (detail) => {
      const wanted = rows.filter((row) => readsDetail(byName.get(row[columns.action] ?? ''), detail.as));
      if (wanted.length === 0) return;
      const { rows: own } = await pool.query<Row>(detailSql(detail), [wanted.map((row) => row[columns.key])]);
      found.set(
        detail.as,
        Map.groupBy(own, (row) => row[detail.key] ?? ''),
      );
    });
    await Promise.all(reads);
    return rows
      .toSorted((one, other) => Number(one[columns.key]) - Number(other[columns.key]))
      .map((row) => {
        const key = row[columns.key] ?? '';
        const action = byName.get(row[columns.action] ?? '');
        const lists = [...found].map(([as, byKey]) => [as, byKey.get(key) ?? []] as const);
        const attempt = Number(row[columns.attempts] ?? '1');
        const message = action === undefined ? {} : messageOf(action, row, lists);
        return { key, action: action?.action, visit: row[columns.visit] ?? '', attempt, message };
      });
  };
}

function readsDetail(action: CompiledAction | undefined, as: string): boolean {
  return action !== undefined && [...action.known].some((path) => path.startsWith(`${as}[].`));
}

async function writeEnd(
  client: PoolClient,
  { tables, owner }: TableRowsParts,
  { key, ended }: { readonly key: string; readonly ended: RowEnd },
): Promise<boolean> {
  const { status, answers = [] } = tables;
  const plain = Object.entries(ended.written).filter(([, value]) => !Array.isArray(value));
  const { rowCount } = await client.query(
    endSql(
      tables,
      plain.map(([name]) => name),
    ),
    [
      ended.waitMs,
      owner,
      key,
      status.working,
      status[ended.status],
      ...plain.map(([, value]) => leafText(value) ?? null),
    ],
  );
  if (rowCount !== 1) return false;
  for (const answer of answers) {
    await client.query(`DELETE FROM ${quoted(answer.table)} WHERE ${quoted(answer.key)} = $1`, [key]);
    await insertRows(client, answer, { key, rows: rowsOf(ended.written[answer.from]) });
  }
  return true;
}

/** The columns that the action's map reads; a table has columns for all actions. */
function messageOf(
  { known }: CompiledAction,
  row: Row,
  lists: readonly (readonly [string, readonly Row[]])[],
): WireObject {
  const message: Record<string, WireValue> = {};
  for (const [name, value] of Object.entries(row)) {
    if (known.has(name) && value !== null) message[name] = value;
  }
  for (const [as, rows] of lists) {
    const own = [...known].flatMap((path) =>
      path.startsWith(`${as}[].`) ? [path.slice(as.length + 3)] : [],
    );
    if (own.length === 0) continue;
    message[as] = rows.map((one) => Object.fromEntries(own.flatMap((name) => entry(name, one[name]))));
  }
  return message;
}

function entry(name: string, value: string | null | undefined): readonly (readonly [string, WireValue])[] {
  return value === null || value === undefined ? [] : [[name, value]];
}

function rowsOf(value: WireValue | undefined): readonly WireObject[] {
  return Array.isArray(value) ? (value as readonly WireObject[]) : [];
}

async function insertRows(
  client: PoolClient,
  { table, key: column }: { readonly table: string; readonly key: string },
  { key, rows }: { readonly key: string; readonly rows: readonly WireObject[] },
): Promise<void> {
  for (const row of rows) {
    const names = [column, ...Object.keys(row)];
    const places = names.map((_, at) => `$${at + 1}`).join(', ');
    const text = `INSERT INTO ${quoted(table)} (${names.map(quoted).join(', ')}) VALUES (${places})`;
    await client.query(text, [key, ...Object.values(row).map((value) => leafText(value) ?? null)]);
  }
}
