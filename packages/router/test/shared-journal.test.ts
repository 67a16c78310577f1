import assert from 'node:assert/strict';
import { GatewayError } from '@yiqiao/model';
import type { SharedWork } from '@yiqiao/journal';
import { answers, loses, refuses, says, tellsPerson, waits } from './fixtures/far-side.ts';
import { SETTLE_BODY, SETTLEMENT } from './fixtures/messages.ts';
import { createWorld } from './fixtures/world.ts';
import type { World } from './fixtures/world.ts';

/** The claims of other processes, which a test decides. */
interface Others {
  /** Names that another process has. */
  readonly taken: Set<string>;
  /** Exchanges that another process is at. */
  readonly owned: Set<number>;
  /** Names in the order in which they were taken. */
  readonly names: string[];
}

/** Makes the journal of a world one that processes have in common. */
function share(world: World): Others {
  const others: Others = { taken: new Set(), owned: new Set(), names: [] };
  const refusals = new Map<string, string>();
  const shared: SharedWork = {
    slot: 0,
    generation: 0,
    async take(names) {
      if (names.some((name) => others.taken.has(name))) return false;
      others.names.push(...names);
      return true;
    },
    release: () => undefined,
    async adopt(id) {
      const state = world.journal.load(id)?.state;
      if (state !== 'sent' && state !== 'unknown') return 'ended';
      return others.owned.has(id) ? 'elsewhere' : 'ours';
    },
    adoptOrphans: async () => world.journal.listOpen(0, 100).filter(({ id }) => !others.owned.has(id)),
    findRefusal: async (key, digest) => refusals.get(`${key.messageId} ${digest}`),
    async noteRefusal({ key, digest, told }) {
      refusals.set(`${key.messageId} ${digest}`, told);
    },
  };
  Object.assign(world.journal, { shared });
  world.restart();
  return others;
}

describe('on a journal that several processes have in common', () => {
  let world: World;
  let others: Others;
  beforeEach(() => {
    world = createWorld();
    others = share(world);
  });
  afterEach(() => world.close());

  const settle = (messageId = 'M1', chargeBatch = messageId): ReturnType<World['perform']> =>
    world.perform('settleOutpatient', { ...SETTLE_BODY, chargeBatch }, { messageId });

  it('a message and its matter are taken before anything is sent', async () => {
    world.hub.on('settleOutpatient', answers(SETTLEMENT));
    await world.time.until(settle());
    assert.deepEqual(
      others.names.map((name) => name.split('\n')[0]),
      ['exchange', 'matter'],
    );
  });

  it('a message that another process is about to put on record is waited for, and then told its answer', async () => {
    world.hub.on('settleOutpatient', answers(SETTLEMENT));
    await world.time.until(settle());
    const [name = ''] = others.names;
    world.restart();
    others.taken.add(name);
    const told = await world.time.until(settle());
    assert.equal(told.error, undefined);
    assert.equal(world.hub.of('settleOutpatient').length, 1);
  });

  it('an exchange that another process is at is waited for', async () => {
    world.hub.on('settleOutpatient', waits(answers(SETTLEMENT)).behaviour);
    void settle().catch(() => undefined);
    await world.time.settle();
    const [open] = world.journal.listOpen(0, 1);
    assert.ok(open);
    others.owned.add(open.id);
    world.restart();
    const told = settle();
    await world.time.advance(1_000);
    assert.equal(world.hub.of('reverseTransaction').length, 0);
    await world.journal.end(open.id, {
      state: 'rejected',
      at: world.time.clock.now(),
      reason: 'NEVER_ARRIVED',
    });
    assert.equal((await world.time.until(told)).error?.code, 'NEVER_ARRIVED');
  });

  it('what nobody is at is gone on with, also when it could not be read at first', async () => {
    world.hub.on('settleOutpatient', waits(answers(SETTLEMENT)).behaviour);
    void settle().catch(() => undefined);
    await world.time.settle();
    world.hub.on('reverseTransaction', says('reversed'));
    const { load } = world.journal;
    let failures = 3;
    Object.assign(world.journal, {
      load(id: number) {
        if ((failures -= 1) >= 0) throw new GatewayError('JOURNAL_FAILED');
        return load.call(world.journal, id);
      },
    });
    world.restart();
    await world.exchanges.recover();
    await world.time.advance(10_000);
    assert.equal(world.onRecord('M1')?.state, 'reversed');
  });

  it('[person-found-out] what a person further on has is asked about, whoever had it, and stays with them until they know', async () => {
    world.hub.on('settleOutpatient', tellsPerson());
    await world.time.until(settle().catch(() => undefined));
    for (const [behaviour, state] of [
      [loses, 'handed-to-person'],
      [tellsPerson(), 'handed-to-person'],
      [tellsPerson('CONFIRMED_BY_PERSON'), 'answered'],
    ] as const) {
      world.restart();
      const before = world.hub.of('settleOutpatient').length;
      world.hub.on('settleOutpatient', behaviour);
      await world.time.until(settle().catch(() => undefined));
      assert.equal(world.hub.of('settleOutpatient').length, before + 1);
      assert.equal(world.onRecord('M1')?.state, state);
    }
  });

  it('[person-found-out] what another process has put on record meanwhile is told without asking', async () => {
    world.hub.on('settleOutpatient', tellsPerson());
    await world.time.until(settle().catch(() => undefined));
    const { id } = world.onRecord('M1') ?? { id: 0 };
    others.taken.add(`asking\n${id}`);
    world.hub.on('settleOutpatient', refuses());
    const told = settle();
    await world.time.advance(1_000);
    const at = world.time.clock.now();
    await world.journal.resolve(id, { as: 'rejected', reason: 'NEVER_ARRIVED', operator: 'hub', at });
    others.taken.clear();
    assert.equal((await world.time.until(told)).error?.code, 'UPSTREAM_REJECTED');
    assert.equal(world.hub.of('settleOutpatient').length, 1);
  });

  it('a refusal is told by every process while a copy may be on its way', async () => {
    world.plan = new GatewayError('ROUTE_MISSING');
    assert.equal((await world.time.until(settle())).error?.code, 'ROUTE_MISSING');
    world.plan = { main: 'hub' };
    world.restart();
    assert.equal((await world.time.until(settle())).error?.code, 'ROUTE_MISSING');
    assert.equal(world.hub.of('settleOutpatient').length, 0);
  });
});
