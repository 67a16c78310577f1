import assert from 'node:assert/strict';
import { bodyOf } from '#internal/requests.ts';
import { answers, loses, losesForNow, refuses, says } from './fixtures/far-side.ts';
import { FEES_BODY, SETTLE_BODY, SETTLEMENT } from './fixtures/messages.ts';
import { codeOf, createWorld, IN_FLIGHT_MS } from './fixtures/world.ts';
import type { World } from './fixtures/world.ts';

type Performed = ReturnType<World['perform']>;

describe('an answer that comes when nobody waits for it any more', () => {
  let world: World;
  let late: ReturnType<typeof losesForNow>;
  beforeEach(() => {
    world = createWorld();
    late = losesForNow(SETTLEMENT);
    world.hub.on('settleOutpatient', late.behaviour);
  });
  afterEach(() => world.close());

  const settle = (): Performed => world.perform('settleOutpatient', SETTLE_BODY);
  const arrive = async (): Promise<void> => {
    late.arrive();
    await world.time.settle();
  };
  const replyOf = (messageId: string): string =>
    Buffer.from(world.onRecord(messageId)?.legs[0]?.reply?.bytes ?? []).toString();

  it('is put on record and reported when its message has been reversed, and changes nothing more', async () => {
    world.hub.on('reverseTransaction', says('reversed'));
    await world.time.until(settle());
    await arrive();
    assert.equal(replyOf('M1'), 'late');
    assert.equal(world.onRecord('M1')?.legs[0]?.reason, 'late-answer');
    assert.equal(world.onRecord('M1')?.state, 'reversed');
    assert.deepEqual(
      world.lateAnswers.map(({ key, state }) => [key.messageId, state]),
      [['M1', 'reversed']],
    );
    assert.equal(world.hub.of('reverseTransaction').length, 1);
  });

  const neverArrived = async (): Promise<void> => {
    world.hub.on('reverseTransaction', says('nothing-to-reverse'));
    void settle().catch(() => undefined);
    await world.time.advance(IN_FLIGHT_MS);
    assert.equal(world.onRecord('M1')?.state, 'rejected');
  };

  it('[rejected-reversed] has the message reversed that was taken to have never arrived', async () => {
    await neverArrived();
    world.hub.on('reverseTransaction', loses, answers());
    await arrive();
    await world.time.advance(8_000);
    assert.equal(world.onRecord('M1')?.state, 'reversed');
    assert.deepEqual(bodyOf(world.hub.of('reverseTransaction').at(-1)), {
      personNumber: 'P0001',
      originalMessageId: 'own-1',
      originalTransaction: '2207',
    });
    assert.equal((await world.time.until(settle())).error?.code, 'REVERSED');
    assert.deepEqual([...world.journal.ledger()], []);
  });

  it('[rejected-reversed] has that reversal gone on with after a crash', async () => {
    await neverArrived();
    world.hub.on('reverseTransaction', loses);
    await arrive();
    world.restart();
    world.hub.on('reverseTransaction', answers());
    assert.equal(await world.exchanges.recover(), 1);
    await world.time.settle();
    assert.equal(world.onRecord('M1')?.state, 'reversed');
  });

  it('is handed to a person when that reversal is refused', async () => {
    await neverArrived();
    world.hub.on('reverseTransaction', refuses('已清算'));
    await arrive();
    assert.equal(world.onRecord('late his M1', '(self)')?.state, 'handed-to-person');
    assert.equal(world.onRecord('M1')?.state, 'rejected');
  });

  it('is handed to a person when its message was undone by its keys: it may have come in afterwards', async () => {
    const upload = losesForNow({});
    world.hub.on('uploadOutpatientFees', upload.behaviour);
    world.hub.on('withdrawOutpatientFees', answers());
    void world.perform('uploadOutpatientFees', FEES_BODY).catch(() => undefined);
    await world.time.advance(IN_FLIGHT_MS);
    assert.equal(world.onRecord('M1')?.state, 'reversed');
    upload.arrive();
    await world.time.settle();
    const owed = world.onRecord('late his M1', '(self)');
    assert.equal(owed?.state, 'handed-to-person');
    assert.equal(owed.reason, 'late-answer');
    assert.equal(world.hub.of('withdrawOutpatientFees').length, 2);
  });

  it('does not let its message count as never arrived while it is being reversed', async () => {
    world.hub.on('reverseTransaction', says('nothing-to-reverse'));
    void settle().catch(() => undefined);
    await world.time.settle();
    await arrive();
    await world.time.advance(IN_FLIGHT_MS);
    assert.equal(world.onRecord('M1')?.state, 'handed-to-person');
    assert.equal(replyOf('M1'), 'late');
  });

  it('is left to the person whom its message was handed to', async () => {
    world.hub.on('reverseTransaction', says('refused'));
    assert.equal(await codeOf(world.time.until(settle())), 'HANDED_TO_PERSON');
    await arrive();
    assert.equal(world.onRecord('M1')?.state, 'handed-to-person');
    assert.equal(replyOf('M1'), 'late');
  });

  it('is reported, and the answer on record kept, when a repetition was answered before', async () => {
    const record = losesForNow({});
    world.hub.on('recordOutpatientVisit', record.behaviour, answers());
    void world.perform('recordOutpatientVisit', { visitId: 'V1' }).catch(() => undefined);
    await world.time.advance(IN_FLIGHT_MS);
    record.arrive();
    await world.time.settle();
    assert.equal(replyOf('M1'), 'reply to own-1');
    assert.deepEqual(
      world.lateAnswers.map(({ state }) => state),
      ['answered'],
    );
  });
});
