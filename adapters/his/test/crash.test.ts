import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { formatTime, parseFen, systemClock } from '@yiqiao/model';
import { startWorld } from '../../../packages/cli/src/world.ts';
import type { World } from '../../../packages/cli/src/world.ts';
import { createTableHis } from './table-rig.ts';
import type { TableHis } from './table-rig.ts';
import { CARD, configured, sumOf } from './world-rig.ts';

const MAIN = fileURLToPath(new URL('../../../packages/cli/src/main.ts', import.meta.url));
const VISITS = 12;

describe('A hospital’s adapter that is killed', function () {
  this.timeout(120_000);
  const folder = mkdtempSync(join(tmpdir(), 'yiqiao-his-crash-'));
  let world: World;
  let his: TableHis;
  let running: ChildProcess | undefined;

  before(async () => {
    his = await createTableHis();
    world = await startWorld({ folder: join(folder, 'sandbox'), ports: 'free', logLevel: 'silent' });
    await configured(world, his, ', leaseMs: 1000, retryMs: 100, concurrency: 4');
  });
  after(async () => {
    running?.kill('SIGKILL');
    await world.close();
    await his.close();
    rmSync(folder, { recursive: true });
  });

  function start(): void {
    running = spawn(process.execPath, [MAIN, 'adapter', 'run', join(world.folder, 'his.yaml')], {
      stdio: 'ignore',
    });
  }

  async function killAfter(rows: number): Promise<void> {
    while ((await count('2')) < rows) await setTimeout(5);
    assert(running !== undefined);
    const ended = once(running, 'exit');
    running.kill('SIGKILL');
    await ended;
  }

  async function count(state: string): Promise<number> {
    const { rows } = await his.db.query<{ n: number }>(
      'SELECT count(*)::int AS n FROM yb_request WHERE zt = $1',
      [state],
    );
    return rows[0]?.n ?? 0;
  }

  it('three times amid its work has settled every visit once when it is through', async () => {
    const kssj = formatTime(systemClock.now());
    for (let at = 0; at < VISITS; at += 1) await his.visit(`MZ${at}`, { ...CARD, kssj });
    for (const rows of [6, 20, 33]) {
      start();
      await killAfter(rows);
    }
    start();
    while ((await count('2')) < 4 * VISITS) {
      assert.equal(await count('3'), 0, 'nothing is refused');
      await setTimeout(20);
    }
    const { rows } = await his.db.query('SELECT DISTINCT fh_jsid FROM yb_request WHERE fh_jsid IS NOT NULL');
    assert.equal(rows.length, VISITS);
    assert.equal(world.insuredCore.ledger.effective().length, VISITS);
    assert.equal(sumOf(world), BigInt(VISITS) * parseFen('84.70'));
    const { rows: taken } = await his.db.query<{ n: number }>(
      'SELECT count(*)::int AS n FROM yb_request WHERE cscs > 1',
    );
    assert((taken[0]?.n ?? 0) > 0, 'rows were taken again');
  });
});
