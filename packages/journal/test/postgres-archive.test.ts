import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { archiveDays, checkPostgresJournal, createPostgresJournal } from '@yiqiao/journal';
import type { MaintainedJournal } from '@yiqiao/journal';
import pg from 'pg';
import { describeArchive, writeDay } from './describe-archive.ts';
import type { ArchiveSubject } from './describe-archive.ts';
import { encryption } from './keys.ts';
import { createPlace } from './postgres-place.ts';
import { NOW, ended, newExchange, newLeg } from './samples.ts';

const DAY = 86_400_000;

type Rows = readonly Record<string, unknown>[];

async function createSubject(): Promise<ArchiveSubject & { query(sql: string): Promise<Rows> }> {
  const place = await createPlace();
  const query = async (sql: string): Promise<Rows> => {
    const client = new pg.Client({ connectionString: place.url });
    await client.connect();
    try {
      await client.query(`SET search_path TO ${place.schema}; SET session_replication_role = replica`);
      return (await client.query<Record<string, unknown>>(sql)).rows;
    } finally {
      await client.end();
    }
  };
  return {
    place,
    open: (now, keys): Promise<MaintainedJournal> =>
      createPostgresJournal({ place, clock: { now: () => now }, encryption: keys }),
    check: (keys) => checkPostgresJournal({ place, clock: { now: () => NOW }, encryption: keys }),
    tamper: async (sql) => void (await query(sql)),
    remove: async () => undefined,
    query,
  };
}

describeArchive('PostgreSQL', createSubject);

describe('Archiving a journal in PostgreSQL', function () {
  this.timeout(20_000);
  const keys = encryption(1);
  let folder: string;
  let subject: Awaited<ReturnType<typeof createSubject>>;
  const archive = (before: number) =>
    archiveDays({
      place: subject.place,
      clock: { now: () => NOW + 10 * DAY },
      encryption: keys,
      before,
      folder,
    });
  const partitions = async (): Promise<number> =>
    (await subject.query(`SELECT 1 FROM pg_inherits WHERE inhparent = 'entries'::regclass`)).length;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'yiqiao-archive-'));
    subject = await createSubject();
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('goes on beside gateways that serve: what they write is kept, what left is told as archived', async () => {
    await writeDay(subject);
    const journal = await subject.open(NOW + 10 * DAY, keys);
    const writing = (async () => {
      for (let n = 100; n < 130; n += 1) {
        const id = await journal.open(newExchange(n, { acceptedAt: NOW + 10 * DAY }), newLeg(n));
        await journal.end(id, ended({ at: NOW + 10 * DAY }));
      }
    })();
    const days = await archive(NOW + 5 * DAY);
    await writing;
    assert.deepEqual(
      days.map(({ entries }) => entries),
      [4, 2],
    );
    const found = await journal.find(newExchange(1).key, newExchange(1).digest);
    assert.equal(found.status === 'known' && found.exchange.expired, true);
    await journal.close();
    const { damage, entries } = await subject.check(keys);
    assert.deepEqual([damage, entries], [[], 63]);
  });

  it('is done once by two at a time', async () => {
    await writeDay(subject);
    const both = await Promise.all([archive(NOW + DAY), archive(NOW + DAY)]);
    assert.deepEqual(
      both.flat().map(({ entries }) => entries),
      [4],
    );
  });

  it('drops the partition of a day of which nothing stays', async () => {
    const journal = await subject.open(NOW, keys);
    await journal.end(await journal.open(newExchange(1), newLeg(1)), ended());
    await journal.close();
    // Days that are made ahead when it is opened at a later time.
    await (await subject.open(NOW + 10 * DAY, keys)).close();
    const before = await partitions();
    assert.equal((await archive(NOW + DAY)).length, 1);
    assert.equal(await partitions(), before - 1);
    assert.deepEqual((await subject.check(keys)).damage, []);
  });
});
