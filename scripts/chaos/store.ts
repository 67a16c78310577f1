/** Where the gateways keep their journals in a run: a file each, or a database that the nodes of each have in common. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createPostgresJournal, createSqliteJournal } from '@yiqiao/journal';
import type { Journal } from '@yiqiao/journal';
import { systemClock } from '@yiqiao/model';
import { startPostgres } from '../testing/postgres-server.ts';
import { openTcpLine } from './tcp-line.ts';
import type { TcpLine } from './tcp-line.ts';
import type { GatewayName } from './world.ts';

/** The kinds of stores. */
export const STORES = ['sqlite', 'postgres'] as const;

/** One of them. */
export type StoreName = (typeof STORES)[number];

/** A store at work. */
export interface Store {
  readonly name: StoreName;
  /** The `journal` of a node of a gateway, as YAML; its files go into `folder`. */
  prepare(gateway: GatewayName, node: number, folder: string): Promise<string>;
  /** Opens a gateway's journal once no node has it open. */
  open(gateway: GatewayName): Promise<Journal>;
  /** What can happen to a database. */
  readonly database?: {
    kill(): Promise<void>;
    restart(): Promise<void>;
    /** The lines of the nodes to it. */
    readonly lines: readonly TcpLine[];
  };
  close(): Promise<void>;
}

/** Opens a store whose files, if it has any, are below a folder. */
export function openStore(name: StoreName, folder: string): Promise<Store> {
  return name === 'sqlite' ? Promise.resolve(openFiles(folder)) : openDatabase();
}

function openFiles(folder: string): Store {
  return {
    name: 'sqlite',
    prepare: async () => 'journal.sqlite',
    open: async (gateway) =>
      createSqliteJournal({ file: join(folder, gateway, 'journal.sqlite'), clock: systemClock }),
    close: async () => undefined,
  };
}

/** One schema for each gateway; each node reaches the server through a line of its own. */
async function openDatabase(): Promise<Store> {
  const server = await startPostgres();
  const url = await server.createDatabase();
  const schemaOf = (gateway: GatewayName): string => gateway.replaceAll('-', '_');
  const lines: TcpLine[] = [];
  return {
    name: 'postgres',
    async prepare(gateway, node, folder) {
      const line = await openTcpLine(server.port);
      lines.push(line);
      mkdirSync(folder, { recursive: true });
      const file = `database-${node}`;
      writeFileSync(join(folder, file), url.replace(`:${server.port}/`, `:${line.port}/`), { mode: 0o600 });
      return `{ postgres: { url: { file: ${file} }, schema: ${schemaOf(gateway)} } }`;
    },
    open: (gateway) =>
      createPostgresJournal({ place: { url, schema: schemaOf(gateway) }, clock: systemClock }),
    database: { kill: () => server.kill(), restart: () => server.restart(), lines },
    async close() {
      await Promise.all(lines.map((line) => line.close()));
      await server.stop();
    },
  };
}
