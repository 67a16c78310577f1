/**
 * A real PostgreSQL for tests and measurements, from the binaries that npm brings. It runs as root, too (PostgreSQL
 * itself then as an unprivileged user), and below a private home directory.
 */
import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { chownSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import pg from 'pg';
import { findBinaries, whoRuns } from './postgres-binaries.ts';

/** What a server is started with. */
export interface PostgresOptions {
  /** Further settings as in postgresql.conf; those of the server apply else, `fsync` among them. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** A running server; nothing of it is left when the process that started it ends, however that comes about. */
export interface PostgresServer {
  /** Free for all on 127.0.0.1. */
  readonly port: number;
  /** Of one database; `postgres` when not named. */
  connectionString(database?: string): string;
  /** Creates an empty database and resolves to its connection string. */
  createDatabase(): Promise<string>;
  /** Ends the server in order and removes it. */
  stop(): Promise<void>;
  /** Ends the server as a crash would; what was committed stays. */
  kill(): Promise<void>;
  /** Starts it again on the same port with the same data. */
  restart(): Promise<void>;
}

const READY_WITHIN_MS = 20_000;
const POLL_MS = 25;
const DATABASE_EXISTS = '42P04';

let shared: Promise<PostgresServer> | undefined;

/** The one server of this process, for tests that leave it running. */
export function sharedPostgres(): Promise<PostgresServer> {
  shared ??= startPostgres();
  return shared;
}

/** Starts a server of its own. @throws Error with what the server said when it does not become ready. */
export async function startPostgres({ settings = {} }: PostgresOptions = {}): Promise<PostgresServer> {
  const folder = mkdtempSync(join(tmpdir(), 'yiqiao-postgres-'));
  const data = join(folder, 'data');
  mkdirSync(data, { mode: 0o700 });
  const user = whoRuns();
  if (user.uid !== undefined && user.gid !== undefined) {
    for (const place of [folder, data]) chownSync(place, user.uid, user.gid);
  }
  const binaries = findBinaries(user, folder);
  initialise(binaries, data, user);
  const port = await findFreePort();
  const undertaker = bury(folder, data);
  const start = (): Promise<ChildProcess> => launch({ binaries, data, folder, port, user, settings });
  let process = await start();
  const connectionString = (database = 'postgres'): string =>
    `postgres://postgres@127.0.0.1:${port}/${database}`;
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (process.exitCode !== null || process.signalCode !== null) return;
    const ended = new Promise((resolve) => process.once('exit', resolve));
    process.ref();
    process.kill(signal);
    await ended;
  };
  let databases = 0;
  return {
    port,
    connectionString,
    async createDatabase() {
      databases += 1;
      const name = `test_${databases}`;
      await query(connectionString(), `CREATE DATABASE ${name} TEMPLATE template0`).catch(
        (error: unknown) => {
          if ((error as { code?: string }).code !== DATABASE_EXISTS) throw error;
        },
      );
      return connectionString(name);
    },
    async stop() {
      await end('SIGINT');
      undertaker.stdin?.end();
      rmSync(folder, { recursive: true, force: true });
    },
    kill: () => end('SIGQUIT'),
    async restart() {
      await end('SIGINT');
      process = await start();
    },
  };
}

type User = ReturnType<typeof whoRuns>;

function initialise(binaries: string, data: string, user: User): void {
  const { status, stderr, error } = spawnSync(
    join(binaries, 'bin/initdb'),
    ['-D', data, '-U', 'postgres', '--auth=trust', '--encoding=UTF8', '--locale=C', '--no-sync'],
    { cwd: data, ...user, encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`initdb: ${stderr}`, { cause: error });
}

/** Outlives a parent that is killed: its standard input ends with the parent, then it ends and removes the server. */
function bury(folder: string, data: string): ChildProcess {
  const script = `cat >/dev/null
pid=$(head -n 1 '${data}/postmaster.pid' 2>/dev/null) && kill -QUIT "$pid" 2>/dev/null
for i in 1 2 3 4 5 6 7 8 9 10; do kill -0 "$pid" 2>/dev/null || break; sleep 0.2; done
rm -rf '${folder}'`;
  const child = spawn('/bin/sh', ['-c', script], { stdio: ['pipe', 'ignore', 'ignore'], detached: true });
  child.unref();
  (child.stdin as { unref?: () => void } | null)?.unref?.();
  return child;
}

async function launch(of: {
  readonly binaries: string;
  readonly data: string;
  readonly folder: string;
  readonly port: number;
  readonly user: User;
  readonly settings: Readonly<Record<string, string>>;
}): Promise<ChildProcess> {
  const log = join(of.folder, 'log');
  const all = { listen_addresses: '127.0.0.1', unix_socket_directories: '', ...of.settings };
  const args = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const child = spawn(
    '/bin/sh',
    [
      '-c',
      `exec "$@" >>'${log}' 2>&1`,
      'sh',
      join(of.binaries, 'bin/postgres'),
      '-D',
      of.data,
      '-p',
      `${of.port}`,
      ...args,
    ],
    { cwd: of.data, ...of.user, stdio: 'ignore', detached: true },
  );
  child.unref();
  const until = performance.now() + READY_WITHIN_MS;
  while (child.exitCode === null && performance.now() < until) {
    if (await isReady(of.port)) return child;
    await setTimeout(POLL_MS);
  }
  child.kill('SIGQUIT');
  throw new Error(`PostgreSQL did not start: ${readFileSync(log, 'utf8')}`);
}

async function isReady(port: number): Promise<boolean> {
  try {
    await query(`postgres://postgres@127.0.0.1:${port}/postgres`, 'SELECT 1');
    return true;
  } catch {
    return false;
  }
}

async function query(connectionString: string, text: string): Promise<void> {
  const client = new pg.Client({ connectionString });
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query(text);
  } finally {
    await client.end();
  }
}

function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
