import assert from 'node:assert/strict';
import { asText, jsonataUpload, plainUpload, readUploads } from '../mapping-upload.ts';
import { handWrittenUpload } from '../mapping-by-hand.ts';
import { rowsOf, SHAPES } from '../mapping-lines.ts';
import { compileNationalMap } from '../../../packages/mapping/src/index.ts';
import { createRegistry } from '../../../packages/registry/src/index.ts';
import type { WireObject } from '@yiqiao/model';

describe('the benchmark of mapping', () => {
  const registry = createRegistry();
  const derived = registry.nationalMap('uploadOutpatientFees');
  const { request } = compileNationalMap(derived);
  const [upload = {}] = readUploads(registry, { lines: 3, count: 1 });

  it('has the same made of an upload by hand, by JSONata and by the map', async () => {
    const { body } = request.toModel(upload);
    assert.deepEqual(handWrittenUpload(upload).body, body);
    const queried: unknown = JSON.parse(JSON.stringify(await jsonataUpload(derived)(plainUpload(upload))));
    assert.deepEqual(queried, asText(body));
  });

  it('has by hand put aside what the map puts aside', () => {
    const [line] = upload['feedetail'] as readonly WireObject[];
    const odd = { feedetail: [{ ...line, cnt: 'two', strange: 'x' }, 'no line'], beside: 'y' };
    const { carried } = request.toModel(odd);
    const values = (of: Readonly<Record<string, unknown>>): unknown =>
      Object.fromEntries(Object.entries(of).filter(([key]) => key.startsWith('/')));
    assert.deepEqual(values(handWrittenUpload(odd).carried), values(carried));
    assert.deepEqual(values(carried), {
      '/feedetail/0/cnt': 'two',
      '/feedetail/0/strange': 'x',
      '/feedetail/1': 'no line',
      '/beside': 'y',
    });
  });

  for (const shape of SHAPES) {
    it(`has as many rows as it asks for, each filled, in ${shape.codec}`, () => {
      const { codec, bytes } = rowsOf(registry, shape, 7);
      const { body } = codec.readRequest(bytes, { transaction: shape.transaction });
      assert.match(JSON.stringify(body), /\[(?:\{[^{}]+\},){6}\{[^{}]+\}\]/);
    });
  }
});
