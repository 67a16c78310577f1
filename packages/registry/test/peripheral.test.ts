/** Data of the platforms around the settlement. */
import assert from 'node:assert/strict';
import { GatewayError } from '@yiqiao/model';
import { createRegistry } from '@yiqiao/registry';
import { schemasFolder } from './schemas-folder.ts';

describe('Peripheral platforms', () => {
  let folder: ReturnType<typeof schemasFolder>;
  before(() => {
    folder = schemasFolder({
      'peripheral/e-invoice/codes.json': { a: 1 },
      'peripheral/e-invoice/broken.json': '{',
    });
  });
  after(() => folder.remove());

  const registry = (): ReturnType<typeof createRegistry> => createRegistry({ schemas: folder.url });

  it('are files by platform and name', () => {
    assert.deepEqual(registry().peripheral('e-invoice', 'codes'), { a: 1 });
    assert.deepEqual(registry().peripherals('e-invoice'), ['broken', 'codes']);
    assert.deepEqual(registry().peripherals('none'), []);
  });

  for (const name of ['missing', 'broken']) {
    it(`name the file that is ${name}`, () => {
      assert.throws(
        () => registry().peripheral('e-invoice', name),
        (error: unknown) =>
          error instanceof GatewayError &&
          error.code === 'PROFILE_BROKEN' &&
          error.details.faults?.[0]?.at.includes(`peripheral/e-invoice/${name}.json`) === true,
      );
    });
  }

  it('are not looked for outside their folder', () => {
    assert.throws(() => registry().peripheral('..', 'package'), /plain name/);
  });
});
