import assert from 'node:assert/strict';
import type { JournalUnderTest } from './describe-journal.ts';
import { linesOf } from './describe-lists.ts';
import { NOW, answered, ended, line, newExchange, newLeg, opening, transcript } from './samples.ts';

/** Legs, ends, follow-ups and reversals. */
export function describeEnds(subject: JournalUnderTest): void {
  describeLegs(subject);
  describeEnd(subject);
  describeFollowUp(subject);
  describeReversal(subject);
}

function describeLegs({ journal, reopen }: JournalUnderTest): void {
  describe('legs', () => {
    it('are numbered within their exchange and found by their message id', async () => {
      const [first, second] = await Promise.all([1, 2].map((n) => journal().open(newExchange(n), newLeg(n))));
      assert.equal(await journal().addLeg(second as number, newLeg(3, { purpose: 'reverse', ofLeg: 1 })), 2);
      const again = await reopen();
      assert.equal((await again.findByLeg('hub', newLeg(1).messageId))?.id, first);
      assert.equal((await again.findByLeg('hub', newLeg(3).messageId))?.id, second);
      assert.deepEqual(
        (await again.load(second as number))?.legs.map(({ number, purpose, ofLeg }) => [
          number,
          purpose,
          ofLeg,
        ]),
        [
          [1, 'forward', undefined],
          [2, 'reverse', 1],
        ],
      );
    });

    it('are not found under another peer', async () => {
      await journal().open(newExchange(1), newLeg(1));
      assert.equal(await journal().findByLeg('care-core', newLeg(1).messageId), undefined);
    });

    it('may repeat a message id within one exchange', async () => {
      const id = await journal().open(newExchange(1), newLeg(1));
      assert.equal(await journal().addLeg(id, newLeg(1)), 2);
      assert.equal((await journal().findByLeg('hub', newLeg(1).messageId))?.id, id);
    });

    it('tell the message ids written last, newest first, also of what has ended or is owed', async () => {
      const id = await journal().open(newExchange(1), newLeg(1));
      await journal().addLeg(id, newLeg(2, { purpose: 'reverse', ofLeg: 1 }));
      await journal().end(id, ended({ followUp: { exchange: newExchange(3), leg: newLeg(3) } }));
      const ids = [3, 2, 1].map((n) => newLeg(n).messageId);
      assert.deepEqual(await (await reopen()).recentMessageIds(10), ids);
      assert.deepEqual(await journal().recentMessageIds(2), ids.slice(0, 2));
    });

    it('make their exchange unknown for as long as one of them is', async () => {
      const id = await journal().open(newExchange(1), newLeg(1));
      await journal().settleLeg(id, { leg: 1, state: 'unknown', at: NOW + 5, reason: 'UPSTREAM_TIMEOUT' });
      const lost = await journal().load(id);
      assert.equal(lost?.state, 'unknown');
      assert.deepEqual([lost?.legs[0]?.settledAt, lost?.legs[0]?.reason], [NOW + 5, 'UPSTREAM_TIMEOUT']);
      await journal().settleLeg(id, answered(1));
      const found = await journal().load(id);
      assert.deepEqual([found?.state, found?.legs[0]?.state], ['sent', 'answered']);
      assert.equal(found?.legs[0]?.response, answered(1).response);
    });

    it('are settled after the end without changing it', async () => {
      const id = await journal().open(newExchange(1), newLeg(1));
      await journal().end(id, { state: 'handed-to-person', at: NOW, reason: 'gave up' });
      await journal().settleLeg(id, { leg: 1, state: 'unknown', at: NOW + 9 });
      assert.deepEqual(
        [(await journal().load(id))?.state, (await journal().load(id))?.legs[0]?.state],
        ['handed-to-person', 'unknown'],
      );
      assert.deepEqual(await journal().checkExchange(id), []);
    });

    const strays = [
      { what: 'a leg that does not exist', leg: 2 },
      { what: 'leg 0', leg: 0 },
      { what: 'half a leg', leg: 0.5 },
    ];
    for (const { what, leg } of strays) {
      it(`refuse the outcome of ${what}`, async () => {
        const id = await journal().open(newExchange(1), newLeg(1));
        await assert.rejects(journal().settleLeg(id, answered(leg)), { code: 'INTERNAL' });
        await assert.rejects(journal().end(id, ended(), [answered(leg)]), { code: 'INTERNAL' });
        assert.equal((await journal().load(id))?.state, 'sent');
      });
    }

    it('refuse an exchange that does not exist', async () => {
      await assert.rejects(journal().addLeg(7, newLeg(1)), { code: 'INTERNAL' });
      await assert.rejects(journal().settleLeg(7, answered(1)), { code: 'INTERNAL' });
      await assert.rejects(journal().end(7, ended()), { code: 'INTERNAL' });
    });
  });
}

function describeEnd({ journal, reopen }: JournalUnderTest): void {
  describe('end', () => {
    const ends = [
      { state: 'answered', reply: transcript('{"infcode":0}') },
      { state: 'rejected', reply: transcript('{"infcode":-1}'), reason: 'UPSTREAM_REJECTED' },
      { state: 'reversed', reply: transcript('{"infcode":-1}'), reason: 'REVERSED' },
      { state: 'handed-to-person', reason: 'no way out is left' },
    ] as const;
    for (const end of ends) {
      it(`is on record as ${end.state}, with what the caller is told`, async () => {
        const id = await journal().open(newExchange(1), newLeg(1));
        assert.equal(await journal().end(id, { ...end, at: NOW + 3 }, [answered(1)]), undefined);
        const found = await (await reopen()).find(newExchange(1).key, newExchange(1).digest);
        assert(found.status === 'known');
        const { state, endedAt, reason, reply, legs } = found.exchange;
        assert.deepEqual([state, endedAt, legs[0]?.state], [end.state, NOW + 3, 'answered']);
        assert.equal(reason, 'reason' in end ? end.reason : undefined);
        const bytes = 'reply' in end ? Buffer.from(end.reply.bytes).toString() : undefined;
        assert.equal(reply && Buffer.from(reply.bytes).toString(), bytes);
      });
    }

    it('never comes twice, not even at once', async () => {
      const id = await journal().open(newExchange(1), newLeg(1));
      const told = await Promise.allSettled([
        journal().end(id, ended()),
        journal().end(id, { state: 'reversed', at: NOW + 9 }),
      ]);
      assert.deepEqual(
        told.map((each) => (each.status === 'rejected' ? (each.reason as { code: string }).code : 'done')),
        ['done', 'INTERNAL'],
      );
      await assert.rejects(journal().end(id, ended()), { code: 'INTERNAL' });
      assert.equal((await journal().load(id))?.state, 'answered');
    });

    it('lets no further leg begin', async () => {
      const id = await journal().open(newExchange(1), newLeg(1));
      await journal().end(id, ended());
      await assert.rejects(journal().addLeg(id, newLeg(2)), { code: 'INTERNAL' });
      assert.equal(await journal().findByLeg('hub', newLeg(2).messageId), undefined);
    });

    it('remembers its ledger line', async () => {
      const id = await journal().open(newExchange(1), newLeg(1));
      await journal().end(id, ended({ settlement: line(1) }));
      assert.deepEqual((await journal().load(id))?.settlement, line(1));
    });
  });
}

function describeFollowUp({ journal, reopen }: JournalUnderTest): void {
  describe('followUp', () => {
    it('is opened with the end of the exchange that owes it', async () => {
      const id = await journal().open(newExchange(1), newLeg(1));
      const next = await journal().end(id, ended({ followUp: opening(2) }));
      const again = await reopen();
      assert.equal((await again.find(newExchange(2).key, newExchange(2).digest)).status, 'known');
      assert.deepEqual(
        (await again.listOpen(0, 10)).map((each) => each.id),
        [next],
      );
      for (const each of [id, next]) assert.deepEqual(await again.checkExchange(each as number), []);
    });

    it('that cannot be opened leaves the exchange open', async () => {
      await journal().open(newExchange(2), newLeg(2));
      const id = await journal().open(newExchange(1), newLeg(1));
      const end = ended({ followUp: opening(2), settlement: line(1) });
      await assert.rejects(journal().end(id, end), { code: 'EXCHANGE_IN_PROGRESS' });
      assert.equal((await journal().load(id))?.state, 'sent');
      assert.deepEqual(await linesOf(journal()), []);
    });
  });
}

function describeReversal({ journal, reopen }: JournalUnderTest): void {
  describe('reverses', () => {
    it('marks an ended exchange reversed, which keeps its answer', async () => {
      const original = await journal().open(newExchange(1), newLeg(1));
      await journal().end(original, ended());
      const reversal = await journal().open(newExchange(2, { transaction: '2601' }), newLeg(2));
      await journal().end(reversal, ended({ reverses: original }));
      const found = await (await reopen()).load(original);
      assert.deepEqual([found?.state, found?.reversedBy, found?.endedAt], ['reversed', reversal, NOW + 3]);
      assert.equal(Buffer.from(found?.reply?.bytes ?? []).toString(), '{"infcode":0,"output":{}}');
      assert.deepEqual(await journal().checkExchange(original), []);
    });

    it('refuses an exchange that is still open', async () => {
      const original = await journal().open(newExchange(1), newLeg(1));
      const reversal = await journal().open(newExchange(2), newLeg(2));
      await assert.rejects(journal().end(reversal, ended({ reverses: original })), { code: 'INTERNAL' });
      assert.deepEqual(
        [(await journal().load(original))?.state, (await journal().load(reversal))?.state],
        ['sent', 'sent'],
      );
    });
  });
}
