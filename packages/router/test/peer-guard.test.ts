import assert from 'node:assert/strict';
import { EMPTY_HEADER, GatewayError } from '@yiqiao/model';
import type { Adapter, CallContext, CanonicalRequest, CanonicalResponse, ErrorCode } from '@yiqiao/model';
import { createPeerGuard } from '@yiqiao/router';
import type { GuardSettings, PeerGuard } from '@yiqiao/router';
import { createFakeTime } from './fixtures/fake-time.ts';
import type { FakeTime } from './fixtures/fake-time.ts';

const CONTENT = {
  form: 'canonical',
  operation: 'settleOutpatient',
  body: {},
  carried: {},
  dialect: 'national',
} as const;
const REQUEST: CanonicalRequest = { header: EMPTY_HEADER, content: CONTENT };
const ANSWER: CanonicalResponse = { referenceId: '', content: CONTENT, deviations: [] };

/** What the far side does with one call. */
type Behaviour = 'answers' | ErrorCode | GatewayError | Promise<void>;

interface Rig {
  readonly time: FakeTime;
  readonly guard: PeerGuard;
  readonly changes: string[];
  /** How many calls reached the adapter. */
  readonly calls: () => number;
  closed: GatewayError | undefined;
  settings: GuardSettings;
  /** A call; resolves with `done` or the error's code. */
  call(behaviour?: Behaviour, changes?: Partial<CallContext>): Promise<string>;
}

function createRig(settings: Partial<GuardSettings> = {}): Rig {
  const time = createFakeTime();
  const changes: string[] = [];
  let behaviour: Behaviour = 'answers';
  let calls = 0;
  const adapter: Adapter = {
    id: 'hub',
    async execute() {
      calls += 1;
      const now = behaviour;
      if (now instanceof Promise) await now;
      else if (now !== 'answers') throw typeof now === 'string' ? new GatewayError(now) : now;
      return ANSWER;
    },
  };
  const rig: Rig = {
    time,
    changes,
    calls: () => calls,
    closed: undefined,
    settings: { connections: 2, queue: 2, failures: 3, windowMs: 60_000, probeAfterMs: 5_000, ...settings },
    guard: createPeerGuard({
      peer: 'hub',
      settings: () => rig.settings,
      closure: () => rig.closed,
      clock: time.clock,
      scheduler: time.scheduler,
      onChange: ({ peer, state, failures }) => void changes.push(`${peer} ${state} ${failures}`),
    }),
    async call(how = 'answers', context = {}) {
      behaviour = how;
      try {
        await rig.guard.wrap(adapter).execute(REQUEST, {
          deadline: time.clock.now() + 30_000,
          signal: new AbortController().signal,
          resolving: false,
          recordSent: async () => undefined,
          noteReply: () => undefined,
          ...context,
        });
        return 'done';
      } catch (error) {
        return (error as GatewayError).code;
      }
    },
  };
  return rig;
}

/** A rig whose far side has just gone down. */
async function createDown(settings: Partial<GuardSettings> = {}): Promise<Rig> {
  const rig = createRig(settings);
  for (let count = 0; count < rig.settings.failures; count += 1) await rig.call('UPSTREAM_TIMEOUT');
  assert.equal(rig.guard.status.state, 'down');
  return rig;
}

describe('the guard of a far side', () => {
  it('refuses new messages unsent after failures in a row, and says so once', async () => {
    const rig = createRig();
    const told = [];
    for (const failure of ['UPSTREAM_TIMEOUT', 'UPSTREAM_UNREACHABLE', 'UPSTREAM_TIMEOUT'] as const)
      told.push(await rig.call(failure));
    told.push(await rig.call(), await rig.call());
    assert.deepEqual(told.slice(3), ['PEER_DOWN', 'PEER_DOWN']);
    assert.equal(rig.calls(), 3);
    assert.deepEqual(rig.changes, ['hub down 3']);
  });

  const signs: readonly { title: string; behaviour: Behaviour; state: 'ok' | 'down' }[] = [
    { title: 'an answer', behaviour: 'answers', state: 'ok' },
    { title: 'a refusal', behaviour: 'UPSTREAM_REJECTED', state: 'ok' },
    { title: 'a timeout', behaviour: 'UPSTREAM_TIMEOUT', state: 'down' },
    { title: 'a connection that does not stand', behaviour: 'UPSTREAM_UNREACHABLE', state: 'down' },
    {
      title: 'an error page of a proxy',
      behaviour: new GatewayError('UPSTREAM_REPLY_UNUSABLE', { facts: { status: 502 } }),
      state: 'down',
    },
    {
      title: 'a gateway further on that does not know the outcome yet',
      behaviour: new GatewayError('UPSTREAM_TIMEOUT', { facts: { status: 504 } }),
      state: 'ok',
    },
    { title: 'an answer that cannot be used', behaviour: 'UPSTREAM_REPLY_UNUSABLE', state: 'ok' },
    { title: 'a journal that cannot be written', behaviour: 'JOURNAL_FAILED', state: 'ok' },
    {
      title: 'a call that our own stop ended',
      behaviour: new GatewayError('UPSTREAM_TIMEOUT', { facts: { reason: 'aborted' } }),
      state: 'ok',
    },
  ];
  for (const { title, behaviour, state } of signs) {
    it(`counts ${title} as ${state === 'ok' ? 'no failure' : 'a failure'}`, async () => {
      const rig = createRig();
      for (let count = 0; count < 3; count += 1) await rig.call(behaviour);
      assert.equal(rig.guard.status.state, state);
    });
  }

  it('begins a row anew after a success and after the window', async () => {
    const rig = createRig();
    const fail = (): Promise<string> => rig.call('UPSTREAM_TIMEOUT');
    await fail();
    await fail();
    await rig.call();
    await fail();
    await fail();
    assert.equal(rig.guard.status.failures, 2);
    await rig.time.advance(60_001);
    await fail();
    assert.deepEqual([rig.guard.status.failures, rig.guard.status.state], [1, 'ok']);
  });

  it('is never down where the configuration counts no failures', async () => {
    const rig = createRig({ failures: 0 });
    for (let count = 0; count < 50; count += 1) await rig.call('UPSTREAM_TIMEOUT');
    assert.equal(rig.guard.status.state, 'ok');
  });

  it('lets one message find out after a while, and the others when it is answered', async () => {
    const rig = await createDown();
    await rig.time.advance(4_999);
    assert.equal(await rig.call(), 'PEER_DOWN');
    await rig.time.advance(1);
    const held = Promise.withResolvers<void>();
    const probe = rig.call(held.promise);
    assert.deepEqual([rig.guard.status.state, await rig.call()], ['probing', 'PEER_DOWN']);
    held.resolve();
    assert.deepEqual([await probe, await rig.call()], ['done', 'done']);
    assert.deepEqual(rig.changes, ['hub down 3', 'hub ok 3']);
  });

  it('waits again when the one that finds out fails, and lets the next try when it told nothing', async () => {
    const rig = await createDown();
    await rig.time.advance(5_000);
    assert.equal(await rig.call('UPSTREAM_TIMEOUT'), 'UPSTREAM_TIMEOUT');
    assert.equal(await rig.call(), 'PEER_DOWN');
    await rig.time.advance(5_000);
    assert.equal(await rig.call('FORMAT_LIMIT'), 'FORMAT_LIMIT');
    assert.equal(await rig.call(), 'done');
  });

  it('lets what is owed pass while the far side is down; its answer brings it back', async () => {
    const rig = await createDown();
    const owed = { resolving: true };
    assert.equal(await rig.call('UPSTREAM_TIMEOUT', owed), 'UPSTREAM_TIMEOUT');
    assert.equal(await rig.call(), 'PEER_DOWN');
    assert.equal(await rig.call('answers', owed), 'done');
    assert.equal(await rig.call(), 'done');
  });

  it('is not kept down by a clock that is set back', async () => {
    const rig = await createDown();
    rig.time.jump(-3_600_000);
    assert.equal(await rig.call(), 'done');
  });

  it('refuses at once what the queue has no room for, and nothing before', async () => {
    const rig = createRig();
    const held = Promise.withResolvers<void>();
    const first = [1, 2, 3, 4].map(() => rig.call(held.promise));
    assert.deepEqual([rig.guard.status.active, rig.guard.status.waiting], [2, 2]);
    assert.equal(await rig.call(), 'PEER_BUSY');
    held.resolve();
    assert.deepEqual(await Promise.all(first), ['done', 'done', 'done', 'done']);
    assert.deepEqual([rig.guard.status.active, rig.guard.status.waiting], [0, 0]);
  });

  it('sends away what has waited until its deadline, and puts what is owed first', async () => {
    const rig = createRig({ connections: 1 });
    const held = Promise.withResolvers<void>();
    const first = rig.call(held.promise);
    const ends: string[] = [];
    const note = (name: string, call: Promise<string>): Promise<unknown> =>
      call.then((end) => ends.push(`${name} ${end}`));
    const waiting = [
      note('impatient', rig.call(held.promise, { deadline: rig.time.clock.now() + 100 })),
      note('new', rig.call(held.promise)),
      note('owed', rig.call(held.promise, { resolving: true })),
      note('owed too', rig.call(held.promise, { resolving: true, deadline: rig.time.clock.now() + 100 })),
    ];
    await rig.time.advance(100);
    held.resolve();
    await Promise.all([first, ...waiting]);
    assert.deepEqual(ends, ['impatient PEER_BUSY', 'owed too UPSTREAM_UNREACHABLE', 'owed done', 'new done']);
  });

  it('sends away what waits when the far side goes down or the program stops', async () => {
    const rig = createRig({ connections: 1, failures: 1 });
    const dying = Promise.withResolvers<void>();
    const stopping = new AbortController();
    const first = rig.call(dying.promise);
    const waiting = [rig.call(), rig.call('answers', { signal: stopping.signal })];
    stopping.abort();
    dying.reject(new GatewayError('UPSTREAM_TIMEOUT'));
    assert.deepEqual(await Promise.all([first, ...waiting]), [
      'UPSTREAM_TIMEOUT',
      'PEER_DOWN',
      'UPSTREAM_UNREACHABLE',
    ]);
    assert.equal(rig.calls(), 1);
  });

  it('sends nothing while the far side is closed: the new is told why, the owed waits', async () => {
    const rig = createRig();
    rig.closed = new GatewayError('PEER_YEAR_END', { facts: { until: '2027-01-02 08:00' } });
    assert.deepEqual(
      [await rig.call(), await rig.call('answers', { resolving: true })],
      ['PEER_YEAR_END', 'UPSTREAM_UNREACHABLE'],
    );
    rig.closed = undefined;
    assert.equal(await rig.call(), 'done');
    assert.deepEqual([rig.calls(), rig.guard.status.state], [1, 'ok']);
  });

  it('takes more at a time after a reload allows it', async () => {
    const rig = createRig({ connections: 1 });
    const held = Promise.withResolvers<void>();
    const calls = [1, 2, 3].map(() => rig.call(held.promise));
    rig.settings = { ...rig.settings, connections: 2 };
    const more = rig.call('answers');
    assert.deepEqual([await more, rig.guard.status.waiting], ['done', 0]);
    held.resolve();
    await Promise.all(calls);
  });

  it('keeps every ability of the adapter, and adds none', () => {
    const { guard } = createRig();
    const execute: Adapter['execute'] = async () => ANSWER;
    assert.deepEqual(Object.keys(guard.wrap({ id: 'hub', execute })), ['id', 'execute']);
    const able = {
      id: 'hub',
      execute,
      reverse: async () => 'reversed' as const,
      query: async () => ({ state: 'unknown' as const }),
      canAskAbout: () => true,
    };
    assert.deepEqual(Object.keys(guard.wrap(able)).toSorted(), Object.keys(able).toSorted());
  });
});
