import assert from 'node:assert/strict';
import { createWireCodec } from '@yiqiao/wire';
import type { WireCodec } from '@yiqiao/wire';

function codec(success: object): WireCodec {
  const answer = { code: 'beside:code', text: 'beside:text', success };
  const envelope = { charset: 'UTF-8', request: { root: 'i' }, response: { root: 'o' }, answer };
  return createWireCodec({ id: 'test', codec: 'plain-xml', envelope });
}

/** The code that an answer is told with. */
function told(success: object, message: { success: boolean; code: string }): string | undefined {
  const written = { ...message, text: '', envelope: {}, body: null };
  return codec(success).besideResponse?.(written)['code'];
}

describe('The code of an answer', () => {
  for (const [title, success, message, expected] of [
    [
      'stays as it is where it says the same in this form',
      { equals: '0' },
      { success: true, code: '0' },
      '0',
    ],
    ['is the form’s own for a success', { equals: 'P001' }, { success: true, code: '0' }, 'P001'],
    [
      'is the least clear one for a success',
      { atLeast: 0, unclear: ['0'] },
      { success: true, code: '0' },
      '1',
    ],
    ['of a refusal stays the sender’s', { equals: '0' }, { success: false, code: 'E7' }, 'E7'],
    [
      'of a refusal that would be read as a success is not told as one',
      { atLeast: 0 },
      { success: false, code: '1' },
      '-1',
    ],
  ] as const) {
    it(title, () => {
      assert.equal(told(success, message), expected);
    });
  }
});
