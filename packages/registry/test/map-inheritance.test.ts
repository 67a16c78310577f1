import assert from 'node:assert/strict';
import { createRegistry } from '@yiqiao/registry';
import { profileFile, schemasFolder } from './schemas-folder.ts';

describe('Profiles', () => {
  it('inherit map files, one of the same name in place of the other', () => {
    const { url, remove } = schemasFolder({
      'provincial/base/profile.json': profileFile('base', { extends: 'national' }),
      'provincial/base/maps/1.json': { of: 'base' },
      'provincial/base/maps/2.json': { of: 'base' },
      'provincial/child/profile.json': profileFile('child', { extends: 'base' }),
      'provincial/child/maps/2.json': { of: 'child' },
    });
    try {
      const folder = createRegistry({ schemas: url });
      assert.deepEqual(folder.mapFiles('child'), ['1', '2']);
      assert.deepEqual(
        ['1', '2'].map((name) => folder.mapFile('child', name)),
        [{ of: 'base' }, { of: 'child' }],
      );
      assert.deepEqual(folder.mapFile('base', '2'), { of: 'base' });
    } finally {
      remove();
    }
  });
});
