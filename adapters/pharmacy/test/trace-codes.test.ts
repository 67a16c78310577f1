import assert from 'node:assert/strict';
import { codeOf, detailsOf, line, openShop, policyOf, purchase } from './stand-ins.ts';

const [ONE, TWO] = ['81000000000000000001', '81000000000000000002'];

const boxes = (codes: readonly string[], change: Record<string, unknown> = {}): Record<string, unknown> => {
  const amount = `${codes.length * 30}.00`;
  return purchase({
    total: amount,
    lines: [line({ quantity: String(codes.length), amount, traceCodes: codes, ...change })],
  });
};

const sold = (number: string, change: Record<string, unknown> = {}): Record<string, unknown> => ({
  ...boxes([ONE], change),
  number,
});

describe('a trace code', () => {
  it('is sold once in this pharmacy, and again after its purchase was cancelled', async () => {
    const { counter } = openShop();
    await counter.purchase(sold('LS0001'));
    const told = await detailsOf(counter.purchase(sold('LS0002')));
    assert.deepEqual(
      told.faults?.map(({ at, rule }) => [at, rule]),
      [['/lines/0/traceCodes/0', 'sold']],
    );
    await counter.cancel('LS0001');
    assert.equal((await counter.purchase(sold('LS0003'))).state, 'settled');
  });

  it('of a box that is sold in parts may be sold again, but not as a whole box', async () => {
    const { counter } = openShop();
    const part = { splitPackage: true, quantity: '0.5', price: '30', amount: '15.00' };
    const half = (number: string): Record<string, unknown> => ({ ...sold(number, part), total: '15.00' });
    await counter.purchase(half('LS0001'));
    assert.equal((await counter.purchase(half('LS0002'))).state, 'settled');
    assert.equal(await codeOf(counter.purchase(sold('LS0003'))), 'TRACE_CODE_SOLD');
    await counter.cancel('LS0001');
    assert.equal(await codeOf(counter.purchase(sold('LS0003'))), 'TRACE_CODE_SOLD', 'one half is still sold');
    await counter.cancel('LS0002');
    assert.equal(await codeOf(counter.purchase(sold('LS0003'))), 'done');
  });

  it('is held by one of two purchases that come at the same moment', async () => {
    const { counter, insurer } = openShop();
    const codes = await Promise.all(
      ['LS0001', 'LS0002'].map((number) => codeOf(counter.purchase(sold(number)))),
    );
    assert.deepEqual(codes.toSorted(), ['TRACE_CODE_SOLD', 'done']);
    assert.equal(insurer.settled.size, 1);
  });

  it('is as long as the profile allows', async () => {
    const long = '8'.repeat(31);
    const { counter } = openShop({ policy: policyOf({ courses: 'national', traceCodes: 'length-30' }) });
    assert.equal(await codeOf(counter.purchase(boxes([long]))), 'MESSAGE_INVALID');
    assert.equal(await codeOf(openShop().counter.purchase(boxes([long]))), 'done');
  });

  it('of an unusual form is told as a warning', async () => {
    const { counter } = openShop();
    const receipt = await counter.purchase(boxes(['ABC']));
    assert.deepEqual(receipt.warnings, ['trace codes of an unusual form: 1']);
  });

  const wrong: readonly (readonly [string, Record<string, unknown>, string])[] = [
    ['twice in one purchase', boxes([ONE, ONE]), 'unique'],
    ['fewer than boxes', boxes([ONE, TWO], { traceCodes: [ONE] }), 'count'],
  ];
  for (const [title, told, rule] of wrong) {
    it(`is refused ${title}`, async () => {
      const { faults } = await detailsOf(openShop().counter.purchase(told));
      assert.deepEqual(
        faults?.map((fault) => fault.rule),
        [rule],
      );
    });
  }

  it('stands alone in a line of the settlement, so that two boxes are two lines', async () => {
    const { counter, insurer } = openShop();
    await counter.purchase(boxes([ONE, TWO]));
    const settled = insurer.calls.find(({ operation }) => operation === 'settlePharmacyPurchase');
    const lines = settled?.body['drugLines'] as {
      feeLineNumber: string;
      lineAmount: bigint;
      drugTrace?: { drugTraceCode: string };
    }[];
    assert.deepEqual(
      lines.map(({ feeLineNumber, lineAmount, drugTrace }) => [
        feeLineNumber,
        lineAmount,
        drugTrace?.drugTraceCode,
      ]),
      [
        ['1-1', 3000n, ONE],
        ['1-2', 3000n, TWO],
      ],
    );
  });

  it('stays out of the settlement where the profile has no place for it', async () => {
    const { counter, insurer } = openShop({
      policy: policyOf({ courses: 'national', traceCodes: 'length-30' }),
    });
    await counter.purchase(boxes([ONE, TWO]));
    const settled = insurer.calls.find(({ operation }) => operation === 'settlePharmacyPurchase');
    const lines = settled?.body['drugLines'] as { drugTrace?: unknown }[];
    assert.deepEqual(
      lines.map(({ drugTrace }) => drugTrace),
      [undefined],
    );
  });
});
