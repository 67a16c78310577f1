import assert from 'node:assert/strict';
import { createKnowledge } from '#internal/knowledge.ts';
import { createRegistry } from '@yiqiao/registry';

const registry = createRegistry();
const knowledge = createKnowledge(registry);

describe('What the outcome machine knows of requests', () => {
  it('are the leaves at the top', () => {
    const fields = knowledge.requestFields('cancelOutpatientSettlement');
    assert.deepEqual(
      fields.map(({ name, required }) => [name, required]),
      [
        ['settlementId', true],
        ['visitId', true],
        ['personNumber', true],
        ['extension', false],
      ],
    );
  });

  it('and of answers: national name and label of the amounts by which a cancellation is held against its settlement', () => {
    for (const operation of ['cancelOutpatientSettlement', 'cancelInpatientSettlement'] as const) {
      const names = ['total', 'fundPaid', 'accountPaid', 'cashPaid'].map((name) => {
        const { field, label } = knowledge.answerField(operation, name) ?? {};
        return [field, label?.zh];
      });
      assert.deepEqual(names, [
        ['medfee_sumamt', '医疗费总额'],
        ['fund_pay_sumamt', '基金支付总额'],
        ['acct_pay', '个人账户支出'],
        ['psn_cash_pay', '个人现金支出'],
      ]);
    }
    assert.equal(knowledge.answerField('cancelOutpatientSettlement', 'nothing'), undefined);
  });

  it('are the lists, with what each item must have', () => {
    assert.deepEqual(knowledge.requestFields('withdrawInpatientFees'), [
      { name: 'feeLines', required: true, items: ['feeLineNumber', 'visitId', 'personNumber'] },
    ]);
    const lists = knowledge
      .requestFields('presettlePharmacyPurchase')
      .filter(({ items }) => items !== undefined);
    assert.deepEqual(
      lists.map(({ name }) => name),
      ['drugLines'],
    );
  });

  it('require something of every request that undoes another: an empty one could undo anything', () => {
    for (const operation of registry.operations()) {
      const { undoneBy } = knowledge.operation(operation);
      if (undoneBy === undefined) continue;
      const required = knowledge.requestFields(undoneBy).filter((field) => field.required);
      assert.ok(required.length > 0, undoneBy);
    }
  });
});
