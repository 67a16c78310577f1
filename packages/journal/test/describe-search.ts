import assert from 'node:assert/strict';
import type { ExchangeQuery } from '@yiqiao/journal';
import type { JournalUnderTest } from './describe-journal.ts';
import { handOver } from './describe-resolution.ts';
import { NOW, ended, messageId, newExchange, newLeg } from './samples.ts';

const DAY = 86_400_000;

/** What people look for. */
export function describeSearch({ journal }: JournalUnderTest): void {
  const search = async (query: Partial<ExchangeQuery> = {}): Promise<{ ids: number[]; next?: number }> => {
    const { exchanges, ...rest } = await journal().search({ beforeId: Infinity, limit: 10, ...query });
    return { ids: exchanges.map(({ id }) => id), ...rest };
  };

  describe('search', () => {
    it('finds exchanges by state, peer, institution, transaction, message id and time', async () => {
      const hub = { peer: 'hub', institution: 'H00000000002', messageId: messageId(2) };
      const first = await journal().open(newExchange(1), newLeg(1));
      const second = await journal().open(newExchange(2, { key: hub }), newLeg(2));
      const third = await journal().open(
        newExchange(3, { transaction: '2208', acceptedAt: NOW + DAY }),
        newLeg(3),
      );
      await journal().end(second, ended());
      const handed = await handOver(journal(), 4);
      await journal().bury(newExchange(5).key, NOW);
      const cases: readonly (readonly [Partial<ExchangeQuery>, readonly number[]])[] = [
        [{}, [handed, third, second, first]],
        [{ state: 'open' }, [third, first]],
        [{ state: 'answered' }, [second]],
        [{ state: 'handed-to-person' }, [handed]],
        [{ peer: 'hub' }, [second]],
        [{ institution: 'H00000000002' }, [second]],
        [{ transaction: '2208' }, [third]],
        [{ messageId: messageId(2), peer: 'hub' }, [second]],
        [{ messageId: messageId(2), peer: 'his' }, []],
        [{ from: NOW + 1 }, [third]],
        [{ to: NOW + 1 }, [handed, second, first]],
        [{ from: NOW, to: NOW + 1, state: 'open' }, [first]],
      ];
      for (const [query, found] of cases)
        assert.deepEqual((await search(query)).ids, found, JSON.stringify(query));
    });

    for (const range of [{}, { from: 0 }]) {
      it(`goes on where a page ended${'from' in range ? ', by time' : ''}`, async () => {
        const times = [5, 5, 1, 5, 3];
        for (const [n, at] of times.entries())
          await journal().open(newExchange(n, { acceptedAt: NOW + at }), newLeg(n));
        const seen: number[] = [];
        for (let next: number | undefined = Infinity; next !== undefined;) {
          const page = await search({ ...range, limit: 2, beforeId: next });
          seen.push(...page.ids);
          next = page.next;
        }
        assert.deepEqual(seen, 'from' in range ? [4, 2, 1, 5, 3] : [5, 4, 3, 2, 1]);
      });
    }
  });
}
