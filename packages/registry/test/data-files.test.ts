import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { createDataFiles } from '#internal/data-files.ts';
import { schemasFolder } from './schemas-folder.ts';

describe('the files of the data package', () => {
  const path = 'provincial/trial/elements.json';
  const folder = schemasFolder({ [path]: { elements: { a: {} } } });
  after(folder.remove);

  it('are read once in a turn, and anew in the next', async () => {
    const files = createDataFiles(folder.url);
    const before = files.find(path);
    writeFileSync(new URL(path, folder.url), '{"elements":{"b":{},"b":{}}}');
    assert.equal(files.find(path), before);
    assert.deepEqual(files.repeated(path), []);
    await Promise.resolve();
    assert.deepEqual(files.find(path), { elements: { b: {} } });
    assert.deepEqual(
      files.repeated(path).map(({ at }) => at),
      [`schemas/${path}#/elements/b`],
    );
  });

  it('are found when they were not there at first', () => {
    const files = createDataFiles(folder.url);
    const late = 'provincial/trial/envelope.json';
    assert.equal(files.find(late), undefined);
    writeFileSync(new URL(late, folder.url), '{}');
    assert.deepEqual(files.find(late), {});
  });
});
