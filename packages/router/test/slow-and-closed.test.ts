import assert from 'node:assert/strict';
import { GatewayError } from '@yiqiao/model';
import { createPeerGuard } from '@yiqiao/router';
import { answers, loses, says } from './fixtures/far-side.ts';
import type { Behaviour } from './fixtures/far-side.ts';
import { SETTLE_BODY, SETTLEMENT } from './fixtures/messages.ts';
import { codeOf, createWorld, IN_FLIGHT_MS } from './fixtures/world.ts';
import type { World } from './fixtures/world.ts';

const HOURS_MS = 3_600_000;

describe('a 2207 whose answer is lost at a far side', () => {
  let world: World;
  beforeEach(() => {
    world = createWorld();
    world.hub.on('settleOutpatient', loses);
  });
  afterEach(() => world.close());

  const settle = (messageId = 'M1'): ReturnType<World['perform']> =>
    world.perform('settleOutpatient', { ...SETTLE_BODY, chargeBatch: messageId }, { messageId });

  describe('that answers slowly', () => {
    /** Takes the message, and does the rest after so long. */
    const after =
      (ms: number, then: Behaviour): Behaviour =>
      async (request, context) => {
        await new Promise<void>((resolve) => void world.time.scheduler.after(ms, resolve));
        return then(request, context);
      };

    it('is asked about twice when it finds nothing, and the time of its answers counts as waited', async () => {
      world.hub.on('reverseTransaction', after(4_000, says('nothing-to-reverse')));
      void settle().catch(() => undefined);
      await world.time.advance(IN_FLIGHT_MS + 3_999);
      assert.equal(world.onRecord('M1')?.state, 'unknown');
      await world.time.advance(1);
      assert.equal(world.onRecord('M1')?.state, 'rejected');
      assert.equal(world.hub.of('reverseTransaction').length, 2);
    });

    it('is asked about again at once when the answer took longer than its message could travel', async () => {
      world.hub.on('reverseTransaction', after(IN_FLIGHT_MS + 1, says('nothing-to-reverse')));
      void settle().catch(() => undefined);
      await world.time.advance(2 * (IN_FLIGHT_MS + 1));
      assert.equal(world.onRecord('M1')?.state, 'rejected');
      assert.equal(world.hub.of('reverseTransaction').length, 2);
    });

    it('holds up the others at this far side by no more than its own turns', async () => {
      world.hub.on('reverseTransaction', after(4_000, says('nothing-to-reverse')));
      const ids = ['M1', 'M2', 'M3', 'M4', 'M5', 'M6', 'M7', 'M8'];
      for (const id of ids) void settle(id).catch(() => undefined);
      // Four at a time, and each of them twice.
      await world.time.advance(IN_FLIGHT_MS + 4 * 4_000);
      assert.deepEqual(
        ids.map((id) => world.onRecord(id)?.state),
        ids.map(() => 'rejected'),
      );
    });
  });

  describe('that is closed meanwhile', () => {
    let closed: GatewayError | undefined;
    beforeEach(() => {
      closed = undefined;
      const { clock, scheduler } = world.time;
      const guard = createPeerGuard({
        peer: 'hub',
        settings: () => ({ connections: 4, queue: 4, failures: 0, windowMs: 60_000, probeAfterMs: 5_000 }),
        closure: () => closed,
        clock,
        scheduler,
        onChange: () => undefined,
      });
      world.adapters.set('hub', guard.wrap(world.hub));
      world.hub.on('settleOutpatient', async (request, context) => {
        closed = new GatewayError('PEER_CLOSED', { facts: { peer: 'hub' } });
        return loses(request, context);
      });
      world.hub.on('reverseTransaction', says('reversed'));
    });

    it('[unreached-unknown] stays open however long that takes, and ends when it is open again', async () => {
      assert.equal(await codeOf(world.time.until(settle())), 'UPSTREAM_TIMEOUT');
      await world.time.advance(8 * HOURS_MS);
      assert.equal(world.onRecord('M1')?.state, 'unknown');
      assert.equal(world.hub.of('reverseTransaction').length, 0);
      closed = undefined;
      await world.time.advance(8_000);
      assert.equal(world.onRecord('M1')?.state, 'reversed');
    });

    it('takes no new message, which is refused at once and not on record', async () => {
      await codeOf(world.time.until(settle()));
      const told = await world.time.until(settle('M2'));
      assert.equal(told.error?.code, 'PEER_CLOSED');
      assert.equal(world.onRecord('M2'), undefined);
      closed = undefined;
      world.hub.on('settleOutpatient', answers(SETTLEMENT));
      await world.time.advance(IN_FLIGHT_MS);
      assert.equal((await world.time.until(settle('M2'))).error, undefined);
    });

    it('is not given up for the silence before it closed', async () => {
      world.hub.on('reverseTransaction', async (request, context) => {
        if (world.hub.of('reverseTransaction').length === 20) {
          closed = new GatewayError('PEER_CLOSED', { facts: { peer: 'hub' } });
        }
        return says('unknown')(request, context);
      });
      void settle().catch(() => undefined);
      await world.time.settle();
      closed = undefined;
      await world.time.advance(200_000);
      assert.notEqual(closed, undefined);
      await world.time.advance(8 * HOURS_MS);
      assert.equal(world.onRecord('M1')?.state, 'unknown');
      closed = undefined;
      world.hub.on('reverseTransaction', says('unknown'), says('reversed'));
      await world.time.advance(20_000);
      assert.equal(world.onRecord('M1')?.state, 'reversed');
    });
  });
});
