import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import pg from 'pg';
import { checkJournalFile, createPostgresJournal, createSqliteJournal } from '@yiqiao/journal';
import type { SqliteJournal } from '@yiqiao/journal';
import { newPartition } from '#internal/postgres/archive-statements.ts';
import { MIGRATIONS } from '#internal/postgres/schema.ts';
import { BROKEN, endOddly, look } from './describe-odd.ts';
import { withJournalFile } from './journal-file.ts';
import { encryption } from './keys.ts';
import { createPlace } from './postgres-place.ts';
import { NOW } from './samples.ts';

const DAY = 86_400_000;
const KEY = encryption(1);

const open = (file: string, now = NOW): SqliteJournal =>
  createSqliteJournal({ file, clock: { now: () => now }, encryption: KEY });

describe('odd answers in a sealed journal', () => {
  it('are sealed but for rule and place, and so is what a person found', () =>
    withJournalFile(async (file) => {
      const journal = open(file);
      await journal.look(await endOddly(journal, 1), look({ reason: '测试丁来电确认' }));
      assert.deepEqual(journal.load(1)?.legs[0]?.odd?.found, [BROKEN]);
      await journal.close();
      const bytes = readFileSync(file);
      for (const text of ['1339.87', '测试丁']) assert(!bytes.includes(text), text);
      assert(bytes.includes(BROKEN.at), 'rule and place name no person');
      assert.deepEqual(checkJournalFile(file, KEY).damage, []);
    }));

  it('keep rule and place when the messages have been deleted, and still wait to be looked at', () =>
    withJournalFile(async (file) => {
      const journal = open(file, NOW + 2 * DAY);
      const id = await endOddly(journal, 1);
      await journal.maintain({ writesMs: DAY });
      const { expired, legs, oddSince } = journal.load(id) ?? assert.fail();
      assert.deepEqual(
        [expired, legs[0]?.odd, oddSince],
        [true, { found: [{ rule: BROKEN.rule, at: BROKEN.at }] }, NOW + 3],
      );
      await journal.look(id, look());
      assert.deepEqual([journal.load(id)?.looks?.length, journal.figures().odd], [1, 0]);
      await journal.close();
    }));
});

describe('a PostgreSQL journal of the version before odd answers', () => {
  it('is brought forward with its days, and people look at what is odd in it', async () => {
    const place = await createPlace();
    const client = new pg.Client({ connectionString: place.url });
    await client.connect();
    const day = Math.floor(NOW / DAY);
    const first = day * 100_000_000_000;
    await client.query(
      `CREATE SCHEMA ${place.schema}; SET search_path TO ${place.schema};
       CREATE TABLE journal_version (version integer NOT NULL); INSERT INTO journal_version VALUES (3);
       ${MIGRATIONS.slice(0, 3).join('')}
       INSERT INTO meta VALUES ('salt', '\\x${'00'.repeat(32)}');
       ${newPartition(`entries_${day}`)};
       ALTER TABLE entries ATTACH PARTITION entries_${day} FOR VALUES FROM (${first}) TO (${first + 100_000_000_000});`,
    );
    await client.end();
    const journal = await createPostgresJournal({ place, clock: { now: () => NOW } });
    try {
      const id = await endOddly(journal, 1);
      await journal.look(id, look());
      assert.deepEqual((await journal.load(id))?.looks, [look()]);
      assert.deepEqual(await journal.checkExchange(id), []);
    } finally {
      await journal.close();
    }
  });
});
