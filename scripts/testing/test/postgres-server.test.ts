import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { copyTree, findBinaries, findNative, whoRuns } from '../postgres-binaries.ts';
import { startPostgres } from '../postgres-server.ts';

async function ask(connectionString: string, text: string): Promise<unknown> {
  const client = new pg.Client({ connectionString });
  // A server that goes breaks the connection: the query tells it.
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows[0];
  } finally {
    await client.end();
  }
}

describe('PostgreSQL of the tests', function () {
  this.timeout(30_000);

  it('keeps what was committed when it crashes, writes through to the disk, and stops', async () => {
    const server = await startPostgres();
    try {
      const database = await server.createDatabase();
      assert.notEqual(database, await server.createDatabase());
      assert.deepEqual(await ask(database, 'SHOW fsync'), { fsync: 'on' });
      await ask(database, 'CREATE TABLE kept AS SELECT 7 AS n');
      await server.kill();
      await assert.rejects(ask(database, 'SELECT 1'));
      await server.restart();
      assert.deepEqual(await ask(database, 'SELECT n FROM kept'), { n: 7 });
    } finally {
      await server.stop();
    }
    await assert.rejects(ask(server.connectionString(), 'SELECT 1'));
  });

  it('runs from a checkout below a directory that is closed to others', () => {
    const home = mkdtempSync(join(tmpdir(), 'yiqiao-home-'));
    const open = mkdtempSync(join(tmpdir(), 'yiqiao-open-'));
    try {
      chmodSync(open, 0o755);
      const native = join(home, 'native');
      copyTree(findNative(), native);
      chmodSync(home, 0o700);
      const expected = whoRuns().uid === undefined ? native : join(open, 'native');
      assert.equal(findBinaries(whoRuns(), open, native), expected);
    } finally {
      for (const folder of [home, open]) rmSync(folder, { recursive: true, force: true });
    }
  });

  it('goes with a process that is killed', async () => {
    const module = fileURLToPath(new URL('../postgres-server.ts', import.meta.url));
    const script = `const { startPostgres } = await import(${JSON.stringify(module)});
      console.log((await startPostgres()).connectionString()); setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
      cwd: fileURLToPath(new URL('../../..', import.meta.url)),
    });
    const url = await new Promise<string>((resolve) =>
      child.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString().trim())),
    );
    assert.deepEqual(await ask(url, 'SELECT 1 AS n'), { n: 1 });
    child.kill('SIGKILL');
    const until = performance.now() + 10_000;
    while (performance.now() < until && (await isUp(url))) await setTimeout(50);
    assert.equal(await isUp(url), false);
  });
});

async function isUp(url: string): Promise<boolean> {
  return ask(url, 'SELECT 1').then(
    () => true,
    () => false,
  );
}
