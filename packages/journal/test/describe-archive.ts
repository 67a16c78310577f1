/** What archiving has to do to any journal. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { archiveDays, readArchive, restoreArchive } from '@yiqiao/journal';
import type {
  ArchivedDay,
  ArchivePlace,
  JournalEncryption,
  JournalReport,
  MaintainedJournal,
} from '@yiqiao/journal';
import type { GatewayError } from '@yiqiao/model';
import { encryption } from './keys.ts';
import { BROKEN, endOddly, look } from './describe-odd.ts';
import { NOW, answered, ended, line, newExchange, newLeg } from './samples.ts';

const DAY = 86_400_000;
const LATER = NOW + 10 * DAY;
const KEY = encryption(1);
const VISIT = { institution: 'H00000000001', kind: 'visit', key: 'V1', body: '{"name":"测试乙"}' };
const MATTER = '["settleOutpatient","V1","B1"]';

/** A journal that is archived. */
export interface ArchiveSubject {
  readonly place: ArchivePlace['place'];
  open(now: number, encryption: JournalEncryption): Promise<MaintainedJournal>;
  check(encryption: JournalEncryption): Promise<JournalReport>;
  /** Runs statements that the journal itself never would, without its triggers. */
  tamper(sql: string): Promise<void>;
  remove(): Promise<void>;
}

/** `details.facts.reason` of the error, or `done`. */
export function reasonOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => 'done',
    (error: unknown) => (error as GatewayError).details.facts?.['reason'],
  );
}

/**
 * Exchange 1 has ended with a settlement, 2 is open, 3 is with a person, 4 began that day and ended on the next, 5 is
 * buried; and a record of a read. Returns the numbers of 1 to 4.
 */
export async function writeDay(subject: Pick<ArchiveSubject, 'open'>): Promise<readonly number[]> {
  const journal = await subject.open(NOW, KEY);
  const ids: number[] = [];
  for (const n of [1, 2, 3, 4])
    ids.push(await journal.open(newExchange(n, n === 1 ? { naturalKeys: [MATTER] } : {}), newLeg(n)));
  const [first = 0, , third = 0, fourth = 0] = ids;
  await journal.end(first, ended({ settlement: line(1), records: [VISIT] }), [answered(1)]);
  await journal.end(third, { state: 'handed-to-person', at: NOW });
  await journal.bury(newExchange(5).key, NOW);
  void journal.keep([{ ...VISIT, key: 'V2' }]);
  await journal.close();
  const next = await subject.open(NOW + DAY, KEY);
  await next.shared?.adoptOrphans(10);
  await next.end(fourth, ended({ at: NOW + DAY }));
  await next.close();
  return ids;
}

/** The tests. */
export function describeArchive(name: string, create: () => Promise<ArchiveSubject>): void {
  describe(`A day that is archived, ${name}`, function () {
    this.timeout(20_000);
    let subject: ArchiveSubject;
    let folder: string;
    let ids: readonly number[];
    beforeEach(async () => {
      folder = mkdtempSync(join(tmpdir(), 'yiqiao-archive-'));
      subject = await create();
      ids = await writeDay(subject);
    });
    afterEach(async () => {
      await subject.remove();
      rmSync(folder, { recursive: true });
    });
    const at = (now: number, keys: JournalEncryption = KEY): ArchivePlace => ({
      place: subject.place,
      clock: { now: () => now },
      encryption: keys,
    });
    const archive = (before: number, now = LATER): Promise<readonly ArchivedDay[]> =>
      archiveDays({ ...at(now), before, folder });
    const archiveFirst = async (): Promise<ArchivedDay> => {
      const [day] = await archive(NOW + DAY);
      assert.ok(day);
      return day;
    };
    const soundness = async (keys = KEY): Promise<unknown> => {
      const { damage, archived, entries } = await subject.check(keys);
      return { damage, archived, entries };
    };

    it('leaves an exchange whose odd answer nobody has looked at, until somebody has', async () => {
      const journal = await subject.open(NOW, KEY);
      const id = await endOddly(journal, 6);
      await journal.close();
      await archive(NOW + 2 * DAY);
      const next = await subject.open(NOW, KEY);
      assert.deepEqual((await next.load(id))?.legs[0]?.odd?.found, [BROKEN]);
      await next.look(id, look());
      await next.close();
      await archive(LATER + DAY, LATER + 2 * DAY);
      const last = await subject.open(NOW, KEY);
      assert.deepEqual((await last.load(id))?.legs, []);
      await last.close();
    });

    it('is in a file with everything that had ended; the rest stays', async () => {
      const { file, kept, damaged, ...summary } = await archiveFirst();
      assert.deepEqual(
        [summary.day, summary.entries, summary.exchanges, kept, damaged],
        ['2026-11-21', 4, 2, 2, 0],
      );
      assert.deepEqual(await readArchive(file), summary);
      assert.deepEqual(readdirSync(folder).length, 1);
      assert(!readFileSync(file).includes('测试'), 'contents stay sealed');
      assert.deepEqual(await archive(NOW + DAY), []);
      assert.equal((await readArchive(file)).entries, 4, 'it is still there');
      assert.deepEqual(readdirSync(folder).length, 1);
      assert.deepEqual(await soundness(), { damage: [], archived: 4, entries: 5 });
    });

    it('is remembered: the message, its matter, its totals and its tombstone', async () => {
      await archiveFirst();
      const journal = await subject.open(LATER, KEY);
      const found = await journal.find(newExchange(1).key, newExchange(1).digest);
      assert.equal(found.status, 'known');
      const { expired, state, reply } = found.exchange;
      assert.deepEqual([expired, state, reply], [true, 'answered', undefined]);
      assert.equal((await journal.find(newExchange(1).key, 'another')).status, 'conflict');
      assert.equal((await journal.find(newExchange(5).key, '')).status, 'tombstone');
      const matches = await journal.findByNaturalKey('H00000000001', MATTER);
      assert.deepEqual(
        matches.map(({ id }) => id),
        [ids[0]],
      );
      const lines: string[] = [];
      for await (const { settlementId } of journal.ledger()) lines.push(settlementId);
      assert.deepEqual(lines, ['S1']);
      assert.equal(await journal.findRecord('H00000000001', 'visit', 'V1'), undefined);
      assert.equal(await journal.findRecord('H00000000001', 'visit', 'V2'), undefined);
      await assert.rejects(journal.open(newExchange(1), newLeg(1)), { code: 'EXCHANGE_IN_PROGRESS' });
      for (const id of ids) assert.deepEqual(await journal.checkExchange(id), []);
      await journal.close();
    });

    it('is noted in the audit log, as is its return', async () => {
      const { file, sha256 } = await archiveFirst();
      await restoreArchive(at(LATER), file);
      const journal = await subject.open(LATER, KEY);
      const noted = await journal.listAudit({ beforeId: Infinity, limit: 10 });
      assert.deepEqual(
        noted.map(({ action, target }) => [action, target]),
        [
          ['journal.archive-restore', `archive ${sha256}`],
          ['journal.archive', `archive ${sha256}`],
        ],
      );
      assert.deepEqual((await journal.checkAudit()).damage, []);
      await journal.close();
    });

    it('takes along what began on an earlier day, with all its entries', async () => {
      const days = await archive(NOW + 2 * DAY);
      assert.deepEqual(
        days.map(({ day, exchanges, entries }) => [day, exchanges, entries]),
        [
          ['2026-11-21', 2, 4],
          ['2026-11-22', 1, 2],
        ],
      );
      assert.deepEqual(await soundness(), { damage: [], archived: 6, entries: 3 });
      const journal = await subject.open(LATER, KEY);
      assert.equal((await journal.load(ids[3] ?? 0))?.expired, true);
      assert.equal((await journal.load(ids[1] ?? 0))?.expired, undefined);
      await journal.close();
    });

    it('may be gone on with: what comes later goes into a later archive, and both come back', async () => {
      const [first] = await archive(NOW + DAY);
      const [original = 0] = ids;
      const journal = await subject.open(LATER, KEY);
      const reversal = await journal.open(
        newExchange(6, { acceptedAt: LATER, reverses: original }),
        newLeg(6),
      );
      await journal.end(reversal, ended({ at: LATER, reverses: original }));
      const reversed = await journal.load(original);
      assert.deepEqual([reversed?.state, reversed?.expired], ['reversed', true]);
      assert.deepEqual(await journal.checkExchange(original), []);
      await journal.close();
      const second = (await archive(LATER + DAY, LATER + 2 * DAY)).at(-1);
      assert.deepEqual([second?.day, second?.exchanges, second?.entries], ['2026-12-01', 2, 3]);
      assert.deepEqual((await subject.check(KEY)).damage, []);
      for (const file of [second?.file, first?.file]) {
        await restoreArchive(at(LATER), file ?? '');
        assert.deepEqual((await subject.check(KEY)).damage, []);
      }
      const again = await subject.open(LATER, KEY);
      const back = await again.load(original);
      assert.deepEqual([back?.state, back?.reversedBy, back?.settlement], ['reversed', reversal, line(1)]);
      await again.close();
    });

    it('comes back once, as it was; a second time is named and changes nothing', async () => {
      const { file } = await archiveFirst();
      assert.equal((await restoreArchive(at(LATER), file)).entries, 4);
      assert.equal(await reasonOf(restoreArchive(at(LATER), file)), 'restored');
      assert.deepEqual(await soundness(), { damage: [], archived: 0, entries: 9 });
      const journal = await subject.open(LATER, KEY);
      const back = await journal.load(ids[0] ?? 0);
      assert.deepEqual([back?.expired, back?.settlement, back?.reply], [undefined, line(1), ended().reply]);
      assert.equal(await journal.findRecord('H00000000001', 'visit', 'V1'), VISIT.body);
      assert.equal(await journal.findRecord('H00000000001', 'visit', 'V2'), VISIT.body);
      await journal.close();
    });

    it('can be archived again when it has come back; the first file stays used', async () => {
      const first = await archiveFirst();
      await restoreArchive(at(LATER), first.file);
      const [second] = await archive(NOW + DAY);
      assert.ok(second);
      assert.deepEqual(
        [second.entries, second.file === first.file, second.sha256 === first.sha256],
        [4, false, false],
      );
      assert.equal(await reasonOf(restoreArchive(at(LATER), first.file)), 'restored');
      assert.equal(await reasonOf(restoreArchive(at(LATER), second.file)), 'done');
    });

    it('does not hand its numbers to what comes later', async () => {
      const days = await archive(NOW + 5 * DAY);
      assert.equal(days.length, 2);
      const journal = await subject.open(LATER, KEY);
      const id = await journal.open(newExchange(9, { acceptedAt: LATER }), newLeg(9));
      await journal.close();
      for (const { file } of days) await restoreArchive(at(LATER), file);
      assert.deepEqual(await soundness(), { damage: [], archived: 0, entries: 10 });
      const again = await subject.open(LATER, KEY);
      assert.equal((await again.load(id))?.received.bytes.length, newExchange(9).received.bytes.length);
      await again.close();
    });

    it('leaves out what is damaged', async () => {
      await subject.tamper(
        `UPDATE entries SET at = at + 1 WHERE exchange_id = ${ids[0]} AND kind = 'accepted'`,
      );
      const day = await archiveFirst();
      assert.deepEqual([day.exchanges, day.damaged, day.kept], [1, 1, 2]);
      assert.equal((await subject.check(KEY)).damaged, 1);
    });

    it('hides no deletion of what stayed', async () => {
      await archiveFirst();
      await subject.tamper(`DELETE FROM entries WHERE exchange_id = ${ids[1]}`);
      const { damage } = await subject.check(KEY);
      assert.deepEqual(
        damage.map(({ kind, exchange }) => [kind, exchange?.id]),
        [['entry-missing', ids[1]]],
      );
    });

    it('is neither today nor a day to come', async () => {
      assert.deepEqual(await archive(NOW + 400 * DAY, NOW + 3), []);
    });

    it('is refused where it does not belong, or when nothing of it is on record', async () => {
      const { file } = await archiveFirst();
      const other = await create();
      await (await other.open(NOW, KEY)).close();
      assert.equal(await reasonOf(restoreArchive({ ...at(LATER), place: other.place }, file)), 'foreign');
      await other.remove();
      await subject.tamper('DELETE FROM archived_ranges');
      await subject.tamper('DELETE FROM archives');
      assert.equal(await reasonOf(restoreArchive(at(LATER), file)), 'unknown');
    });

    it('needs the key that it was sealed with, and comes back under the one in force', async () => {
      const { file } = await archiveFirst();
      const journal = await subject.open(LATER, encryption(2, [1]));
      await journal.maintain();
      await journal.close();
      assert.equal(await reasonOf(restoreArchive(at(LATER, encryption(2)), file)), 'key-missing');
      assert.equal(await reasonOf(restoreArchive(at(LATER, encryption(2, [1])), file)), 'done');
      assert.deepEqual(await soundness(encryption(2)), { damage: [], archived: 0, entries: 9 });
    });

    it('is not touched by a file that was changed', async () => {
      const { file } = await archiveFirst();
      const bytes = readFileSync(file);
      const middle = bytes.length >> 1;
      writeFileSync(file, bytes.with(middle, (bytes[middle] ?? 0) ^ 1));
      assert.equal(await reasonOf(restoreArchive(at(LATER), file)), 'damaged');
      assert.deepEqual(await soundness(), { damage: [], archived: 4, entries: 5 });
      writeFileSync(file, bytes);
      assert.equal(await reasonOf(restoreArchive(at(LATER), file)), 'done');
    });
  });
}
