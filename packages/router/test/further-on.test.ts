import assert from 'node:assert/strict';
import { GatewayError } from '@yiqiao/model';
import { answers, loses, refuses, says, tellsPerson, unreachable, waits } from './fixtures/far-side.ts';
import type { Behaviour } from './fixtures/far-side.ts';
import { FEES_BODY, SETTLE_BODY, SETTLEMENT } from './fixtures/messages.ts';
import { codeOf, createWorld, IN_FLIGHT_MS, textOf } from './fixtures/world.ts';
import type { World } from './fixtures/world.ts';

type Performed = ReturnType<World['perform']>;

const throwsHere: Behaviour = () => Promise.reject(new GatewayError('FORMAT_LIMIT'));

describe('a message that a gateway further on has given to a person', () => {
  let world: World;
  beforeEach(() => {
    world = createWorld();
    world.hub.on('settleOutpatient', loses);
    world.hub.on('reverseTransaction', tellsPerson());
  });
  afterEach(() => world.close());

  const settle = (): Performed => world.perform('settleOutpatient', SETTLE_BODY);

  it('[unknown-person-further-on] is with a person here at once, with the reason there', async () => {
    assert.equal(await codeOf(world.time.until(settle())), 'HANDED_TO_PERSON');
    assert.equal(world.onRecord('M1')?.state, 'handed-to-person');
    assert.equal(world.onRecord('M1')?.reason, 'further-on gave-up');
    assert.equal(world.hub.of('reverseTransaction').length, 1);
  });

  it('[unknown-person-further-on] is with a person as well when the first answer tells it', async () => {
    world.hub.on('settleOutpatient', tellsPerson());
    assert.equal(await codeOf(world.time.until(settle())), 'HANDED_TO_PERSON');
    assert.equal(world.onRecord('M1')?.reason, 'further-on gave-up');
    assert.deepEqual(world.hub.of('reverseTransaction'), []);
  });

  it('keeps the reason of the last one when it is further on still', async () => {
    world.hub.on('settleOutpatient', async (request, context) => {
      await loses(request, context).catch(() => undefined);
      throw new GatewayError('HANDED_TO_PERSON', { facts: { reason: 'further-on gave-up' } });
    });
    assert.equal(await codeOf(world.time.until(settle())), 'HANDED_TO_PERSON');
    assert.equal(world.onRecord('M1')?.reason, 'further-on gave-up');
  });

  it('[unknown-person-further-on] is with a person when a repetition or an undo is told it', async () => {
    world.hub.on('recordOutpatientVisit', loses, tellsPerson());
    const record = world.perform('recordOutpatientVisit', { visitId: 'V1' }, { messageId: 'M2' });
    assert.equal(await codeOf(world.time.until(record)), 'HANDED_TO_PERSON');
    assert.equal(world.onRecord('M2')?.reason, 'further-on gave-up');
    world.hub.on('uploadOutpatientFees', loses);
    world.hub.on('withdrawOutpatientFees', tellsPerson());
    void world.perform('uploadOutpatientFees', FEES_BODY, { messageId: 'M3' }).catch(() => undefined);
    await world.time.advance(IN_FLIGHT_MS);
    assert.equal(world.onRecord('M3')?.state, 'handed-to-person');
  });

  const found: readonly [string, Behaviour, 'reversed' | 'handed-to-person', string][] = [
    ['was reversed', says('reversed'), 'reversed', 'REVERSED'],
    ['was reversed, as the person says', tellsPerson('CONFIRMED_BY_PERSON'), 'reversed', 'REVERSED'],
    ['is still with the person', tellsPerson(), 'handed-to-person', 'HANDED_TO_PERSON'],
    ['cannot be reversed', says('refused'), 'handed-to-person', 'HANDED_TO_PERSON'],
    ['is not reached', unreachable, 'handed-to-person', 'HANDED_TO_PERSON'],
  ];
  for (const [title, behaviour, state, code] of found) {
    it(`[person-found-out] is asked about when the caller asks again, and ${title}`, async () => {
      await codeOf(world.time.until(settle()));
      world.hub.on('reverseTransaction', behaviour);
      const told = settle().then(
        ({ error }) => error?.code,
        (error: GatewayError) => error.code,
      );
      assert.equal(await world.time.until(told), code);
      assert.equal(world.onRecord('M1')?.state, state);
      const ids = world.hub.of('reverseTransaction').map(({ header }) => header.messageId);
      assert.deepEqual(new Set(ids), new Set(['own-2']));
    });
  }

  const answeredThere: readonly [string, Behaviour, 'answered' | 'rejected' | 'handed-to-person', string][] =
    [
      ['was done', tellsPerson('CONFIRMED_BY_PERSON'), 'answered', 'CONFIRMED_BY_PERSON'],
      ['was refused', refuses(), 'rejected', 'UPSTREAM_REJECTED'],
      ['is not known', loses, 'handed-to-person', 'HANDED_TO_PERSON'],
      ['cannot be asked about', refuses('[CLOCK_SKEWED] 时钟偏差'), 'handed-to-person', 'HANDED_TO_PERSON'],
      ['was taken back', refuses('[REVERSED] 已自动冲正'), 'rejected', 'UPSTREAM_REJECTED'],
      ['may not leave here', throwsHere, 'handed-to-person', 'HANDED_TO_PERSON'],
    ];
  for (const [title, behaviour, state, code] of answeredThere) {
    it(`[person-found-out] hears from the first message’s own resend that it ${title}`, async () => {
      world.hub.on('settleOutpatient', tellsPerson());
      await codeOf(world.time.until(settle()));
      world.hub.on('settleOutpatient', behaviour);
      const told = settle().then(
        ({ error }) => error?.code,
        (error: GatewayError) => error.code,
      );
      assert.equal(await world.time.until(told), code);
      assert.equal(world.onRecord('M1')?.state, state);
      assert.deepEqual([...world.journal.ledger()], []);
    });
  }

  it('[person-found-out] is told what a person here found out, without asking anyone', async () => {
    world.hub.on('reverseTransaction', says('refused'));
    await codeOf(world.time.until(settle()));
    const { id } = world.onRecord('M1') ?? { id: 0 };
    const at = world.time.clock.now();
    await world.journal.resolve(id, { as: 'rejected', reason: '经办机构查无此笔', operator: '001', at });
    const told = await world.time.until(settle());
    assert.notEqual(told.error, undefined);
    assert.equal(world.hub.of('settleOutpatient').length, 1);
  });
});

describe('a 2601 of the caller that is refused while a person has its original', () => {
  let world: World;
  beforeEach(async () => {
    world = createWorld();
    world.hub.on('settleOutpatient', loses);
    world.hub.on('reverseTransaction', says('refused'));
    await codeOf(world.time.until(world.perform('settleOutpatient', SETTLE_BODY)));
    world.hub.on('reverseTransaction', refuses());
  });
  afterEach(() => world.close());

  const reversal = { personNumber: 'P0001', originalMessageId: 'M1', originalTransaction: '2207' };
  const reverse = (): Performed => world.perform('reverseTransaction', reversal, { messageId: 'R1' });
  const findOut = async (as: 'answered' | 'rejected' | 'reversed'): Promise<void> => {
    const { id } = world.onRecord('M1') ?? { id: 0 };
    const at = world.time.clock.now();
    await world.journal.resolve(id, { as, reason: '已向经办机构核实', operator: '001', at });
  };

  it('[reversal-person] is with the person as well, so that a gateway further back hears of it', async () => {
    assert.equal(await codeOf(world.time.until(reverse())), 'HANDED_TO_PERSON');
    assert.equal(world.onRecord('R1')?.state, 'handed-to-person');
    assert.equal(world.onRecord('R1')?.reason, 'original-with-person');
    assert.equal(await codeOf(world.time.until(reverse())), 'HANDED_TO_PERSON');
    assert.equal(world.hub.of('reverseTransaction').length, 2);
  });

  it('[reversal-person] is with the person as well when only its repetition is refused, or after a crash', async () => {
    world.hub.on('reverseTransaction', loses, refuses());
    assert.equal(await codeOf(world.time.until(reverse())), 'HANDED_TO_PERSON');
    assert.equal(world.onRecord('R1')?.reason, 'original-with-person');
    world.hub.on('reverseTransaction', waits(answers()).behaviour);
    void world.perform('reverseTransaction', reversal, { messageId: 'R2' }).catch(() => undefined);
    await world.time.settle();
    world.restart();
    world.hub.on('reverseTransaction', refuses());
    await world.exchanges.recover();
    await world.time.settle();
    assert.equal(world.onRecord('R2')?.reason, 'original-with-person');
  });

  const found: readonly ['answered' | 'rejected' | 'reversed', string, 'answered' | 'rejected'][] = [
    ['reversed', 'CONFIRMED_BY_PERSON', 'answered'],
    ['rejected', 'CONFIRMED_BY_PERSON', 'answered'],
    ['answered', 'UPSTREAM_REJECTED', 'rejected'],
  ];
  for (const [as, code, state] of found) {
    it(`[person-found-out] is told ${code} when it asks again and the original was ${as}`, async () => {
      await codeOf(world.time.until(reverse()));
      await findOut(as);
      const told = reverse().then(
        ({ error }) => error?.code,
        (error: GatewayError) => error.code,
      );
      assert.equal(await world.time.until(told), code);
      assert.equal(world.onRecord('R1')?.state, state);
      assert.equal(world.onRecord('R1')?.resolution?.operator, '001');
      assert.equal(world.hub.of('reverseTransaction').length, 2);
    });
  }
});

describe('a 2601 of the caller whose original is with a person further on', () => {
  it('[person-found-out] asks for both when it asks again', async () => {
    const world = createWorld();
    world.hub.on('settleOutpatient', loses);
    world.hub.on('reverseTransaction', tellsPerson());
    await codeOf(world.time.until(world.perform('settleOutpatient', SETTLE_BODY)));
    const reversal = { personNumber: 'P0001', originalMessageId: 'M1', originalTransaction: '2207' };
    const reverse = (): Performed => world.perform('reverseTransaction', reversal, { messageId: 'R1' });
    assert.equal(await codeOf(world.time.until(reverse())), 'HANDED_TO_PERSON');
    world.hub.on('reverseTransaction', tellsPerson('CONFIRMED_BY_PERSON'));
    assert.equal(await codeOf(world.time.until(reverse())), 'CONFIRMED_BY_PERSON');
    assert.equal(world.onRecord('M1')?.state, 'reversed');
    assert.equal(world.onRecord('R1')?.state, 'answered');
    await world.close();
  });
});

describe('a 2601 of the caller that was turned away unread', () => {
  const turnedAway: readonly [string, Readonly<Record<string, number | boolean>>][] = [
    ['its bytes were spoilt on the way', { notNow: true }],
    ['a proxy refused it', { status: 429 }],
  ];
  for (const [title, facts] of turnedAway) {
    it(`is sent again, word for word, when ${title}`, async () => {
      const world = createWorld();
      world.hub.on('settleOutpatient', answers(SETTLEMENT));
      await world.time.until(world.perform('settleOutpatient', SETTLE_BODY));
      const away: Behaviour = async (request, context) => {
        await loses(request, context).catch(() => undefined);
        throw new GatewayError('UPSTREAM_REJECTED', { facts });
      };
      world.hub.on('reverseTransaction', away, away, answers());
      const reversal = { personNumber: 'P0001', originalMessageId: 'M1', originalTransaction: '2207' };
      const told = await world.time.until(world.perform('reverseTransaction', reversal, { messageId: 'R1' }));
      assert.equal(textOf(told), 'done ref-own-2');
      assert.deepEqual(
        world.hub.of('reverseTransaction').map(({ header }) => header.messageId),
        ['own-2', 'own-2', 'own-2'],
      );
      await world.close();
    });
  }
});
