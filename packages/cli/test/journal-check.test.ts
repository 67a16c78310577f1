import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { createSqliteJournal } from '@yiqiao/journal';
import { systemClock } from '@yiqiao/model';
import { endAll, figuresOf, makeFolder, speak } from './spoken.ts';

const KEY = { peer: 'his', institution: 'H00000000001', messageId: 'H00000000001202611210902000001' };

/** A journal file with one open exchange. */
async function writeJournal(): Promise<string> {
  const file = join(makeFolder(), 'journal.sqlite');
  const journal = createSqliteJournal({ file, clock: systemClock });
  const sent = { bytes: Buffer.from('{}'), contentType: 'application/json' };
  const named = { transaction: '2207', operation: 'settleOutpatient' };
  await journal.open(
    { ...named, key: KEY, digest: 'd', received: sent, acceptedAt: 1 },
    { ...named, purpose: 'forward', peer: 'hub', messageId: 'G1', step: 0, request: '{}', sent, sentAt: 1 },
  );
  await journal.close();
  return file;
}

describe('yiqiao journal check', () => {
  after(endAll);

  it('ends with 0 for a journal that holds what was written', async () => {
    const file = await writeJournal();
    const { code, out } = await speak('journal', 'check', file);
    assert.equal(code, 0);
    assert.match(out, /1 笔交易 exchanges.*1 笔未完结 open.*0 处损坏 damaged/);
    const { lastAt, ...figures } = figuresOf(await speak('journal', 'check', file, '--json'));
    assert.equal(typeof lastAt, 'number');
    assert.deepEqual(figures, {
      ok: true,
      exchanges: 1,
      entries: 1,
      open: 1,
      closed: 0,
      damage: [],
      damaged: 0,
      archived: 0,
    });
  });

  it('ends with 1 and names exchange, message, entry and remedy of what is damaged', async () => {
    const file = await writeJournal();
    const db = new DatabaseSync(file);
    db.exec(`DROP TRIGGER entries_are_not_updated; UPDATE entries SET at = 2`);
    db.close();
    const { code, out } = await speak('journal', 'check', file);
    assert.equal(code, 1);
    assert.match(out, new RegExp(`^#1 2207 H00000000001 ${KEY.messageId}, entry 1  entry-changed`));
    assert.match(out, /向对方核实/);
    const figures = figuresOf(await speak('journal', 'check', file, '--json'));
    assert.deepEqual([figures['ok'], figures['damaged']], [false, 1]);
  });

  it('ends with 2 for a file that cannot be checked', async () => {
    const { code, err } = await speak('journal', 'check', join(makeFolder(), 'nothing.sqlite'));
    assert.equal(code, 2);
    assert.match(err, /没有这个文件/);
  });
});
