import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { GatewayError } from '@yiqiao/model';
import { checkJournalFile, createSqliteJournal } from '@yiqiao/journal';
import type { JournalEncryption, SqliteJournal } from '@yiqiao/journal';
import { resolution } from './describe-resolution.ts';
import { tamper, withJournalFile } from './journal-file.ts';
import { ALGORITHMS, encryption } from './keys.ts';
import { NOW, answered, ended, line, newExchange, newLeg } from './samples.ts';

const WITHOUT_TRIGGERS = 'DROP TRIGGER entries_are_not_updated; DROP TRIGGER entries_are_not_deleted;';
const PERSON = {
  institution: 'H00000000001',
  kind: 'person',
  key: '测试乙的编号',
  body: '{"name":"测试乙"}',
};
const MATTER = '["settleOutpatient","测试丙"]';

const open = (file: string, with_?: JournalEncryption): SqliteJournal =>
  createSqliteJournal({ file, clock: { now: () => NOW }, ...(with_ && { encryption: with_ }) });

/** Exchange 1 settled, 2 resolved by a person, 3 open; one record of a person. */
async function write(file: string, with_?: JournalEncryption): Promise<void> {
  const journal = open(file, with_);
  const settled = await journal.open(newExchange(1, { naturalKeys: [MATTER] }), newLeg(1));
  await journal.end(settled, ended({ settlement: line(1), records: [PERSON] }), [answered(1)]);
  const waiting = await journal.open(newExchange(2), newLeg(2));
  await journal.end(waiting, { state: 'handed-to-person', at: NOW });
  await journal.resolve(waiting, { ...resolution(), reason: '测试丁来电确认' });
  await journal.open(newExchange(3), newLeg(3));
  await journal.close();
}

function checkHeld(journal: SqliteJournal): void {
  const settled = journal.load(1);
  assert.equal(
    Buffer.from(settled?.received.bytes ?? []).toString(),
    '{"infno":"2207","n":1,"psn_name":"测试甲"}',
  );
  assert.equal(settled?.legs[0]?.request, '{"personName":"测试甲","n":1}');
  assert.equal(journal.findRecord(PERSON.institution, PERSON.kind, PERSON.key), PERSON.body);
  assert.equal(journal.findByNaturalKey('H00000000001', MATTER)[0]?.id, 1);
  assert.deepEqual(settled?.naturalKeys, [MATTER]);
  assert.equal(journal.load(2)?.resolution?.reason, '测试丁来电确认');
  assert.deepEqual([1, 2, 3].map((id) => journal.checkExchange(id)).flat(), []);
}

function reasonOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    assert(error instanceof GatewayError && error.code === 'JOURNAL_UNUSABLE');
    return String(error.details.facts?.['reason']);
  }
  return 'none';
}

describe('encrypted journal', () => {
  for (const algorithm of ALGORITHMS) {
    it(`holds nothing of persons in clear: ${algorithm}`, () =>
      withJournalFile(async (file) => {
        const key = encryption(1, [], algorithm);
        await write(file, key);
        const bytes = readFileSync(file);
        for (const name of ['甲', '乙', '丙', '丁']) assert(!bytes.includes(`测试${name}`), name);
        assert(bytes.includes(newExchange(1).key.messageId), 'message ids are looked for by people');
        const journal = open(file, key);
        checkHeld(journal);
        await journal.close();
      }));
  }

  it('seals the same contents differently each time', () =>
    withJournalFile(async (file) => {
      const journal = open(file, encryption(1));
      for (const n of [1, 2]) await journal.bury(newExchange(n).key, NOW);
      await journal.close();
      const db = new DatabaseSync(file);
      const sealed = db.prepare('SELECT payload, payload_hash AS hash FROM entries').all();
      db.close();
      assert.equal(new Set(sealed.flatMap(({ payload, hash }) => [payload, hash].map(String))).size, 4);
    }));

  const refusals: readonly { title: string; now?: JournalEncryption; reason: string }[] = [
    { title: 'no key', reason: 'key-missing' },
    { title: 'another key', now: encryption(2), reason: 'key-wrong' },
    {
      title: 'another key and a previous one that is wrong too',
      now: encryption(2, [3]),
      reason: 'key-wrong',
    },
  ];
  for (const { title, now, reason } of refusals) {
    it(`is refused with ${title}, with remedy, and nothing is changed`, () =>
      withJournalFile(async (file) => {
        await write(file, encryption(1));
        const before = readFileSync(file);
        assert.equal(
          reasonOf(() => open(file, now)),
          reason,
        );
        assert.deepEqual(readFileSync(file), before);
      }));
  }

  it('takes a new key at start, seals everything with it while it is used, and then needs no other', () =>
    withJournalFile(async (file) => {
      await write(file, encryption(1));
      const journal = open(file, encryption(2, [1]));
      checkHeld(journal);
      const upkeep = journal.maintain();
      const during = await journal.open(newExchange(4), newLeg(4));
      assert.deepEqual(await upkeep, { sealed: 6, expired: 0, damaged: 0 });
      checkHeld(journal);
      assert.equal(journal.load(during)?.state, 'sent');
      await journal.close();
      assert.equal(
        reasonOf(() => open(file, encryption(1))),
        'key-wrong',
      );
      const again = open(file, encryption(2));
      checkHeld(again);
      assert.deepEqual(await again.maintain(), { sealed: 0, expired: 0, damaged: 0 });
      await again.close();
    }));

  it('goes on with a change of keys that was broken off, and needs both keys until then', () =>
    withJournalFile(async (file) => {
      const many = open(file, encryption(1));
      for (let n = 1; n <= 80; n += 1) await many.open(newExchange(n), newLeg(n));
      await many.close();
      const broken = open(file, encryption(2, [1]));
      const upkeep = broken.maintain();
      await broken.bury(newExchange(99).key, NOW);
      await broken.close();
      const { sealed } = await upkeep;
      assert(sealed > 0 && sealed < 80, `${sealed}`);
      assert.equal(
        reasonOf(() => open(file, encryption(2))),
        'key-wrong',
      );
      const again = open(file, encryption(2, [1]));
      assert.equal((await again.maintain()).sealed, 80 - sealed);
      await again.close();
      const done = open(file, encryption(2));
      assert.equal(done.list(Infinity, 100).length, 80);
      await done.close();
    }));

  it('changes from one algorithm to the other under one key', () =>
    withJournalFile(async (file) => {
      await write(file, encryption(1, [], 'sm4-ctr-hmac-sm3'));
      const journal = open(file, encryption(1));
      assert.equal((await journal.maintain()).sealed, 6);
      checkHeld(journal);
      await journal.close();
    }));

  it('a journal that was clear is sealed, the free space of its file included', () =>
    withJournalFile(async (file) => {
      await write(file);
      assert(readFileSync(file).includes('测试甲'));
      const journal = open(file, encryption(1));
      checkHeld(journal);
      await journal.maintain();
      checkHeld(journal);
      await journal.close();
      for (const name of ['甲', '乙', '丙', '丁']) assert(!readFileSync(file).includes(`测试${name}`), name);
    }));

  const changes: readonly {
    title: string;
    sql: string;
    found: readonly string[];
    withoutKey?: readonly string[];
  }[] = [
    {
      title: 'two sealed payloads that changed places',
      sql: `CREATE TEMP TABLE t AS SELECT id, payload, payload_hash FROM entries;
        UPDATE entries SET payload = (SELECT payload FROM t WHERE id = 6),
          payload_hash = (SELECT payload_hash FROM t WHERE id = 6) WHERE id = 3`,
      found: ['entry-changed 3'],
    },
    {
      title: 'a sealed payload cut short',
      sql: 'UPDATE entries SET payload = substr(payload, 1, length(payload) - 9) WHERE id = 3',
      found: ['entry-changed 3'],
    },
    {
      title: 'a sealed payload of one byte',
      sql: `UPDATE entries SET payload = x'01' WHERE id = 3`,
      found: ['entry-changed 3'],
    },
  ];
  for (const { title, sql, found, withoutKey } of changes) {
    it(`shows ${title}`, () =>
      withJournalFile(async (file) => {
        await write(file, encryption(1));
        tamper(file, `${WITHOUT_TRIGGERS} ${sql}`);
        const damageWith = (key?: JournalEncryption): string[] =>
          checkJournalFile(file, key).damage.map(({ kind, entry }) => `${kind} ${entry ?? '-'}`);
        assert.deepEqual(damageWith(encryption(1)), found);
        assert.deepEqual(damageWith(), withoutKey ?? found);
      }));
  }

  it('leaves what it cannot open as it is, says so, and finishes with the rest', () =>
    withJournalFile(async (file) => {
      await write(file, encryption(1));
      tamper(file, `${WITHOUT_TRIGGERS} UPDATE entries SET payload = x'00' WHERE id = 6`);
      const errors: GatewayError[] = [];
      const journal = createSqliteJournal({
        file,
        clock: { now: () => NOW },
        encryption: encryption(2, [1]),
        onError: (error) => errors.push(error),
      });
      assert.deepEqual(await journal.maintain(), { sealed: 5, expired: 0, damaged: 1 });
      assert.deepEqual(
        errors.map(({ code, details }) => [code, details.facts]),
        [['RECORD_DAMAGED', { entry: 6, exchange: 3 }]],
      );
      assert.throws(() => journal.load(3), { code: 'RECORD_DAMAGED' });
      assert.equal(journal.load(1)?.state, 'answered');
      await journal.close();
    }));
});
