/** Two pharmacies, one prescription, and answers that get lost at random: what holds at the centre in the end. */
import assert from 'node:assert/strict';
import { GatewayError } from '@yiqiao/model';
import fc from 'fast-check';
import { claimOf, issue, openWorld, PATIENT, reportOf } from './circulation-world.ts';
import type { CirculationWorld } from './circulation-world.ts';

const FAULTS = [
  'lose-reply',
  'lose-request',
  'corrupt-bytes',
  'http-500-after-work',
  'wrong-signature',
] as const;
const OPERATIONS = ['7203', '7204', '7205', '7206', '7207', '7208'] as const;

const fault = fc.record({ kind: fc.constantFrom(...FAULTS), infno: fc.constantFrom(...OPERATIONS) });

/** Tries until it is answered, as an outbox would; refusals end it. */
async function insist<T>(what: () => Promise<T>): Promise<T | GatewayError> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await what();
    } catch (error) {
      assert(error instanceof GatewayError, String(error));
      if (error.kind.outcome !== 'unknown' && error.code !== 'UPSTREAM_UNREACHABLE') return error;
      assert(attempt < 20, error.code);
    }
  }
}

/** One pharmacy's whole course; whether it handed anything out. */
async function serve(
  { pharmacies }: CirculationWorld,
  index: 0 | 1,
  { number, code }: { readonly number: string; readonly code: string },
): Promise<boolean> {
  const { side } = pharmacies[index];
  await insist(() => side.find({ code, person: PATIENT }));
  const claimId = `C${index}`;
  const claim = await insist(() => side.claim(claimOf(claimId, number)));
  if (claim instanceof GatewayError) {
    // The other one holds it, or is done with it already.
    assert.match(claim.code, /^PRESCRIPTION_(?:TAKEN|LIMIT)$/);
    await insist(() =>
      side.undo({ claimId, prescriptionNumber: number, reason: '', at: '2026-03-02 10:00:00' }),
    );
    return false;
  }
  const told = await insist(() => side.dispense(reportOf(claimId, number)));
  assert.equal(told instanceof GatewayError, false);
  return true;
}

describe('Two pharmacies and random faults', () => {
  it('hand a prescription out once, and take it back whole', async function () {
    this.timeout(30_000);
    await fc.assert(
      fc.asyncProperty(fc.array(fault, { maxLength: 6 }), fc.boolean(), async (faults, isBoth) => {
        const world = await openWorld({ dialect: 'epc' });
        try {
          const issued = await issue(world);
          for (const one of faults) world.platform.faults.next(one);
          const served = await Promise.all([
            serve(world, 0, issued),
            isBoth ? serve(world, 1, issued) : Promise.resolve(false),
          ]);
          assert.equal(served.filter(Boolean).length, 1);
          const [row] = world.platform.ledger.rows();
          assert.deepEqual([row?.stage, row?.dispensings.length], ['settled', 1]);

          const index = served[0] ? 0 : 1;
          await insist(() =>
            world.pharmacies[index].side.undo({
              claimId: `C${index}`,
              prescriptionNumber: issued.number,
              reason: '退药',
              at: '2026-03-02 10:00:00',
            }),
          );
          assert.equal(world.platform.ledger.rows()[0]?.stage, 'undone');
        } finally {
          await world.close();
        }
      }),
      { numRuns: 12, seed: 20_260_302 },
    );
  });
});
