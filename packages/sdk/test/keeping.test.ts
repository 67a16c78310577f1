/** What is over is forgotten in time: jobs that are done, and the trace later. What is owed is not. */
import assert from 'node:assert/strict';
import { createOutbox, findTrace, keepingSettings, openStore, readSettings } from '@yiqiao/sdk';
import type { AdapterStore, JobResult, Outbox } from '@yiqiao/sdk';

const DAY = 86_400_000;
const keep = { keepDoneDays: 100, keepTraceDays: 1_000 };

describe('A store that has been in use for long', () => {
  let now: number;
  let store: AdapterStore;
  let outbox: Outbox;
  let result: JobResult;
  let done: string[];
  const clock = { now: () => now };
  beforeEach(() => {
    now = Date.parse('2026-03-01T10:00:00+08:00');
    done = [];
    result = 'done';
    store = openStore(':memory:', { clock });
    const issue = ({ id }: { readonly id: string }): Promise<JobResult> => {
      done.push(id);
      return Promise.resolve(result);
    };
    outbox = createOutbox({ store, clock, handlers: { issue }, keep });
  });
  afterEach(async () => {
    await outbox.stop();
    store.close();
  });

  /** Owes a job for each id, and tells the trace of it. */
  const owe = (...ids: readonly string[]): boolean[] =>
    ids.map((id) =>
      store.transact((tx) => {
        tx.trace({
          at: now,
          step: 'owed',
          refs: { settlement: id, visit: `V${id}` },
          facts: { amount: '1.00' },
        });
        return tx.enqueue({ id, kind: 'issue', body: { id } });
      }),
    );

  it('knows a job that is done as long as it is told to, and forgets it afterwards', async () => {
    owe('S1');
    await outbox.drain();
    now += 100 * DAY;
    assert.deepEqual(await outbox.forget(), { jobs: 0, events: 0 });
    assert.deepEqual(owe('S1'), [false], 'its id is still known');
    now += 1;
    assert.deepEqual(await outbox.forget(), { jobs: 1, events: 0 });
    assert.equal(store.jobs.find('S1'), undefined);
  });

  it('keeps what is waiting or lies with a person, however old', async () => {
    result = { person: 'look' };
    owe('S1');
    await outbox.drain();
    store.transact((tx) => tx.enqueue({ id: 'S2', kind: 'issue', body: {}, dueAt: now + 900 * DAY }));
    result = 'done';
    owe('S3');
    await outbox.drain();
    now += 800 * DAY;
    assert.deepEqual(await outbox.forget(), { jobs: 1, events: 0 });
    assert.deepEqual(
      outbox.list().map(({ id, state }) => [id, state]),
      [
        ['S1', 'person'],
        ['S2', 'waiting'],
      ],
    );
    assert.equal(outbox.retry('S1'), true);
    now += 100 * DAY;
    await outbox.drain();
    assert.deepEqual(done, ['S1', 'S3', 'S1', 'S2']);
  });

  it('keeps the trace for longer, and leaves nothing of it by which it could be found', async () => {
    owe('S1');
    now += 900 * DAY;
    owe('S2');
    now += 101 * DAY;
    assert.equal(findTrace([store], 'VS1').length, 1);
    assert.equal((await outbox.forget()).events, 1);
    assert.deepEqual([findTrace([store], 'S1'), findTrace([store], 'VS1')], [[], []]);
    assert.deepEqual(findTrace([store], 'VS2')[0]?.facts, { amount: '1.00' });
    owe('S3');
    assert.equal(findTrace([store], 'S3').length, 1, 'the trace goes on');
  });

  it('goes through many rows in small steps, between which others work', async () => {
    store.transact((tx) => {
      for (let at = 0; at < 1_050; at += 1) {
        tx.enqueue({ id: `J${at}`, kind: 'issue', body: null });
        tx.trace({ at: now, step: 'owed', refs: { settlement: `J${at}` } });
      }
    });
    await outbox.drain();
    now += 2_000 * DAY;
    let between = 0;
    let isOver = false;
    const others = (): void => {
      if (isOver) return;
      store.transact((tx) => tx.put('other', 'count', (between += 1)));
      setImmediate(others);
    };
    setImmediate(others);
    const forgotten = await outbox.forget();
    isOver = true;
    assert.deepEqual(forgotten, { jobs: 1_050, events: 1_050 });
    assert(between >= 8, `others came in ${between} times`);
  });

  it('stops between two steps when it is told to stop', async () => {
    owe('S1');
    await outbox.drain();
    now += 2_000 * DAY;
    await outbox.stop();
    assert.deepEqual(await outbox.forget(), { jobs: 0, events: 0 });
    assert.notEqual(store.jobs.find('S1'), undefined);
  });

  it('is configured in days, and keeps a year of jobs and ten of trace when nothing is said', () => {
    assert.deepEqual(readSettings({}, keepingSettings), { keepDoneDays: 400, keepTraceDays: 3_650 });
    assert.throws(() => readSettings({ keepDoneDays: 1 }, keepingSettings), { code: 'CONFIG_INVALID' });
  });
});
