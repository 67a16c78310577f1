import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { ExactNumber } from '@yiqiao/model';
import type { WireObject } from '@yiqiao/model';
import { createNationalJson, createPredecessorXml, formatJson } from '@yiqiao/wire';

const LIMITS = { maxBytes: 16 * 1024 * 1024, maxDepth: 32, maxNodes: 2_000_000 };

/** Longer than the parts in which a text is made, and of no length that divides them. */
const LENGTHS = [65_534, 65_535, 65_536, 65_537, 70_001, 131_072];

/** Rows with more members than an object has room for, all kinds of characters, and a text of this length in the last. */
function rows(length: number): readonly WireObject[] {
  const members = Array.from(
    { length: 40 },
    (_, index) => [`field_${index}`, `项${index} 𠮷"<&>\\`] as const,
  );
  return Array.from({ length: 30 }, (_, index) => ({
    ...Object.fromEntries(members),
    number: new ExactNumber(`${index}.50`),
    text: index === 29 ? '䶮𠮷'.repeat(length).slice(0, length - (length % 3)) : '',
  }));
}

/** The same as the platform's own parser gives it: numbers as their text. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

describe('A message that is written in parts', () => {
  for (const length of LENGTHS) {
    it(`is the national JSON that it would be in one, with a text of ${length}`, () => {
      const body = { detail: rows(length) };
      const codec = createNationalJson({ limits: LIMITS });
      const envelope = { msgid: 'H00000000001202601010800000001' };
      const bytes = codec.writeRequest({ transaction: '2204', envelope, body });
      const text = Buffer.from(bytes).toString();
      assert.equal(
        text.replaceAll(/"number":([\d.]+)/g, '"number":"$1"').includes(JSON.stringify(body)),
        true,
      );
      assert.equal(text.includes(formatJson(body)), true);
      assert.deepEqual(codec.readRequest(bytes).body, body);
    });

    it(`is the predecessor's XML that it would be in one, with a text of ${length}`, () => {
      const detail = plain(rows(length)) as readonly WireObject[];
      const codec = createPredecessorXml({ limits: LIMITS, charset: 'GB18030' });
      const bytes = codec.writeRequest({
        transaction: '0301',
        envelope: {},
        body: { detail: { row: detail } },
      });
      const read = codec.readRequest(bytes);
      assert.deepEqual(read.body, { detail: { row: detail } });
      const inner = new TextDecoder('gb18030').decode(read.signedBytes);
      assert.equal(inner.includes('项0 𠮷"&lt;&amp;&gt;\\'), true);
    });
  }

  it('is not mixed with another that broke off', () => {
    const broken = { a: 'x', b: new ExactNumber('no number') };
    assert.throws(() => formatJson(broken), { name: 'AssertionError' });
    assert.equal(formatJson({ a: 'y' }), '{"a":"y"}');
  });
});

describe('An object that is read', () => {
  it('is as plain as any, however many members it has and the one before it had', () => {
    const codec = createNationalJson({ limits: LIMITS });
    for (const count of [1, 4, 5, 16, 17, 150, 170, 3]) {
      const names = Array.from({ length: count }, (_, index) => `name_${index}`);
      const data = Object.fromEntries(names.map((name) => [name, name]));
      const bytes = Buffer.from(JSON.stringify({ infno: '2204', msgid: 'x', input: { data } }));
      const read = codec.readRequest(bytes).body['data'] as WireObject;
      assert.deepEqual(read, data);
      assert.deepEqual(Object.keys(read), names);
      assert.equal(Object.getPrototypeOf(read), Object.prototype);
      assert.equal('m0' in read, false);
    }
  });
});
