import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ExactNumber, GatewayError } from '@yiqiao/model';
import { readJsonObject } from '@yiqiao/signer';
import { readJson, sortedJson, writeJson } from '#internal/json-text.ts';
import { errorOf } from './profiles.ts';

describe('JSON of whole messages', () => {
  it('is read as JSON.parse reads it, but for numbers, which keep their text', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        const read = readJson(text);
        const again = JSON.parse(writeJson(read)) as unknown;
        assert.deepEqual(again, JSON.parse(text));
        assert.deepEqual(JSON.parse(sortedJson(read)), JSON.parse(text));
      }),
      { numRuns: 300 },
    );
    assert.equal(writeJson(readJson(' { "a" : [ 12.50 , -0 , 1E+2 ] } ')), '{"a":[12.50,-0,1E+2]}');
  });

  it('has no member that reaches a prototype', () => {
    const read = readJsonObject(Buffer.from('{"__proto__":{"x":"1"},"constructor":"2"}'));
    assert.deepEqual(Object.keys(read), ['__proto__', 'constructor']);
    assert.equal(Object.getPrototypeOf(read), Object.prototype);
    assert.equal(writeJson(read), '{"__proto__":{"x":"1"},"constructor":"2"}');
  });

  it('may hold a text of millions of characters', () => {
    const long = 'A'.repeat(4_000_000);
    assert.equal(readJson(`"${long}"`), long);
    assert.equal(readJson(`"\\n${long}"`), `\n${long}`);
  });

  const bad: Record<string, [text: string, code: string]> = {
    nothing: ['', 'MESSAGE_NOT_READABLE'],
    'an open object': ['{"a":1', 'MESSAGE_NOT_READABLE'],
    'an open text': ['{"a":"', 'MESSAGE_NOT_READABLE'],
    'a comma too many': ['[1,]', 'MESSAGE_NOT_READABLE'],
    'a comma too many in an object': ['{"a":1,}', 'MESSAGE_NOT_READABLE'],
    'no colon': ['{"a" 1}', 'MESSAGE_NOT_READABLE'],
    'a name without quotes': ['{a:1}', 'MESSAGE_NOT_READABLE'],
    'a control character': ['"\u0001"', 'MESSAGE_NOT_READABLE'],
    'a wrong escape': ['"\\x"', 'MESSAGE_NOT_READABLE'],
    'a number with a leading zero': ['01', 'MESSAGE_NOT_READABLE'],
    'a wrong word': ['nul', 'MESSAGE_NOT_READABLE'],
    'something behind it': ['{} {}', 'MESSAGE_NOT_READABLE'],
    'a name twice': ['{"a":1,"\\u0061":2}', 'DUPLICATE_MEMBER'],
    'members without end': [
      `{${Array.from({ length: 2_001 }, (_, i) => `"a${i}":1`).join(',')}}`,
      'MESSAGE_TOO_DEEP',
    ],
    'deep nesting': ['['.repeat(100_000), 'MESSAGE_TOO_DEEP'],
  };
  for (const [title, [text, code]] of Object.entries(bad)) {
    it(`is refused with a place: ${title}`, () => {
      const error = errorOf(() => readJson(text));
      assert.deepEqual([error.code, typeof error.details.facts?.['offset']], [code, 'number']);
    });
  }

  it('is an object, in UTF-8', () => {
    for (const text of ['[]', '"a"', '1', 'null'])
      assert.equal(errorOf(() => readJsonObject(Buffer.from(text))).code, 'MESSAGE_NOT_READABLE');
    assert.equal(errorOf(() => readJsonObject(Buffer.of(0x7b, 0xb2, 0xe2))).code, 'CHARSET_WRONG');
  });

  it('may be any bytes at all without another error than ours', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        try {
          readJsonObject(bytes);
        } catch (error) {
          assert.ok(error instanceof GatewayError);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('keeps the text of a number', () => {
    const { a } = readJsonObject(Buffer.from('{"a":1234567890123456789.10}'));
    assert.ok(a instanceof ExactNumber);
    assert.equal(a.text, '1234567890123456789.10');
  });
});
