import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { JournalUnderTest } from './describe-journal.ts';
import { NOW, answered, ended, messageId, newExchange, newLeg } from './samples.ts';

/** Keys, single flight and tombstones. */
export function describeOpening({ journal, reopen }: JournalUnderTest): void {
  describe('open', () => {
    it('puts acceptance and first leg on record, byte for byte', async () => {
      const [exchange, leg] = [newExchange(1), newLeg(1)];
      assert.deepEqual(await journal().find(exchange.key, exchange.digest), { status: 'new' });
      const id = await journal().open(exchange, leg);
      const expected = { ...exchange, id, state: 'sent', legs: [{ ...leg, number: 1, state: 'sent' }] };
      const again = await reopen();
      assert.deepEqual(plain(await again.load(id)), plain(expected));
      assert.deepEqual(plain(await again.find(exchange.key, exchange.digest)), {
        status: 'known',
        exchange: plain(expected),
      });
    });

    it('is found by what it is about, newest first, with where it stands, and only by its institution', async () => {
      const about = { naturalKeys: ['settle V1 B1', 'visit V1'] };
      const first = await journal().open(newExchange(1, about), newLeg(1));
      const second = await journal().open(newExchange(2, about), newLeg(2));
      await journal().open(newExchange(3), newLeg(3));
      await journal().end(first, ended());
      const again = await reopen();
      const found = await again.findByNaturalKey('H00000000001', 'settle V1 B1');
      assert.deepEqual(
        found.map(({ id, key, transaction, state }) => [id, key.messageId, transaction, state]),
        [
          [second, messageId(2), '2207', 'open'],
          [first, messageId(1), '2207', 'answered'],
        ],
      );
      assert.equal((await again.findByNaturalKey('H00000000001', 'visit V1')).length, 2);
      assert.deepEqual(await again.findByNaturalKey('H00000000002', 'visit V1'), []);
      assert.deepEqual(await again.findByNaturalKey('H00000000001', 'visit V2'), []);
      assert.deepEqual((await again.load(first))?.naturalKeys, about.naturalKeys);
      assert.deepEqual(await again.checkExchange(first), []);
    });

    it('is found however many came after it about the same matter, unless nothing of it stands', async () => {
      const about = { naturalKeys: ['settle V1 B1'] };
      const first = await journal().open(newExchange(1, about), newLeg(1));
      const numbers = Array.from({ length: 150 }, (_, index) => index + 2);
      const later = await Promise.all(
        numbers.map((number) => journal().open(newExchange(number, about), newLeg(number))),
      );
      await Promise.all(
        later.map((id, index) => {
          const state = (['answered', 'rejected', 'reversed'] as const)[index % 3] ?? 'answered';
          return journal().end(id, { ...ended(), state });
        }),
      );
      const found = await journal().findByNaturalKey('H00000000001', 'settle V1 B1');
      assert.equal(found.length, 51);
      assert.deepEqual(new Set(found.map(({ state }) => state)), new Set(['answered', 'open']));
      assert.equal(found.at(-1)?.id, first);
    });

    it('keeps which exchange it is to take back', async () => {
      const id = await journal().open(newExchange(1, { reverses: 7 }), newLeg(1));
      assert.equal((await (await reopen()).load(id))?.reverses, 7);
    });

    it('keeps any text and any bytes as they were', async function () {
      this.timeout(10_000);
      let n = 0;
      const text = fc.string({ unit: 'binary' });
      await fc.assert(
        fc.asyncProperty(
          text,
          fc.uint8Array(),
          text,
          fc.uint8Array(),
          async (request, bytes, response, reply) => {
            const contentType = 'application/octet-stream';
            const leg = newLeg(++n, { request, sent: { bytes, contentType } });
            const id = await journal().open(newExchange(n), leg);
            await journal().end(id, ended(), [
              answered(1, { response, reply: { bytes: reply, contentType } }),
            ]);
            const found = (await journal().load(id))?.legs[0];
            assert.deepEqual(
              [found?.request, found?.response, plain(found?.sent.bytes), plain(found?.reply?.bytes)],
              [request, response, plain(bytes), plain(reply)],
            );
            assert.deepEqual(await journal().checkExchange(id), []);
          },
        ),
        { numRuns: 25 },
      );
    });

    it('tells a resend from a reuse of the message id', async () => {
      const { key, digest } = newExchange(1);
      await journal().open(newExchange(1), newLeg(1));
      assert.equal((await journal().find(key, digest)).status, 'known');
      assert.equal((await journal().find(key, 'another')).status, 'conflict');
    });

    const others = [
      { what: 'peer', key: { peer: 'his-440000' } },
      { what: 'institution', key: { institution: 'H00000000002' } },
      { what: 'message id', key: { messageId: messageId(2) } },
    ];
    for (const { what, key } of others) {
      it(`takes the same content as new under another ${what}`, async () => {
        const first = newExchange(1);
        const other = newExchange(1, { key: { ...first.key, ...key } });
        const ids = await Promise.all([first, other].map((each) => journal().open(each, newLeg(1))));
        assert.notEqual(ids[0], ids[1]);
        assert.equal((await journal().find(other.key, other.digest)).status, 'known');
      });
    }

    it('lets one win when the same key is opened at once, and shows it to the others', async () => {
      const { key, digest } = newExchange(1);
      const digests = [digest, digest, 'another'];
      const codes = await Promise.all(
        digests.map((each) =>
          journal()
            .open(newExchange(1, { digest: each }), newLeg(1))
            .then(
              () => 'opened',
              async (error: { code: string }) =>
                `${error.code}, then ${(await journal().find(key, each)).status}`,
            ),
        ),
      );
      assert.deepEqual(codes, [
        'opened',
        'EXCHANGE_IN_PROGRESS, then known',
        'MESSAGE_ID_REUSED, then conflict',
      ]);
      assert.equal((await journal().list(Infinity, 10)).length, 1);
    });

    it('refuses a key on record after a restart as well, ended or not', async () => {
      const id = await journal().open(newExchange(1), newLeg(1));
      await journal().end(id, ended());
      const again = await reopen();
      await assert.rejects(again.open(newExchange(1), newLeg(1)), { code: 'EXCHANGE_IN_PROGRESS' });
    });
  });

  describe('bury', () => {
    const { key, digest } = newExchange(1);

    it('meets an original that comes later', async () => {
      await journal().bury(key, NOW);
      const again = await reopen();
      assert.deepEqual(await again.find(key, digest), { status: 'tombstone' });
      await assert.rejects(again.open(newExchange(1), newLeg(1)), { code: 'REVERSED' });
    });

    it('meets an original that comes at the same moment', async () => {
      const buried = journal().bury(key, NOW);
      await assert.rejects(journal().open(newExchange(1), newLeg(1)), { code: 'REVERSED' });
      await buried;
    });

    it('does nothing the second time', async () => {
      await journal().bury(key, NOW);
      await journal().bury(key, NOW + 1);
      assert.equal((await journal().find(key, digest)).status, 'tombstone');
    });

    it('is refused when the original came first', async () => {
      await journal().open(newExchange(1), newLeg(1));
      await assert.rejects(journal().bury(key, NOW), { code: 'EXCHANGE_IN_PROGRESS' });
      assert.equal((await journal().find(key, digest)).status, 'known');
    });

    it('leaves nothing that could be taken for an exchange', async () => {
      await journal().bury(key, NOW);
      assert.deepEqual([await journal().list(Infinity, 10), await journal().listOpen(0, 10)], [[], []]);
      assert.equal(await journal().load(1), undefined);
      assert.deepEqual(await journal().checkExchange(1), []);
    });
  });
}

/** Buffers and views as plain arrays, so that only content is compared. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return [...value];
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(plain);
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, plain(each)]));
}
