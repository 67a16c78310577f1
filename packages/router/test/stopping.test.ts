import assert from 'node:assert/strict';
import { answers, loses, says, unreachable, waits } from './fixtures/far-side.ts';
import { SETTLE_BODY, SETTLEMENT } from './fixtures/messages.ts';
import { codeOf, createWorld, textOf } from './fixtures/world.ts';
import type { World } from './fixtures/world.ts';

describe('stopping', () => {
  let world: World;
  beforeEach(() => {
    world = createWorld();
  });
  afterEach(() => world.close());

  const settle = (messageId = 'M1'): ReturnType<World['perform']> =>
    world.perform('settleOutpatient', { ...SETTLE_BODY, chargeBatch: messageId }, { messageId });

  it('takes no more messages and finishes what runs', async () => {
    const gate = waits(answers(SETTLEMENT));
    world.hub.on('settleOutpatient', gate.behaviour);
    const running = settle();
    await world.time.settle();
    const drained = world.exchanges.drain(world.time.clock.now() + 5_000);
    assert.equal((await settle('M2')).error?.code, 'BUSY');
    gate.release();
    await world.time.settle();
    assert.equal(textOf(await running), 'done ref-own-1');
    await drained;
    assert.equal(world.exchanges.running, 0);
    assert.equal(world.time.pending, 0);
  });

  it('leaves on record what does not end by the deadline, and the next start goes on with it', async () => {
    world.hub.on('settleOutpatient', waits(answers()).behaviour);
    const running = codeOf(settle());
    await world.time.settle();
    await world.time.until(world.exchanges.drain(world.time.clock.now() + 5_000));
    assert.equal(await running, 'EXCHANGE_IN_PROGRESS');
    assert.equal(world.onRecord('M1')?.state, 'unknown');
    assert.equal(world.time.pending, 0);
    assert.deepEqual(world.troubles, []);
    world.restart();
    world.hub.on('reverseTransaction', says('reversed'));
    await world.exchanges.recover();
    await world.time.settle();
    assert.equal(world.onRecord('M1')?.state, 'reversed');
  });

  it('tells a message that comes again what became of it, never that it was not taken', async () => {
    world.hub.on('settleOutpatient', answers(SETTLEMENT), loses);
    world.hub.on('reverseTransaction', unreachable);
    const told = textOf(await world.time.until(settle()));
    const running = codeOf(settle('M2'));
    await world.time.settle();
    await world.exchanges.drain(world.time.clock.now() + 5_000);
    assert.equal(textOf(await settle()), told);
    assert.equal(await running, 'EXCHANGE_IN_PROGRESS');
    assert.equal(await codeOf(settle('M2')), 'EXCHANGE_IN_PROGRESS');
  });

  it('does not wait for a peer that is not reached', async () => {
    world.hub.on('settleOutpatient', loses);
    world.hub.on('reverseTransaction', unreachable);
    const running = codeOf(settle());
    await world.time.settle();
    await world.exchanges.drain(world.time.clock.now() + 5_000);
    assert.equal(await running, 'EXCHANGE_IN_PROGRESS');
    assert.equal(world.time.pending, 0);
  });
});
