import assert from 'node:assert/strict';
import { GatewayError } from '@yiqiao/model';
import {
  answers,
  COMMIT_KEY,
  createTwoPhaseSide,
  loses,
  refuses,
  responseTo,
  says,
  stages,
  waits,
} from './fixtures/far-side.ts';
import type { Behaviour, TwoPhaseSide } from './fixtures/far-side.ts';
import {
  incoming,
  REGISTRATION_BODY,
  requestOf,
  SETTLE_BODY,
  SETTLEMENT,
  stepOf,
} from './fixtures/messages.ts';
import { codeOf, createWorld, IN_FLIGHT_MS, PATIENCE_MS, textOf } from './fixtures/world.ts';
import type { World } from './fixtures/world.ts';

type Performed = ReturnType<World['perform']>;

describe('a far side at which a write stands only once it is confirmed', () => {
  let world: World;
  let side: TwoPhaseSide;
  beforeEach(() => {
    world = createWorld();
    side = createTwoPhaseSide('hub', { twoPhase: true });
    world.adapters.set('hub', side);
    side.on('settleOutpatient', stages(SETTLEMENT));
    side.confirmations.push('done');
    side.cancellations.push('done');
  });
  afterEach(() => world.close());

  const settle = (change?: Parameters<World['perform']>[2]): Performed =>
    world.perform('settleOutpatient', SETTLE_BODY, change);
  const steps = (): readonly string[] => side.commits.map(({ what }) => what);
  const legs = (): readonly string[] =>
    world.onRecord('M1')?.legs.map(({ purpose, state }) => `${purpose} ${state}`) ?? [];
  const unreadable = {
    formatReply: (): never => {
      throw new GatewayError('FORMAT_LIMIT');
    },
  };

  it('[sent-staged] is confirmed under its own numbers before the caller hears the answer', async () => {
    const gate = Promise.withResolvers<void>();
    const { confirm } = side;
    world.adapters.set('hub', {
      ...side,
      confirm: async (message, context) => {
        const result = await confirm(message, context);
        await gate.promise;
        return result;
      },
    } as TwoPhaseSide);
    const told = settle();
    await world.time.settle();
    assert.deepEqual(legs(), ['forward answered', 'confirm sent']);
    const [confirmed] = side.commits;
    assert.deepEqual(confirmed?.message.commitKey, COMMIT_KEY);
    assert.equal(confirmed.message.sent.request.header.messageId, 'own-1');
    assert.equal(confirmed.message.messageId, 'own-2');
    gate.resolve();
    assert.equal(textOf(await world.time.until(told)), 'done ref-own-1');
    assert.deepEqual(legs(), ['forward answered', 'confirm answered']);
    assert.deepEqual(world.writes, ['open', 'settleLeg', 'addLeg', 'end']);
  });

  it('[staged-answered] has a confirmation repeated, as it was, until it is told', async () => {
    side.confirmations.unshift('unknown', new GatewayError('UPSTREAM_UNREACHABLE'));
    assert.equal(textOf(await world.time.until(settle())), 'done ref-own-1');
    assert.deepEqual(
      side.commits.map(({ message }) => message.messageId),
      ['own-2', 'own-2', 'own-2'],
    );
    assert.deepEqual(legs(), ['forward answered', 'confirm answered']);
  });

  it('[staged-answered] has the confirmation gone on with after a crash', async () => {
    side.confirmations.unshift('unknown');
    void settle().catch(() => undefined);
    await world.time.settle();
    world.restart();
    side.confirmations.splice(0, side.confirmations.length, 'done');
    await world.exchanges.recover();
    await world.time.settle();
    assert.equal(world.onRecord('M1')?.state, 'answered');
    assert.deepEqual(steps(), ['confirm', 'confirm']);
    assert.equal(textOf(await world.time.until(settle())), 'done ref-own-1');
    assert.equal(side.of('settleOutpatient').length, 1);
  });

  it('[staged-reversed] is cancelled, never confirmed, when the answer cannot be told to the caller', async () => {
    await assert.rejects(world.time.until(settle(unreadable)), { code: 'INTERNAL' });
    assert.deepEqual(steps(), ['cancel']);
    assert.deepEqual(side.commits[0]?.message.commitKey, COMMIT_KEY);
    assert.deepEqual(legs(), ['forward reversed', 'cancel answered']);
    assert.equal(world.onRecord('M1')?.state, 'reversed');
  });

  for (const result of ['refused', 'nothing-there'] as const) {
    it(`[staged-person] is handed to a person when its confirmation finds ${result}`, async () => {
      side.confirmations.unshift(result);
      assert.equal(await codeOf(world.time.until(settle())), 'HANDED_TO_PERSON');
      assert.equal(world.onRecord('M1')?.reason, 'confirm-refused');
      assert.deepEqual(steps(), ['confirm']);
    });
  }

  it('[staged-person] is handed to a person when its confirmation is never answered', async () => {
    side.confirmations.splice(0, 1, 'unknown');
    assert.equal(await codeOf(world.time.until(settle())), 'UPSTREAM_TIMEOUT');
    await world.time.advance(300_000);
    assert.equal(world.onRecord('M1')?.reason, 'confirm-unanswered');
  });

  it('[query-answered] is confirmed as well when its lost answer is found by asking', async () => {
    side.on('settleOutpatient', loses);
    const response = { ...responseTo(requestOf('settleOutpatient', {}), SETTLEMENT), commitKey: COMMIT_KEY };
    side.queries.push({ state: 'unknown' }, { state: 'done', response });
    assert.match(textOf(await world.time.until(settle())), /^done/);
    assert.deepEqual(steps(), ['query', 'query', 'confirm']);
    assert.equal([...world.journal.ledger()].length, 1);
  });

  it('[query-reversed] is cancelled when asking finds it computed and does not tell its answer', async () => {
    side.on('settleOutpatient', loses);
    side.queries.push({ state: 'staged', commitKey: { jylsh: '0009' } });
    assert.equal((await world.time.until(settle())).error?.code, 'REVERSED');
    assert.deepEqual(steps(), ['query', 'cancel']);
    assert.deepEqual(side.commits[1]?.message.commitKey, { jylsh: '0009' });
  });

  it('[cancel-reversed] is cancelled without its numbers where the far side cannot be asked', async () => {
    side.on('settleOutpatient', loses);
    side.cancellations.unshift('unknown', 'nothing-there');
    void settle().catch(() => undefined);
    await world.time.advance(IN_FLIGHT_MS + 1_000);
    assert.equal(world.onRecord('M1')?.state, 'reversed');
    // What was not there at first may have arrived since, so that it is cancelled once more.
    assert.deepEqual(steps(), ['cancel', 'cancel', 'cancel']);
    assert.equal(side.commits[0]?.message.commitKey, undefined);
  });

  describe('and that knows a message by a number it bears itself', () => {
    const OWN = { 事务控制号: '7' };
    const losesNumbered = (): Behaviour => async (_, context) => {
      await context.recordSent({ bytes: new Uint8Array(0), contentType: '' }, OWN);
      throw new GatewayError('UPSTREAM_TIMEOUT');
    };
    const keys = (): readonly unknown[] => side.commits.map(({ message }) => message.commitKey);

    it('[cancel-reversed] is cancelled by it when the answer is lost', async () => {
      side.on('settleOutpatient', losesNumbered());
      assert.equal((await world.time.until(settle())).error?.code, 'REVERSED');
      assert.deepEqual([steps(), keys()], [['cancel'], [OWN]]);
      assert.equal('commitKey' in (side.commits[0]?.message.sent.request ?? {}), false);
    });

    it('[cancel-reversed] is cancelled by it after a crash', async () => {
      side.on('settleOutpatient', losesNumbered());
      side.cancellations.unshift('unknown');
      void settle().catch(() => undefined);
      await world.time.settle();
      world.restart();
      side.cancellations.splice(0, side.cancellations.length, 'done');
      await world.exchanges.recover();
      await world.time.settle();
      assert.equal(world.onRecord('M1')?.state, 'reversed');
      assert.deepEqual(keys().at(-1), OWN);
      assert.equal(side.commits.at(-1)?.message.sent.request.header.messageId, 'own-1');
    });

    it('[cancel-reversed] is cancelled once more when nothing was there and it can still be on its way', async () => {
      side.on('settleOutpatient', losesNumbered());
      side.cancellations.unshift('nothing-there');
      void settle().catch(() => undefined);
      await world.time.advance(IN_FLIGHT_MS + 1_000);
      assert.equal(world.onRecord('M1')?.state, 'reversed');
      assert.deepEqual(steps(), ['cancel', 'cancel']);
    });

    it('[query-answered] is asked once more when a cancellation is refused: it stands after all', async () => {
      side.on('settleOutpatient', losesNumbered());
      const response = { ...responseTo(requestOf('settleOutpatient', {}), SETTLEMENT), commitKey: OWN };
      side.queries.push({ state: 'staged', commitKey: OWN }, { state: 'done', response });
      side.cancellations.splice(0, 1, 'refused');
      assert.match(textOf(await world.time.until(settle())), /^done/);
      assert.deepEqual(steps(), ['query', 'cancel', 'query', 'confirm']);
    });

    it('leaves again under the number that is on record', async () => {
      const told: unknown[] = [];
      const leaves =
        (then: Behaviour): Behaviour =>
        (request, context) => {
          told.push(context.commitKey);
          return then(request, context);
        };
      side.on('recordOutpatientVisit', leaves(losesNumbered()), leaves(answers()));
      side.cancellations.splice(0, 1, 'refused');
      void world.perform('recordOutpatientVisit', { visitId: 'V1' }).catch(() => undefined);
      await world.time.advance(IN_FLIGHT_MS + 1_000);
      assert.deepEqual(told, [undefined, OWN]);
    });

    it('is left to the other ways when a cancellation is refused twice', async () => {
      side.on('settleOutpatient', losesNumbered());
      side.queries.push({ state: 'staged', commitKey: OWN });
      side.cancellations.splice(0, 1, 'refused');
      side.on('reverseTransaction', says('refused'));
      assert.equal(await codeOf(world.time.until(settle())), 'HANDED_TO_PERSON');
    });
  });

  it('[staged-answered] is asked when a confirmation that may have been done is refused', async () => {
    side.confirmations.unshift('unknown', 'nothing-there');
    const response = responseTo(requestOf('settleOutpatient', {}), SETTLEMENT);
    side.queries.push({ state: 'done', response });
    assert.match(textOf(await world.time.until(settle())), /^done/);
    assert.deepEqual(steps(), ['confirm', 'confirm', 'query']);
  });

  it('[staged-person] is handed to a person when asking does not tell that the refused confirmation was done', async () => {
    side.confirmations.unshift('unknown', 'nothing-there');
    side.queries.push({ state: 'not-done' });
    assert.equal(await codeOf(world.time.until(settle())), 'HANDED_TO_PERSON');
    assert.equal(world.onRecord('M1')?.reason, 'confirm-refused');
  });

  it('is left to the ways of its operation when there is no number to cancel it by, and nothing is amiss', async () => {
    side.on('settleOutpatient', loses);
    world.adapters.set('hub', { ...side, cancel: async () => 'refused' } as TwoPhaseSide);
    side.on('reverseTransaction', says('reversed'));
    assert.equal((await world.time.until(settle())).error?.code, 'REVERSED');
    assert.deepEqual(world.troubles, []);
  });

  it('is left to the ways of its operation when the far side will not cancel it', async () => {
    side.on('settleOutpatient', loses);
    side.cancellations.unshift('refused');
    side.on('reverseTransaction', async (_, context) => {
      await context.recordSent({ bytes: new Uint8Array(0), contentType: '' });
      return 'refused';
    });
    assert.equal(await codeOf(world.time.until(settle())), 'HANDED_TO_PERSON');
    assert.deepEqual(steps(), ['cancel']);
  });

  describe('for a message of two steps', () => {
    const register = (): Performed =>
      world.exchanges.perform(
        incoming(world.time.clock.now() + PATIENCE_MS, [
          stepOf('registerOutpatient', REGISTRATION_BODY),
          stepOf('recordOutpatientVisit', { visitId: 'V1' }),
        ]),
      );

    it('has the first confirmed before the second is sent', async () => {
      side.on('registerOutpatient', stages({ visitId: 'V1' }));
      side.on('recordOutpatientVisit', answers());
      assert.equal(textOf(await world.time.until(register())), 'done ref-own-1 ref-own-3');
      assert.deepEqual(legs(), ['forward answered', 'confirm answered', 'forward answered']);
    });

    it('has a first that was being confirmed in a crash confirmed and then undone', async () => {
      side.on('registerOutpatient', stages({ visitId: 'V1' }));
      side.on('recordOutpatientVisit', refuses());
      side.on('cancelOutpatientRegistration', waits(answers()).behaviour);
      side.confirmations.unshift('unknown');
      void register().catch(() => undefined);
      await world.time.settle();
      world.restart();
      side.confirmations.splice(0, side.confirmations.length, 'done');
      side.on('cancelOutpatientRegistration', answers());
      await world.exchanges.recover();
      await world.time.settle();
      assert.equal(world.onRecord('M1')?.state, 'reversed');
      assert.deepEqual(legs(), ['forward reversed', 'confirm answered', 'undo answered']);
    });
  });
});

describe('a far side that can be asked with nothing but the message', () => {
  let world: World;
  let side: TwoPhaseSide;
  beforeEach(() => {
    world = createWorld();
    side = createTwoPhaseSide('hub', { twoPhase: false });
    world.adapters.set('hub', side);
    side.on('settleOutpatient', loses);
  });
  afterEach(() => world.close());

  const settle = (): Performed => world.perform('settleOutpatient', SETTLE_BODY);

  it('[query-answered] gives the caller the answer that was lost', async () => {
    const response = responseTo(requestOf('settleOutpatient', {}), SETTLEMENT);
    side.queries.push(new GatewayError('UPSTREAM_UNREACHABLE'), { state: 'done', response });
    assert.match(textOf(await world.time.until(settle())), /^done/);
    assert.deepEqual(side.of('reverseTransaction'), []);
    assert.deepEqual(world.writes, ['open', 'settleLeg', 'end']);
  });

  it('[query-rejected] counts “not there” only when the message can no longer be on its way', async () => {
    side.queries.push({ state: 'not-done' });
    assert.equal(await codeOf(world.time.until(settle())), 'UPSTREAM_TIMEOUT');
    assert.equal(world.onRecord('M1')?.state, 'unknown');
    await world.time.advance(IN_FLIGHT_MS);
    assert.equal(world.onRecord('M1')?.state, 'rejected');
    assert.equal((await world.time.until(settle())).error?.code, 'NEVER_ARRIVED');
    assert.equal(side.commits.length, 2);
  });

  it('is left to the next way out when it cannot tell', async () => {
    side.queries.push({ state: 'unknown' });
    side.on('reverseTransaction', async (_, context) => {
      await context.recordSent({ bytes: new Uint8Array(0), contentType: '' });
      return 'reversed';
    });
    void settle().catch(() => undefined);
    await world.time.advance(310_000);
    assert.equal(world.onRecord('M1')?.state, 'reversed');
  });
});
