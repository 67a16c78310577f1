import assert from 'node:assert/strict';
import { createKeySlots } from '#internal/fast-verify/key-slots.ts';

function setUp(count: number) {
  const built: string[] = [];
  const slots = createKeySlots(count, (slot, id) => built.push(`${id} in ${slot}`));
  const keyOf = (id: string) => {
    const key = { id, uses: 0, slot: undefined };
    return (times = 1): number | undefined => {
      let slot: number | undefined;
      for (let use = 0; use < times; use += 1) slot = slots.use(key);
      return slot;
    };
  };
  return { built, keyOf };
}

describe('Slots of keys', () => {
  it('are given at the fourth use, and then kept', () => {
    const { built, keyOf } = setUp(2);
    const a = keyOf('a');
    assert.deepEqual([a(), a(), a(), a(), a()], [undefined, undefined, undefined, 0, 0]);
    assert.deepEqual(built, ['a in 0']);
  });

  it('serve the same key under another identity without a second table', () => {
    const { built, keyOf } = setUp(2);
    keyOf('a')(4);
    assert.equal(keyOf('a')(4), 0);
    assert.deepEqual(built, ['a in 0']);
  });

  it('stay with busy keys when there are more of them than slots', () => {
    const { built, keyOf } = setUp(2);
    const keys = ['a', 'b', 'c'].map(keyOf);
    for (let round = 0; round < 200; round += 1) for (const use of keys) use();
    assert.deepEqual(built, ['a in 0', 'b in 1']);
  });

  it('pass from the key that was unused longest to a new one', () => {
    const { built, keyOf } = setUp(2);
    const [a, b, c] = [keyOf('a'), keyOf('b'), keyOf('c')];
    a(4);
    b(4);
    a(40);
    assert.equal(c(4), 1);
    assert.deepEqual([a(), b()], [0, undefined]);
    assert.deepEqual(built, ['a in 0', 'b in 1', 'c in 1']);
  });

  it('stay empty when building fails', () => {
    let fails = true;
    const slots = createKeySlots(1, () => {
      if (fails) throw new Error('no table');
    });
    const key = { id: 'a', uses: 3, slot: undefined };
    assert.throws(() => slots.use(key), /no table/);
    fails = false;
    key.uses = 3;
    assert.equal(slots.use(key), 0);
  });
});
