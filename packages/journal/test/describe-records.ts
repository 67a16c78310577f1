import assert from 'node:assert/strict';
import type { JournalUnderTest } from './describe-journal.ts';
import { ended, newExchange, newLeg } from './samples.ts';

/** Records for later maps. */
export function describeRecords({ journal, reopen }: JournalUnderTest): void {
  describe('records', () => {
    const institution = 'H00000000001';
    const person = { institution, kind: 'person', key: '000000000000000001' };

    it('of an exchange are there when it has ended', async () => {
      const id = await journal().open(newExchange(1), newLeg(1));
      const records = [
        { institution, kind: 'visit', key: 'V1', body: '{"name":"测试甲"}' },
        { institution, kind: 'settlement', key: 'S1', body: '{"total":"1.00"}' },
      ];
      await journal().end(id, ended({ records }));
      const again = await reopen();
      assert.equal(await again.findRecord(institution, 'visit', 'V1'), '{"name":"测试甲"}');
      assert.equal(await again.findRecord(institution, 'settlement', 'S1'), '{"total":"1.00"}');
    });

    it('of a read are seen at once and written with the next exchange', async () => {
      void journal().keep([{ ...person, body: '{"n":1}' }]);
      assert.equal(await journal().findRecord(institution, 'person', person.key), '{"n":1}');
      await journal().open(newExchange(1), newLeg(1));
      assert.equal(await (await reopen()).findRecord(institution, 'person', person.key), '{"n":1}');
    });

    it('are replaced by later ones under the same key', async () => {
      void journal().keep([{ ...person, body: '{"n":1}' }]);
      void journal().keep([{ ...person, body: '{"n":2}' }]);
      assert.equal(await journal().findRecord(institution, 'person', person.key), '{"n":2}');
      const id = await journal().open(newExchange(1), newLeg(1));
      await journal().end(id, ended({ records: [{ ...person, body: '{"n":3}' }] }));
      assert.equal(await journal().findRecord(institution, 'person', person.key), '{"n":3}');
    });

    const others = [
      ['H00000000002', 'person', person.key],
      [institution, 'visit', person.key],
      [institution, 'person', '000000000000000002'],
    ] as const;
    for (const [where, kind, key] of others) {
      it(`are not found under ${where} ${kind} ${key}`, async () => {
        void journal().keep([{ ...person, body: '{}' }]);
        assert.equal(await journal().findRecord(where, kind, key), undefined);
        assert.equal(await (await reopen()).findRecord(where, kind, key), undefined);
      });
    }
  });
}
