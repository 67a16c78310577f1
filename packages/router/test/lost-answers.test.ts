import assert from 'node:assert/strict';
import { bodyOf } from '#internal/requests.ts';
import type { CanonicalObject } from '@yiqiao/model';
import { answers, garbles, loses, refuses, says, unreachable } from './fixtures/far-side.ts';
import { FEES_BODY, SETTLE_BODY, SETTLEMENT } from './fixtures/messages.ts';
import { codeOf, createWorld, IN_FLIGHT_MS, textOf } from './fixtures/world.ts';
import type { World } from './fixtures/world.ts';

describe('2207 门诊结算 whose answer is lost', () => {
  let world: World;
  beforeEach(() => {
    world = createWorld();
    world.hub.on('settleOutpatient', loses);
  });
  afterEach(() => world.close());

  const settle = (change?: Parameters<World['perform']>[2]): ReturnType<World['perform']> =>
    world.perform('settleOutpatient', SETTLE_BODY, change);

  it('[reverse-reversed] is reversed at once by 2601 with the original’s number and message id, and told so', async () => {
    world.hub.on('reverseTransaction', says('reversed'));
    const told = await world.time.until(settle());
    assert.equal(textOf(told), 'refused REVERSED');
    assert.equal(told.error?.code, 'REVERSED');
    const [reversal] = world.hub.of('reverseTransaction');
    assert.equal(reversal?.header.messageId, 'own-2');
    assert.equal(reversal.header.transaction, '2601');
    assert.equal(reversal.header.time, '2026-11-21 09:00:00');
    assert.deepEqual(bodyOf(reversal), {
      personNumber: 'P0001',
      originalMessageId: 'own-1',
      originalTransaction: '2207',
    });
    const exchange = world.onRecord('M1');
    assert.equal(exchange?.state, 'reversed');
    assert.deepEqual(
      exchange.legs.map(({ purpose, ofLeg, state }) => ({ purpose, ofLeg, state })),
      [
        { purpose: 'forward', ofLeg: undefined, state: 'reversed' },
        { purpose: 'reverse', ofLeg: 1, state: 'answered' },
      ],
    );
    assert.deepEqual([...world.journal.ledger()], []);
    assert.deepEqual(world.writes, ['open', 'settleLeg', 'addLeg', 'end']);
  });

  it('is reversed as well when an answer came that cannot be used', async () => {
    world.hub.on('settleOutpatient', garbles);
    world.hub.on('reverseTransaction', says('reversed'));
    assert.equal((await world.time.until(settle())).error?.code, 'REVERSED');
  });

  it('[sent-unknown] keeps an answer that cannot be used on record, and tells why it cannot', async () => {
    world.hub.on('settleOutpatient', garbles);
    world.hub.on('reverseTransaction', says('refused'));
    await assert.rejects(world.time.until(settle()), { code: 'HANDED_TO_PERSON' });
    const [leg] = world.onRecord('M1')?.legs ?? [];
    assert.equal(Buffer.from(leg?.reply?.bytes ?? []).toString(), 'garbled');
    assert.deepEqual(
      world.states.filter(({ state }) => state === 'unknown').map(({ why }) => why),
      ['CHARSET_WRONG'],
    );
  });

  it('is settled once when the cashier charges again under a new message id', async () => {
    world.hub.on('settleOutpatient', loses, answers(SETTLEMENT));
    world.hub.on('reverseTransaction', says('reversed'));
    await world.time.until(settle());
    assert.equal(textOf(await world.time.until(settle({ messageId: 'M2' }))), 'done ref-own-3');
    assert.equal([...world.journal.ledger()].length, 1);
  });

  it('tells REVERSED again, never the answer, when the same message comes again', async () => {
    world.hub.on('reverseTransaction', says('reversed'));
    await world.time.until(settle());
    assert.equal((await world.time.until(settle())).error?.code, 'REVERSED');
    assert.equal(world.hub.of('settleOutpatient').length, 1);
  });

  it('has its reversal repeated, word for word, when the reversal’s own answer is lost', async () => {
    world.hub.on('reverseTransaction', says('unknown'), loses, says('reversed'));
    assert.equal((await world.time.until(settle())).error?.code, 'REVERSED');
    const ids = world.hub.of('reverseTransaction').map(({ header }) => header.messageId);
    assert.deepEqual(ids, ['own-2', 'own-2', 'own-2']);
    assert.equal(world.onRecord('M1')?.legs.length, 2);
  });

  it('[unreached-unknown] stays open while the peer is not reached, with pauses that double up to the limit', async () => {
    world.hub.on('reverseTransaction', unreachable);
    const start = world.time.clock.now();
    assert.equal(await codeOf(world.time.until(settle())), 'UPSTREAM_TIMEOUT');
    assert.equal(world.time.clock.now() - start, 20_000);
    // Half of each pause is jitter, of which the test's random takes half: 0.75, 1.5, 3, 6, 6 seconds.
    assert.equal(world.hub.of('reverseTransaction').length, 6);
    await world.time.advance(3_600_000);
    assert.equal(world.onRecord('M1')?.state, 'unknown');
    world.hub.on('reverseTransaction', says('reversed'));
    await world.time.advance(8_000);
    assert.equal(world.onRecord('M1')?.state, 'reversed');
    assert.equal((await world.time.until(settle())).error?.code, 'REVERSED');
  });

  it('[reverse-rejected] is asked about again while it can still be in flight, and has never arrived after that', async () => {
    world.hub.on('reverseTransaction', says('nothing-to-reverse'));
    assert.equal(await codeOf(world.time.until(settle())), 'UPSTREAM_TIMEOUT');
    await world.time.advance(IN_FLIGHT_MS - 20_000 - 1);
    assert.equal(world.onRecord('M1')?.state, 'unknown');
    await world.time.advance(1);
    assert.equal(world.onRecord('M1')?.state, 'rejected');
    const ids = world.hub.of('reverseTransaction').map(({ header }) => header.messageId);
    assert.deepEqual(ids, ['own-2', 'own-3']);
    assert.equal((await world.time.until(settle())).error?.code, 'NEVER_ARRIVED');
  });

  it('is waited for no shorter when somebody sets the clock forward', async () => {
    world.hub.on('reverseTransaction', says('unknown'), says('nothing-to-reverse'));
    void settle().catch(() => undefined);
    await world.time.settle();
    world.time.jump(3_600_000);
    await world.time.advance(IN_FLIGHT_MS - 1);
    assert.equal(world.onRecord('M1')?.state, 'unknown');
    await world.time.advance(1);
    assert.equal(world.onRecord('M1')?.state, 'rejected');
  });

  it('is not given up sooner when somebody sets the clock forward', async () => {
    world.hub.on('reverseTransaction', says('unknown'));
    void settle().catch(() => undefined);
    await world.time.advance(60_000);
    world.time.jump(3_600_000);
    await world.time.advance(60_000);
    assert.equal(world.onRecord('M1')?.state, 'unknown');
  });

  it('is reversed when it arrives after the first reversal found nothing', async () => {
    world.hub.on('reverseTransaction', says('nothing-to-reverse'), says('reversed'));
    assert.equal(await codeOf(world.time.until(settle())), 'UPSTREAM_TIMEOUT');
    await world.time.advance(IN_FLIGHT_MS);
    assert.equal(world.onRecord('M1')?.state, 'reversed');
  });

  it('[refused-person] is handed to a person when its reversal is refused', async () => {
    world.hub.on('reverseTransaction', says('refused'));
    assert.equal(await codeOf(world.time.until(settle())), 'HANDED_TO_PERSON');
    assert.equal(world.onRecord('M1')?.state, 'handed-to-person');
    assert.equal(await codeOf(world.time.until(settle())), 'HANDED_TO_PERSON');
    assert.equal(world.hub.of('settleOutpatient').length, 1);
  });

  it('[silent-person] is handed to a person when the peer takes reversals and never answers them', async () => {
    world.hub.on('reverseTransaction', says('unknown'));
    assert.equal(await codeOf(world.time.until(settle())), 'UPSTREAM_TIMEOUT');
    await world.time.advance(300_000);
    assert.equal(world.onRecord('M1')?.state, 'handed-to-person');
    assert.equal(world.onRecord('M1')?.reason, 'gave-up');
  });

  it('does not count the time in which the peer was not reached as silence', async () => {
    world.hub.on('reverseTransaction', says('unknown'), unreachable);
    assert.equal(await codeOf(world.time.until(settle())), 'UPSTREAM_TIMEOUT');
    await world.time.advance(600_000);
    world.hub.on('reverseTransaction', says('unknown'), says('reversed'));
    await world.time.advance(20_000);
    assert.equal(world.onRecord('M1')?.state, 'reversed');
  });

  it('is reversed under a full disk only once the reversal can be put on record', async () => {
    world.hub.on('settleOutpatient', async (request, context) => {
      await loses(request, context).catch(() => undefined);
      world.diskFull = true;
      return loses(request, context);
    });
    world.hub.on('reverseTransaction', says('reversed'));
    assert.equal(await codeOf(world.time.until(settle())), 'UPSTREAM_TIMEOUT');
    assert.equal(world.hub.of('reverseTransaction').length, 0);
    world.diskFull = false;
    await world.time.advance(8_000);
    assert.equal(world.onRecord('M1')?.state, 'reversed');
  });
});

describe('a reversal that cannot be sent', () => {
  let world: World;
  beforeEach(() => {
    world = createWorld({ attempts: 1 });
    world.hub.on('settleOutpatient', loses);
  });
  afterEach(() => world.close());

  const settle = (): ReturnType<World['perform']> => world.perform('settleOutpatient', SETTLE_BODY);

  it('is not refused when the journal cannot take it, but sent once it can', async () => {
    world.hub.on(
      'reverseTransaction',
      (request, context) => {
        world.diskFull = true;
        return says('reversed')(request, context);
      },
      says('reversed'),
    );
    assert.equal(await codeOf(world.time.until(settle())), 'UPSTREAM_TIMEOUT');
    assert.equal(world.onRecord('M1')?.state, 'unknown');
    world.diskFull = false;
    await world.time.advance(8_000);
    assert.equal(world.onRecord('M1')?.state, 'reversed');
  });

  it('is not counted as unanswered when the adapter never came to send it', async () => {
    world.hub.on('reverseTransaction', async () => 'unknown', says('reversed'));
    assert.equal((await world.time.until(settle())).error?.code, 'REVERSED');
    assert.equal(world.hub.of('reverseTransaction').length, 2);
  });
});

describe('the policy’s number of attempts', () => {
  it('hands over after so many unanswered ones', async () => {
    const world = createWorld({ attempts: 2 });
    world.hub.on('settleOutpatient', loses);
    world.hub.on('reverseTransaction', says('unknown'));
    assert.equal(
      await codeOf(world.time.until(world.perform('settleOutpatient', SETTLE_BODY))),
      'HANDED_TO_PERSON',
    );
    assert.equal(world.hub.of('reverseTransaction').length, 2);
    await world.close();
  });
});

describe('2204 门诊费用明细上传 whose answer is lost', () => {
  let world: World;
  beforeEach(() => {
    world = createWorld();
    world.hub.on('uploadOutpatientFees', loses);
  });
  afterEach(() => world.close());

  const upload = (): ReturnType<World['perform']> => world.perform('uploadOutpatientFees', FEES_BODY);
  /** 2205 waits until the 2204 can no longer be on its way; then the caller asks again. */
  const uploadAndAskAgain = async (): ReturnType<World['perform']> => {
    await world.time.until(upload().catch(() => undefined));
    await world.time.advance(IN_FLIGHT_MS);
    return world.time.until(upload());
  };

  it('is not undone while it can still be on its way: 2205 must not overtake it', async () => {
    world.hub.on('withdrawOutpatientFees', answers());
    void upload().catch(() => undefined);
    await world.time.advance(IN_FLIGHT_MS - 1);
    assert.deepEqual(world.hub.of('withdrawOutpatientFees'), []);
    await world.time.advance(1);
    assert.equal(world.hub.of('withdrawOutpatientFees').length, 2);
  });

  it('[undo-reversed] is undone by 2205 from its own keys, once for each charge batch', async () => {
    world.hub.on('withdrawOutpatientFees', answers());
    assert.equal((await uploadAndAskAgain()).error?.code, 'REVERSED');
    assert.deepEqual(world.hub.of('withdrawOutpatientFees').map(bodyOf), [
      { visitId: 'V1', chargeBatch: 'B1', personNumber: 'P0001' },
      { visitId: 'V1', chargeBatch: 'B2', personNumber: 'P0001' },
    ]);
    assert.equal(world.onRecord('M1')?.state, 'reversed');
  });

  it('has a lost 2205 repeated under the same message id', async () => {
    world.hub.on('withdrawOutpatientFees', loses, answers());
    void upload().catch(() => undefined);
    await world.time.advance(IN_FLIGHT_MS * 2 - 1);
    assert.equal(world.onRecord('M1')?.state, 'unknown', 'the first 2205 can still land');
    await world.time.advance(1);
    assert.equal((await world.time.until(upload())).error?.code, 'REVERSED');
    const ids = world.hub.of('withdrawOutpatientFees').map(({ header }) => header.messageId);
    assert.deepEqual(ids, ['own-2', 'own-2', 'own-3']);
  });

  it('is handed to a person when 2205 is refused', async () => {
    world.hub.on('withdrawOutpatientFees', refuses());
    assert.equal(await codeOf(uploadAndAskAgain()), 'HANDED_TO_PERSON');
  });
});

describe('2301 住院费用明细上传 whose answer is lost', () => {
  const LINE = { visitId: 'V1', personNumber: 'P0001' };
  const uploadAndAskAgain = async (
    world: World,
    feeLines: CanonicalObject[],
  ): ReturnType<World['perform']> => {
    const upload = (): ReturnType<World['perform']> => world.perform('uploadInpatientFees', { feeLines });
    await world.time.until(upload().catch(() => undefined));
    await world.time.advance(IN_FLIGHT_MS);
    return world.time.until(upload());
  };

  it('is undone by one 2302 that lists its lines by number and visit alone', async () => {
    const world = createWorld();
    world.hub.on('uploadInpatientFees', loses);
    world.hub.on('withdrawInpatientFees', answers());
    const lines = ['1', '2'].map((feeLineNumber) => ({ ...LINE, feeLineNumber, extension: '{}' }));
    assert.equal((await uploadAndAskAgain(world, lines)).error?.code, 'REVERSED');
    assert.deepEqual(world.hub.of('withdrawInpatientFees').map(bodyOf), [
      { feeLines: ['1', '2'].map((feeLineNumber) => ({ feeLineNumber, ...LINE })) },
    ]);
    await world.close();
  });

  it('is handed to a person when a line has no number: never is a withdrawal sent that names less', async () => {
    const world = createWorld();
    world.hub.on('uploadInpatientFees', loses);
    const told = uploadAndAskAgain(world, [{ ...LINE, feeLineNumber: '1' }, LINE]);
    assert.equal(await codeOf(told), 'HANDED_TO_PERSON');
    assert.deepEqual(world.hub.of('withdrawInpatientFees'), []);
    await world.close();
  });
});

describe('2203 门诊就诊信息上传 whose answer is lost', () => {
  let world: World;
  beforeEach(() => {
    world = createWorld();
  });
  afterEach(() => world.close());

  const record = (): ReturnType<World['perform']> =>
    world.perform('recordOutpatientVisit', { visitId: 'V1', personNumber: 'P0001' });

  it('[repeat-answered] is sent again under the same message id until it is answered', async () => {
    world.hub.on('recordOutpatientVisit', loses, unreachable, answers());
    void record().catch(() => undefined);
    await world.time.advance(IN_FLIGHT_MS);
    assert.equal(textOf(await world.time.until(record())), 'done ref-own-1');
    const ids = world.hub.calls.map(({ header }) => header.messageId);
    assert.deepEqual(ids, ['own-1', 'own-1', 'own-1']);
    assert.equal(world.onRecord('M1')?.legs.length, 1);
  });

  it('is handed to a person when the repetition is refused, since the first may be why', async () => {
    world.hub.on('recordOutpatientVisit', loses, refuses());
    assert.equal(await codeOf(world.time.until(record())), 'HANDED_TO_PERSON');
    assert.equal(world.onRecord('M1')?.reason, 'no-way-out');
  });
});

describe('2201 门诊挂号 whose answer is lost', () => {
  it('is handed to a person: nothing of its own takes it back', async () => {
    const world = createWorld();
    world.hub.on('registerOutpatient', loses);
    const told = world.perform('registerOutpatient', { personNumber: 'P0001', visitRecordNumber: 'N1' });
    assert.equal(await codeOf(world.time.until(told)), 'HANDED_TO_PERSON');
    assert.equal(world.hub.calls.length, 1);
    await world.close();
  });
});
