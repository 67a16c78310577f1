import assert from 'node:assert/strict';
import { GatewayError } from '@yiqiao/model';
import type { CanonicalResponse } from '@yiqiao/model';
import { bodyOf } from '#internal/requests.ts';
import { answers, loses, refuses, unreachable } from './fixtures/far-side.ts';
import { incoming, REGISTRATION_BODY, requestOf, stepOf } from './fixtures/messages.ts';
import { codeOf, createWorld, PATIENCE_MS, textOf } from './fixtures/world.ts';
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
    await world.time.advance(20_000);
    assert.equal(world.onRecord('M1')?.state, 'rejected');
    assert.equal((await world.time.until(register())).error?.code, 'UPSTREAM_REJECTED');
  });

  it('is handed to a person when the compensation is refused', async () => {
    world.hub.on('recordOutpatientVisit', refuses());
    world.hub.on('cancelOutpatientRegistration', refuses());
    assert.equal(await codeOf(world.time.until(register())), 'HANDED_TO_PERSON');
    assert.equal(world.onRecord('M1')?.reason, 'not-taken-back');
  });
});
