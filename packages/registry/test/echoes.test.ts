import assert from 'node:assert/strict';
import { createRegistry } from '@yiqiao/registry';
import type { NodeMap } from '@yiqiao/registry';

const registry = createRegistry();

/** Whether a side has a member at its top, or `LIST.MEMBER` in one of its lists. */
function has(nodes: readonly NodeMap[], echo: string): boolean {
  const [name = '', member] = echo.split('.');
  return member === undefined
    ? nodes.some(({ to, fields }) => to === '' && fields.some((field) => field.to === name))
    : nodes.some(
        ({ to, repeated, fields }) => repeated && to === name && fields.some((field) => field.to === member),
      );
}

describe('What an answer repeats of its request', () => {
  it('stands in both, whatever the operation', () => {
    const wrong = registry.operations().flatMap((operation) => {
      const { request, response } = registry.nationalMap(operation);
      const { echoes = [] } = registry.operation(operation);
      return echoes
        .filter((echo) => !has(request, echo) || !has(response, echo))
        .map((echo) => `${operation} ${echo}`);
    });
    assert.deepEqual(wrong, []);
  });

  for (const [operation, echoes] of [
    ['settleOutpatient', ['visitId', 'personNumber']],
    ['settleInpatient', ['visitId', 'personNumber']],
    ['uploadOutpatientFees', ['feeLines.feeLineNumber']],
    ['findFeeLines', undefined],
  ] as const) {
    it(`is known of ${operation}`, () => {
      assert.deepEqual(registry.operation(operation).echoes, echoes);
    });
  }
});
