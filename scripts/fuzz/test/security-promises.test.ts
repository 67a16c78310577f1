/** Holds docs/security.md to what is tested: each promise names a test that exists. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const rows = readFileSync(join(root, 'docs/security.md'), 'utf8')
  .split('\n## ')
  .find((section) => section.startsWith('What is promised'))
  ?.split('\n')
  .filter((line) => line.startsWith('| ') && !/^\| (?:-|promise)/.test(line));

describe('The promises of docs/security.md', () => {
  it('are many', () => assert((rows ?? []).length > 30));

  for (const row of rows ?? []) {
    const [, promise = '', against = '', test = ''] = row.split('|').map((cell) => cell.trim());
    it(`name a test that exists: ${promise}`, () => {
      const [, file = '', title = ''] = /^`([^`]+\.test\.ts)`: (.+)$/.exec(test) ?? [];
      assert.notEqual(against, '', row);
      assert(file !== '' && existsSync(join(root, file)), test);
      const text = readFileSync(join(root, file), 'utf8');
      assert(text.includes(`it('${title}'`), `${file} has no test “${title}”`);
    });
  }
});
