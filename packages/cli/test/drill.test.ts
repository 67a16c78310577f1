import assert from 'node:assert/strict';
import { EXERCISES } from '#internal/drill/exercises.ts';
import { figuresOf, speak } from './spoken.ts';

describe('yiqiao drill', function () {
  this.timeout(60_000);

  for (const { id, title } of EXERCISES) {
    it(`${id}: ${title.en}, and all ends well`, async () => {
      const spoken = await speak('drill', '--only', id, '--json');
      const { exercises } = figuresOf(spoken) as { exercises: readonly { id: string; ok: boolean }[] };
      assert.deepEqual(
        exercises.map((one) => [one.id, one.ok]),
        [[id, true]],
        spoken.out,
      );
      assert.equal(spoken.code, 0);
    });
  }

  it('names the exercises when asked for another', async () => {
    const { code, err } = await speak('drill', '--only', 'fire');
    assert.equal(code, 2);
    assert.match(err, /answer-lost, wrong-signature/);
  });
});
