import assert from 'node:assert/strict';
import type { CanonicalObject, Operation } from '@yiqiao/model';
import { answers, loses } from './fixtures/far-side.ts';
import { FEES_BODY } from './fixtures/messages.ts';
import { codeOf, createWorld, IN_FLIGHT_MS, PATIENCE_MS, textOf } from './fixtures/world.ts';
import type { World } from './fixtures/world.ts';

type Performed = ReturnType<World['perform']>;

/** Messages that name no other one: a copy that lands late does it once more. */
const REPEATED: readonly [string, Operation, CanonicalObject][] = [
  ['2205', 'withdrawOutpatientFees', { visitId: 'V1', chargeBatch: 'B1', personNumber: 'P0001' }],
  ['2203', 'recordOutpatientVisit', { visitId: 'V1', personNumber: 'P0001' }],
  [
    '2302',
    'withdrawInpatientFees',
    { feeLines: [{ feeLineNumber: '1', visitId: 'V1', personNumber: 'P0001' }] },
  ],
];

describe('a message whose first copy was not answered and whose repetition was', () => {
  let world: World;
  beforeEach(() => {
    world = createWorld();
  });
  afterEach(() => world.close());

  for (const [number, operation, body] of REPEATED) {
    const repeat = (): Performed => world.perform(operation, body);

    it(`[repeat-answered] is told only once the first copy of the ${number} can land no more`, async () => {
      world.hub.on(operation, loses, answers());
      assert.equal(await codeOf(world.time.until(repeat())), 'UPSTREAM_TIMEOUT');
      assert.equal(world.hub.of(operation).length, 2);
      await world.time.advance(IN_FLIGHT_MS - PATIENCE_MS - 1);
      assert.equal(world.onRecord('M1')?.state, 'unknown');
      await world.time.advance(1);
      assert.equal(world.onRecord('M1')?.state, 'answered');
      assert.equal(textOf(await world.time.until(repeat())), 'done ref-own-1');
      assert.equal(world.hub.of(operation).length, 2);
    });
  }

  const withdraw = (messageId = 'W1'): Performed =>
    world.perform(
      'withdrawOutpatientFees',
      { visitId: 'V1', chargeBatch: 'B1', personNumber: 'P0001' },
      { messageId },
    );
  const upload = (messageId: string, visitId = 'V1'): Performed => {
    const feeLines = (FEES_BODY['feeLines'] as CanonicalObject[]).map((line) => ({ ...line, visitId }));
    return world.perform('uploadOutpatientFees', { ...FEES_BODY, feeLines }, { messageId });
  };

  const legStates = (messageId: string): unknown =>
    world.onRecord(messageId)?.legs.map(({ purpose, state }) => `${purpose} ${state}`);

  it('is waited for from the last copy that was not answered', async () => {
    world.hub.on('withdrawOutpatientFees', loses, loses, loses, answers());
    void withdraw().catch(() => undefined);
    // The third copy leaves after three quarters of a second.
    await world.time.advance(IN_FLIGHT_MS + 749);
    assert.equal(world.onRecord('W1')?.state, 'unknown');
    await world.time.advance(1);
    assert.equal(world.onRecord('W1')?.state, 'answered');
  });

  it('lets nothing into the batch that the copy would take out again, and slows no other visit', async () => {
    world.hub.on('withdrawOutpatientFees', loses, answers());
    world.hub.on('uploadOutpatientFees', answers());
    void withdraw().catch(() => undefined);
    await world.time.advance(5_000);
    const anew = upload('M2');
    assert.equal((await world.time.until(upload('M3', 'V2'))).error, undefined);
    assert.equal(await codeOf(world.time.until(anew)), 'EXCHANGE_IN_PROGRESS');
    await world.time.advance(IN_FLIGHT_MS);
    assert.equal((await world.time.until(upload('M2'))).error, undefined);
    assert.equal(world.hub.of('uploadOutpatientFees').length, 2);
  });

  it('is sent no further time, and waited for no longer, however often the program stops meanwhile', async () => {
    world.hub.on('withdrawOutpatientFees', loses, answers());
    void withdraw().catch(() => undefined);
    for (let times = 0; times < 5; times += 1) {
      await world.time.advance(IN_FLIGHT_MS / 6);
      assert.equal(world.onRecord('W1')?.state, 'unknown');
      await world.exchanges.drain(world.time.clock.now());
      world.restart();
      await world.exchanges.recover();
    }
    await world.time.advance(IN_FLIGHT_MS / 6 - 1);
    assert.equal(world.onRecord('W1')?.state, 'unknown');
    await world.time.advance(1);
    assert.equal(world.onRecord('W1')?.state, 'answered');
    assert.equal(world.hub.of('withdrawOutpatientFees').length, 2);
    assert.equal(textOf(await world.time.until(withdraw())), 'done ref-own-1');
  });

  it('is waited for as long when it undoes another one, across a restart too', async () => {
    world.hub.on('uploadOutpatientFees', loses);
    world.hub.on('withdrawOutpatientFees', loses, answers());
    void upload('M1').catch(() => undefined);
    await world.time.advance(IN_FLIGHT_MS + 10_000);
    await world.exchanges.drain(world.time.clock.now());
    world.restart();
    await world.exchanges.recover();
    await world.time.advance(IN_FLIGHT_MS - 10_000 - 1);
    assert.deepEqual(legStates('M1'), ['forward unknown', 'undo unknown']);
    await world.time.advance(10_000);
    assert.deepEqual(legStates('M1'), ['forward reversed', 'undo answered', 'undo answered']);
    assert.equal(world.hub.of('withdrawOutpatientFees').length, 3);
  });

  it('is told at once when every copy was answered', async () => {
    world.hub.on('withdrawOutpatientFees', answers());
    assert.equal(textOf(await world.time.until(withdraw())), 'done ref-own-1');
    assert.equal(world.time.elapsed.now(), 0);
  });
});
