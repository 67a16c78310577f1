/** What evidence is made from and where it is kept. */
import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import type { EvidenceBatch, EvidenceStore } from '@yiqiao/journal';
import type { JournalUnderTest } from './describe-journal.ts';
import { answered, ended, newExchange, newLeg, NOW } from './samples.ts';

const batch = (number: number, [first, last]: readonly [number, number]): EvidenceBatch => ({
  number,
  first,
  last,
  header: `{"number":${number}}`,
  members: Buffer.from(`members ${number}`),
  signature: Buffer.from(`signature ${number}`),
  certificate: 'c1',
});

/** The tests. */
export function describeEvidence({ journal, reopen }: JournalUnderTest): void {
  const store = (): EvidenceStore => {
    const { evidence } = journal();
    assert.ok(evidence);
    return evidence;
  };
  const settle = async (n: number): Promise<number> => {
    const id = await journal().open(newExchange(n), newLeg(n));
    await journal().end(id, ended(), [answered(1)]);
    return id;
  };

  describe('evidence', () => {
    it('is made from all entries in order, with the bytes that their hash is over', async () => {
      await settle(1);
      await settle(2);
      const entries = await store().entriesAfter(0, 10);
      assert.deepEqual(
        entries.map(({ kind }) => kind),
        ['accepted', 'ended', 'accepted', 'ended'],
      );
      const ids = entries.map(({ id }) => id);
      assert.deepEqual(
        ids.toSorted((a, b) => a - b),
        ids,
      );
      for (const { contents, clear, payloadHash } of entries) {
        assert.equal(contents, 'whole');
        assert.deepEqual(hash('sha256', clear, 'buffer'), Buffer.from(payloadHash ?? []));
      }
      assert.ok(Buffer.from(entries[0]?.clear ?? []).includes('测试甲'));
      const [, second = 0] = ids;
      assert.deepEqual(
        (await store().entriesAfter(second, 1)).map(({ id }) => id),
        ids.slice(2, 3),
      );
      assert.equal(await store().countAfter(second), 2);
    });

    it('finds the entries of an exchange, and exchanges by message id', async () => {
      const id = await settle(1);
      await settle(2);
      const entries = await store().entriesOf(id);
      assert.deepEqual(
        entries.map(({ kind, exchangeId }) => [kind, exchangeId]),
        [
          ['accepted', id],
          ['ended', id],
        ],
      );
      assert.equal(entries[1]?.previous, entries[0]?.id);
      assert.deepEqual(await store().entriesOf(9_999), []);
      assert.deepEqual(await store().exchangesWithMessage(newExchange(1).key.messageId), [id]);
    });

    it('is kept in batches: one wins a number, and each is found by its entries', async () => {
      assert.equal(await store().lastBatch(), undefined);
      assert.equal(await store().append(batch(1, [1, 4]), 'PEM'), true);
      assert.equal(await store().append({ ...batch(1, [1, 9]), certificate: 'c2' }, 'PEM 2'), false);
      assert.equal(await store().append(batch(2, [5, 6]), 'PEM'), true);
      await reopen();
      const plain = (found: EvidenceBatch | undefined) =>
        found && { ...found, members: Buffer.from(found.members), signature: Buffer.from(found.signature) };
      assert.deepEqual(plain(await store().lastBatch()), batch(2, [5, 6]));
      assert.deepEqual(plain(await store().coverOf(4)), batch(1, [1, 4]));
      assert.equal(await store().coverOf(7), undefined);
      assert.deepEqual(
        (await store().batchesAfter(1, 10)).map(({ number }) => number),
        [2],
      );
      assert.equal(await store().certificate('c1'), 'PEM');
      assert.equal(await store().certificate('c2'), undefined, 'what lost leaves nothing');
    });

    it('takes a time-stamp once', async () => {
      await store().append(batch(1, [1, 4]), 'PEM');
      await store().stamp(1, Buffer.from('first'));
      await store().stamp(1, Buffer.from('second'));
      assert.deepEqual(Buffer.from((await store().lastBatch())?.timeStamp ?? []), Buffer.from('first'));
    });

    it('knows the end of the audit log', async () => {
      assert.equal(await store().auditEnd(), undefined);
      const { id, hash: noted } = await journal().appendAudit({ at: NOW, action: 'reload', outcome: 'done' });
      assert.deepEqual(await store().auditEnd(), { id, hash: noted });
      assert.equal(await store().auditHash(id), noted);
      assert.equal(await store().auditHash(99), undefined);
    });
  });
}
