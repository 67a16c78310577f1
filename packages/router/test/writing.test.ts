import assert from 'node:assert/strict';
import { GatewayError } from '@yiqiao/model';
import type { CanonicalObject } from '@yiqiao/model';
import { decodeRecord } from '@yiqiao/router';
import type { Incoming } from '@yiqiao/router';
import {
  answers,
  breaks,
  loses,
  refuses,
  says,
  unreachable,
  unreachableOnceRecorded,
  waits,
} from './fixtures/far-side.ts';
import { incoming, requestOf, SETTLE_BODY, SETTLEMENT, stepOf } from './fixtures/messages.ts';
import { codeOf, createWorld, IN_FLIGHT_MS, PATIENCE_MS, textOf } from './fixtures/world.ts';
import type { World } from './fixtures/world.ts';

describe('a message that changes something', () => {
  let world: World;
  beforeEach(() => {
    world = createWorld();
  });
  afterEach(() => world.close());

  const settle = (change?: Parameters<World['perform']>[2]): ReturnType<World['perform']> =>
    world.perform('settleOutpatient', SETTLE_BODY, change);

  it('[sent-answered] is answered with what the far side answered, after exactly two durable writes', async () => {
    world.hub.on('settleOutpatient', answers(SETTLEMENT));
    const told = await world.time.until(settle());
    assert.equal(textOf(told), 'done ref-own-1');
    assert.equal(told.error, undefined);
    assert.deepEqual(world.writes, ['open', 'end']);
    assert.deepEqual(
      world.states.map(({ state }) => state),
      ['sent', 'answered'],
    );
  });

  it('[open-sent] is on record with its leg, its answer, its ledger line and its records', async () => {
    world.hub.on('settleOutpatient', answers(SETTLEMENT));
    await world.time.until(settle());
    const exchange = world.onRecord('M1');
    assert.equal(exchange?.state, 'answered');
    assert.equal(new TextDecoder().decode(exchange.reply?.bytes), 'done ref-own-1');
    assert.deepEqual(
      exchange.legs.map(({ peer, messageId, state, reply }) => ({
        peer,
        messageId,
        state,
        reply: new TextDecoder().decode(reply?.bytes),
      })),
      [{ peer: 'hub', messageId: 'own-1', state: 'answered', reply: 'reply to own-1' }],
    );
    const [line] = [...world.journal.ledger()];
    assert.deepEqual(
      [line?.settlementId, line?.total, line?.fundPaid, line?.accountPaid, line?.cashPaid],
      ['S1', '123.45', '100.00', '20.00', '3.45'],
    );
    assert.ok(world.journal.findRecord('H53000000001', 'settlement', 'S1'));
  });

  it('tells the caller its own message id where the answer repeats the one of this hop', async () => {
    const told: CanonicalObject[] = [];
    const formatReply: Incoming['formatReply'] = (reply) => {
      const [response] = reply.ok ? reply.responses : [];
      if (response?.content.form === 'canonical') told.push(response.content.body);
      return { bytes: new Uint8Array(), contentType: 'text/plain' };
    };
    world.hub.on('settleOutpatient', answers({ ...SETTLEMENT, institutionSettlementId: 'own-1' }));
    await world.time.until(settle({ formatReply }));
    assert.deepEqual(told, [{ ...SETTLEMENT, institutionSettlementId: 'M1' }]);
  });

  it('leaves a record that names the message as the far side knows it', async () => {
    world.hub.on('settleOutpatient', answers(SETTLEMENT));
    await world.time.until(settle());
    const text = world.journal.findRecord('H53000000001', 'settlement', 'S1') ?? '';
    assert.equal(decodeRecord(text).messageId, world.hub.calls[0]?.header.messageId);
  });

  it('leaves no records when the caller’s profile keeps none', async () => {
    world.hub.on('settleOutpatient', answers(SETTLEMENT));
    await world.time.until(settle({ keepsRecords: false }));
    assert.equal(world.journal.findRecord('H53000000001', 'settlement', 'S1'), undefined);
  });

  it('carries the header, with a message id of this hop', async () => {
    world.hub.on('settleOutpatient', answers(SETTLEMENT));
    await world.time.until(settle());
    const [request] = world.hub.calls;
    assert.equal(request?.header.messageId, 'own-1');
    assert.equal(request.header.time, '2026-11-21 09:00:00');
    assert.equal(request.header.insuredRegion, '330000');
  });

  it('[sent-rejected] is told the far side’s refusal', async () => {
    world.hub.on('settleOutpatient', refuses('余额不足'));
    const told = await world.time.until(settle());
    assert.equal(textOf(told), 'refused UPSTREAM_REJECTED');
    assert.equal(told.error?.details.upstream?.text, '余额不足');
    assert.equal(world.onRecord('M1')?.state, 'rejected');
    assert.deepEqual(world.writes, ['open', 'end']);
  });

  it('is not on record when no byte left, so that it may be sent again once no copy of it can be on its way', async () => {
    world.hub.on('settleOutpatient', unreachable, answers(SETTLEMENT));
    assert.equal((await world.time.until(settle())).error?.code, 'UPSTREAM_UNREACHABLE');
    assert.equal(world.onRecord('M1'), undefined);
    await world.time.advance(IN_FLIGHT_MS);
    assert.equal(textOf(await world.time.until(settle())), 'done ref-own-2');
  });

  it('[refused-again] stays refused for a copy that lands after its refusal was told, however often one does', async () => {
    world.hub.on('settleOutpatient', unreachable, answers(SETTLEMENT));
    await world.time.until(settle());
    for (const waitMs of [0, IN_FLIGHT_MS - 1]) {
      await world.time.advance(waitMs);
      assert.equal((await world.time.until(settle())).error?.code, 'UPSTREAM_UNREACHABLE');
    }
    assert.equal(world.hub.of('settleOutpatient').length, 1);
    await world.time.advance(1);
    assert.equal((await world.time.until(settle())).error, undefined);
  });

  it('[refused-again] stays refused when there was no room for it, and another content is taken at once', async () => {
    world.hub.on('settleOutpatient', answers(SETTLEMENT));
    assert.equal((await settle({ taking: false })).error?.code, 'BUSY');
    assert.equal((await settle()).error?.code, 'BUSY');
    assert.equal((await world.time.until(settle({ digest: 'other' }))).error, undefined);
  });

  it('ends as rejected when the connection broke before a byte left', async () => {
    world.hub.on('settleOutpatient', unreachableOnceRecorded);
    const told = await world.time.until(settle());
    assert.equal(told.error?.code, 'UPSTREAM_UNREACHABLE');
    assert.equal(world.onRecord('M1')?.state, 'rejected');
  });

  it('is refused without a trace when it has no route or no adapter', async () => {
    world.plan = new GatewayError('REGION_UNKNOWN');
    assert.equal((await settle()).error?.code, 'REGION_UNKNOWN');
    world.plan = { main: 'nobody' };
    await world.time.advance(IN_FLIGHT_MS);
    assert.equal((await settle()).error?.code, 'ROUTE_MISSING');
    assert.deepEqual(world.writes, []);
  });

  it('is refused when the journal cannot be written before anything is sent', async () => {
    world.hub.on('settleOutpatient', answers(SETTLEMENT));
    world.diskFull = true;
    const told = await world.time.until(settle());
    assert.equal(told.error?.code, 'JOURNAL_FAILED');
    assert.equal(world.onRecord('M1'), undefined);
  });

  it('is told nothing before its answer is on disk', async () => {
    const gate = waits(answers(SETTLEMENT));
    world.hub.on('settleOutpatient', gate.behaviour);
    const told = settle();
    await world.time.settle();
    world.diskFull = true;
    gate.release();
    await world.time.advance(5_000);
    assert.equal(world.onRecord('M1')?.state, 'sent');
    world.diskFull = false;
    assert.equal(textOf(await world.time.until(told)), 'done ref-own-1');
    assert.equal(world.hub.calls.length, 1);
  });

  it('gets the reply on record, byte for byte, when it is sent again', async () => {
    world.hub.on('settleOutpatient', answers(SETTLEMENT));
    const first = await world.time.until(settle());
    const again = await world.time.until(
      settle({ formatReply: () => ({ bytes: new Uint8Array(), contentType: 'never used' }) }),
    );
    assert.deepEqual(Buffer.from(again.reply.bytes), Buffer.from(first.reply.bytes));
    assert.equal(world.hub.calls.length, 1);
  });

  it('gets the refusal on record when it is sent again', async () => {
    world.hub.on('settleOutpatient', refuses());
    await world.time.until(settle());
    const again = await world.time.until(settle());
    assert.equal(textOf(again), 'refused UPSTREAM_REJECTED');
    assert.equal(again.error?.code, 'UPSTREAM_REJECTED');
    assert.equal(world.hub.calls.length, 1);
  });

  it('runs once when it is sent twice at once, and both hear the same', async () => {
    const gate = waits(answers(SETTLEMENT));
    world.hub.on('settleOutpatient', gate.behaviour);
    const both = [settle(), settle()];
    await world.time.settle();
    gate.release();
    const [first, second] = await world.time.until(Promise.all(both));
    assert.deepEqual(first?.reply, second?.reply);
    assert.equal(world.hub.calls.length, 1);
  });

  it('is refused under the message id of another message, running or ended', async () => {
    const gate = waits(answers(SETTLEMENT));
    world.hub.on('settleOutpatient', gate.behaviour);
    const running = settle();
    await world.time.settle();
    assert.equal((await settle({ digest: 'another' })).error?.code, 'MESSAGE_ID_REUSED');
    gate.release();
    await world.time.until(running);
    assert.equal((await settle({ digest: 'another' })).error?.code, 'MESSAGE_ID_REUSED');
    assert.equal(world.hub.calls.length, 1);
  });

  it('has an unknown outcome at the deadline; the same message hears the end later', async () => {
    const gate = waits(answers(SETTLEMENT));
    world.hub.on('settleOutpatient', gate.behaviour);
    assert.equal(await codeOf(world.time.until(settle())), 'UPSTREAM_TIMEOUT');
    assert.equal(await codeOf(world.time.until(settle())), 'EXCHANGE_IN_PROGRESS');
    gate.release();
    await world.time.settle();
    assert.equal(textOf(await world.time.until(settle())), 'done ref-own-1');
    assert.equal(world.hub.calls.length, 1);
  });

  it('is not begun any more when its caller has left before anything was sent', async () => {
    world.hub.on('settleOutpatient', answers(SETTLEMENT));
    const slow = {
      ...stepOf('settleOutpatient', SETTLE_BODY),
      build: () => {
        world.time.jump(PATIENCE_MS);
        return requestOf('settleOutpatient', SETTLE_BODY);
      },
    };
    const message = incoming(world.time.clock.now() + PATIENCE_MS, [slow]);
    const told = world.time.until(world.exchanges.perform(message));
    // Not a refusal: the caller may be sending it again by now.
    await assert.rejects(told, { code: 'EXCHANGE_IN_PROGRESS' });
    assert.equal(world.hub.calls.length, 0);
    assert.equal(world.onRecord('M1'), undefined);
  });

  it('[untellable-reversed] is taken back when the caller’s format cannot carry the answer', async () => {
    world.hub.on('settleOutpatient', answers(SETTLEMENT));
    world.hub.on('reverseTransaction', says('reversed'));
    const told = await world.time.until(
      settle({
        formatReply: (reply) => {
          if (reply.ok) throw new GatewayError('FORMAT_LIMIT');
          return { bytes: new Uint8Array([1]), contentType: 'text/xml' };
        },
      }),
    );
    assert.equal(told.error?.code, 'FORMAT_LIMIT');
    assert.equal(world.onRecord('M1')?.state, 'reversed');
    assert.equal(world.hub.of('reverseTransaction').length, 1);
    assert.deepEqual([...world.journal.ledger()], []);
  });

  it('has an unknown outcome, not a failed one, when an adapter breaks its contract', async () => {
    world.hub.on('settleOutpatient', breaks);
    world.hub.on('reverseTransaction', unreachable);
    assert.equal(await codeOf(world.time.until(settle())), 'UPSTREAM_TIMEOUT');
    assert.equal(world.onRecord('M1')?.state, 'unknown');
    assert.ok(world.troubles.some((error) => error instanceof TypeError));
  });

  it('is left to a person when nothing is known of its transaction', async () => {
    world.hub.on('national', loses);
    const request = incoming(world.time.clock.now() + PATIENCE_MS, [
      {
        transaction: '3201',
        build: () => ({
          header: {
            transaction: '3201',
            messageId: '',
            careRegion: '530000',
            institutionCode: 'H53000000001',
            institutionName: '',
            operatorType: '1',
            operator: '',
            operatorName: '',
            time: '',
            others: {},
          },
          content: { form: 'national', body: { data: {} } },
        }),
      },
    ]);
    assert.equal(await codeOf(world.time.until(world.exchanges.perform(request))), 'HANDED_TO_PERSON');
    assert.equal(world.onRecord('M1')?.reason, 'person');
  });
});
