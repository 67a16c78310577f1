import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { randomInt } from 'node:crypto';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { createSqliteJournal } from '@yiqiao/journal';
import type { Exchange, SqliteJournal } from '@yiqiao/journal';
import { withJournalFile } from './journal-file.ts';
import { withKey } from './keys.ts';
import { NOW, line, newExchange, newLeg } from './samples.ts';

const WRITER = fileURLToPath(new URL('fixtures/crash-writer.ts', import.meta.url));
const ROUNDS = 4;

type Report = { readonly n: number; readonly id: number; readonly done: string };

const openJournal = (file: string, key: number): SqliteJournal =>
  createSqliteJournal({ file, clock: { now: () => NOW }, ...withKey(key) });

/** Lets a process write from number `start` on and kills it at a random moment; returns what it reported. */
async function writeAndKill(file: string, start: number, key: number): Promise<readonly Report[]> {
  const child = spawn(process.execPath, [WRITER, file, String(start), String(key)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exit = once(child, 'exit');
  const reports: Report[] = [];
  const enough = randomInt(1, 400);
  for await (const text of createInterface({ input: child.stdout })) {
    const [n = '', id = '', done = ''] = text.split(' ');
    reports.push({ n: Number(n), id: Number(id), done });
    if (reports.length === enough) {
      if (start === 0) assert.throws(() => openJournal(file, key), { code: 'JOURNAL_UNUSABLE' });
      child.kill('SIGKILL');
    }
  }
  assert.equal((await exit)[1], 'SIGKILL');
  return reports;
}

/** Holds what is on record against one reported write. */
function check(journal: SqliteJournal, { n, id, done }: Report): void {
  const { key, digest } = newExchange(n);
  const found = journal.find(key, digest);
  assert(found.status === 'known', `${n} ${done}`);
  const { exchange } = found;
  assert.equal(exchange.id, id);
  if (done === 'reversing') assert.equal(exchange.legs.length, 2);
  if (done === 'ended') {
    assert.deepEqual([exchange.state, exchange.settlement], ['answered', line(n)]);
    const owed = journal.find(newExchange(n + 2_000_000).key, newExchange(n + 2_000_000).digest);
    assert.equal(owed.status, n % 2 === 0 ? 'known' : 'new');
  }
}

function all(journal: SqliteJournal): readonly Exchange[] {
  return journal.list(Infinity, 1_000_000);
}

describe('SQLite journal after kill -9', () => {
  const kinds = [
    { title: 'has every write that was promised, sound, and lists what is open', keyOf: () => 0 },
    {
      title: 'so too when each time another key is taken and the change is broken off',
      keyOf: (round: number) => round,
    },
  ];
  for (const { title, keyOf } of kinds) {
    it(title, function () {
      this.timeout(20_000);
      return withJournalFile(async (file) => {
        const reports: Report[] = [];
        for (let round = 0; round < ROUNDS; round += 1) {
          reports.push(...(await writeAndKill(file, round * 10_000, keyOf(round))));
          const journal = openJournal(file, keyOf(round));
          for (const report of reports) check(journal, report);
          const exchanges = all(journal);
          assert.deepEqual(
            exchanges.flatMap(({ id }) => journal.checkExchange(id)),
            [],
          );
          const open = exchanges.filter(({ endedAt }) => endedAt === undefined).map(({ id }) => id);
          const listed = journal.listOpen(0, 1_000_000).map(({ id }) => id);
          assert.deepEqual(listed, open.toReversed());
          assert.equal(journal.findByLeg('hub', newLeg(reports[0]?.n ?? 0).messageId)?.id, reports[0]?.id);
          await journal.close();
        }
      });
    });
  }
});
