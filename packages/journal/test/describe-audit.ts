import assert from 'node:assert/strict';
import type { NewAuditEntry } from '@yiqiao/journal';
import type { JournalUnderTest } from './describe-journal.ts';
import { handOver, resolution } from './describe-resolution.ts';
import { NOW } from './samples.ts';

/** An act of an operator. */
export function audited(changes: Partial<NewAuditEntry> = {}): NewAuditEntry {
  return { at: NOW, operator: '测试经办', role: 'operator', action: 'reload', outcome: 'done', ...changes };
}

/** The audit log. */
export function describeAudit({ journal, reopen }: JournalUnderTest): void {
  describe('audit log', () => {
    it('holds entries in order, chained, also after it was opened again', async () => {
      const first = await journal().appendAudit(audited({ reason: '换证书', from: '127.0.0.1' }));
      const again = await reopen();
      const [second, third] = await Promise.all([
        again.appendAudit(audited({ outcome: 'refused', code: 'FORBIDDEN' })),
        again.appendAudit(audited({ action: 'exchange.reveal', target: 'exchange 5' })),
      ]);
      assert.deepEqual([first.id, second?.id, third?.id], [1, 2, 3]);
      assert.deepEqual(await again.listAudit({ beforeId: Infinity, limit: 10 }), [third, second, first]);
      assert.deepEqual(await again.checkAudit(), { entries: 3, end: third?.hash, damage: [] });
      assert.deepEqual(await again.checkAudit(second), { entries: 3, end: third?.hash, damage: [] });
    });

    it('is listed in pages, by operator, action and outcome', async () => {
      await journal().appendAudit(audited());
      await journal().appendAudit(audited({ operator: '测试审计' }));
      await journal().appendAudit(audited({ action: 'exchange.resolve', outcome: 'refused' }));
      const ids = async (query: object): Promise<number[]> =>
        (await journal().listAudit({ beforeId: Infinity, limit: 10, ...query })).map(({ id }) => id);
      assert.deepEqual(await ids({ limit: 2 }), [3, 2]);
      assert.deepEqual(await ids({ beforeId: 2 }), [1]);
      assert.deepEqual(await ids({ operator: '测试审计' }), [2]);
      assert.deepEqual(await ids({ action: 'exchange.resolve' }), [3]);
      assert.deepEqual(await ids({ outcome: 'done', operator: '测试经办' }), [1]);
      assert.deepEqual(await ids({ operator: '' }), []);
    });

    it('tells when an entry noted elsewhere is not the one on record', async () => {
      const { id } = await journal().appendAudit(audited());
      const kinds = async (known: { id: number; hash: string }): Promise<string[]> =>
        (await journal().checkAudit(known)).damage.map(({ entry, kind }) => `${entry} ${kind}`);
      assert.deepEqual(await kinds({ id, hash: '00'.repeat(32) }), ['1 known-differs']);
      assert.deepEqual(await kinds({ id: 7, hash: '00'.repeat(32) }), ['7 entry-missing']);
    });

    it('is checked past one page, and past what is added meanwhile', async () => {
      await Promise.all(Array.from({ length: 2_600 }, () => journal().appendAudit(audited())));
      const checking = journal().checkAudit();
      const last = await journal().appendAudit(audited());
      const { entries, damage } = await checking;
      assert.deepEqual([entries, damage], [last.id, []]);
    });

    it('gets the entry of a resolution in one commit with it, or neither', async () => {
      const id = await handOver(journal(), 1);
      const entry = await journal().resolve(id, resolution(), audited({ action: 'exchange.resolve' }));
      assert.equal(entry?.id, 1);
      await assert.rejects(journal().resolve(id, resolution(), audited()), { code: 'INTERNAL' });
      assert.equal((await journal().checkAudit()).entries, 1);
      assert.equal((await journal().load(id))?.state, 'reversed');
    });
  });
}
