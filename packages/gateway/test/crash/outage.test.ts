import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import type { Told } from './cashier.ts';
import { feeUpload, requestText, settlement, visitNumber } from './messages.ts';
import type { Visit } from './messages.ts';
import { findDisagreements, historyOf } from './reconcile.ts';
import { createCrashWorld } from './world.ts';
import type { CrashWorld } from './world.ts';

const VISIT = visitNumber(1);
const MESSAGE_ID = 'H53000000001999999999999999999';
const TWO_HOURS_MS = 7_200_000;

/** Sends the same bytes until the outcome is told. */
async function insist({ cashier }: CrashWorld, bytes: string): Promise<Told> {
  for (;;) {
    const told = await cashier.post(bytes);
    if (told !== undefined) return told;
    await pause(30);
  }
}

/** The bytes of the visit's 2207, its fees being there. */
async function readyToSettle({ cashier }: CrashWorld, visit: Visit): Promise<string> {
  const { told } = await cashier.send('2204', feeUpload(visit, Date.now()));
  assert.equal(told.state, 'done');
  return requestText('2207', settlement(visit), { messageId: MESSAGE_ID, sentAt: Date.now() });
}

describe('a gateway that was killed', function () {
  this.timeout(30_000);
  let world: CrashWorld;

  beforeEach(async () => {
    world = await createCrashWorld();
    await world.gateway.start();
  });
  afterEach(() => world.close());

  it('keeps a settlement open while the hub is down, and ends it when the hub is back', async () => {
    const bytes = await readyToSettle(world, VISIT);
    const dead = Promise.withResolvers<void>();
    world.direction.fate = (side) => (side === 'hub' ? { replyMs: 1_000 } : {});
    world.direction.onPhase = (side, _message, phase) => {
      if (side === 'hub' && phase === 'worked') world.gateway.kill().then(dead.resolve, dead.reject);
    };
    assert.equal(await world.cashier.post(bytes), undefined);
    await dead.promise;
    await world.hub.goDown();
    await world.gateway.start();
    assert.equal(await world.cashier.post(bytes), undefined);

    world.direction.fate = () => ({});
    world.direction.onPhase = () => undefined;
    await world.hub.goUp();
    assert.deepEqual(await insist(world, bytes), { state: 'not-done', code: 'REVERSED' });
    assert.deepEqual(
      [...world.hub.books.entries.values()].map(({ state }) => state),
      ['reversed'],
    );
    await world.gateway.stop();
    const { exchanges, ledger } = await world.gateway.readJournal();
    assert.deepEqual(
      exchanges.map(({ transaction, state }) => `${transaction} ${state}`),
      ['2204 answered', '2207 reversed'],
    );
    assert.deepEqual(ledger, []);
  });

  it('mints no message id again when the clock was set back meanwhile', async () => {
    const stands = `=${Date.now()}`;
    await world.gateway.kill();
    await world.gateway.start({ clock: stands });
    const first = await world.cashier.run(VISIT, 'nothing');
    await world.gateway.quiet();
    await world.gateway.kill();
    await world.gateway.start({ clock: stands });
    const second = await world.cashier.run(visitNumber(2), 'reverse');
    await world.gateway.quiet();
    await world.gateway.stop();
    const ends = [first, second];
    const record = await world.gateway.readJournal();
    assert.deepEqual(findDisagreements(world, record, ends), [], historyOf(ends));
    const ids = record.exchanges.flatMap(({ legs }) => legs.map(({ messageId }) => messageId));
    assert.equal(new Set(ids).size, ids.length);
  });

  it('tells a settlement on record to whoever sends the message again, however late', async () => {
    const { sent } = await world.cashier.run(VISIT, 'nothing');
    await world.gateway.kill();
    await world.gateway.start({ clock: `+${TWO_HOURS_MS}` });
    for (const { bytes, told } of sent) assert.deepEqual(await world.cashier.post(bytes), told);
    const fresh = requestText('2207', settlement(VISIT), { messageId: MESSAGE_ID, sentAt: Date.now() });
    assert.deepEqual(await world.cashier.post(fresh), { state: 'not-done', code: 'CLOCK_SKEWED' });
  });
});
