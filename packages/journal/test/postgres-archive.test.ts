import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { archiveDays, createPostgresJournal, readArchive, restoreArchive } from '@yiqiao/journal';
import type { PostgresPlace } from '@yiqiao/journal';
import type { GatewayError } from '@yiqiao/model';
import { encryption } from './keys.ts';
import { createPlace } from './postgres-place.ts';
import { NOW, answered, ended, line, newExchange, newLeg } from './samples.ts';

const DAY = 86_400_000;
const sealed = { encryption: encryption(1) };
const at = (now: number): { clock: { now(): number } } => ({ clock: { now: () => now } });

/** Exchange 1 has ended, 2 is open, 3 is with a person, 4 began that day and ended on the next; and a record of a read. */
async function writeDay(place: PostgresPlace): Promise<readonly number[]> {
  const journal = await createPostgresJournal({ place, ...at(NOW), ...sealed });
  const ids = await Promise.all([1, 2, 3, 4].map((n) => journal.open(newExchange(n), newLeg(n))));
  const [first = 0, , third = 0, fourth = 0] = ids;
  await journal.end(first, ended({ settlement: line(1) }), [answered(1)]);
  await journal.end(third, { state: 'handed-to-person', at: NOW });
  await journal.keep([{ institution: 'H00000000001', kind: 'visit', key: 'V1', body: '{}' }]);
  await journal.close();
  const next = await createPostgresJournal({ place, ...at(NOW + DAY), ...sealed });
  for (const { id } of (await next.shared?.adoptOrphans(10)) ?? []) {
    if (id === fourth) await next.end(id, ended());
  }
  await next.close();
  return ids;
}

describe('A day of a PostgreSQL journal that is archived', function () {
  this.timeout(20_000);
  let folder: string;
  let place: PostgresPlace;
  let ids: readonly number[];
  const archive = () => archiveDays({ place, ...at(NOW + 10 * DAY), ...sealed, before: NOW + DAY, folder });
  const reasonOf = (promise: Promise<unknown>): Promise<unknown> =>
    promise.then(
      () => 'done',
      (error: unknown) => (error as GatewayError).details.facts?.['reason'],
    );
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'yiqiao-archive-'));
    place = await createPlace();
    ids = await writeDay(place);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('is in a file; what has not ended or goes on later stays', async () => {
    const [day, ...others] = await archive();
    assert.deepEqual(others, []);
    assert.deepEqual([day?.entries, day?.kept], [7, 4]);
    assert.equal((await readArchive(day?.file ?? '')).sha256, day?.sha256);
    assert.deepEqual(await archive(), []);
    const journal = await createPostgresJournal({ place, ...at(NOW + 10 * DAY), ...sealed });
    const [first = 0, ...rest] = ids;
    const gone = await journal.load(first);
    assert.deepEqual([gone?.state, gone?.expired, gone?.key], ['answered', true, newExchange(1).key]);
    const found = await journal.find(newExchange(1).key, newExchange(1).digest);
    assert.equal(found.status, 'known');
    for (const id of rest) assert.equal((await journal.load(id))?.legs.length, 1);
    for (const id of ids) assert.deepEqual(await journal.checkExchange(id), []);
    assert.equal(await journal.findRecord('H00000000001', 'visit', 'V1'), undefined);
    await assert.rejects(journal.open(newExchange(1), newLeg(1)), { code: 'EXCHANGE_IN_PROGRESS' });
    await journal.close();
  });

  it('comes back once; a second time is named', async () => {
    const [day] = await archive();
    const file = day?.file ?? '';
    const where = { place, ...at(NOW + 11 * DAY), ...sealed };
    assert.equal((await restoreArchive(where, file)).entries, 7);
    assert.equal(await reasonOf(restoreArchive(where, file)), 'archive-restored');
    const journal = await createPostgresJournal({ place, ...at(NOW + 11 * DAY), ...sealed });
    const back = await journal.load(ids[0] ?? 0);
    assert.deepEqual(
      [back?.expired, back?.legs[0]?.state, back?.settlement],
      [undefined, 'answered', line(1)],
    );
    for (const id of ids) assert.deepEqual(await journal.checkExchange(id), []);
    await journal.close();
  });

  it('is refused when its file was changed anywhere, or is another journal’s', async () => {
    const [day] = await archive();
    const file = day?.file ?? '';
    const where = { place, ...at(NOW), ...sealed };
    const other = { ...where, place: await createPlace() };
    assert.equal(await reasonOf(restoreArchive(other, file)), 'archive-foreign');
    const lines = gunzipSync(readFileSync(file)).toString().trimEnd().split('\n');
    const spoilt = join(folder, 'spoilt');
    const attempts = [
      lines.slice(0, -1),
      lines.toSpliced(2, 1),
      [...lines.slice(0, 2), lines[3] ?? '', lines[2] ?? '', ...lines.slice(4)],
      lines.with(1, (lines[1] ?? '').replace('"accepted"', '"buried"')),
      [...lines, lines[1] ?? ''],
    ];
    for (const one of attempts) {
      writeFileSync(spoilt, gzipSync(`${one.join('\n')}\n`));
      assert.equal(await reasonOf(restoreArchive(where, spoilt)), 'archive-damaged');
    }
    writeFileSync(spoilt, readFileSync(file).subarray(0, 100));
    assert.equal(await reasonOf(readArchive(spoilt)), 'archive-damaged');
    assert.equal(await reasonOf(restoreArchive(where, file)), 'done');
  });
});
