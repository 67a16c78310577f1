import assert from 'node:assert/strict';
import { personOf } from './books.ts';
import type { Afterwards, VisitEnd } from './cashier.ts';
import type { Fate, Phase } from './far-side.ts';
import { visitNumber } from './messages.ts';
import type { Visit } from './messages.ts';
import { findDisagreements, historyOf } from './reconcile.ts';
import { createCrashWorld } from './world.ts';
import type { CrashWorld, Direction, Side } from './world.ts';

interface Instant {
  readonly title: string;
  readonly afterwards: Afterwards;
  /** The gateway is killed when this message has got so far. */
  readonly at: { readonly side: Side; readonly infno: string; readonly phase: Phase };
  /** What happens to the visit's messages, by side and number, once each. */
  readonly fates?: Readonly<Record<string, Fate>>;
}

const LOST: Readonly<Record<string, Fate>> = { 'hub 2207': { lost: 'reply' } };

const INSTANTS: readonly Instant[] = [
  {
    title: '2204 has arrived and is not done yet',
    afterwards: 'nothing',
    at: { side: 'core', infno: '2204', phase: 'arrived' },
    fates: { 'core 2204': { workMs: 50 } },
  },
  {
    title: '2204 is done and not answered',
    afterwards: 'nothing',
    at: { side: 'core', infno: '2204', phase: 'worked' },
    fates: { 'core 2204': { replyMs: 1_000 } },
  },
  {
    title: '2207 has not been sent: the core is being asked',
    afterwards: 'nothing',
    at: { side: 'core', infno: '2206', phase: 'arrived' },
    fates: { 'core 2206': { replyMs: 200 } },
  },
  {
    title: '2207 has arrived and is not done yet',
    afterwards: 'nothing',
    at: { side: 'hub', infno: '2207', phase: 'arrived' },
    fates: { 'hub 2207': { workMs: 50 } },
  },
  {
    title: '2207 is done and not answered',
    afterwards: 'cancel',
    at: { side: 'hub', infno: '2207', phase: 'worked' },
    fates: { 'hub 2207': { replyMs: 1_000 } },
  },
  {
    title: 'the answer to 2207 is written',
    afterwards: 'cancel',
    at: { side: 'hub', infno: '2207', phase: 'replied' },
  },
  {
    title: 'the core is being told of 2207, after the cashier may have been',
    afterwards: 'cancel',
    at: { side: 'core', infno: '2207', phase: 'arrived' },
    fates: { 'core 2207': { workMs: 20 } },
  },
  {
    title: '2207 is being reversed, the 2601 not done yet',
    afterwards: 'nothing',
    at: { side: 'hub', infno: '2601', phase: 'arrived' },
    fates: { ...LOST, 'hub 2601': { workMs: 50 } },
  },
  {
    title: '2207 is being reversed, the 2601 done and not answered',
    afterwards: 'nothing',
    at: { side: 'hub', infno: '2601', phase: 'worked' },
    fates: { ...LOST, 'hub 2601': { replyMs: 1_000 } },
  },
  {
    title: '2208 is done and not answered',
    afterwards: 'cancel',
    at: { side: 'hub', infno: '2208', phase: 'worked' },
    fates: { 'hub 2208': { replyMs: 1_000 } },
  },
  {
    title: 'the cashier’s own 2601 is done and not answered',
    afterwards: 'reverse',
    at: { side: 'hub', infno: '2601', phase: 'worked' },
    fates: { 'hub 2601': { replyMs: 1_000 } },
  },
  {
    title: 'the core is being told of the cashier’s 2601',
    afterwards: 'reverse',
    at: { side: 'core', infno: '2601', phase: 'worked' },
  },
];

/** Lets the visit's messages of these numbers meet their fate, once each. */
function once(visit: Visit, fates: Readonly<Record<string, Fate>> = {}): Direction['fate'] {
  const left = new Map(Object.entries(fates));
  return (side, message) => {
    if (personOf(message) !== visit.person) return {};
    const name = `${side} ${message.infno}`;
    const fate = left.get(name) ?? {};
    left.delete(name);
    return fate;
  };
}

/** Kills and restarts the gateway when the instant comes; resolves when it is up again. */
function killAt(world: CrashWorld, visit: Visit, { at }: Instant): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let armed = true;
  world.direction.onPhase = (side, message, phase) => {
    const wanted = side === at.side && message.infno === at.infno && phase === at.phase;
    if (!armed || !wanted || personOf(message) !== visit.person) return;
    armed = false;
    world.gateway
      .kill()
      .then(() => world.gateway.start())
      .then(resolve, reject);
  };
  return promise;
}

describe('a gateway that is killed', function () {
  this.timeout(30_000);
  const ends: VisitEnd[] = [];
  let world: CrashWorld;

  before(async () => {
    world = await createCrashWorld();
    await world.gateway.start();
  });
  after(() => world.close());

  for (const [index, instant] of INSTANTS.entries()) {
    it(`when ${instant.title}, ends as the cashier wanted`, async () => {
      const visit = visitNumber(index + 1);
      world.direction.fate = once(visit, instant.fates);
      const back = killAt(world, visit, instant);
      const end = await world.cashier.run(visit, instant.afterwards);
      await back;
      ends.push(end);
      const expected = { nothing: 'settled', cancel: 'cancelled', reverse: 'reversed' }[instant.afterwards];
      assert.equal(end.money, expected, historyOf([end]));
    });
  }

  it('and whatever the instant was, all books agree in the end and nothing was done twice', async () => {
    await world.gateway.quiet();
    await world.gateway.stop();
    const record = await world.gateway.readJournal();
    assert.equal(ends.length, INSTANTS.length);
    assert.deepEqual(findDisagreements(world, record, ends), [], historyOf(ends));
  });
});
