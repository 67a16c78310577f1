import assert from 'node:assert/strict';
import { GatewayError } from '@yiqiao/model';
import { createRegistry } from '@yiqiao/registry';
import { profileFile, schemasFolder } from './schemas-folder.ts';

describe('A transaction that a region speaks in another form', () => {
  it('is named with the profile of that form, in which the registry knows it', () => {
    const registry = createRegistry();
    const forms = Object.entries(registry.otherForms('hebei-130300'));
    assert.deepEqual(forms, [['1162', 'hebei-130300-ec']]);
    for (const [transaction, form] of forms) assert.ok(registry.definition(form, transaction), transaction);
    assert.deepEqual(registry.otherForms('henan-411302'), {});
  });

  it('names a profile that exists', () => {
    const { url, remove } = schemasFolder({
      'provincial/astray/profile.json': profileFile('astray', {
        extends: 'national',
        otherForms: { '1162': 'nowhere' },
      }),
    });
    try {
      assert.throws(
        () => createRegistry({ schemas: url }).profile('astray'),
        (error) =>
          error instanceof GatewayError &&
          error.details.faults?.[0]?.at === 'schemas/provincial/astray/profile.json#/otherForms/1162',
      );
    } finally {
      remove();
    }
  });
});
