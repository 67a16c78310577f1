import assert from 'node:assert/strict';
import { readJsonText } from '#internal/json-text.ts';

describe('a JSON text', () => {
  const BROKEN: readonly (readonly [text: string, line: number, column: number, found: string])[] = [
    ['', 1, 1, ''],
    ['{"a":1,}', 1, 8, '}'],
    ['{"a":1\n "b":2}', 2, 2, '"b":2}'],
    ['{a:1}', 1, 2, 'a:1}'],
    ['{"a" 1}', 1, 6, '1}'],
    ['{"a":tru}', 1, 6, 'tru}'],
    ['{"a":01}', 1, 6, '01}'],
    ['[1,]', 1, 4, ']'],
    ['[1}', 1, 3, '}'],
    ['{"a":[1,2]', 1, 11, ''],
    ['{"a":1} x', 1, 9, 'x'],
  ];
  for (const [text, line, column, found] of BROKEN) {
    it(`breaks off at line ${line}, column ${column}: ${JSON.stringify(text)}`, () => {
      assert.throws(() => JSON.parse(text) as unknown);
      assert.deepEqual(readJsonText(text).broken, { line, column, found });
    });
  }

  for (const text of ['null', ' [1, -2.5e3, "\\u0041", {}] ', '{"a":{"b":[]},"c":false}']) {
    it(`is whole: ${text}`, () => assert.deepEqual(readJsonText(text), { repeated: [] }));
  }

  it('shows members that an object has twice, by their place in the text and by pointer', () => {
    const { repeated } = readJsonText('{"a":1,\n "b/c":[{"d":1},{"d":1,"d":2}],\n "a":{"a":1}}');
    assert.deepEqual(repeated, [
      { pointer: '/b~1c/1/d', line: 2, column: 24 },
      { pointer: '/a', line: 3, column: 2 },
    ]);
  });

  it('may be nested as deep as it likes', () => {
    assert.equal(readJsonText('['.repeat(100_000)).broken?.column, 100_001);
  });
});
