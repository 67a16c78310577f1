import assert from 'node:assert/strict';
import { createNationalJson } from '@yiqiao/wire';
import { caught, places, utf8 } from './caught.ts';

const codec = createNationalJson();

describe('JSON that is not well-formed is refused with line, column and what was expected', () => {
  const cases = [
    { json: '', line: 1, column: 1, expected: 'The message is empty' },
    { json: '\u0000', line: 1, column: 1, expected: 'The message is empty' },
    { json: '{"a":1}x', line: 1, column: 8, expected: 'the end of the message' },
    { json: '{"a":1', line: 1, column: 7, expected: "',' or '}'" },
    { json: '{\n "a" 1}', line: 2, column: 6, expected: "':'" },
    { json: '{a:1}', line: 1, column: 2, expected: 'a member name in double quotes' },
    { json: "{'a':1}", line: 1, column: 2, expected: 'a member name in double quotes' },
    { json: '{"a":[1 2]}', line: 1, column: 9, expected: "',' or ']'" },
    { json: '{"a":,}', line: 1, column: 6, expected: 'a value' },
    { json: '{,}', line: 1, column: 2, expected: 'a member name in double quotes' },
    { json: '{"a":1,,}', line: 1, column: 8, expected: 'a member name in double quotes' },
    { json: '{"a":NaN}', line: 1, column: 6, expected: 'a value' },
    { json: '{"a":nul}', line: 1, column: 6, expected: 'a value' },
    { json: '{"a":+1}', line: 1, column: 6, expected: 'a value' },
    { json: '{"a":１}', line: 1, column: 6, expected: 'a value' },
    { json: '{"a":01}', line: 1, column: 7, expected: "',' or '}'" },
    { json: '{"a":1.}', line: 1, column: 8, expected: 'a digit' },
    { json: '{"a":.5}', line: 1, column: 6, expected: 'a value' },
    { json: '{"a":-}', line: 1, column: 7, expected: 'a digit' },
    { json: '{"a":1e}', line: 1, column: 8, expected: 'a digit' },
    { json: '{"a":"x\u0001y"}', line: 1, column: 8, expected: 'the closing quote' },
    { json: '{"a":"x\u0000y"}', line: 1, column: 8, expected: 'the closing quote' },
    { json: '{"a":"x\n\u000by"}', line: 2, column: 1, expected: 'the closing quote' },
    { json: '{"a":"x,\n"b":"y"}', line: 1, column: 9, expected: 'the closing quote' },
    { json: '{"a":"x,\n b', line: 1, column: 9, expected: 'the closing quote' },
    { json: '{"a\n":1}', line: 1, column: 4, expected: 'the closing quote' },
    { json: '{"a":"x\ny"', line: 2, column: 3, expected: "',' or '}'" },
    { json: '{}\u0000{}', line: 1, column: 3, expected: 'the end of the message' },
    { json: '{"a":"x', line: 1, column: 8, expected: 'the closing quote' },
    { json: '{"a":"\\x"}', line: 1, column: 7, expected: 'a valid escape' },
    { json: '{"a":"\\u12g4"}', line: 1, column: 7, expected: 'four hex digits' },
    { json: '{"a":1}//', line: 1, column: 8, expected: 'the end of the message' },
  ];
  for (const { json, line, column, expected } of cases) {
    it(JSON.stringify(json), () => {
      const error = caught(() => codec.readRequest(utf8(json)));
      assert.equal(error.code, 'MESSAGE_NOT_READABLE');
      assert.deepEqual(error.details.facts, { line, column, rule: 'syntax' });
      assert.ok(
        error.details.faults?.[0]?.message.en.includes(expected),
        error.details.faults?.[0]?.message.en,
      );
    });
  }

  it('names the member it stands in', () => {
    const json = '{"input":{"feedetail":[{"a":1},{"pric":1,2}]}}';
    assert.deepEqual(places(caught(() => codec.readRequest(utf8(json)))), ['/input/feedetail/1']);
  });
});

describe('hostile national JSON', () => {
  const limited = createNationalJson({ limits: { maxBytes: 100, maxDepth: 4, maxNodes: 5 } });
  const cases = [
    {
      title: '64 MB, before a byte is decoded',
      bytes: new Uint8Array(64 * 1024 * 1024).fill(0xff),
      code: 'MESSAGE_TOO_LARGE',
    },
    { title: '10,000 levels of lists', bytes: utf8('['.repeat(10_000)), code: 'MESSAGE_TOO_DEEP' },
    { title: '10,000 levels of objects', bytes: utf8('{"a":'.repeat(10_000)), code: 'MESSAGE_TOO_DEEP' },
    {
      title: 'a byte that is no UTF-8',
      bytes: new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x7d]),
      code: 'CHARSET_WRONG',
    },
    { title: 'an overlong form', bytes: new Uint8Array([0x22, 0xc0, 0xaf, 0x22]), code: 'CHARSET_WRONG' },
    {
      title: 'an encoded surrogate',
      bytes: new Uint8Array([0x22, 0xed, 0xa0, 0x80, 0x22]),
      code: 'CHARSET_WRONG',
    },
    { title: 'GBK', bytes: new Uint8Array([0x7b, 0x22, 0xb2, 0xe2, 0x22, 0x7d]), code: 'CHARSET_WRONG' },
    { title: 'UTF-16', bytes: new Uint8Array([0xff, 0xfe, 0x7b, 0x00]), code: 'CHARSET_WRONG' },
  ];
  for (const { title, bytes, code } of cases) {
    it(`is refused with ${code}: ${title}`, () => {
      assert.equal(caught(() => codec.readRequest(bytes)).code, code);
      assert.equal(caught(() => codec.readResponse(bytes)).code, code);
    });
  }

  it('is refused at the offset of the first bad byte', () => {
    const bytes = new Uint8Array([...utf8('{"a":"测试'), 0xff, 0x22, 0x7d]);
    assert.deepEqual(caught(() => codec.readRequest(bytes)).details.facts, { offset: 12 });
  });

  const limits = [
    { json: `{"a":"${'x'.repeat(100)}"}`, code: 'MESSAGE_TOO_LARGE' },
    { json: '{"a":[[[[1]]]]}', code: 'MESSAGE_TOO_DEEP' },
    { json: '{"a":[1,2,3,4,5]}', code: 'MESSAGE_TOO_DEEP' },
  ];
  for (const { json, code } of limits) {
    it(`is refused by the limit that is set: ${code} ${json.slice(0, 20)}`, () => {
      assert.equal(caught(() => limited.readRequest(utf8(json))).code, code);
    });
  }

  it('is refused when one object has more members than any known one by far', () => {
    const members = (count: number): string => Array.from({ length: count }, (_, i) => `"a${i}":1`).join(',');
    const json = (count: number): Uint8Array =>
      utf8(`{"infno":"1","msgid":"2","input":{"data":{${members(count)}}}}`);
    assert.equal(Object.keys(codec.readRequest(json(2_000)).body).length, 1);
    const error = caught(() => codec.readRequest(json(2_001)));
    assert.equal(error.code, 'MESSAGE_TOO_DEEP');
    assert.deepEqual(places(error), ['/input/data']);
  });

  it('is taken up to the very limits', () => {
    const json = '{"infno":"1","msgid":"2","input":{"a":[1]}}';
    assert.deepEqual(Object.keys(limited.readRequest(utf8(json)).body), ['a']);
  });
});
