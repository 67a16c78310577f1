import assert from 'node:assert/strict';
import { GatewayError } from '@yiqiao/model';
import { answers, loses, refuses, says, unreachable, waits } from './fixtures/far-side.ts';
import type { Behaviour } from './fixtures/far-side.ts';
import {
  FEES_BODY,
  incoming,
  REGISTRATION_BODY,
  SETTLE_BODY,
  SETTLEMENT,
  stepOf,
} from './fixtures/messages.ts';
import { createWorld, IN_FLIGHT_MS, PATIENCE_MS, textOf } from './fixtures/world.ts';
import type { World } from './fixtures/world.ts';

/** Puts the message on record and never comes back, as far as the killed process can tell. */
function killed(): Behaviour {
  return waits(answers()).behaviour;
}

describe('after a crash', () => {
  let world: World;
  beforeEach(() => {
    world = createWorld();
  });
  afterEach(() => world.close());

  const settle = (messageId = 'M1'): ReturnType<World['perform']> =>
    world.perform('settleOutpatient', { ...SETTLE_BODY, chargeBatch: messageId }, { messageId });
  const crash = async (): Promise<void> => {
    await world.time.settle();
    world.restart();
  };
  const legs = (messageId = 'M1'): unknown =>
    world.onRecord(messageId)?.legs.map(({ purpose, state }) => `${purpose} ${state}`);

  it('there is nothing to go on with when nothing was open', async () => {
    world.hub.on('settleOutpatient', answers(SETTLEMENT));
    await world.time.until(settle());
    world.restart();
    assert.equal(await world.exchanges.recover(), 0);
  });

  it('[restart-unknown] a settlement that was sent is reversed', async () => {
    world.hub.on('settleOutpatient', killed());
    void settle().catch(() => undefined);
    await crash();
    world.hub.on('reverseTransaction', says('reversed'));
    assert.equal(await world.exchanges.recover(), 1);
    await world.time.settle();
    assert.equal(world.onRecord('M1')?.state, 'reversed');
    assert.deepEqual(legs(), ['forward reversed', 'reverse answered']);
    const told = await world.time.until(settle());
    assert.equal(textOf(told), 'refused REVERSED');
    assert.equal(world.hub.of('settleOutpatient').length, 1);
  });

  it('a reversal that was sent is repeated as it was', async () => {
    world.hub.on('settleOutpatient', loses);
    world.hub.on('reverseTransaction', killed());
    void settle().catch(() => undefined);
    await crash();
    world.hub.on('reverseTransaction', says('reversed'));
    await world.exchanges.recover();
    await world.time.settle();
    const ids = world.hub.of('reverseTransaction').map(({ header }) => header.messageId);
    assert.deepEqual(ids, ['own-2', 'own-2']);
    assert.deepEqual(legs(), ['forward reversed', 'reverse answered']);
  });

  it('an undo that was sent is repeated as it was', async () => {
    world.hub.on('uploadOutpatientFees', loses);
    world.hub.on('withdrawOutpatientFees', answers(), killed());
    void world.perform('uploadOutpatientFees', FEES_BODY).catch(() => undefined);
    await world.time.advance(IN_FLIGHT_MS);
    await crash();
    world.hub.on('withdrawOutpatientFees', answers());
    await world.exchanges.recover();
    await world.time.advance(IN_FLIGHT_MS);
    const ids = world.hub.of('withdrawOutpatientFees').map(({ header }) => header.messageId);
    assert.deepEqual(ids, ['own-2', 'own-3', 'own-3']);
    assert.deepEqual(legs(), ['forward reversed', 'undo answered', 'undo answered']);
  });

  it('a message that may be repeated is, and its caller gets the answer formatted from the record', async () => {
    world.hub.on('recordOutpatientVisit', killed());
    const record = (): ReturnType<World['perform']> =>
      world.perform('recordOutpatientVisit', { visitId: 'V1' });
    void record().catch(() => undefined);
    await crash();
    world.hub.on('recordOutpatientVisit', answers());
    await world.exchanges.recover();
    // How often it was sent before the crash, and when last, nobody knows.
    await world.time.advance(IN_FLIGHT_MS - 1);
    assert.equal(world.onRecord('M1')?.state, 'unknown');
    await world.time.advance(1);
    assert.equal(world.onRecord('M1')?.state, 'answered');
    assert.equal(textOf(await world.time.until(record())), 'done ref-own-1');
    assert.equal(world.hub.calls.length, 2);
  });

  it('a resend joins what goes on, also when it comes before recovery', async () => {
    world.hub.on('settleOutpatient', killed());
    void settle().catch(() => undefined);
    await crash();
    world.hub.on('reverseTransaction', says('unknown'), says('reversed'));
    const told = settle();
    await world.time.settle();
    assert.equal(await world.exchanges.recover(), 1);
    assert.equal((await world.time.until(told)).error?.code, 'REVERSED');
    assert.equal(world.hub.of('reverseTransaction').length, 2);
  });

  it('a 2601 of the caller joins what goes on', async () => {
    world.hub.on('settleOutpatient', killed());
    void settle().catch(() => undefined);
    await crash();
    world.hub.on('reverseTransaction', says('reversed'));
    const reversal = { personNumber: 'P0001', originalMessageId: 'M1', originalTransaction: '2207' };
    const told = await world.time.until(world.perform('reverseTransaction', reversal, { messageId: 'R1' }));
    assert.equal(told.error, undefined);
    assert.equal(world.hub.of('reverseTransaction').length, 1);
    assert.equal(world.onRecord('M1')?.state, 'reversed');
  });

  it('a 2601 of the caller that was sent is repeated, and another one waits for it', async () => {
    world.hub.on('settleOutpatient', answers(SETTLEMENT));
    world.hub.on('reverseTransaction', killed());
    await world.time.until(settle());
    const reversal = { personNumber: 'P0001', originalMessageId: 'M1', originalTransaction: '2207' };
    void world.perform('reverseTransaction', reversal, { messageId: 'R1' }).catch(() => undefined);
    await crash();
    world.hub.on('reverseTransaction', loses, answers());
    assert.equal(await world.exchanges.recover(), 1);
    const told = await world.time.until(world.perform('reverseTransaction', reversal, { messageId: 'R2' }));
    assert.equal(told.error, undefined);
    const ids = new Set(world.hub.of('reverseTransaction').map(({ header }) => header.messageId));
    assert.deepEqual([...ids], ['own-2']);
    assert.equal(world.onRecord('M1')?.state, 'reversed');
    assert.deepEqual(
      [...world.journal.ledger()].map(({ total }) => total),
      ['123.45', '-123.45'],
    );
  });

  it('a 2601 that goes on after another one took the original back writes nothing twice', async () => {
    world.hub.on('settleOutpatient', answers(SETTLEMENT));
    world.hub.on('reverseTransaction', killed());
    await world.time.until(settle());
    const reversal = { personNumber: 'P0001', originalMessageId: 'M1', originalTransaction: '2207' };
    void world.perform('reverseTransaction', reversal, { messageId: 'R1' }).catch(() => undefined);
    await crash();
    world.hub.on('reverseTransaction', answers());
    await world.time.until(world.perform('reverseTransaction', reversal, { messageId: 'R2' }));
    await world.exchanges.recover();
    await world.time.settle();
    assert.equal(world.onRecord('R1')?.state, 'answered');
    assert.deepEqual(
      [...world.journal.ledger()].map(({ total }) => total),
      ['123.45', '-123.45'],
    );
  });

  it('an answer that was being taken back is taken back', async () => {
    world.hub.on('settleOutpatient', answers(SETTLEMENT));
    world.hub.on('reverseTransaction', killed());
    const settled = world.perform('settleOutpatient', SETTLE_BODY, {
      formatReply: () => {
        throw new GatewayError('FORMAT_LIMIT');
      },
    });
    void settled.catch(() => undefined);
    await crash();
    world.hub.on('reverseTransaction', says('reversed'));
    await world.exchanges.recover();
    await world.time.settle();
    assert.equal(world.onRecord('M1')?.state, 'reversed');
    assert.deepEqual([...world.journal.ledger()], []);
  });

  it('an exchange whose peer is no longer configured stays open', async () => {
    world.hub.on('settleOutpatient', killed());
    void settle().catch(() => undefined);
    await crash();
    world.adapters.delete('hub');
    await world.exchanges.recover();
    await world.time.advance(3_600_000);
    assert.equal(world.onRecord('M1')?.state, 'unknown');
    world.hub.on('reverseTransaction', says('reversed'));
    world.adapters.set('hub', world.hub);
    await world.time.advance(8_000);
    assert.equal(world.onRecord('M1')?.state, 'reversed');
  });

  describe('of a message of two steps', () => {
    const register = (): ReturnType<World['perform']> =>
      world.exchanges.perform(
        incoming(world.time.clock.now() + PATIENCE_MS, [
          stepOf('registerOutpatient', REGISTRATION_BODY),
          stepOf('recordOutpatientVisit', { visitId: 'V1' }),
        ]),
      );
    beforeEach(() => {
      world.hub.on('registerOutpatient', answers({ visitId: 'V1' }));
      world.hub.on('cancelOutpatientRegistration', answers());
    });

    it('the second is repeated when it was sent, and the caller gets both answers', async () => {
      world.hub.on('recordOutpatientVisit', killed());
      void register().catch(() => undefined);
      await crash();
      world.hub.on('recordOutpatientVisit', answers());
      await world.exchanges.recover();
      await world.time.advance(IN_FLIGHT_MS);
      assert.equal(textOf(await world.time.until(register())), 'done ref-own-1 ref-own-2');
    });

    it('the first is undone when the second was refused', async () => {
      world.hub.on('recordOutpatientVisit', refuses());
      world.hub.on('cancelOutpatientRegistration', killed());
      void register().catch(() => undefined);
      await crash();
      world.hub.on('cancelOutpatientRegistration', answers());
      await world.exchanges.recover();
      await world.time.advance(IN_FLIGHT_MS);
      assert.deepEqual(legs(), ['forward reversed', 'forward rejected', 'undo answered']);
      assert.equal((await world.time.until(register())).error?.code, 'UPSTREAM_REJECTED');
    });

    it('the first is undone when the second could not be built', async () => {
      const faulty = {
        ...stepOf('recordOutpatientVisit', {}),
        build: () => {
          throw new GatewayError('RECORD_MISSING');
        },
      };
      world.hub.on('cancelOutpatientRegistration', killed());
      const steps = [stepOf('registerOutpatient', REGISTRATION_BODY), faulty];
      const message = incoming(world.time.clock.now() + PATIENCE_MS, steps);
      void world.exchanges.perform(message).catch(() => undefined);
      await crash();
      world.hub.on('cancelOutpatientRegistration', answers());
      await world.exchanges.recover();
      await world.time.advance(IN_FLIGHT_MS);
      assert.equal(world.onRecord('M1')?.state, 'reversed');
      assert.deepEqual(legs(), ['forward reversed', 'undo answered']);
    });

    it('the first is handed to a person when it was sent and the second never begun', async () => {
      world.hub.on('registerOutpatient', killed());
      void register().catch(() => undefined);
      await crash();
      await world.exchanges.recover();
      await world.time.settle();
      assert.equal(world.onRecord('M1')?.state, 'handed-to-person');
      assert.equal(world.hub.of('recordOutpatientVisit').length, 0);
    });
  });

  it('of many at one peer, only some are in memory at a time, and all have their turn in order', async () => {
    const COUNT = 130;
    world.hub.on('settleOutpatient', killed());
    for (let number = 1; number <= COUNT; number += 1) void settle(`M${number}`).catch(() => undefined);
    await crash();
    const resumed = new Set<string>();
    const gate = waits(says('reversed') as Behaviour);
    world.hub.on('reverseTransaction', gate.behaviour);
    const loads: unknown[] = [];
    const { load } = world.journal;
    Object.assign(world.journal, {
      load(id: number) {
        loads.push(id);
        return load.call(world.journal, id);
      },
    });
    assert.equal(await world.exchanges.recover(), COUNT);
    await world.time.settle();
    assert.equal(loads.length, 100);
    assert.equal(world.exchanges.running, COUNT);
    gate.release();
    await world.exchanges.idle();
    for (let number = 1; number <= COUNT; number += 1) {
      if (world.onRecord(`M${number}`)?.state === 'reversed') resumed.add(`M${number}`);
    }
    assert.equal(resumed.size, COUNT);
    assert.deepEqual(
      loads,
      [...loads].toSorted((one, other) => Number(one) - Number(other)),
    );
  });

  it('what waits for its turn is left to the next start when the program stops', async () => {
    world.hub.on('settleOutpatient', killed());
    for (let number = 1; number <= 110; number += 1) void settle(`M${number}`).catch(() => undefined);
    await crash();
    world.hub.on('reverseTransaction', unreachable);
    await world.exchanges.recover();
    await world.time.settle();
    await world.exchanges.drain(world.time.clock.now() + 5_000);
    assert.equal(world.exchanges.running, 0);
    assert.equal(world.onRecord('M110')?.state, 'sent');
  });

  it('a silent peer holds up no other', async () => {
    world.hub.on('settleOutpatient', killed());
    world.core.on('settleOutpatient', killed());
    for (let number = 1; number <= 6; number += 1) {
      world.plan = { main: number === 6 ? 'core' : 'hub' };
      void settle(`M${number}`).catch(() => undefined);
      await world.time.settle();
    }
    await crash();
    const gate = waits(says('reversed') as Behaviour);
    world.hub.on('reverseTransaction', gate.behaviour);
    world.core.on('reverseTransaction', says('reversed'));
    assert.equal(await world.exchanges.recover(), 6);
    await world.time.settle();
    assert.equal(world.hub.of('reverseTransaction').length, 4);
    assert.equal(world.onRecord('M6')?.state, 'reversed');
    gate.release();
    await world.time.settle();
    assert.equal(world.hub.of('reverseTransaction').length, 5);
  });
});
