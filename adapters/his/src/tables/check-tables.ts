/** Whether the database has what the map names. */
import { GatewayError } from '@yiqiao/model';
import type { Fault } from '@yiqiao/model';
import type { ClientBase } from 'pg';
import type { CompiledMap } from '../map/compiled-map.ts';
import type { TableMap } from '../map/map-types.ts';

/** @throws GatewayError `CONFIG_INVALID` with every table and column that is missing. */
export async function checkTables(client: ClientBase, map: CompiledMap, tables: TableMap): Promise<void> {
  const faults: Fault[] = [];
  for (const [table, columns] of neededColumns(map, tables)) {
    const found = await columnsOf(client, table);
    if (found.size === 0) {
      faults.push(
        missing(table, { zh: '没有此表，或无权读取。', en: 'There is no such table, or no right to it.' }),
      );
      continue;
    }
    for (const column of columns) {
      if (!found.has(column)) {
        faults.push(
          missing(`${table}.${column}`, { zh: '表中没有此列。', en: 'The table has no such column.' }),
        );
      }
    }
  }
  if (faults.length > 0) throw new GatewayError('CONFIG_INVALID', { faults, facts: { map: map.vendor.id } });
}

async function columnsOf(client: ClientBase, table: string): Promise<ReadonlySet<string>> {
  const { rows } = await client.query<{ attname: string }>(
    'SELECT attname FROM pg_attribute WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped',
    [table],
  );
  return new Set(rows.map(({ attname }) => attname));
}

function neededColumns(map: CompiledMap, tables: TableMap): ReadonlyMap<string, ReadonlySet<string>> {
  const needed = new Map<string, Set<string>>();
  const need = (table: string, column: string): void => {
    needed.set(table, (needed.get(table) ?? new Set()).add(column));
  };
  for (const column of Object.values(tables.columns)) need(tables.table, column);
  for (const { table, key } of tables.details ?? []) need(table, key);
  for (const { table, key } of tables.answers ?? []) need(table, key);
  for (const { map: action } of map.actions.values()) {
    const paths = [
      ...action.fields.flatMap(({ from, to }) => (from === undefined || to === '' ? [] : [from])),
      ...(action.answer ?? []).map(({ to }) => to),
    ];
    for (const path of paths) {
      const [table, column] = placeOf(path, tables);
      if (table !== undefined) need(table, column);
    }
  }
  return needed;
}

/** Table and column of a vendor's path: `items[].price` stands in the table read as `items`. */
function placeOf(path: string, tables: TableMap): readonly [string | undefined, string] {
  const [head = '', column] = path.split('[].');
  if (column === undefined) return [tables.table, head.replace(/\[\]$/, '')];
  const detail = tables.details?.find(({ as }) => as === head);
  const answer = tables.answers?.find(({ from }) => from === head);
  return [detail?.table ?? answer?.table, column];
}

function missing(at: string, message: Fault['message']): Fault {
  return { rule: 'table', at, field: at, label: { zh: at, en: at }, message };
}
