import assert from 'node:assert/strict';
import { buffer } from 'node:stream/consumers';
import { isZip, unzipText, zipLines } from '#internal/zip-archive.ts';

describe('the zip archives of the sandbox', () => {
  it('hold long texts, and Chinese ones, exactly', async () => {
    const lines = Array.from({ length: 20_000 }, (_, at) => `${at}\t结算\tnull`);
    const archive = await buffer(zipLines('明细.txt', lines));
    assert.equal(unzipText(archive), `${lines.join('\n')}\n`);
    assert.ok(archive.length < 200_000);
  });

  it('are known by how they begin', async () => {
    const archive = await buffer(zipLines('a.txt', ['1']));
    const others = [archive.subarray(4), Buffer.from('hello'), Buffer.from('PK'), Buffer.alloc(0)];
    assert.deepEqual([archive, ...others].map(isZip), [true, false, false, false, false]);
  });

  it('are not read when a byte is wrong, they are cut, or they are none', async () => {
    const archive = await buffer(zipLines('a.txt', ['1\t2\t3']));
    // 30 bytes of header and 5 of the name, then 8 of data.
    for (let at = 35; at < 43; at += 1) {
      const wrong = Buffer.from(archive);
      wrong[at] = (wrong[at] ?? 0) ^ 0xff;
      assert.equal(unzipText(wrong), undefined, `byte ${at}`);
    }
    assert.equal(unzipText(archive.subarray(0, archive.length - 10)), undefined);
    assert.equal(unzipText(Buffer.alloc(0)), undefined);
  });
});
