import assert from 'node:assert/strict';
import { bodyOf } from '#internal/requests.ts';
import { fen } from '@yiqiao/model';
import type { CanonicalRequest } from '@yiqiao/model';
import { answers, loses, refuses, says, unreachable, waits } from './fixtures/far-side.ts';
import { SETTLE_BODY, SETTLEMENT } from './fixtures/messages.ts';
import { codeOf, createWorld, IN_FLIGHT_MS, PATIENCE_MS, textOf } from './fixtures/world.ts';
import type { World } from './fixtures/world.ts';

describe('a settlement across provinces', () => {
  let world: World;
  beforeEach(() => {
    world = createWorld();
    world.plan = { main: 'hub', checkFirst: 'core', recordAfter: 'core' };
    world.core.on('presettleOutpatient', answers());
    world.core.on('settleOutpatient', answers());
    world.hub.on('settleOutpatient', answers(SETTLEMENT));
  });
  afterEach(() => world.close());

  const settle = (): ReturnType<World['perform']> => world.perform('settleOutpatient', SETTLE_BODY);
  const record = (messageId = 'his M1'): ReturnType<World['onRecord']> => world.onRecord(messageId, '(self)');
  const resultOf = ({ content }: CanonicalRequest): unknown =>
    content.form === 'canonical' ? content.result : undefined;

  it('is tried at the care place’s core first, with what 2206 has in common with 2207', async () => {
    await world.time.until(settle());
    const [trial] = world.core.calls;
    assert.equal(trial?.header.transaction, '2206');
    assert.deepEqual(bodyOf(trial), SETTLE_BODY);
  });

  it('of a pharmacy is tried with its drug lines', async () => {
    world.core.on('presettlePharmacyPurchase', answers());
    world.core.on('settlePharmacyPurchase', answers());
    world.hub.on('settlePharmacyPurchase', answers(SETTLEMENT));
    const drugLines = [{ feeLineNumber: '1', catalogueCode: 'C1', drugTrace: { drugTraceCode: 'T1' } }];
    const body = { personNumber: 'P0001', total: fen(1250n), drugLines };
    await world.time.until(world.perform('settlePharmacyPurchase', { ...body, accountUsed: '1' }));
    const [trial] = world.core.calls;
    assert.equal(trial?.header.transaction, '2101');
    assert.deepEqual(bodyOf(trial), body);
  });

  it('[trial-refused] is refused, with nothing sent, when the care place’s core refuses the trial', async () => {
    world.core.on('presettleOutpatient', refuses('费用合计不符'));
    const told = await world.time.until(settle());
    assert.equal(told.error?.details.upstream?.text, '费用合计不符');
    assert.equal(world.hub.calls.length, 0);
    assert.deepEqual(world.writes, []);
  });

  it('is refused, not unknown, when the trial is not answered: nothing was done', async () => {
    world.core.on('presettleOutpatient', loses);
    assert.equal((await world.time.until(settle())).error?.code, 'UPSTREAM_UNREACHABLE');
    assert.equal(world.hub.calls.length, 0);
  });

  it('is recorded at the care place’s core with the answer beside it, without delaying the caller', async () => {
    world.core.on('settleOutpatient', unreachable);
    assert.equal(textOf(await world.time.until(settle())), 'done ref-own-2');
    assert.equal(record()?.state, 'sent');
    world.core.on('settleOutpatient', answers());
    await world.time.advance(8_000);
    const recorded = world.core.of('settleOutpatient').at(-1) as CanonicalRequest;
    assert.deepEqual(bodyOf(recorded), SETTLE_BODY);
    assert.deepEqual(resultOf(recorded), SETTLEMENT);
    assert.equal(record()?.state, 'answered');
  });

  it('is not begun when its trial outlasts the caller, nor told as refused: the same message asks again', async () => {
    const gate = waits(answers());
    world.core.on('presettleOutpatient', gate.behaviour);
    const first = codeOf(settle());
    await world.time.advance(PATIENCE_MS - 1_000);
    const joined = codeOf(settle());
    await world.time.advance(2_000);
    assert.equal(await first, 'UPSTREAM_TIMEOUT');
    gate.release();
    assert.equal(await world.time.until(joined), 'EXCHANGE_IN_PROGRESS');
    assert.deepEqual(world.hub.calls, []);
    world.core.on('presettleOutpatient', answers());
    assert.equal((await world.time.until(settle())).error, undefined);
    assert.equal(world.hub.of('settleOutpatient').length, 1);
  });

  it('opens the record in the commit that ends the settlement', async () => {
    await world.time.until(settle());
    await world.time.settle();
    assert.deepEqual(world.writes, ['open', 'end', 'end']);
    assert.equal(record()?.state, 'answered');
  });

  it('repeats the record under one message id until it is acknowledged', async () => {
    world.core.on('settleOutpatient', loses, unreachable, loses, answers());
    await world.time.until(settle());
    await world.time.advance(IN_FLIGHT_MS * 2);
    const ids = new Set(world.core.of('settleOutpatient').map(({ header }) => header.messageId));
    assert.equal(ids.size, 1);
    assert.equal(world.core.of('settleOutpatient').length, 4);
    assert.equal(record()?.state, 'answered');
  });

  it('hands a record that is refused to a person', async () => {
    world.core.on('settleOutpatient', refuses());
    await world.time.until(settle());
    await world.time.settle();
    assert.equal(record()?.state, 'handed-to-person');
    assert.equal(record()?.reason, 'record-refused');
    assert.equal(world.onRecord('M1')?.state, 'answered');
  });

  it('tells the core nothing further of the visit while a copy of a repeated record can still land', async () => {
    world.core.on('settleOutpatient', loses, answers());
    world.core.on('cancelOutpatientSettlement', answers());
    world.hub.on('cancelOutpatientSettlement', answers({ ...SETTLEMENT, settlementId: 'S2' }));
    await world.time.until(settle());
    const cancel = { settlementId: 'S1', visitId: 'V1', personNumber: 'P0001' };
    await world.time.until(world.perform('cancelOutpatientSettlement', cancel, { messageId: 'M2' }));
    await world.time.advance(IN_FLIGHT_MS - 1);
    assert.deepEqual(world.core.of('cancelOutpatientSettlement'), []);
    await world.time.advance(1);
    assert.equal(world.core.of('cancelOutpatientSettlement').length, 1);
  });

  it('tells the core of a visit’s settlement and its cancellation in this order', async () => {
    world.core.on('settleOutpatient', unreachable, unreachable, answers());
    world.core.on('cancelOutpatientSettlement', answers());
    world.hub.on('cancelOutpatientSettlement', answers({ ...SETTLEMENT, settlementId: 'S2' }));
    await world.time.until(settle());
    const cancel = { settlementId: 'S1', visitId: 'V1', personNumber: 'P0001' };
    await world.time.until(world.perform('cancelOutpatientSettlement', cancel, { messageId: 'M2' }));
    await world.time.advance(60_000);
    const told = world.core.calls
      .map(({ header }) => header.transaction)
      .filter((number) => number !== '2206');
    assert.deepEqual(told, ['2207', '2207', '2207', '2208']);
  });

  it('tells the core of a reversal only after the settlement that it takes back', async () => {
    world.core.on('settleOutpatient', unreachable, unreachable, answers());
    world.core.on('reverseTransaction', answers());
    world.hub.on('reverseTransaction', answers());
    await world.time.until(settle());
    const reversal = { personNumber: 'P0001', originalMessageId: 'M1', originalTransaction: '2207' };
    await world.time.until(world.perform('reverseTransaction', reversal, { messageId: 'M2' }));
    await world.time.advance(60_000);
    const told = world.core.calls
      .map(({ header }) => header.transaction)
      .filter((number) => number !== '2206');
    assert.deepEqual(told, ['2207', '2207', '2207', '2601']);
  });

  it('does not tell the core of a reversal when a stopping gateway leaves the settlement to the next start', async () => {
    world.core.on('settleOutpatient', unreachable);
    world.core.on('reverseTransaction', answers());
    world.hub.on('reverseTransaction', answers());
    await world.time.until(settle());
    const reversal = { personNumber: 'P0001', originalMessageId: 'M1', originalTransaction: '2207' };
    await world.time.until(world.perform('reverseTransaction', reversal, { messageId: 'M2' }));
    await world.time.until(world.exchanges.drain(world.time.clock.now() + 60_000));
    assert.equal(world.core.of('reverseTransaction').length, 0);
    world.restart();
    world.core.on('settleOutpatient', answers());
    assert.equal(await world.exchanges.recover(), 2);
    await world.time.settle();
    const told = world.core.calls.slice(-2).map(({ header }) => header.transaction);
    assert.deepEqual(told, ['2207', '2601']);
  });

  it('is not recorded at the core when its answer was lost and it was reversed', async () => {
    world.hub.on('settleOutpatient', loses);
    world.hub.on('reverseTransaction', says('reversed'));
    await world.time.until(settle());
    assert.equal(record(), undefined);
  });

  it('has the record taken back when the caller reverses it', async () => {
    await world.time.until(settle());
    await world.time.settle();
    const told = record()?.legs[0]?.messageId;
    world.hub.on('reverseTransaction', answers());
    world.core.on('reverseTransaction', answers());
    const reversal = { personNumber: 'P0001', originalMessageId: 'M1', originalTransaction: '2207' };
    await world.time.until(world.perform('reverseTransaction', reversal, { messageId: 'M2' }));
    await world.time.settle();
    assert.deepEqual(world.core.of('reverseTransaction').map(bodyOf), [
      { personNumber: 'P0001', originalMessageId: told, originalTransaction: '2207' },
    ]);
  });

  it('goes on with an unacknowledged record after a restart', async () => {
    world.core.on('settleOutpatient', unreachable);
    await world.time.until(settle());
    world.restart();
    world.core.on('settleOutpatient', answers());
    assert.equal(await world.exchanges.recover(), 1);
    await world.time.settle();
    assert.equal(record()?.state, 'answered');
    assert.deepEqual(resultOf(world.core.of('settleOutpatient').at(-1) as CanonicalRequest), SETTLEMENT);
  });

  it('keeps the order of a visit behind what an earlier run left, of which not all is in memory', async () => {
    world.core.on('settleOutpatient', unreachable);
    for (let number = 1; number <= 101; number += 1) {
      const body = { ...SETTLE_BODY, visitId: `V${number}` };
      world.hub.on('settleOutpatient', answers({ ...SETTLEMENT, settlementId: `S${number}` }));
      await world.perform('settleOutpatient', body, { messageId: `M${number}` });
    }
    world.restart();
    const before = world.core.calls.length;
    const gate = waits(answers());
    world.core.on('settleOutpatient', gate.behaviour);
    assert.equal(await world.exchanges.recover(), 101);
    await world.time.settle();
    world.core.on('cancelOutpatientSettlement', answers());
    world.hub.on('cancelOutpatientSettlement', answers({ ...SETTLEMENT, settlementId: 'S102' }));
    const cancel = { settlementId: 'S101', visitId: 'V101', personNumber: 'P0001' };
    await world.perform('cancelOutpatientSettlement', cancel, { messageId: 'C1' });
    await world.time.settle();
    gate.release();
    await world.exchanges.idle();
    const ofVisit = world.core.calls.slice(before).filter((call) => bodyOf(call)['visitId'] === 'V101');
    assert.deepEqual(
      ofVisit.map(({ header }) => header.transaction),
      ['2207', '2208'],
    );
  });

  it('has 2206 tried at the core as well', async () => {
    world.hub.on('presettleOutpatient', answers());
    world.core.on('presettleOutpatient', refuses());
    const told = await world.time.until(world.perform('presettleOutpatient', SETTLE_BODY));
    assert.equal(told.error?.code, 'UPSTREAM_REJECTED');
    assert.equal(world.hub.calls.length, 0);
  });

  it('tells a caller whose outcome is unknown nothing of the core', async () => {
    world.hub.on('settleOutpatient', loses);
    world.hub.on('reverseTransaction', unreachable);
    assert.equal(await codeOf(world.time.until(settle())), 'UPSTREAM_TIMEOUT');
    assert.equal(world.core.of('settleOutpatient').length, 0);
  });
});
