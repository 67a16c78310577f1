import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkJournalFile, createSqliteJournal } from '@yiqiao/journal';
import type { SqliteJournal } from '@yiqiao/journal';
import { GatewayError, systemClock } from '@yiqiao/model';
import { newExchange, newLeg } from './samples.ts';

describe('A back-up of a journal', () => {
  let folder: string;
  let journal: SqliteJournal;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'yiqiao-backup-'));
    journal = createSqliteJournal({ file: join(folder, 'journal.sqlite'), clock: systemClock });
  });
  afterEach(async () => {
    await journal.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const open = (number: number): Promise<number> => journal.open(newExchange(number), newLeg(number));

  it('is made while exchanges go on, is sound, and holds what was on record when it began', async () => {
    for (let number = 0; number < 300; number += 1) await open(number);
    const copy = join(folder, 'copies', 'one.sqlite');
    let isCopied = false;
    const copying = journal.backUp(copy).finally(() => {
      isCopied = true;
    });
    let further = 300;
    while (!isCopied) {
      await open(further);
      further += 1;
    }
    assert.equal(await copying, statSync(copy).size);
    assert.ok(further > 300, 'the journal was written to meanwhile');
    assert.deepEqual(readdirSync(join(folder, 'copies')), ['one.sqlite']);
    const report = checkJournalFile(copy);
    assert.equal(report.damaged, 0);
    assert.ok(report.exchanges >= 300 && report.exchanges <= further, String(report.exchanges));
    assert.equal(statSync(copy).mode & 0o777, 0o600);
  });

  it('takes the place of the journal', async () => {
    const id = await open(1);
    const copy = join(folder, 'copy.sqlite');
    await journal.backUp(copy);
    const restored = createSqliteJournal({ file: copy, clock: systemClock });
    assert.equal(restored.load(id)?.state, 'sent');
    await restored.close();
  });

  it('overwrites nothing', async () => {
    const there = join(folder, 'there.sqlite');
    writeFileSync(there, 'mine');
    await assert.rejects(journal.backUp(there), (error) => {
      assert(error instanceof GatewayError);
      assert.equal(error.code, 'JOURNAL_UNUSABLE');
      assert.equal(error.details.facts?.['reason'], 'exists');
      return true;
    });
  });

  it('goes on when a copy cannot be made, and makes the next one', async () => {
    await open(1);
    const nowhere = join(folder, 'journal.sqlite', 'copy.sqlite');
    await assert.rejects(journal.backUp(nowhere), { code: 'JOURNAL_FAILED' });
    await open(2);
    await journal.backUp(join(folder, 'copy.sqlite'));
    assert.equal(checkJournalFile(join(folder, 'copy.sqlite')).exchanges, 2);
  });
});
