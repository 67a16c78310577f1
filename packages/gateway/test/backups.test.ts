import assert from 'node:assert/strict';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { checkGatewayConfig, createAdminToken } from '@yiqiao/gateway';
import { checkJournalFile } from '@yiqiao/journal';
import { ask, assertRefusal } from './admin-rig.ts';
import { settlement } from './messages.ts';
import { assertDone, post } from './posts.ts';
import { endAll, makeFolder, startRig } from './rig.ts';
import type { Rig } from './rig.ts';

/** A time in China: 2026-11-21 08:00:00. */
const NOON = Date.UTC(2026, 10, 21, 0, 0, 0);

describe('Back-ups of a gateway', () => {
  afterEach(endAll);

  const { token, hash } = createAdminToken();
  const admin = `admin: { port: 0, tokens: [{ name: 测试管理员, role: administrator, hash: "${hash}" }] }\n`;

  async function start(settings: string, now: () => number = Date.now): Promise<Rig & { folder: string }> {
    const folder = join(makeFolder(), 'backups');
    const journal = `journal: { file: journal.sqlite, backup: { folder: "${folder}"${settings} } }`;
    const rig = await startRig({
      clock: { now },
      change: (yaml) => `${yaml.replace('journal: journal.sqlite', journal)}${admin}`,
    });
    return Object.assign(rig, { folder });
  }

  it('are made when there is none yet, named by the time in China', async () => {
    const { folder } = await start('', () => NOON);
    const names = await untilThere(folder, 1);
    assert.deepEqual(names, ['journal-20261121-080000000.sqlite']);
  });

  it('are made when somebody asks, hold what was settled, and only the newest are kept', async () => {
    let now = NOON;
    const { folder, gateway } = await start(', keep: 2', () => now);
    await untilThere(folder, 1);
    for (let hour = 1; hour <= 3; hour += 1) {
      now += 3_600_000;
      const told = await ask(gateway, '/admin/backup', { token, body: { reason: '升级前' } });
      assert.equal(told.status, 200, told.text);
      assert.equal(told.body['bytes'], statSync(String(told.body['file'])).size);
    }
    assert.deepEqual(readdirSync(folder).toSorted(), [
      'journal-20261121-100000000.sqlite',
      'journal-20261121-110000000.sqlite',
    ]);
  });

  it('hold the exchanges of before', async () => {
    const { folder, gateway } = await start('');
    await untilThere(folder, 1);
    assertDone(await post(gateway.url, settlement()));
    const told = await ask(gateway, '/admin/backup', { token, body: { reason: '升级前' } });
    const { exchanges, damaged } = checkJournalFile(String(told.body['file']));
    assert.equal(damaged, 0);
    assert.ok(exchanges > 0);
  });

  it('are refused where none are configured', async () => {
    const rig = await startRig({ change: (yaml) => `${yaml}${admin}` });
    const told = await ask(rig.gateway, '/admin/backup', { token, body: { reason: '升级前' } });
    assertRefusal(told, 409, 'NO_BACKUPS');
  });

  it('need a time and a count that make sense', async () => {
    const rig = await startRig();
    rig.rewrite((yaml) =>
      yaml.replace('journal: journal.sqlite', 'journal: { backup: { every: often, keep: 0, where: x } }'),
    );
    const at = checkGatewayConfig(rig.configFile).faults.map((fault) => fault.at);
    assert.deepEqual(at.toSorted(), [
      '/journal/backup/every',
      '/journal/backup/folder',
      '/journal/backup/keep',
      '/journal/backup/where',
    ]);
  });
});

/** Waits for the first ones, which are made beside the start. */
async function untilThere(folder: string, count: number): Promise<readonly string[]> {
  for (;;) {
    const names = listed(folder).filter((name) => name.endsWith('.sqlite'));
    if (names.length >= count) return names;
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  }
}

function listed(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
