import assert from 'node:assert/strict';
import fc from 'fast-check';
import { unzipOnly, zipText } from '#internal/zip-file.ts';

describe('Zip archives of one text', () => {
  it('hold what was put in', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        assert.equal(unzipOnly(zipText('对账.txt', text))?.toString('utf8'), text);
      }),
      { numRuns: 100 },
    );
  });

  it('that were cut or changed, and anything else, hold nothing', () => {
    const archive = zipText('a.txt', 'S1\t10.00\n'.repeat(100));
    for (const length of [0, 10, 60, archive.length - 30])
      assert.equal(unzipOnly(archive.subarray(0, length)), undefined, String(length));
    const changed = Buffer.from(archive);
    changed[45] = (changed[45] ?? 0) ^ 0xff;
    assert.equal(unzipOnly(changed), undefined);
    assert.equal(unzipOnly(Buffer.from('<html>')), undefined);
  });
});
