import assert from 'node:assert/strict';
import { GatewayError } from '@yiqiao/model';
import type { CanonicalObject } from '@yiqiao/model';
import { answers, loses, refuses, says, waits } from './fixtures/far-side.ts';
import { FEES_BODY, SETTLE_BODY, SETTLEMENT } from './fixtures/messages.ts';
import { codeOf, createWorld, IN_FLIGHT_MS, textOf } from './fixtures/world.ts';
import type { World } from './fixtures/world.ts';

type Performed = ReturnType<World['perform']>;

async function refusal(told: Promise<unknown>): Promise<GatewayError> {
  const error: unknown = await told.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof GatewayError);
  return error;
}

describe('the same settlement under a new message id', () => {
  let world: World;
  beforeEach(() => {
    world = createWorld();
    world.hub.on('settleOutpatient', answers(SETTLEMENT));
    world.hub.on('reverseTransaction', says('reversed'));
  });
  afterEach(() => world.close());

  const settle = (messageId: string, change: CanonicalObject = {}): Performed =>
    world.perform('settleOutpatient', { ...SETTLE_BODY, ...change }, { messageId });
  const settlements = (): number => world.hub.of('settleOutpatient').length;

  it('[matter-refused] is refused, with the first one’s message id, when the first was answered', async () => {
    await world.time.until(settle('M1'));
    const told = await world.time.until(settle('M2'));
    assert.equal(told.error?.code, 'ALREADY_DONE');
    assert.equal(told.error.details.facts?.['originalMessageId'], 'M1');
    assert.equal(settlements(), 1);
    assert.equal(world.onRecord('M2'), undefined);
  });

  it('[matter-refused] is refused after a restart as well', async () => {
    await world.time.until(settle('M1'));
    world.restart();
    assert.equal((await world.time.until(settle('M2'))).error?.code, 'ALREADY_DONE');
    assert.equal(settlements(), 1);
  });

  it('[matter-waits] waits for the first one and is then refused', async () => {
    const gate = waits(answers(SETTLEMENT));
    world.hub.on('settleOutpatient', gate.behaviour);
    const first = settle('M1');
    await world.time.settle();
    const second = settle('M2');
    await world.time.settle();
    assert.equal(settlements(), 1);
    gate.release();
    assert.equal(textOf(await world.time.until(first)), 'done ref-own-1');
    assert.equal((await world.time.until(second)).error?.code, 'ALREADY_DONE');
    assert.equal(settlements(), 1);
  });

  it('[matter-waits] is told which message to ask with when the first has not ended by the deadline', async () => {
    world.hub.on('settleOutpatient', waits(answers(SETTLEMENT)).behaviour);
    void settle('M1').catch(() => undefined);
    await world.time.settle();
    const told = refusal(settle('M2'));
    await world.time.advance(20_000);
    const error = await told;
    assert.equal(error.code, 'EXCHANGE_IN_PROGRESS');
    assert.equal(error.details.facts?.['originalMessageId'], 'M1');
    assert.equal(settlements(), 1);
  });

  it('[matter-waits] waits for one that an earlier run left open, and goes on with it', async () => {
    world.hub.on('settleOutpatient', waits(answers()).behaviour);
    void settle('M1').catch(() => undefined);
    await world.time.settle();
    world.restart();
    world.hub.on('settleOutpatient', answers(SETTLEMENT));
    assert.equal(textOf(await world.time.until(settle('M2'))), 'done ref-own-3');
    assert.equal(world.onRecord('M1')?.state, 'reversed');
  });

  it('[matter-waits] is one of two at once: one settles, the other is told so', async () => {
    const told = await world.time.until(Promise.all([settle('M1'), settle('M2')]));
    assert.deepEqual(
      told.map(({ error }) => error?.code),
      [undefined, 'ALREADY_DONE'],
    );
    assert.equal(settlements(), 1);
  });

  it('[matter-free] is settled when the first was refused', async () => {
    world.hub.on('settleOutpatient', refuses(), answers(SETTLEMENT));
    await world.time.until(settle('M1'));
    assert.equal(textOf(await world.time.until(settle('M2'))), 'done ref-own-2');
  });

  it('[matter-free] is settled when the first was reversed', async () => {
    world.hub.on('settleOutpatient', loses, answers(SETTLEMENT));
    await world.time.until(settle('M1'));
    assert.equal(textOf(await world.time.until(settle('M2'))), 'done ref-own-3');
  });

  it('[matter-free] is settled when 2208 has cancelled the first, and 2208 is done once', async () => {
    world.hub.on('cancelOutpatientSettlement', answers({ ...SETTLEMENT, settlementId: 'S2' }));
    await world.time.until(settle('M1'));
    const cancel = (messageId: string): Performed =>
      world.perform('cancelOutpatientSettlement', { settlementId: 'S1', visitId: 'V1' }, { messageId });
    assert.equal((await world.time.until(cancel('C1'))).error, undefined);
    assert.equal((await world.time.until(cancel('C2'))).error?.code, 'ALREADY_DONE');
    assert.equal((await world.time.until(settle('M2'))).error, undefined);
    assert.equal((await world.time.until(settle('M3'))).error?.code, 'ALREADY_DONE');
    assert.equal(settlements(), 2);
  });

  it('is never settled while the first is with a person, whose message id is told', async () => {
    world.hub.on('settleOutpatient', loses);
    world.hub.on('reverseTransaction', says('refused'));
    assert.equal(await codeOf(world.time.until(settle('M1'))), 'HANDED_TO_PERSON');
    const error = await world.time.until(refusal(settle('M2')));
    assert.equal(error.code, 'EXCHANGE_IN_PROGRESS');
    assert.equal(error.details.facts?.['originalMessageId'], 'M1');
    assert.equal(settlements(), 1);
  });

  describe('is settled when a person confirmed the first, whose id nobody was told,', () => {
    const confirm = async (messageId: string): Promise<void> => {
      const { id } = world.onRecord(messageId) ?? { id: 0 };
      const at = world.time.clock.now();
      const reason = '已向经办机构核实';
      await world.journal.resolve(id, { as: 'answered', reason, operator: '001', at });
    };
    const confirmed = async (messageId: string, change: CanonicalObject = {}): Promise<void> => {
      world.hub.on('settleOutpatient', loses);
      world.hub.on('reverseTransaction', says('refused'));
      await codeOf(world.time.until(settle(messageId, change)));
      await confirm(messageId);
      world.hub.on('settleOutpatient', answers(SETTLEMENT));
    };
    const cancel = (messageId: string, settlementId: string): Performed => {
      const body = { settlementId, visitId: 'V1', personNumber: 'P0001' };
      return world.perform('cancelOutpatientSettlement', body, { messageId });
    };
    const codeOfSettling = async (messageId: string, change: CanonicalObject = {}): Promise<unknown> =>
      (await world.time.until(settle(messageId, change))).error?.code;
    beforeEach(() => world.hub.on('cancelOutpatientSettlement', answers({})));

    it('[matter-free] and 2208 has cancelled it', async () => {
      await confirmed('M1');
      assert.equal(await codeOfSettling('M2'), 'ALREADY_DONE');
      await world.time.until(cancel('C1', 'S9'));
      assert.equal(await codeOfSettling('M3'), undefined);
      assert.equal(await codeOfSettling('M4'), 'ALREADY_DONE');
    });

    it('but not while 2208 has cancelled only another settlement of the visit, whose id was told', async () => {
      await world.time.until(settle('M0', { chargeBatch: 'B2' }));
      await confirmed('M1');
      await world.time.until(cancel('C1', SETTLEMENT['settlementId'] as string));
      assert.equal(await codeOfSettling('M2'), 'ALREADY_DONE');
      assert.equal(await codeOfSettling('M3', { chargeBatch: 'B2' }), undefined);
    });

    it('but not while two were confirmed and one was cancelled: which of them, nobody can tell', async () => {
      await confirmed('M1');
      await confirmed('M2', { chargeBatch: 'B2' });
      await world.time.until(cancel('C1', 'S9'));
      assert.equal(await codeOfSettling('M3'), 'ALREADY_DONE');
      await world.time.until(cancel('C2', 'S8'));
      assert.equal(await codeOfSettling('M4'), undefined);
      assert.equal(await codeOfSettling('M5', { chargeBatch: 'B2' }), undefined);
    });

    it('and it is told to a 2601 that 2208 has cancelled it', async () => {
      await confirmed('M1');
      await world.time.until(cancel('C1', 'S9'));
      const reversal = { personNumber: 'P0001', originalMessageId: 'M1', originalTransaction: '2207' };
      const told = await world.time.until(world.perform('reverseTransaction', reversal, { messageId: 'R1' }));
      assert.equal(told.error?.code, 'ORIGINAL_CANCELLED');
    });
  });

  const others: readonly [string, CanonicalObject][] = [
    ['another batch', { chargeBatch: 'B2' }],
    ['another visit', { visitId: 'V2' }],
  ];
  for (const [title, change] of others) {
    it(`is another settlement for ${title}`, async () => {
      await world.time.until(settle('M1'));
      assert.equal((await world.time.until(settle('M2', change))).error, undefined);
    });
  }

  it('cannot be told from another where a batch is not named', async () => {
    await world.time.until(settle('M1', { chargeBatch: '' }));
    assert.equal((await world.time.until(settle('M2', { chargeBatch: '' }))).error, undefined);
  });
});

describe('messages about one inpatient visit that go in order', () => {
  let world: World;
  beforeEach(() => {
    world = createWorld();
    world.hub.on('withdrawInpatientFees', answers());
  });
  afterEach(() => world.close());

  const lines = (visitId: string): CanonicalObject => ({
    feeLines: [{ feeLineNumber: '1', visitId, personNumber: 'P0001' }],
  });
  const upload = (messageId: string, visitId = 'V1'): Performed =>
    world.perform('uploadInpatientFees', lines(visitId), { messageId });

  it('[matter-waits] wait while the 2301 of the same lines is in doubt, whose 2302 would take them out', async () => {
    world.hub.on('uploadInpatientFees', loses, answers());
    void upload('M1').catch(() => undefined);
    await world.time.settle();
    assert.equal((await world.time.until(upload('M3', 'V2'))).error, undefined);
    const again = refusal(upload('M2'));
    await world.time.advance(20_000);
    assert.equal((await again).details.facts?.['originalMessageId'], 'M1');
    await world.time.advance(IN_FLIGHT_MS);
    assert.equal(world.onRecord('M1')?.state, 'reversed');
    assert.equal((await world.time.until(upload('M2'))).error, undefined);
    const order = world.hub.calls
      .filter(({ header }) => header.messageId !== 'own-2')
      .map(({ header }) => header.transaction);
    assert.deepEqual(order, ['2301', '2302', '2301']);
  });

  it('[matter-waits] wait while a repeated 2302 can still land', async () => {
    world.hub.on('uploadInpatientFees', answers());
    world.hub.on('withdrawInpatientFees', loses, answers());
    void world.perform('withdrawInpatientFees', lines('V1'), { messageId: 'W1' }).catch(() => undefined);
    await world.time.advance(IN_FLIGHT_MS - 10_000);
    const anew = upload('M1');
    await world.time.advance(9_999);
    assert.equal(world.hub.of('uploadInpatientFees').length, 0);
    assert.equal((await world.time.until(anew)).error, undefined);
    assert.equal(world.onRecord('W1')?.state, 'answered');
  });
});

describe('two 2204 of one charge batch, which one 2205 empties', () => {
  let world: World;
  beforeEach(() => {
    world = createWorld();
    world.hub.on('withdrawOutpatientFees', answers());
  });
  afterEach(() => world.close());

  const upload = (messageId: string): Performed =>
    world.perform('uploadOutpatientFees', FEES_BODY, { messageId });
  const withdrawals = (): number => world.hub.of('withdrawOutpatientFees').length;
  const lost = async (messageId: string): Promise<void> => {
    void upload(messageId).catch(() => undefined);
    await world.time.advance(IN_FLIGHT_MS);
  };

  it('[undo-shared] leaves the doubtful one to a person when the other was answered', async () => {
    world.hub.on('uploadOutpatientFees', answers(), loses);
    await world.time.until(upload('M1'));
    await lost('M2');
    assert.equal(world.onRecord('M2')?.state, 'handed-to-person');
    assert.equal(world.onRecord('M2')?.reason, 'batch-shared');
    assert.equal(withdrawals(), 0);
  });

  it('undoes the doubtful one when the other was withdrawn before', async () => {
    world.hub.on('uploadOutpatientFees', answers(), loses);
    await world.time.until(upload('M1'));
    for (const chargeBatch of ['B1', 'B2']) {
      const withdrawal = { visitId: 'V1', chargeBatch, personNumber: 'P0001' };
      await world.time.until(
        world.perform('withdrawOutpatientFees', withdrawal, { messageId: `W${chargeBatch}` }),
      );
    }
    await lost('M2');
    assert.equal(world.onRecord('M2')?.state, 'reversed');
    assert.equal(withdrawals(), 4);
  });

  it('undoes both when both are in doubt', async () => {
    world.hub.on('uploadOutpatientFees', loses);
    void upload('M1').catch(() => undefined);
    void upload('M2').catch(() => undefined);
    await world.time.advance(IN_FLIGHT_MS * 2);
    assert.equal(world.onRecord('M1')?.state, 'reversed');
    assert.equal((await world.time.until(upload('M2'))).error?.code, 'REVERSED');
  });

  it('waits, when one is in doubt, with what the next one would put into the batch', async () => {
    world.hub.on('uploadOutpatientFees', loses, answers());
    void upload('M1').catch(() => undefined);
    await world.time.settle();
    const second = refusal(upload('M2'));
    await world.time.advance(20_000);
    assert.equal((await second).details.facts?.['originalMessageId'], 'M1');
    assert.equal(world.hub.of('uploadOutpatientFees').length, 1);
    await world.time.advance(IN_FLIGHT_MS);
    assert.equal(world.onRecord('M1')?.state, 'reversed');
    assert.equal((await world.time.until(upload('M2'))).error, undefined);
  });

  it('waits, before emptying the batch, for another one that is on its way', async () => {
    const gate = waits(answers());
    world.hub.on('uploadOutpatientFees', loses, gate.behaviour);
    void upload('M1').catch(() => undefined);
    void upload('M2').catch(() => undefined);
    await world.time.advance(IN_FLIGHT_MS + 10_000);
    assert.equal(withdrawals(), 0);
    gate.release();
    await world.time.advance(10_000);
    assert.equal(world.onRecord('M1')?.reason, 'batch-shared');
    assert.equal(withdrawals(), 0);
  });
});
