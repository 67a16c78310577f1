import assert from 'node:assert/strict';
import { createRegistry } from '@yiqiao/registry';
import type { ValidationMode } from '@yiqiao/registry';

const registry = createRegistry();

function found(transaction: string, success: boolean, mode: ValidationMode): number {
  const message = { transaction, direction: 'response', mode, body: null, success } as const;
  const { faults, deviations } = registry.check('national', message);
  return faults.length + deviations.length;
}

describe('An answer that refuses', () => {
  for (const mode of ['strict', 'tolerant'] as const) {
    it(`lacks nothing, whatever its transaction, ${mode}`, () => {
      const transactions = registry.transactions();
      assert.deepEqual(
        transactions.filter((transaction) => found(transaction, false, mode) > 0),
        [],
      );
      assert.ok(transactions.filter((transaction) => found(transaction, true, mode) > 0).length > 60);
    });
  }

  it('is held against the envelope all the same', () => {
    const { faults } = registry.check('national', {
      transaction: '2207',
      direction: 'response',
      mode: 'strict',
      envelope: {},
      body: null,
      success: false,
    });
    assert.deepEqual(
      faults.map(({ at }) => at),
      ['/infcode', '/inf_refmsgid'],
    );
  });
});
