import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';

const here = new URL('.', import.meta.url);
const page = readFileSync(new URL('../../../docs/outcomes.md', import.meta.url), 'utf8');

/** Ids of the arrows of the state diagram. */
function arrows(): readonly string[] {
  const diagram = /```mermaid\n([\s\S]*?)```/.exec(page)?.[1] ?? '';
  return [...diagram.matchAll(/-->.*?: ([a-z-]+)$/gm)].map(([, id = '']) => id);
}

/** Ids in titles of tests. */
function tested(): ReadonlySet<string> {
  const sources = readdirSync(here)
    .filter((name) => name.endsWith('.test.ts') && name !== 'outcome-arrows.test.ts')
    .map((name) => readFileSync(new URL(name, here), 'utf8'));
  const titles = sources.flatMap((source) => [...source.matchAll(/\bit\((?:'|`)\[([a-z-]+)\]/g)]);
  return new Set(titles.map(([, id = '']) => id));
}

describe('the state diagram of docs/outcomes.md', () => {
  it('has an id for each arrow, each but once', () => {
    const ids = arrows();
    assert.ok(ids.length > 30);
    assert.equal(ids.length, [...page.matchAll(/^ +\S+ --> /gm)].length);
    assert.deepEqual([...new Set(ids)], ids);
  });

  for (const id of arrows()) {
    it(`has a test that names its arrow ${id}, and a line that tells what it is`, () => {
      assert.ok(tested().has(id), `no test is called [${id}]`);
      assert.match(page, new RegExp(`^\\| \`${id}\``, 'm'));
    });
  }

  it('has every arrow that tests name', () => {
    assert.deepEqual(
      [...tested()].filter((id) => !arrows().includes(id)),
      [],
    );
  });
});
