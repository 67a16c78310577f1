/** Two outboxes on one file, as two processes have it; and what a process leaves behind that ends in the middle. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectAdapter, createOutbox, openStore } from '@yiqiao/sdk';
import type { AdapterStore, Outbox } from '@yiqiao/sdk';
import { startEInvoicePlatform } from '@yiqiao/sandbox';
import type { EInvoicePlatform } from '@yiqiao/sandbox';
import { createBillIssuer, defineBillPlatform, loadBillFacts } from '@yiqiao/e-invoice';
import type { BillIssuer, BillPlatform } from '@yiqiao/e-invoice';
import { charge, hospital, undoing } from './billing-world.ts';

const LEASE_MS = 60_000;
const facts = loadBillFacts();

interface Process {
  readonly store: AdapterStore;
  readonly issuer: BillIssuer;
  readonly outbox: Outbox;
}

describe('electronic bills of several processes on one store', () => {
  let folder: string;
  let platform: EInvoicePlatform;
  let now: number;
  let stop: (() => Promise<void>)[];
  const clock = { now: () => now };

  beforeEach(async () => {
    now = Date.parse('2026-03-01T10:00:00+08:00');
    stop = [];
    folder = mkdtempSync(join(tmpdir(), 'e-invoice-store-'));
    platform = await startEInvoicePlatform({ clock, takesRepeats: true });
  });
  afterEach(async () => {
    for (const one of stop) await one();
    await platform.close();
    rmSync(folder, { recursive: true });
  });

  function start(wrap: (far: BillPlatform) => BillPlatform = (far) => far): Process {
    const store = openStore(join(folder, 'bills.db'), { clock });
    const adapter = connectAdapter(defineBillPlatform(facts.success), {
      url: platform.url,
      clock,
      signing: [{ profile: 'boss-md5', credentials: { appId: platform.appId, key: platform.key } }],
    });
    const issuer = createBillIssuer({
      store,
      platform: wrap(adapter),
      institutions: [hospital],
      ways: {
        refusalCodes: facts.refusalCodes,
        businessTypes: { outpatient: '02', inpatient: '01', registration: '06' },
        cardType: '1',
        payChannel: '02',
        quietMs: 1_000,
      },
      facts,
      clock,
    });
    const outbox = createOutbox({ store, handlers: issuer.handlers, clock, leaseMs: LEASE_MS });
    stop.push(async () => {
      await adapter.close();
      store.close();
    });
    return { store, issuer, outbox };
  }

  it('are issued once, whoever takes the job', async () => {
    const [one, other] = [start(), start()];
    const ids = Array.from({ length: 20 }, (_, index) => `S${index + 10}`);
    for (const [index, id] of ids.entries()) (index % 2 === 0 ? one : other).issuer.settled(charge(id));
    await Promise.all([one.outbox.drain(), other.outbox.drain()]);
    for (const id of ids.slice(0, 5)) other.issuer.undone(undoing(id));
    await Promise.all([one.outbox.drain(), other.outbox.drain()]);
    assert.equal(platform.ledger.rows().length, 25);
    assert.deepEqual(
      platform.ledger
        .inForce()
        .map(({ settlement }) => settlement)
        .toSorted(),
      ids.slice(5),
    );
    assert.equal(one.issuer.find('S10')?.state, 'written-off');
  });

  for (const point of ['before', 'after'] as const) {
    for (const operation of ['issueOutpatient', 'writeOff'] as const) {
      it(`go on where a process ended ${point} its message ${operation} came back`, async () => {
        const hanging = Promise.withResolvers<void>();
        const dying = start((far) => ({
          async call(name, request) {
            if (name !== operation) return far.call(name, request);
            if (point === 'after') await far.call(name, request);
            // The process is gone: nothing after this line happens in it.
            hanging.resolve();
            return new Promise<never>(() => {});
          },
        }));
        dying.issuer.settled(charge('S1'));
        if (operation === 'writeOff') {
          await start().outbox.drain();
          dying.issuer.undone(undoing('S1'));
        }
        dying.outbox.start();
        await hanging.promise;
        const heir = start();
        await heir.outbox.drain();
        assert.equal(platform.ledger.rows().length, expectedRows(operation, point), 'its lease still holds');
        now += LEASE_MS + 1;
        await heir.outbox.drain();
        now += LEASE_MS;
        await heir.outbox.drain();
        assert.equal(heir.issuer.find('S1')?.state, operation === 'writeOff' ? 'written-off' : 'issued');
        assert.equal(platform.ledger.rows().length, operation === 'writeOff' ? 2 : 1);
      });
    }
  }
});

function expectedRows(operation: 'issueOutpatient' | 'writeOff', point: 'before' | 'after'): number {
  return (operation === 'writeOff' ? 1 : 0) + (point === 'after' ? 1 : 0);
}
