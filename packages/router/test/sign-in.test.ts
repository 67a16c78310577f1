import assert from 'node:assert/strict';
import { answers, loses, refuses, waits } from './fixtures/far-side.ts';
import { createWorld, textOf } from './fixtures/world.ts';
import type { World } from './fixtures/world.ts';

const BODY = { operatorNumber: '001', macAddress: '00', ipAddress: '127.0.0.1' };

describe('9001 签到, on which nothing hangs', () => {
  let world: World;
  beforeEach(() => {
    world = createWorld();
  });
  afterEach(() => world.close());

  const signIn = (messageId = 'M1'): ReturnType<World['perform']> =>
    world.perform('signIn', BODY, { messageId });
  const refusals = (): string[] => world.states.map(({ state, reason = '' }) => `${state} ${reason}`.trim());

  it('is done once: the same message hears the same answer', async () => {
    world.hub.on('signIn', answers({ signInNumber: 'Q1' }));
    const first = await world.time.until(signIn());
    assert.equal(textOf(await world.time.until(signIn())), textOf(first));
    assert.equal(world.hub.of('signIn').length, 1);
    assert.equal(world.onRecord('M1')?.state, 'answered');
  });

  it('[anew-rejected] ends when its answer is lost, with no copy sent, no undoing and no person', async () => {
    world.hub.on('signIn', loses);
    const told = await world.time.until(signIn());
    assert.equal(textOf(told), 'refused DO_ANEW');
    assert.deepEqual(refusals(), ['sent', 'unknown UPSTREAM_TIMEOUT', 'rejected DO_ANEW']);
    assert.equal(world.hub.calls.length, 1);
    assert.equal(textOf(await world.time.until(signIn())), 'refused DO_ANEW');
  });

  it('is done anew by a new message, which waits for nothing', async () => {
    world.hub.on('signIn', loses, answers({ signInNumber: 'Q2' }));
    await world.time.until(signIn());
    assert.match(textOf(await world.time.until(signIn('M2'))), /^done /);
  });

  it('is told as the far side refuses it', async () => {
    world.hub.on('signIn', refuses());
    assert.equal(textOf(await world.time.until(signIn())), 'refused UPSTREAM_REJECTED');
  });

  it('ends the same after a crash', async () => {
    world.hub.on('signIn', waits(answers()).behaviour);
    void signIn().catch(() => undefined);
    await world.time.settle();
    world.restart();
    assert.equal(await world.exchanges.recover(), 1);
    await world.time.settle();
    assert.equal(world.onRecord('M1')?.state, 'rejected');
    assert.equal(world.hub.calls.length, 1);
  });
});
