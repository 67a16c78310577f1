import assert from 'node:assert/strict';
import { observerHandlers } from '@yiqiao/his';
import { GatewayError } from '@yiqiao/model';
import { answerJson, createOutbox, readJsonBody, startListener } from '@yiqiao/sdk';
import type { Listener } from '@yiqiao/sdk';
import { createTellObserver } from '#internal/tell-observer.ts';
import { createRig, settledVisit } from './rig.ts';

describe('A neighbour in a process of its own', () => {
  const told: (readonly [string, Readonly<Record<string, unknown>>])[] = [];
  let failures = 0;
  let neighbour: Listener;

  before(async () => {
    neighbour = await startListener({
      port: 0,
      routes: ['settled', 'undone'].map((path) => ({
        method: 'POST',
        path,
        handle(request) {
          if (failures > 0) {
            failures -= 1;
            throw new GatewayError('BUSY');
          }
          told.push([path, readJsonBody(request)]);
          return answerJson({ settlementId: 'x' });
        },
      })),
    });
  });
  after(() => neighbour.close());

  it('hears of a settlement and its end in this order, again when it could not take them, amounts as text', async () => {
    const rig = createRig();
    const id = await settledVisit(rig);
    await rig.desk.perform(rig.order('4', 'cancel', { reason: '退费' }));
    const observer = createTellObserver(neighbour.url, rig.clock);
    const outbox = createOutbox({
      store: rig.store,
      clock: rig.clock,
      handlers: observerHandlers([observer]),
    });
    failures = 1;
    await outbox.drain();
    assert.equal(told.length, 0);
    rig.clock.set('2026-01-05 10:00:00');
    await outbox.drain();
    await outbox.drain();
    await observer.close();
    assert.deepEqual(
      told.map(([path, event]) => [path, event['settlementId']]),
      [
        ['settled', id],
        ['undone', id],
      ],
    );
    assert.deepEqual([told[0]?.[1]['total'], told[1]?.[1]['reason']], ['62.35', '退费']);
  });
});
