import assert from 'node:assert/strict';
import type { Journal, Resolution } from '@yiqiao/journal';
import type { JournalUnderTest } from './describe-journal.ts';
import { NOW, ended, newExchange, newLeg } from './samples.ts';

/** What a person found out. */
export function resolution(changes: Partial<Resolution> = {}): Resolution {
  return { as: 'reversed', reason: '已电话核实', operator: '测试经办', at: NOW + 9, ...changes };
}

/** Opens an exchange and hands it to a person. */
export async function handOver(journal: Journal, n: number): Promise<number> {
  const id = await journal.open(newExchange(n), newLeg(n));
  await journal.end(id, { state: 'handed-to-person', at: NOW + 3, reason: 'gave-up' });
  return id;
}

/** Exchanges that a person resolves, and finding them. */
export function describeResolution({ journal, reopen }: JournalUnderTest): void {
  describe('resolve', () => {
    for (const as of ['answered', 'rejected', 'reversed'] as const) {
      it(`leaves on record who found that it was ${as}, and why it had been handed over`, async () => {
        const id = await handOver(journal(), 1);
        await journal().resolve(id, resolution({ as }));
        const found = await (await reopen()).load(id);
        assert.deepEqual(
          [found?.state, found?.reason, found?.endedAt, found?.resolution],
          [as, 'gave-up', NOW + 3, resolution({ as })],
        );
        assert.deepEqual(await journal().checkExchange(id), []);
      });
    }

    it('happens once, also when two people do it at once', async () => {
      const id = await handOver(journal(), 1);
      const told = await Promise.allSettled([
        journal().resolve(id, resolution({ as: 'rejected' })),
        journal().resolve(id, resolution()),
      ]);
      assert.deepEqual(
        told.map(({ status }) => status),
        ['fulfilled', 'rejected'],
      );
      assert.equal((await journal().load(id))?.state, 'rejected');
    });

    it('refuses what is not with a person', async () => {
      const open = await journal().open(newExchange(1), newLeg(1));
      const done = await journal().open(newExchange(2), newLeg(2));
      await journal().end(done, ended());
      for (const id of [open, done, 99])
        await assert.rejects(journal().resolve(id, resolution()), { code: 'INTERNAL' });
      assert.deepEqual(
        [(await journal().load(open))?.state, (await journal().load(done))?.state],
        ['sent', 'answered'],
      );
    });

    it('leaves room for a later reversal of what was done', async () => {
      const original = await handOver(journal(), 1);
      await journal().resolve(original, resolution({ as: 'answered' }));
      const reversal = await journal().open(newExchange(2, { transaction: '2601' }), newLeg(2));
      await journal().end(reversal, ended({ reverses: original }));
      const found = await (await reopen()).load(original);
      assert.deepEqual([found?.state, found?.reversedBy], ['reversed', reversal]);
      assert.deepEqual(await journal().checkExchange(original), []);
    });
  });

  describe('list of one state', () => {
    it('holds what is in it, newest first, in pages', async () => {
      const handed = [await handOver(journal(), 1), await handOver(journal(), 2)];
      const open = await journal().open(newExchange(3), newLeg(3));
      const resolved = await handOver(journal(), 4);
      await journal().resolve(resolved, resolution());
      const ids = async (...args: Parameters<Journal['list']>): Promise<number[]> =>
        (await journal().list(...args)).map(({ id }) => id);
      assert.deepEqual(await ids(Infinity, 10, 'handed-to-person'), handed.toReversed());
      assert.deepEqual(await ids(Infinity, 1, 'handed-to-person'), [handed[1]]);
      assert.deepEqual(await ids(handed[1] as number, 10, 'handed-to-person'), [handed[0]]);
      assert.deepEqual(await ids(Infinity, 10, 'open'), [open]);
      assert.deepEqual(await ids(Infinity, 10, 'reversed'), [resolved]);
      assert.deepEqual(await ids(Infinity, 10, 'answered'), []);
    });
  });
}
