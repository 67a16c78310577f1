import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { createChance } from './seeded.ts';
import { runUnderLoad } from './under-load.ts';

describe('a gateway that is killed again and again under load', function () {
  this.timeout(60_000);

  it('ends every exchange, and nothing is doubled, lost or left to a person', async () => {
    const chance = createChance(randomInt(2 ** 32));
    const load = { chance, visits: 30, cashiers: 10, kills: 3 };
    const { disagreements, persons, killed, history } = await runUnderLoad(load);
    const seed = `seed ${chance.seed}\n${history}`;
    assert.deepEqual(disagreements, [], seed);
    assert.deepEqual([persons, killed], [0, load.kills], seed);
  });
});
