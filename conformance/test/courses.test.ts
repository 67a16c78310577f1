import assert from 'node:assert/strict';
import { createRegistry } from '@yiqiao/registry';
import { COURSES } from '#internal/sound/courses.ts';

describe('The courses that sound and faulty systems know', () => {
  it('are those of the operations that leave a settlement on record', () => {
    const registry = createRegistry();
    const entries = registry.operations().map((operation) => registry.operation(operation));
    const settling = entries.filter(({ records }) => records.some(({ kind }) => kind === 'settlement'));
    const standing = settling.map(({ transaction, checkedBy, undoneBy }) => {
      assert.ok(checkedBy !== undefined && undoneBy !== undefined, transaction);
      const [trial, cancel] = [registry.operation(checkedBy), registry.operation(undoneBy)];
      return { trial: trial.transaction, settle: transaction, cancel: cancel.transaction };
    });
    const byNumber = (one: { settle: string }, other: { settle: string }): number =>
      Number(one.settle) - Number(other.settle);
    assert.deepEqual(Object.values(COURSES).toSorted(byNumber), standing.toSorted(byNumber));
  });
});
