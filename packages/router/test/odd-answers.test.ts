import assert from 'node:assert/strict';
import type { CanonicalRequest, CanonicalResponse, Deviation } from '@yiqiao/model';
import type { Told } from '@yiqiao/router';
import { answers, createTwoPhaseSide, loses, responseTo, says } from './fixtures/far-side.ts';
import type { Behaviour } from './fixtures/far-side.ts';
import { requestOf, SETTLE_BODY, SETTLEMENT } from './fixtures/messages.ts';
import { createWorld } from './fixtures/world.ts';
import type { World } from './fixtures/world.ts';

const BROKEN: Deviation = {
  rule: 'identity',
  at: '/output/setlinfo/medfee_sumamt',
  field: 'medfee_sumamt',
  label: { zh: '医疗费总额', en: 'total medical fee' },
  message: { zh: '恒等关系不成立，差额 5.00 元。', en: 'does not hold, difference 5.00 CNY.' },
};
const at = (place: string, rule: string): Deviation => ({ ...BROKEN, rule, at: place });
const placeOf = ({ rule, at: place }: Deviation): { rule: string; at: string } => ({ rule, at: place });

const oddResponse = (
  request: CanonicalRequest,
  more: Partial<CanonicalResponse> = {},
): CanonicalResponse => ({
  ...responseTo(request, SETTLEMENT),
  deviations: [BROKEN],
  ...more,
});

/** Answers with the given oddities. */
function answersOddly(more?: Partial<CanonicalResponse>): Behaviour {
  return async (request, context) => {
    const response = (await answers(SETTLEMENT)(request, context)) as CanonicalResponse;
    return { ...response, deviations: [BROKEN], ...more };
  };
}

describe('an odd answer', () => {
  let world: World;
  beforeEach(() => {
    world = createWorld();
  });
  afterEach(() => world.close());

  const settle = (change?: Parameters<World['perform']>[2]): Promise<Told> =>
    world.time.until(world.perform('settleOutpatient', SETTLE_BODY, change));

  it('is on record with its exchange, in the two writes that every write costs, and is told again', async () => {
    world.hub.on('settleOutpatient', answersOddly());
    const told = await settle();
    assert.deepEqual([told.error, told.odd], [undefined, [placeOf(BROKEN)]]);
    assert.deepEqual(world.writes, ['open', 'end']);
    const exchange = world.onRecord('M1');
    assert.deepEqual([exchange?.state, exchange?.legs[0]?.odd], ['answered', { found: [BROKEN] }]);
    assert.equal(exchange?.oddSince, exchange?.endedAt);
    world.restart();
    assert.deepEqual((await settle({ digest: 'digest' })).odd, told.odd);
  });

  it('is one that may mean other amounts or other things; the worst come first, and not without end', async () => {
    const codes = Array.from({ length: 60 }, (_, n) => at(`/output/data/${n}/x`, 'value-set'));
    const deviations = [
      at('/output/setlinfo/new', 'unknown-member'),
      at('/output/setlinfo/fund_pay_sumamt', 'required'),
      at('/input/data/x', 'no-equal'),
      ...codes,
      at('/transferinfo/headinfo/ROWCOUNT1', 'row-count'),
      at('/output/setlinfo', 'total-differs'),
      BROKEN,
    ];
    world.hub.on('settleOutpatient', answersOddly({ deviations }));
    await settle();
    const odd = world.onRecord('M1')?.legs[0]?.odd;
    assert.deepEqual(
      odd?.found.slice(0, 4).map(({ rule }) => rule),
      ['identity', 'total-differs', 'row-count', 'value-set'],
    );
    assert.deepEqual([odd?.found.length, odd?.more], [50, 13]);
  });

  for (const [place, listed] of [
    ['/output/setlinfo', true],
    ['/output/setlinfo/fund_pay_sumamt', false],
    ['/input/data', false],
  ] as const) {
    it(`is ${listed ? '' : 'not '}one that lacks ${place}`, async () => {
      world.hub.on('settleOutpatient', answersOddly({ deviations: [at(place, 'required')] }));
      await settle();
      assert.equal(world.onRecord('M1')?.oddSince !== undefined, listed);
    });
  }

  for (const rule of ['row-count', 'fields', 'items', 'width', 'marks', 'call', 'nodes']) {
    it(`is one of which a part may be missing: ${rule}`, async () => {
      const cut = at('/1', rule);
      world.hub.on('settleOutpatient', answersOddly({ deviations: [cut] }));
      assert.deepEqual((await settle()).odd, [placeOf(cut)]);
      assert.deepEqual(world.onRecord('M1')?.legs[0]?.odd, { found: [cut] });
    });
  }

  it('keeps nothing where nothing is odd', async () => {
    world.hub.on('settleOutpatient', answers(SETTLEMENT));
    assert.equal((await settle()).odd, undefined);
    const exchange = world.onRecord('M1');
    assert.deepEqual([exchange?.legs[0]?.odd, exchange?.oddSince], [undefined, undefined]);
  });

  it('that only a gateway further on found is passed on and not listed here', async () => {
    const oddFurtherOn = [placeOf(at('/output/x', 'value-set'))];
    world.hub.on('settleOutpatient', answersOddly({ deviations: [], oddFurtherOn }));
    assert.deepEqual((await settle()).odd, oddFurtherOn);
    const exchange = world.onRecord('M1');
    assert.deepEqual([exchange?.legs[0]?.odd?.furtherOn, exchange?.oddSince], [oddFurtherOn, undefined]);
    world.restart();
    assert.deepEqual((await settle()).odd, oddFurtherOn);
  });

  it('that becomes odd when the caller is written to is on record with its end', async () => {
    world.hub.on('settleOutpatient', answers(SETTLEMENT));
    const lost = at('/output/YLJGBM', 'no-equal');
    const formatReply = (): Told['reply'] & { odd: Deviation[] } => ({
      bytes: new Uint8Array(),
      contentType: 'application/xml',
      odd: [lost],
    });
    assert.deepEqual((await settle({ formatReply })).odd, [placeOf(lost)]);
    const exchange = world.onRecord('M1');
    assert.deepEqual([exchange?.odd, exchange?.oddSince], [{ found: [lost] }, exchange?.endedAt]);
  });

  it('is kept as well when it was lost and the far side tells it again', async () => {
    const side = createTwoPhaseSide('hub', { twoPhase: false });
    side.on('settleOutpatient', loses);
    side.queries.push({ state: 'done', response: oddResponse(requestOf('settleOutpatient', SETTLE_BODY)) });
    world.adapters.set('hub', side);
    assert.deepEqual((await settle()).odd, [placeOf(BROKEN)]);
    assert.deepEqual(world.onRecord('M1')?.legs[0]?.odd, { found: [BROKEN] });
  });

  it('that comes too late is listed, and what it ended as stays', async () => {
    let arrive = (): void => undefined;
    world.hub.on('settleOutpatient', async (request, context) => {
      arrive = () =>
        context.noteLate?.({
          reply: { bytes: new Uint8Array(), contentType: 'text/plain' },
          response: oddResponse(request),
        });
      return loses(request, context);
    });
    world.hub.on('reverseTransaction', says('reversed'));
    assert.equal((await settle()).error?.code, 'REVERSED');
    arrive();
    await world.time.settle();
    const exchange = world.onRecord('M1');
    assert.deepEqual([exchange?.state, exchange?.legs[0]?.odd], ['reversed', { found: [BROKEN] }]);
    assert(exchange?.oddSince !== undefined);
    assert.equal((await settle()).odd, undefined);
  });

  it('to a question is told, and nothing is on record', async () => {
    world.hub.on('identifyPerson', async (request, context) => {
      const response = (await answers({})(request, context)) as CanonicalResponse;
      return { ...response, deviations: [at('/output/baseinfo/gend', 'value-set')] };
    });
    const told = await world.time.until(world.perform('identifyPerson', {}));
    assert.deepEqual(told.odd, [{ rule: 'value-set', at: '/output/baseinfo/gend' }]);
    assert.equal(world.journal.figures().odd, 0);
  });
});
