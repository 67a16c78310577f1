/** What the journal in PostgreSQL costs beside one in a file and beside none, and what a second node brings. */
import { availableParallelism } from 'node:os';
import pg from 'pg';
import { startPostgres } from '../testing/postgres-server.ts';
import { inBenchPlace } from './bench-place.ts';
import type { PartResult, Size } from './bench-place.ts';
import { runInTurn } from './journal-parts.ts';
import type { Measurable } from './journal-parts.ts';

/** Two nodes, the database, and the load with the far side: with fewer cores they take them from each other. */
const CORES_FOR_ALL = 4;
const AIMS = { ofOff: 0.8, ofSqlite: 0.7, twoNodes: 1.5 } as const;

/** Throughput of one gateway on PostgreSQL over that with the journal off, and over SQLite's, in rounds that take turns. */
export function measureStore(size: Size): Promise<PartResult> {
  return withPostgres((url) =>
    inBenchPlace(async (place) => {
      const before = await sizeOf(url);
      const { failed, perSecond, cpuMicros } = await runInTurn(place, size, {
        off: await place.startGateway('gateway-in-memory', 'off'),
        sqlite: await place.startGateway('gateway', 'sqlite'),
        postgres: await place.startGateway('gateway', 'postgres', { postgres: { url, schema: 'one' } }),
      });
      const { off = 0, sqlite = 0, postgres = 0 } = perSecond;
      const [ofOff, ofSqlite] = [ratio(postgres, off), ratio(postgres, sqlite)];
      return {
        ok: failed === 0,
        figures: {
          off: Math.round(off),
          sqlite: Math.round(sqlite),
          postgres: Math.round(postgres),
          cpuMicros: rounded(cpuMicros),
          bytesPerExchange: Math.round(((await sizeOf(url)) - before) / (size.count * (size.rounds + 1))),
          ofOff,
          ofSqlite,
          aims: AIMS,
          met: ofOff >= AIMS.ofOff && ofSqlite >= AIMS.ofSqlite,
          failed,
        },
      };
    }),
  );
}

/**
 * Throughput of two gateways on one journal over that of one. On a machine with fewer than four cores the nodes share
 * theirs with the database, the load and the far side: judged is then what follows from the CPU time of an exchange.
 */
export function measureNodes(size: Size): Promise<PartResult> {
  return withPostgres((url) =>
    inBenchPlace(async (place) => {
      const start = (name: string, schema: string): ReturnType<typeof place.startGateway> =>
        place.startGateway('gateway', name, { postgres: { url, schema } });
      const one = await start('alone', 'alone');
      const pair = [await start('first', 'pair'), await start('second', 'pair')];
      const two: Measurable = {
        url: pair[0]?.url ?? '',
        urls: pair.map((subject) => subject.url),
        cpu: async () => (await Promise.all(pair.map((subject) => subject.cpu()))).reduce((a, b) => a + b),
      };
      const { failed, perSecond, cpuMicros } = await runInTurn(place, size, { one, two });
      const measured = ratio(perSecond['two'] ?? 0, perSecond['one'] ?? 0);
      // Of one process a core is the limit: two of them do this much more where each has one for itself.
      const byCpu = ratio(2 * (cpuMicros['one'] ?? 0), cpuMicros['two'] ?? 0);
      const hasRoom = availableParallelism() >= CORES_FOR_ALL;
      const times = hasRoom ? measured : byCpu;
      return {
        ok: failed === 0,
        figures: {
          one: Math.round(perSecond['one'] ?? 0),
          two: Math.round(perSecond['two'] ?? 0),
          cpuMicros: rounded(cpuMicros),
          measured,
          byCpu,
          judgedBy: hasRoom ? 'measured' : 'byCpu',
          ratio: times,
          aim: AIMS.twoNodes,
          met: times >= AIMS.twoNodes,
          failed,
        },
      };
    }),
  );
}

async function sizeOf(url: string): Promise<number> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<{ size: string }>(
    'SELECT pg_database_size(current_database()) AS size',
  );
  await client.end();
  return Number(rows[0]?.size);
}

async function withPostgres<T>(work: (url: string) => Promise<T>): Promise<T> {
  const server = await startPostgres();
  try {
    return await work(await server.createDatabase());
  } finally {
    await server.stop();
  }
}

function ratio(one: number, other: number): number {
  return Number((one / other).toFixed(3));
}

function rounded(micros: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(micros).map(([name, value]) => [name, Math.round(value)]));
}
