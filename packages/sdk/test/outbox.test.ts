/** What is owed is done once, in order, also when the far side is down, a process dies or two work at the same time. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { GatewayError } from '@yiqiao/model';
import { createOutbox, openStore } from '@yiqiao/sdk';
import type { AdapterStore, JobHandler, OutboxJob, OutboxOptions, OutboxProblem } from '@yiqiao/sdk';

/** A process that takes a job and is killed in the middle of it. */
const KILLED = `
  import { createOutbox, openStore } from '@yiqiao/sdk';
  const issue = () => { process.kill(process.pid, 'SIGKILL'); return new Promise(() => {}); };
  createOutbox({ store: openStore(process.argv[1]), handlers: { issue } }).start();
  setInterval(() => {}, 1000);
`;

describe('The outbox', () => {
  let now: number;
  const clock = { now: (): number => now };
  let store: AdapterStore;
  beforeEach(() => {
    now = 1_000_000;
    store = openStore(':memory:', { clock });
  });
  afterEach(() => store.close());

  const create = (
    handler: JobHandler,
    options: Partial<OutboxOptions> = {},
  ): ReturnType<typeof createOutbox> =>
    createOutbox({ store, clock, handlers: { issue: handler }, ...options });
  const owe = (id: string, more: { lane?: string; dueAt?: number; body?: unknown } = {}): boolean =>
    store.transact((tx) => tx.enqueue({ id, kind: 'issue', body: {}, ...more }));
  const unreachable = (): never => {
    throw new GatewayError('UPSTREAM_UNREACHABLE');
  };

  it('does a job once, however often it is enqueued, also after it is done', async () => {
    const done: string[] = [];
    const outbox = create(async ({ id }) => {
      done.push(id);
      return 'done';
    });
    assert.equal(owe('a'), true);
    assert.equal(owe('a'), false);
    await outbox.drain();
    assert.equal(owe('a'), false);
    await outbox.drain();
    assert.deepEqual(done, ['a']);
    assert.deepEqual(outbox.list(), []);
  });

  it('keeps the order within a lane while an earlier job waits, and lets other lanes pass', async () => {
    const done: string[] = [];
    let isDown = true;
    const outbox = create(async ({ id, lane: _lane, ...job }: OutboxJob & { lane?: string }) => {
      if (isDown && (job.body as { fails?: boolean }).fails === true) unreachable();
      done.push(id);
      return 'done';
    });
    owe('issue 1', { lane: 'S1', body: { fails: true } });
    owe('write off 1', { lane: 'S1' });
    owe('issue 2', { lane: 'S2' });
    await outbox.drain();
    assert.deepEqual(done, ['issue 2']);
    isDown = false;
    now += 1_000;
    await outbox.drain();
    assert.deepEqual(done, ['issue 2', 'issue 1', 'write off 1']);
  });

  it('waits without end for a far side that is down, longer each time, and asks no person', async () => {
    const times: number[] = [];
    const outbox = create(
      async () => {
        times.push(now - 1_000_000);
        return unreachable();
      },
      { attempts: 3, backoffMs: { first: 1_000, longest: 60_000 } },
    );
    owe('a');
    for (let round = 0; round < 40; round += 1) {
      await outbox.drain();
      now += 10_000;
    }
    assert.deepEqual(times.slice(0, 6), [0, 10_000, 20_000, 30_000, 40_000, 60_000]);
    assert.deepEqual(times.slice(-2), [280_000, 340_000]);
    assert.equal(outbox.list()[0]?.state, 'waiting');
    assert.equal(outbox.list()[0]?.reason, 'UPSTREAM_UNREACHABLE');
  });

  it('hands a job that keeps failing to a person, who has it tried again or closes it', async () => {
    const problems: OutboxProblem[] = [];
    let attempts = 0;
    const outbox = create(
      async () => {
        attempts += 1;
        throw new GatewayError('UPSTREAM_REJECTED');
      },
      { attempts: 3, onProblem: (problem) => problems.push(problem) },
    );
    owe('a', { lane: 'S1' });
    owe('b', { lane: 'S1' });
    for (let round = 0; round < 8; round += 1) {
      await outbox.drain();
      now += 600_000;
    }
    assert.equal(attempts, 3);
    assert.deepEqual(
      problems.map(({ attempt, withPerson }) => [attempt, withPerson]),
      [
        [1, false],
        [2, false],
        [3, true],
      ],
    );
    assert.deepEqual(
      outbox.list().map(({ id, state }) => [id, state]),
      [
        ['a', 'person'],
        ['b', 'waiting'],
      ],
    );
    assert.equal(outbox.retry('a'), true);
    await outbox.drain();
    assert.equal(attempts, 4);
    assert.equal(outbox.close('a', 'issued by hand'), true);
    assert.equal(outbox.retry('a'), false);
    await outbox.drain();
    assert.equal(attempts, 5);
  });

  it('writes what a handler decides in the same commit as the end of the job', async () => {
    const outbox = create(async ({ id }) => ({
      done: (tx) => tx.put('invoice', id, { state: 'issued' }),
    }));
    owe('a');
    await outbox.drain();
    assert.deepEqual(store.get('invoice', 'a'), { state: 'issued' });
    assert.deepEqual(outbox.list(), []);
  });

  it('tries again when what a handler decides cannot be written', async () => {
    let attempts = 0;
    const outbox = create(async () => ({
      done: () => {
        attempts += 1;
        if (attempts === 1) throw new RangeError('no');
      },
    }));
    owe('a');
    await outbox.drain();
    assert.equal(outbox.list()[0]?.reason, 'RangeError');
    now += 1_000;
    await outbox.drain();
    assert.equal(attempts, 2);
    assert.deepEqual(outbox.list(), []);
  });

  it('leaves a job alone until it is due, and does what a handler puts off at its time', async () => {
    const times: number[] = [];
    const outbox = create(async ({ attempt }) => {
      times.push(now - 1_000_000);
      return attempt === 1 ? { retryAfterMs: 5_000 } : 'done';
    });
    owe('a', { dueAt: 1_002_000 });
    for (let round = 0; round < 10; round += 1) {
      await outbox.drain();
      now += 1_000;
    }
    assert.deepEqual(times, [2_000, 7_000]);
  });

  it('leaves jobs of kinds it has no handler for to others', async () => {
    const outbox = create(async () => 'done');
    store.transact((tx) => tx.enqueue({ id: 'x', kind: 'other', body: {} }));
    await outbox.drain();
    assert.deepEqual(outbox.list(), []);
    assert.equal(store.jobs.find('x')?.state, 'waiting');
  });

  it('begins by itself what is enqueued after its start', async () => {
    const { promise, resolve } = Promise.withResolvers<string>();
    const outbox = create(async ({ id }) => {
      resolve(id);
      return 'done';
    });
    outbox.start();
    owe('a');
    assert.equal(await promise, 'a');
    await outbox.stop();
    assert.deepEqual(store.jobs.list(), []);
  });

  it('ends what runs before it stops, and tells the handler by its signal', async () => {
    const begun = Promise.withResolvers<void>();
    const outbox = create(async ({ signal }) => {
      begun.resolve();
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      return { retryAfterMs: 0, reason: 'stopped' };
    });
    owe('a');
    outbox.start();
    await begun.promise;
    await outbox.stop();
    assert.equal(store.jobs.find('a')?.state, 'waiting');
  });

  describe('with two processes on one file', () => {
    let folder: string;
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), 'outbox-'));
    });
    afterEach(() => rmSync(folder, { recursive: true }));

    it('does no job twice', async () => {
      const stores = [1, 2].map(() => openStore(join(folder, 's.db'), { clock }));
      const done: string[] = [];
      const handler: JobHandler = async ({ id }) => {
        done.push(id);
        await new Promise((resolve) => setImmediate(resolve));
        return 'done';
      };
      const outboxes = stores.map((one) => createOutbox({ store: one, clock, handlers: { issue: handler } }));
      for (let number = 0; number < 30; number += 1)
        stores[0]?.transact((tx) => tx.enqueue({ id: `job ${number}`, kind: 'issue', body: {} }));
      await Promise.all(outboxes.map((outbox) => outbox.drain()));
      assert.equal(done.length, 30);
      assert.equal(new Set(done).size, 30);
      for (const one of stores) one.close();
    });

    it('takes over a job whose process was killed, at once', async () => {
      const file = join(folder, 'killed.db');
      const own = openStore(file);
      own.transact((tx) => tx.enqueue({ id: 'a', kind: 'issue', body: { number: 1n } }));
      const killed = spawn(process.execPath, ['--input-type=module', '-e', KILLED, file], {
        cwd: fileURLToPath(new URL('..', import.meta.url)),
      });
      const [, signal] = (await once(killed, 'exit')) as [unknown, string];
      assert.equal(signal, 'SIGKILL');
      assert.equal(own.jobs.find('a')?.state, 'running');
      const seen: unknown[] = [];
      const handlers: Record<string, JobHandler> = {
        issue: async ({ body, attempt, wasInterrupted }) => {
          seen.push([body, attempt, wasInterrupted]);
          return 'done';
        },
      };
      await createOutbox({ store: own, handlers }).drain();
      assert.deepEqual(seen, [[{ number: 1n }, 2, true]]);
      own.close();
    });

    it('takes over a job whose process fell silent, and says that it may have acted', async () => {
      const [dying, living] = [1, 2].map(() => openStore(join(folder, 's.db'), { clock }));
      assert.ok(dying !== undefined && living !== undefined);
      dying.transact((tx) => tx.enqueue({ id: 'a', kind: 'issue', body: {} }));
      const claimed = dying.jobs.claim({ kinds: ['issue'], owner: 'elsewhere 1 x', leaseMs: 60_000 });
      assert.equal(claimed?.wasInterrupted, false);
      const seen: unknown[] = [];
      const outbox = createOutbox({
        store: living,
        clock,
        handlers: {
          issue: async ({ attempt, wasInterrupted }) => {
            seen.push([attempt, wasInterrupted]);
            return 'done';
          },
        },
      });
      await outbox.drain();
      assert.deepEqual(seen, []);
      now += 60_000;
      await outbox.drain();
      assert.deepEqual(seen, [[2, true]]);
      assert.equal(dying.jobs.end('a', 'elsewhere 1 x', { state: 'done' }), false);
      dying.close();
      living.close();
    });
  });
});
