/** The example's exchange tables in a database of their own, and a HIS that writes into them. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { compileMap } from '@yiqiao/his';
import type { CompiledMap, VendorMap } from '@yiqiao/his';
import pg from 'pg';
import { sharedPostgres } from '../../../scripts/testing/postgres-server.ts';

const EXAMPLES = new URL('../examples/', import.meta.url);

/** A map of the examples. */
export function exampleMap(name: string): VendorMap {
  return JSON.parse(readFileSync(new URL(name, EXAMPLES), 'utf8')) as VendorMap;
}

export type Row = Readonly<Record<string, string>>;

/** The HIS's side of the tables. */
export interface TableHis {
  readonly connection: string;
  readonly map: CompiledMap;
  readonly db: pg.Pool;
  /** Inserts an order with its details; its key. */
  insert(row: Row, details?: Readonly<Record<string, readonly Row[]>>): Promise<string>;
  /** The row as soon as it has one of these states. */
  ended(key: string, ...states: readonly string[]): Promise<Readonly<Record<string, string | null>>>;
  /** A whole visit: registration, fees, trial, settlement; their keys. */
  visit(number: string, changes?: Row): Promise<readonly string[]>;
  close(): Promise<void>;
}

/** Makes the tables. */
export async function createTableHis(changes: Partial<VendorMap> = {}, database?: string): Promise<TableHis> {
  const connection = database ?? (await (await sharedPostgres()).createDatabase());
  const db = new pg.Pool({ connectionString: connection, max: 2 });
  // A connection that breaks while nobody uses it.
  db.on('error', () => undefined);
  await db.query(readFileSync(new URL('exchange-tables.sql', EXAMPLES), 'utf8'));
  const his: TableHis = {
    connection,
    db,
    map: compileMap({ ...exampleMap('tables-map.json'), ...changes }),
    async insert(row, details = {}) {
      const client = await db.connect();
      try {
        await client.query('BEGIN');
        const key = await insertRow(client, 'yb_request', row);
        for (const [table, rows] of Object.entries(details)) {
          for (const [at, one] of rows.entries()) {
            const numbered = table === 'yb_request_return' ? one : { xh: String(at + 1), ...one };
            await insertRow(client, table, { qqid: key, ...numbered });
          }
        }
        await client.query('COMMIT');
        return key;
      } finally {
        client.release();
      }
    },
    async ended(key, ...states) {
      for (let left = 1000; left > 0; left -= 1) {
        const { rows } = await db.query<Record<string, string | null>>(
          'SELECT * FROM yb_request WHERE id = $1',
          [key],
        );
        const [row] = rows;
        if (row !== undefined && states.includes(row['zt'] ?? '')) return row;
        await setTimeout(5);
      }
      return assert.fail(`row ${key} did not get ${states.join(' or ')}`);
    },
    visit: async (number, changed = {}) => [
      await his.insert({ ...REGISTRATION, jzlsh: number, ...changed }, { yb_request_diagnosis: [DIAGNOSIS] }),
      await his.insert(
        { jylx: 'FY', jzlsh: number, sfpc: `B${number}` },
        { yb_request_fee: [FEE, { ...FEE, mxh: 'L2' }] },
      ),
      await his.insert({ jylx: 'YJS', jzlsh: number, sfpc: `B${number}`, zje: '84.70' }),
      await his.insert({ jylx: 'JS', jzlsh: number, sfpc: `B${number}`, zje: '84.70', fph: 'F1' }),
    ],
    close: () => db.end(),
  };
  return his;
}

async function insertRow(client: pg.PoolClient, table: string, row: Row): Promise<string> {
  const names = Object.keys(row);
  const places = names.map((_, at) => `$${at + 1}`).join(', ');
  const returning = table === 'yb_request' ? ' RETURNING id::text AS id' : '';
  const { rows } = await client.query<{ id: string }>(
    `INSERT INTO ${table} (${names.join(', ')}) VALUES (${places})${returning}`,
    Object.values(row),
  );
  return rows[0]?.id ?? '';
}

const REGISTRATION: Row = {
  jylx: 'GH',
  pzlx: '02',
  pzhm: '000000199001010026',
  zjhm: '000000199001010026',
  xm: '测试乙',
  yllb: '11',
  kssj: '2026-01-05 08:30:00',
  ksdm: 'A03',
  ksmc: '内科',
  kb: 'A03',
};
const DIAGNOSIS: Row = {
  zdbm: 'I10.x00',
  zdmc: '特发性(原发性)高血压',
  zdks: '内科',
  zdys: 'D530000000001',
  zdysxm: '测试医师',
  zdsj: '2026-01-05 08:30:00',
};
const FEE: Row = {
  mxh: 'L1',
  fyfssj: '2026-01-05 09:00:00',
  ybbm: 'XA02BCA215N001010100001',
  ynbm: 'HIS-D-001',
  xmmc: '甲类降压片',
  je: '42.35',
  sl: '1',
  dj: '42.35',
  kdks: 'A03',
  kdksmc: '内科',
  kdys: 'D530000000001',
  kdysxm: '测试医师',
};
