import assert from 'node:assert/strict';
import type { Journal, Look, OddAnswer, Oddity } from '@yiqiao/journal';
import type { JournalUnderTest } from './describe-journal.ts';
import { NOW, answered, ended, newExchange, newLeg } from './samples.ts';

/** An identity that an answer breaks. */
export const BROKEN: Oddity = {
  rule: 'identity',
  at: '/output/setlinfo/medfee_sumamt',
  field: 'medfee_sumamt',
  label: { zh: '医疗费总额', en: 'total medical fee' },
  found: '100.00',
  message: { zh: '恒等关系不成立，差额 1339.87 元。', en: 'does not hold, difference 1339.87 CNY.' },
};
const CODE: Oddity = { ...BROKEN, rule: 'value-set', at: '/output/setlinfo/psn_type', field: 'psn_type' };

const odd = (...found: readonly Oddity[]): OddAnswer => ({ found });

/** A look of a person. */
export function look(changes: Partial<Look> = {}): Look {
  return { reason: '已与参保地核对', operator: '测试经办', at: NOW + 20, ...changes };
}

/** Opens an exchange and ends it with an odd answer. */
export async function endOddly(journal: Journal, n: number, answer = odd(BROKEN)): Promise<number> {
  const id = await journal.open(newExchange(n), newLeg(n));
  await journal.end(id, ended(), [answered(1, { odd: answer })]);
  return id;
}

/** Answers that are odd, and people who look at them. */
export function describeOdd({ journal, reopen }: JournalUnderTest): void {
  const found = async (query: 'waiting' | 'looked'): Promise<number[]> =>
    (await journal().search({ beforeId: Infinity, limit: 10, odd: query })).exchanges.map(({ id }) => id);

  describe('odd answers', () => {
    it('are kept with their message, its end and its state, from the write that recorded them', async () => {
      const id = await journal().open(newExchange(1), newLeg(1));
      const furtherOn = [{ rule: 'value-set', at: '/output/x' }];
      const leg: OddAnswer = { found: [BROKEN, CODE], more: 3, furtherOn };
      await journal().end(id, ended({ odd: odd(CODE) }), [answered(1, { odd: leg })]);
      const again = await (await reopen()).load(id);
      assert.deepEqual([again?.state, again?.legs[0]?.odd, again?.odd], ['answered', leg, odd(CODE)]);
      assert.deepEqual([again?.oddSince, again?.looks], [NOW + 3, undefined]);
      assert.deepEqual(await journal().checkExchange(id), []);
    });

    it('wait to be looked at, newest first, in pages, and are counted', async () => {
      const ids = [await endOddly(journal(), 1), await endOddly(journal(), 2)];
      const sound = await journal().open(newExchange(3), newLeg(3));
      await journal().end(sound, ended(), [answered(1)]);
      assert.deepEqual(await found('waiting'), ids.toReversed());
      const page = await journal().search({ beforeId: Infinity, limit: 1, odd: 'waiting' });
      assert.deepEqual([page.exchanges.map(({ id }) => id), page.next], [[ids[1]], ids[1]]);
      assert.equal((await journal().figures()).odd, 2);
    });

    it('wait from the first of them, also when it came late, after the end', async () => {
      const id = await journal().open(newExchange(1), newLeg(1));
      await journal().end(id, { state: 'rejected', at: NOW + 3 });
      await journal().settleLeg(id, answered(1, { state: 'rejected', at: NOW + 9, odd: odd(BROKEN) }));
      await journal().settleLeg(id, answered(1, { state: 'rejected', at: NOW + 12, odd: odd(CODE) }));
      const late = await journal().load(id);
      assert.deepEqual([late?.state, late?.oddSince, late?.legs[0]?.odd], ['rejected', NOW + 9, odd(CODE)]);
      assert.deepEqual(await found('waiting'), [id]);
      assert.deepEqual(await journal().checkExchange(id), []);
    });

    it('that only a gateway further on found wait there and not here', async () => {
      const furtherOn = [{ rule: 'identity', at: '/output/x' }];
      const id = await endOddly(journal(), 1, { found: [], furtherOn });
      const exchange = await journal().load(id);
      assert.deepEqual([exchange?.legs[0]?.odd?.furtherOn, exchange?.oddSince], [furtherOn, undefined]);
      assert.deepEqual(await found('waiting'), []);
    });
  });

  describe('look', () => {
    it('leaves on record who looked, when and what they found, and changes no outcome', async () => {
      const id = await endOddly(journal(), 1);
      const before = await journal().load(id);
      const audit = {
        at: NOW + 20,
        action: 'exchange.looked',
        outcome: 'done',
        target: `exchange ${id}`,
      } as const;
      const entry = await journal().look(id, look(), audit);
      assert.deepEqual(
        [entry?.action, (await journal().listAudit({ beforeId: Infinity, limit: 1 }))[0]?.id],
        [audit.action, entry?.id],
      );
      const { oddSince: _since, ...same } = before ?? assert.fail();
      assert.deepEqual(await (await reopen()).load(id), { ...same, looks: [look()] });
      assert.deepEqual([await found('waiting'), await found('looked')], [[], [id]]);
      assert.equal((await journal().figures()).odd, 0);
      assert.deepEqual(await journal().checkExchange(id), []);
    });

    it('is done again for what became odd since', async () => {
      const id = await endOddly(journal(), 1);
      await journal().look(id, look());
      await journal().settleLeg(id, answered(1, { at: NOW + 30, odd: odd(CODE) }));
      assert.deepEqual([(await journal().load(id))?.oddSince, await found('waiting')], [NOW + 30, [id]]);
      await journal().look(id, look({ at: NOW + 40 }));
      assert.deepEqual((await journal().load(id))?.looks, [look(), look({ at: NOW + 40 })]);
    });

    it('happens once, also when two people do it at once', async () => {
      const id = await endOddly(journal(), 1);
      const told = await Promise.allSettled([journal().look(id, look()), journal().look(id, look())]);
      assert.deepEqual(
        told.map(({ status }) => status),
        ['fulfilled', 'rejected'],
      );
      assert.equal((await journal().load(id))?.looks?.length, 1);
    });

    it('refuses what is not there, has not ended, or is not odd', async () => {
      const open = await journal().open(newExchange(1), newLeg(1));
      await journal().settleLeg(open, answered(1, { odd: odd(BROKEN) }));
      const sound = await journal().open(newExchange(2), newLeg(2));
      await journal().end(sound, ended());
      for (const id of [open, sound, 99])
        await assert.rejects(journal().look(id, look()), { code: 'INTERNAL' });
      assert.equal((await journal().load(open))?.oddSince, NOW + 2);
    });
  });
}
