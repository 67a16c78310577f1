/** Whatever goes wrong on the way: in the end each charge that stands has one bill, and no other has any. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { charge, startBillingWorld, undoing } from './billing-world.ts';
import type { BillingWorld } from './billing-world.ts';

const OPERATIONS = [
  'invoiceEBillOutpatient',
  'writeOffEBill',
  'getEBillByBusNo',
  'getEBillStatesByBillInfo',
] as const;
const FAULTS = [
  'lose-request',
  'lose-reply',
  'http-500',
  'http-500-after-work',
  'corrupt-bytes',
  'wrong-signature',
  'refuse',
] as const;

type Step =
  | { readonly do: 'settle' | 'undo' | 'refund'; readonly charge: number }
  | {
      readonly do: 'fault';
      readonly kind: (typeof FAULTS)[number];
      readonly infno: (typeof OPERATIONS)[number];
    }
  | { readonly do: 'pass'; readonly ms: number }
  | { readonly do: 'down' | 'up' | 'restart' };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constantFrom('settle', 'undo', 'refund'), charge: fc.nat(3) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('fault' as const),
      kind: fc.constantFrom(...FAULTS),
      infno: fc.constantFrom(...OPERATIONS),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('pass' as const), ms: fc.constantFrom(0, 1_500, 61_000) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('down', 'up', 'restart') }) },
);

/** What the hospital has done: which settlements stand, in which order they follow each other. */
interface Hospital {
  readonly standing: Set<string>;
  readonly undone: Set<string>;
  /** New settlement → the one it replaces. */
  readonly replaces: Map<string, string>;
}

async function take(world: BillingWorld, hospital: Hospital, one: Step): Promise<void> {
  switch (one.do) {
    case 'settle':
    case 'undo':
    case 'refund':
      act(world, hospital, one);
      return;
    case 'fault':
      world.platform.faults.next({ kind: one.kind, infno: one.infno });
      return;
    case 'pass':
      return world.pass(one.ms);
    case 'down':
      return world.platform.down();
    case 'up':
      await world.platform.down();
      return world.platform.up();
    case 'restart':
      world.restart();
  }
}

function act(
  world: BillingWorld,
  hospital: Hospital,
  one: { readonly do: string; readonly charge: number },
): void {
  const { standing, undone, replaces } = hospital;
  const latest = [...standing, ...undone]
    .filter((id) => id.startsWith(`C${one.charge}-`))
    .toSorted()
    .at(-1);
  if (one.do === 'settle' && latest === undefined) {
    world.issuer.settled(charge(`C${one.charge}-1`));
    standing.add(`C${one.charge}-1`);
  }
  if (one.do === 'settle' || latest === undefined || !standing.has(latest)) return;
  standing.delete(latest);
  undone.add(latest);
  world.issuer.undone(undoing(latest));
  if (one.do !== 'refund') return;
  const next = `C${one.charge}-${Number(latest.split('-')[1]) + 1}`;
  world.issuer.settled(charge(next, { replaces: latest }));
  standing.add(next);
  replaces.set(next, latest);
}

function assertBooks(world: BillingWorld, { standing, undone, replaces }: Hospital): void {
  const rows = world.platform.ledger.rows();
  const billed = world.platform.ledger.inForce().map(({ settlement }) => settlement);
  assert.deepEqual(
    billed.toSorted(),
    [...standing].toSorted(),
    'each charge that stands has one bill in force',
  );
  for (const id of [...standing, ...undone]) {
    const bills = rows.filter((row) => row.settlement === id && row.writesOff === undefined);
    const reds = rows.filter((row) => row.settlement === id && row.writesOff !== undefined);
    assert(bills.length <= 1 && reds.length <= bills.length, `${id} is billed once at most`);
  }
  for (const [next, before] of replaces) {
    const red = rows.findIndex((row) => row.settlement === before && row.writesOff !== undefined);
    const bill = rows.findIndex((row) => row.settlement === next);
    assert(red < 0 || bill < 0 || red < bill, `${before} is written off before ${next} is billed`);
  }
}

describe('electronic bills under random faults', () => {
  it('are issued exactly once and in order, and written off exactly once', async function () {
    this.timeout(60_000);
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 4, maxLength: 24 }),
        fc.boolean(),
        async (steps, takesRepeats) => {
          const world = await startBillingWorld({}, { takesRepeats });
          try {
            const hospital: Hospital = { standing: new Set(), undone: new Set(), replaces: new Map() };
            for (const one of steps) await take(world, hospital, one);
            world.platform.faults.clear();
            await world.platform.down();
            await world.platform.up();
            await world.settle();
            assert.deepEqual(world.outbox.list(), [], 'nothing is left to anybody');
            assertBooks(world, hospital);
          } finally {
            await world.close();
          }
        },
      ),
      { numRuns: 100 },
    );
  });

  for (const point of ['before', 'after'] as const) {
    for (const at of OPERATIONS) {
      it(`go on after a crash ${point} the answer to ${at}`, async () => {
        const world = await startBillingWorld();
        try {
          world.platform.faults.next({ kind: point === 'before' ? 'lose-request' : 'lose-reply', infno: at });
          // The answer to the first message is lost, so that the platform is asked.
          if (at === 'getEBillByBusNo')
            world.platform.faults.next({ kind: 'lose-reply', infno: 'invoiceEBillOutpatient' });
          world.issuer.settled(charge('S1'));
          await world.pass(0);
          world.restart();
          await world.settle();
          world.issuer.undone(undoing('S1'));
          await world.pass(0);
          world.restart();
          await world.settle();
          assert.equal(world.issuer.find('S1')?.state, 'written-off');
          assert.equal(world.platform.ledger.rows().length, 2);
        } finally {
          await world.close();
        }
      });
    }
  }
});
