/** What is printed of a bill, and whether a bill that is shown is one. */
import assert from 'node:assert/strict';
import { fen } from '@yiqiao/model';
import { billText, capitalAmount } from '@yiqiao/e-invoice';
import { charge, startBillingWorld, undoing } from './billing-world.ts';

describe('amounts in capital numerals', () => {
  const AMOUNTS: readonly [bigint, string][] = [
    [0n, '零元整'],
    [5n, '伍分'],
    [50n, '伍角整'],
    [12_345n, '壹佰贰拾叁元肆角伍分'],
    [10_005n, '壹佰元零伍分'],
    [1_000_000n, '壹万元整'],
    [10_050_000n, '壹拾万零伍佰元整'],
    [100_000_100n, '壹佰万零壹元整'],
    [140_950n, '壹仟肆佰零玖元伍角整'],
    [10_000_000_000n, '壹亿元整'],
    [1_000_000_000_100n, '壹佰亿零壹元整'],
    [-2_500n, '负贰拾伍元整'],
  ];
  for (const [amount, text] of AMOUNTS)
    it(`writes ${amount} 分 as ${text}`, () => {
      assert.equal(capitalAmount(fen(amount)), text);
    });
});

describe('the text of a bill', () => {
  it('tells numbers, lines, amounts and where it can be checked, and masks the name', async () => {
    const world = await startBillingWorld();
    try {
      world.issuer.settled(charge('S1'));
      const owed = world.issuer.find('S1');
      assert(owed !== undefined);
      assert.match(billText(owed, '示例医院'), /票据尚未开具/);
      await world.settle();
      const issued = world.issuer.find('S1');
      assert(issued !== undefined);
      const text = billText(issued, '示例医院');
      for (const part of [
        '票据号码：0000000001',
        '金额合计：100.00（大写：壹佰元整）',
        '示例胶囊 × 3盒　75.00',
        '开票时间：2026-03-01 10:00:00',
      ])
        assert(text.includes(part), part);
      assert(!text.includes('测试甲'));
    } finally {
      await world.close();
    }
  });
});

describe('a check of the elements of a bill', () => {
  it('says of each element whether it agrees, and whether the bill stands', async () => {
    const world = await startBillingWorld();
    try {
      world.issuer.settled(charge('S1'));
      await world.settle();
      const bill = world.issuer.find('S1')?.bill;
      const shown = { code: bill?.code ?? '', number: bill?.number ?? '', checkCode: bill?.checkCode ?? '' };
      assert.deepEqual(await world.issuer.check({ ...shown, total: '100.00', date: '2026-03-01' }), {
        valid: true,
        state: 'in-force',
        hasPaper: false,
        elements: { checkCode: 'same', total: 'same', date: 'same' },
      });
      const forged = await world.issuer.check({ ...shown, checkCode: '000000', total: '1000.00' });
      assert.deepEqual([forged.valid, forged.elements], [false, { checkCode: 'differs', total: 'differs' }]);
      assert.equal((await world.issuer.check({ ...shown, number: '9999999999' })).state, 'unknown-bill');
      world.issuer.undone(undoing('S1'));
      await world.settle();
      const writtenOff = await world.issuer.check(shown);
      assert.deepEqual([writtenOff.valid, writtenOff.state], [false, 'written-off']);
    } finally {
      await world.close();
    }
  });
});
