import assert from 'node:assert/strict';
import type { Message } from './books.ts';
import type { Afterwards } from './cashier.ts';
import type { Fate, Phase } from './far-side.ts';
import { visitNumber } from './messages.ts';
import { findDisagreements, historyOf } from './reconcile.ts';
import { createCrashWorld } from './world.ts';
import type { CrashWorld, Side } from './world.ts';

interface Instant {
  readonly title: string;
  readonly afterwards: Afterwards;
  /** The gateway is killed when this message has got so far. */
  readonly at: { readonly side: Side; readonly infno: string; readonly phase: Phase };
  /** What happens to messages of these numbers at the hub, once each. */
  readonly fates?: Readonly<Record<string, Fate>>;
}

const LOST: Readonly<Record<string, Fate>> = { 2207: { lost: 'reply' } };

const INSTANTS: readonly Instant[] = [
  {
    title: '2204 has arrived and is not done yet',
    afterwards: 'nothing',
    at: { side: 'core', infno: '2204', phase: 'arrived' },
    fates: { 2204: { workMs: 50 } },
  },
  {
    title: '2204 is done and not answered',
    afterwards: 'nothing',
    at: { side: 'core', infno: '2204', phase: 'worked' },
    fates: { 2204: { replyMs: 1_000 } },
  },
  {
    title: '2207 has not been sent: the core is being asked',
    afterwards: 'nothing',
    at: { side: 'core', infno: '2206', phase: 'arrived' },
    fates: { 2206: { replyMs: 200 } },
  },
  {
    title: '2207 has arrived and is not done yet',
    afterwards: 'nothing',
    at: { side: 'hub', infno: '2207', phase: 'arrived' },
    fates: { 2207: { workMs: 50 } },
  },
  {
    title: '2207 is done and not answered',
    afterwards: 'cancel',
    at: { side: 'hub', infno: '2207', phase: 'worked' },
    fates: { 2207: { replyMs: 1_000 } },
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
    fates: { 2207: { workMs: 20 } },
  },
  {
    title: '2207 is being reversed, the 2601 not done yet',
    afterwards: 'nothing',
    at: { side: 'hub', infno: '2601', phase: 'arrived' },
    fates: { ...LOST, 2601: { workMs: 50 } },
  },
  {
    title: '2207 is being reversed, the 2601 done and not answered',
    afterwards: 'nothing',
    at: { side: 'hub', infno: '2601', phase: 'worked' },
    fates: { ...LOST, 2601: { replyMs: 1_000 } },
  },
  {
    title: '2208 is done and not answered',
    afterwards: 'cancel',
    at: { side: 'hub', infno: '2208', phase: 'worked' },
    fates: { 2208: { replyMs: 1_000 } },
  },
  {
    title: 'the cashier’s own 2601 is done and not answered',
    afterwards: 'reverse',
    at: { side: 'hub', infno: '2601', phase: 'worked' },
    fates: { 2601: { replyMs: 1_000 } },
  },
  {
    title: 'the core is being told of the cashier’s 2601',
    afterwards: 'reverse',
    at: { side: 'core', infno: '2601', phase: 'worked' },
  },
];

/** Lets messages of these numbers meet their fate, once each on whichever side they come. */
function once(fates: Readonly<Record<string, Fate>> = {}): (side: Side, message: Message) => Fate {
  const left = new Map(Object.entries(fates));
  return (_side, { infno }) => {
    const fate = left.get(infno) ?? {};
    left.delete(infno);
    return fate;
  };
}

/** Kills and restarts the gateway when the instant comes; resolves when it is up again. */
function killAt(world: CrashWorld, { at }: Instant): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let armed = true;
  world.direction.onPhase = (side, { infno }, phase) => {
    if (!armed || side !== at.side || infno !== at.infno || phase !== at.phase) return;
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
  let world: CrashWorld;
  let visits = 0;

  before(async () => {
    world = await createCrashWorld();
    await world.gateway.start();
  });
  after(() => world.close());

  for (const instant of INSTANTS) {
    it(`when ${instant.title}: one settlement in the end, and all books agree`, async () => {
      const visit = visitNumber((visits += 1));
      world.direction.fate = once(instant.fates);
      const back = killAt(world, instant);
      const end = await world.cashier.run(visit, instant.afterwards);
      await back;
      const expected = { nothing: 'settled', cancel: 'cancelled', reverse: 'reversed' }[instant.afterwards];
      assert.equal(end.money, expected, historyOf([end]));
      await world.gateway.stop();
      const record = await world.gateway.readJournal();
      assert.deepEqual(findDisagreements(world, record, [end]), [], historyOf([end]));
      await world.gateway.start();
    });
  }
});
