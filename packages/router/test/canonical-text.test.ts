import assert from 'node:assert/strict';
import { ExactNumber, fen } from '@yiqiao/model';
import { decodeCanonical, encodeCanonical } from '@yiqiao/router';
import fc from 'fast-check';

const leaf = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: fc.constantFrom('#', '~', '!', '1', '"', '\\') }),
  fc.bigInt(),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  fc.stringMatching(/^-?\d{1,20}\.\d{1,6}$/).map((text) => new ExactNumber(text)),
);

const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    leaf,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.string(), tie('value'), { maxKeys: 4, noNullPrototype: true }),
  ),
}));

describe('canonical text', () => {
  it('gives back every canonical value exactly', () => {
    fc.assert(
      fc.property(value, (member) => {
        assert.deepEqual(decodeCanonical<{ member: unknown }>(encodeCanonical({ member })), { member });
      }),
    );
  });

  it('marks amounts, exact numbers and texts that look like them', () => {
    const request = { total: fen(-5n), carried: { '/data/x': new ExactNumber('12.50') }, memo: '#1' };
    assert.equal(encodeCanonical(request), '{"total":"#-5","carried":{"/data/x":"~12.50"},"memo":"!#1"}');
  });

  it('leaves out members that are undefined', () => {
    assert.equal(encodeCanonical({ a: undefined, b: [1] }), '{"b":[1]}');
  });

  it('keeps a member called __proto__ as plain data', () => {
    const text = '{"__proto__":{"admin":"#1"}}';
    const decoded = decodeCanonical<Record<string, unknown>>(text);
    assert.equal(decoded['admin'], undefined);
    assert.equal(Object.getPrototypeOf(decoded), Object.prototype);
    assert.equal(encodeCanonical(decoded), text);
  });

  it('refuses a damaged text', () => {
    assert.throws(() => decodeCanonical('{"total":'), SyntaxError);
  });
});
