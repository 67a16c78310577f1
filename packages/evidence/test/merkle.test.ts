import assert from 'node:assert/strict';
import { sm3 } from '@yiqiao/signer';
import { pathOf, rootFrom, rootOf } from '#internal/merkle.ts';

const leaves = (count: number): Buffer[] => Array.from({ length: count }, (_, index) => sm3(`leaf ${index}`));

/** The definition of RFC 6962, 2.1, word by word: split at the largest power of two below the count. */
function rootByDefinition(of: readonly Buffer[]): Buffer {
  const [only] = of;
  if (only !== undefined && of.length === 1) return only;
  let half = 1;
  while (half * 2 < of.length) half *= 2;
  const parts = [rootByDefinition(of.slice(0, half)), rootByDefinition(of.slice(half))];
  return sm3(Buffer.concat([Buffer.of(1), ...parts]));
}

describe('The tree over a batch', () => {
  it('has the root that RFC 6962 defines, and paths that lead to it, for all counts up to 40', () => {
    for (let count = 1; count <= 40; count += 1) {
      const all = leaves(count);
      const root = rootOf(all);
      assert.deepEqual(root, rootByDefinition(all), String(count));
      for (const [index, leaf] of all.entries()) {
        assert.deepEqual(rootFrom(leaf, { index, count }, pathOf(all, index)), root, `${index} of ${count}`);
      }
    }
  });

  it('leads elsewhere from another leaf, place, count or path', () => {
    const all = leaves(11);
    const root = rootOf(all);
    const path = pathOf(all, 6);
    const leaf = sm3('leaf 6');
    const attempts = [
      rootFrom(sm3('leaf 5'), { index: 6, count: 11 }, path),
      rootFrom(leaf, { index: 7, count: 11 }, path),
      rootFrom(leaf, { index: 6, count: 5 }, path),
      rootFrom(leaf, { index: -1, count: 11 }, path),
      rootFrom(leaf, { index: 6, count: 11 }, path.slice(1)),
      rootFrom(leaf, { index: 6, count: 11 }, [...path, leaf]),
      rootFrom(leaf, { index: 6, count: 11 }, path.toReversed()),
    ];
    for (const reached of attempts) assert.notDeepEqual(reached, root);
  });
});
