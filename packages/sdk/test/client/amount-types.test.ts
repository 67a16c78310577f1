import assert from 'node:assert/strict';
import { fen } from '@yiqiao/sdk';
import type { AnswerOf, Fen, RequestOf } from '@yiqiao/sdk';
import { SETTLEMENT } from './bodies.ts';

type Settlement = RequestOf<'settleOutpatient'>;
type FeeLine = RequestOf<'uploadOutpatientFees'>['feeLines'][number];

/** The compiler is the test: each line below an expected error would otherwise be one itself. */
describe('The types of bodies', () => {
  it('take amounts as Fen or text, never as number or bare bigint', () => {
    const good: readonly Settlement[] = [
      { ...SETTLEMENT, total: '12.50' },
      { ...SETTLEMENT, total: fen(1250n) },
    ];
    // @ts-expect-error a number is no amount
    const float: Settlement = { ...SETTLEMENT, total: 12.5 };
    // @ts-expect-error nobody knows whether this is 元 or 分
    const bare: Settlement = { ...SETTLEMENT, total: 1250n };
    assert.deepEqual([good.length, float.total, bare.total], [2, 12.5, 1250n]);
  });

  it('take prices and quantities as text, never as number', () => {
    const good: Partial<FeeLine> = { quantity: '2', price: '3.25' };
    // @ts-expect-error a number is no quantity
    const quantity: Partial<FeeLine> = { quantity: 2 };
    // @ts-expect-error a number is no price
    const price: Partial<FeeLine> = { price: 3.25 };
    assert.deepEqual([good.quantity, quantity.quantity, price.price], ['2', 2, 3.25]);
  });

  it('know every member, and which must be there', () => {
    // @ts-expect-error misspelt
    const misspelt: Partial<Settlement> = { personNumer: '1' };
    const { visitId: _, ...without } = SETTLEMENT;
    // @ts-expect-error the visit is missing
    const missing: Settlement = without;
    assert(misspelt !== missing);
  });

  it('tell amounts as Fen', () => {
    const total = (answer: AnswerOf<'settleOutpatient'>): Fen => answer.total;
    // @ts-expect-error an amount is no number
    const asNumber = (answer: AnswerOf<'settleOutpatient'>): number => answer.total;
    assert.notEqual(total, asNumber);
  });
});
