import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { EXAMPLES } from '../languages.ts';
import { runExamples } from '../run.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));

describe('The examples of signed calls', function () {
  this.timeout(120_000);

  it('are signed, answered and verified in every language that this machine has', async () => {
    const outcomes = await runExamples(root);
    assert.deepEqual(
      outcomes.filter(({ state }) => state === 'failed'),
      [],
    );
    assert.equal(outcomes.length, EXAMPLES.length);
  });

  it('are all named by their page', () => {
    const page = readFileSync(`${root}/docs/clients/README.md`, 'utf8');
    for (const { name } of EXAMPLES) assert.match(page, new RegExp(`\\]\\(${name}/`));
  });
});
