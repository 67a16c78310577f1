import assert from 'node:assert/strict';
import { copyFileSync, existsSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createSqliteJournal } from '@yiqiao/journal';
import { systemClock } from '@yiqiao/model';
import { endAll, figuresOf, makeFolder, speak } from './spoken.ts';

const AT = Date.UTC(2026, 10, 21, 1, 2, 3);

/** A stopped gateway with one settlement on record, and a back-up of it. */
async function writePlace(): Promise<{ config: string; file: string; backup: string }> {
  const folder = makeFolder();
  const file = join(folder, 'journal.sqlite');
  const backup = join(folder, 'journal-20261121-090203.sqlite');
  const journal = createSqliteJournal({ file, clock: systemClock });
  const sent = { bytes: Buffer.from('{}'), contentType: 'application/json' };
  const named = { transaction: '2207', operation: 'settleOutpatient' };
  const key = { peer: 'his', institution: 'H00000000001', messageId: 'H00000000001202611210902000001' };
  await journal.open(
    { ...named, key, digest: 'd', received: sent, acceptedAt: AT },
    { ...named, purpose: 'forward', peer: 'hub', messageId: 'G1', step: 0, request: '{}', sent, sentAt: AT },
  );
  await journal.backUp(backup);
  await journal.close();
  const config = join(folder, 'gateway.yaml');
  writeFileSync(config, 'role: hub\nregion: "000000"\njournal: journal.sqlite\npeers: []\nroutes: []\n');
  return { config, file, backup };
}

describe('yiqiao journal restore', () => {
  after(endAll);

  it('puts a back-up in the place of a journal and says from when on nothing is known', async () => {
    const { config, file, backup } = await writePlace();
    renameSync(file, `${file}.aside`);
    const spoken = await speak('journal', 'restore', backup, '--config', config, '--json');
    assert.deepEqual(figuresOf(spoken), {
      ok: true,
      file,
      exchanges: 1,
      open: 1,
      lastAt: '2026-11-21T01:02:03.000Z',
    });
    assert.ok(existsSync(file));
  });

  it('overwrites no journal', async () => {
    const { config, backup } = await writePlace();
    const { code, err } = await speak('journal', 'restore', backup, '--config', config);
    assert.equal(code, 2);
    assert.match(err, /move it \(with its -wal\) aside first/);
  });

  it('takes no damaged back-up, and leaves nothing in the place of the journal', async () => {
    const { config, file, backup } = await writePlace();
    renameSync(file, `${file}.aside`);
    const journal = createSqliteJournal({ file: backup, clock: systemClock });
    await journal.close();
    copyFileSync(join(config), backup);
    const { code, err } = await speak('journal', 'restore', backup, '--config', config);
    assert.equal(code, 2);
    assert.match(err, /JOURNAL_UNUSABLE/);
    assert.equal(existsSync(file), false);
  });
});
