import assert from 'node:assert/strict';
import { GatewayError } from '@yiqiao/model';
import type { CanonicalResponse } from '@yiqiao/model';
import { bodyOf } from '#internal/requests.ts';
import { answers, loses, refuses, unreachable } from './fixtures/far-side.ts';
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

describe('0212 of the predecessor, which is 2201 and 2203', () => {
  let world: World;
  beforeEach(() => {
    world = createWorld();
    world.hub.on('registerOutpatient', answers({ visitId: 'V1', personNumber: 'P0001' }));
    world.hub.on('recordOutpatientVisit', answers());
  });
  afterEach(() => world.close());

  const visitOf = ([registration]: readonly CanonicalResponse[]): ReturnType<typeof requestOf> =>
    requestOf('recordOutpatientVisit', { visitId: bodyOf(registration)['visitId'] });

  const register = (build = visitOf): ReturnType<World['perform']> =>
    world.exchanges.perform(
      incoming(
        world.time.clock.now() + PATIENCE_MS,
        [
          stepOf('registerOutpatient', REGISTRATION_BODY),
          { operation: 'recordOutpatientVisit', transaction: '2203', build },
        ],
        { transaction: '0212' },
      ),
    );

  const legs = (): unknown =>
    world.onRecord('M1')?.legs.map(({ purpose, operation, state }) => `${purpose} ${operation} ${state}`);

  it('is answered from both answers, the second built from the first', async () => {
    assert.equal(textOf(await world.time.until(register())), 'done ref-own-1 ref-own-2');
    assert.deepEqual(world.hub.of('recordOutpatientVisit').map(bodyOf), [{ visitId: 'V1' }]);
    assert.deepEqual(legs(), [
      'forward registerOutpatient answered',
      'forward recordOutpatientVisit answered',
    ]);
    assert.ok(world.journal.findRecord('H53000000001', 'visit', 'V1'));
  });

  const failures: readonly [string, () => void, string][] = [
    ['is refused', () => world.hub.on('recordOutpatientVisit', refuses()), 'UPSTREAM_REJECTED'],
    ['is not reached', () => world.hub.on('recordOutpatientVisit', unreachable), 'UPSTREAM_UNREACHABLE'],
  ];
  for (const [title, arrange, code] of failures) {
    it(`undoes 2201 by 2202 when 2203 ${title}, and tells why`, async () => {
      arrange();
      world.hub.on('cancelOutpatientRegistration', answers());
      assert.equal((await world.time.until(register())).error?.code, code);
      assert.deepEqual(world.hub.of('cancelOutpatientRegistration').map(bodyOf), [
        { personNumber: 'P0001', visitId: 'V1', visitRecordNumber: 'N1' },
      ]);
      assert.equal(world.onRecord('M1')?.state, 'rejected');
    });
  }

  it('undoes 2201 when the request of 2203 cannot be built', async () => {
    world.hub.on('cancelOutpatientRegistration', answers());
    const told = register(() => {
      throw new GatewayError('RECORD_MISSING');
    });
    assert.equal((await world.time.until(told)).error?.code, 'RECORD_MISSING');
    assert.deepEqual(legs(), [
      'forward registerOutpatient reversed',
      'undo cancelOutpatientRegistration answered',
    ]);
  });

  it('tells that nothing remains, not that nothing is known, when building the second breaks', async () => {
    world.hub.on('cancelOutpatientRegistration', answers());
    const told = register(() => {
      throw new TypeError('a map has a bug');
    });
    assert.equal(textOf(await world.time.until(told)), 'refused REVERSED');
  });

  it('tells the refusal only once the compensation is done', async () => {
    world.hub.on('recordOutpatientVisit', refuses());
    world.hub.on('cancelOutpatientRegistration', unreachable);
    assert.equal(await codeOf(world.time.until(register())), 'UPSTREAM_TIMEOUT');
    world.hub.on('cancelOutpatientRegistration', loses, answers());
    await world.time.advance(20_000 + IN_FLIGHT_MS);
    assert.equal(world.onRecord('M1')?.state, 'rejected');
    assert.equal((await world.time.until(register())).error?.code, 'UPSTREAM_REJECTED');
  });

  describe('and a 2601 of the caller for it', () => {
    const reversal = { personNumber: 'P0001', originalMessageId: 'M1', originalTransaction: '0212' };
    const reverse = (messageId = 'R1'): ReturnType<World['perform']> =>
      world.perform('reverseTransaction', reversal, { messageId });
    beforeEach(() => world.time.until(register()));

    it('[steps-reversed] takes back 2201 by 2202, with which 2203 falls', async () => {
      world.hub.on('cancelOutpatientRegistration', answers());
      assert.equal((await world.time.until(reverse())).error, undefined);
      assert.deepEqual(world.hub.of('cancelOutpatientRegistration').map(bodyOf), [
        { personNumber: 'P0001', visitId: 'V1', visitRecordNumber: 'N1' },
      ]);
      assert.equal(world.onRecord('M1')?.state, 'reversed');
      assert.equal((await world.time.until(reverse('R2'))).error, undefined);
      assert.equal(world.hub.of('cancelOutpatientRegistration').length, 1);
    });

    it('[steps-reversed] goes on after a crash', async () => {
      world.hub.on('cancelOutpatientRegistration', loses);
      void reverse().catch(() => undefined);
      await world.time.settle();
      world.restart();
      world.hub.on('cancelOutpatientRegistration', answers());
      assert.equal(await world.exchanges.recover(), 1);
      await world.time.advance(IN_FLIGHT_MS);
      assert.equal(world.onRecord('M1')?.state, 'reversed');
      assert.equal(textOf(await world.time.until(reverse())), 'done ');
    });

    it('is told the refusal when the first to be taken back is refused, and the visit stands', async () => {
      world.hub.on('cancelOutpatientRegistration', refuses('已结算'));
      const told = await world.time.until(reverse());
      assert.equal(told.error?.details.upstream?.text, '已结算');
      assert.equal(world.onRecord('M1')?.state, 'answered');
    });
  });

  it('is undone by 2202 when the answers cannot be told: 2203 falls with its 2201', async () => {
    world.hub.on('cancelOutpatientRegistration', answers());
    const steps = [stepOf('registerOutpatient', REGISTRATION_BODY), stepOf('recordOutpatientVisit', {})];
    const formatReply = ({ ok }: { readonly ok: boolean }): { bytes: Uint8Array; contentType: string } => {
      if (ok) throw new GatewayError('FORMAT_LIMIT');
      return { bytes: new Uint8Array(0), contentType: '' };
    };
    const message = incoming(world.time.clock.now() + PATIENCE_MS, steps, { formatReply });
    assert.equal((await world.time.until(world.exchanges.perform(message))).error?.code, 'FORMAT_LIMIT');
    assert.equal(world.onRecord('M1')?.state, 'reversed');
    assert.equal(world.hub.of('cancelOutpatientRegistration').length, 1);
  });

  it('takes back a last step by what only its answer told', async () => {
    world.hub.on('settleOutpatient', answers(SETTLEMENT));
    world.hub.on('cancelOutpatientRegistration', answers());
    world.hub.on('reverseTransaction', answers());
    const steps = [stepOf('settleOutpatient', SETTLE_BODY), stepOf('registerOutpatient', REGISTRATION_BODY)];
    const message = incoming(world.time.clock.now() + PATIENCE_MS, steps, { transaction: '0999' });
    await world.time.until(world.exchanges.perform(message));
    const reversal = { personNumber: 'P0001', originalMessageId: 'M1', originalTransaction: '0999' };
    const told = world.perform('reverseTransaction', reversal, { messageId: 'R1' });
    assert.equal((await world.time.until(told)).error, undefined);
    assert.deepEqual(world.hub.of('cancelOutpatientRegistration').map(bodyOf), [
      { personNumber: 'P0001', visitId: 'V1', visitRecordNumber: 'N1' },
    ]);
    assert.equal(world.onRecord('M1')?.state, 'reversed');
  });

  it('takes back two settlements newest first, and leaves the rest to a person when one is refused', async () => {
    const other = { ...SETTLE_BODY, chargeBatch: 'B2' };
    world.hub.on('settleOutpatient', answers(SETTLEMENT));
    const message = incoming(
      world.time.clock.now() + PATIENCE_MS,
      [stepOf('settleOutpatient', SETTLE_BODY), stepOf('settleOutpatient', other)],
      { transaction: '0999' },
    );
    await world.time.until(world.exchanges.perform(message));
    world.hub.on('reverseTransaction', answers(), refuses());
    const reversal = { personNumber: 'P0001', originalMessageId: 'M1', originalTransaction: '0999' };
    const told = world.perform('reverseTransaction', reversal, { messageId: 'R1' });
    assert.equal(await codeOf(world.time.until(told)), 'HANDED_TO_PERSON');
    assert.deepEqual(
      world.hub.of('reverseTransaction').map((request) => bodyOf(request)['originalMessageId']),
      ['own-2', 'own-1'],
    );
    assert.equal(world.onRecord('R1')?.reason, 'not-taken-back');
  });

  it('is handed to a person when the compensation is refused', async () => {
    world.hub.on('recordOutpatientVisit', refuses());
    world.hub.on('cancelOutpatientRegistration', refuses());
    assert.equal(await codeOf(world.time.until(register())), 'HANDED_TO_PERSON');
    assert.equal(world.onRecord('M1')?.reason, 'not-taken-back');
  });
});
