/** The story of a visit over the internet as the command tells it, and with something in its way. */
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { TraceEvent } from '@yiqiao/sdk';
import { withCast } from '#internal/internet-plus/cast.ts';
import { tellStory } from '#internal/internet-plus/story.ts';
import type { StoryStep } from '#internal/internet-plus/telling.ts';
import { endAll, makeFolder, speak } from './spoken.ts';

const MINUTE_MS = 60_000;

interface Told {
  readonly ok: boolean;
  readonly steps: readonly StoryStep[];
  readonly trace: readonly TraceEvent[];
  readonly books: Readonly<Record<string, readonly { readonly total: string; readonly fundPaid: string }[]>>;
}

describe('yiqiao demo internet-plus', function () {
  this.timeout(MINUTE_MS);
  after(endAll);

  it('goes from the follow-up visit to the invoices, and back in the right order', async () => {
    const { code, out } = await speak('demo', 'internet-plus', '--json');
    const told = JSON.parse(out.trim().split('\n').at(-1) ?? '') as Told;
    assert.deepEqual(
      told.steps.filter(({ ok }) => !ok),
      [],
    );
    assert.equal(code, 0);
    assert.deepEqual(
      told.steps.map(({ id }) => id),
      [
        ['visit-checked', 'visit-settled', 'prescribed', 'bought', 'dispensed', 'invoiced', 'books-settled'],
        ['out-of-turn', 'purchase-undone', 'prescription-undone', 'visit-undone', 'books-undone'],
      ].flat(),
    );

    // The fund of the patient's own pooling area pays both, and in the end nobody has anything on the books.
    const paid = (id: string) => told.steps.find((step) => step.id === id)?.facts['fundPaid'];
    assert.deepEqual([paid('visit-settled'), paid('bought')], ['9.00', '88.94']);
    const amounts = Object.values(told.books).flatMap((books) =>
      books.flatMap(({ total, fundPaid }) => [total, fundPaid]),
    );
    assert.deepEqual(new Set(amounts), new Set(['0.00']));
    assert.deepEqual([told.books['visit']?.length, told.books['purchase']?.length], [3, 5]);

    // One trace: each of these follows the one before it.
    const chain = [
      ['his.settled', 'prescription.checked', 'prescription.signed', 'prescription.uploaded'],
      ['prescription.downloaded', 'prescription.claimed', 'pharmacy.settled', 'prescription.dispensed'],
      ['e-invoice.issued', 'pharmacy.cancelled', 'prescription.taken-back', 'prescription.revoked'],
      ['his.cancelled', 'e-invoice.written-off'],
    ].flat();
    const places = chain.map((step) => told.trace.findIndex((event) => event.step === step));
    assert.equal(
      places.includes(-1),
      false,
      JSON.stringify(chain.filter((_, index) => places[index] === -1)),
    );
    assert.deepEqual(
      places,
      places.toSorted((one, other) => one - other),
    );
  });

  it('settles nothing when the centre does not let the pharmacy have the prescription', async () => {
    const folder = join(makeFolder(), 'story');
    mkdirSync(folder);
    await withCast(folder, async (cast) => {
      const { world, hospital, pharmacy } = cast;
      world.centre.faults.next({ kind: 'refuse', infno: '7206', text: '系统维护中' });
      const steps: string[] = [];
      await assert.rejects(tellStory({ ...cast, tell: ({ id }) => steps.push(id) }), (error: Error) =>
        /UPSTREAM_REJECTED|PURCHASE_GIVEN_UP/.test(error.message),
      );
      assert.deepEqual(steps, ['visit-checked', 'visit-settled', 'prescribed']);
      await pharmacy.settleUp();
      await hospital.settleUp();
      const [prescription] = world.centre.ledger.rows();
      assert.equal(prescription?.stage, 'downloaded');
      assert.deepEqual(world.pharmacyCore.ledger.rows(), []);
      assert.equal(world.bills.ledger.inForce().length, 2, 'of the two visits');
    });
  });

  it('knows no other story', async () => {
    assert.equal((await speak('demo', 'another', '--json')).code, 2);
  });
});
