/** What is sealed opens with its key, at its place, unchanged, and in no other way. */
import assert from 'node:assert/strict';
import { createCipheriv, createHmac } from 'node:crypto';
import { createSeal, findSealing } from '@yiqiao/signer';
import type { SealingAlgorithm } from '@yiqiao/signer';

const KEY = Buffer.from('000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f', 'hex');
const CLEAR = Buffer.from('{"name":"测试甲"}');
const HEADER = 34;

describe('A seal', () => {
  for (const algorithm of ['aes-256-gcm', 'sm4-ctr-hmac-sm3'] as const satisfies SealingAlgorithm[]) {
    describe(`of ${algorithm}`, () => {
      const seal = createSeal(algorithm, KEY);

      it('opens at its place, says how it was made, and never looks the same twice', () => {
        for (const clear of [CLEAR, Buffer.alloc(0), Buffer.alloc(100_000, 7)]) {
          const [one, other] = [seal.seal('here', clear), seal.seal('here', clear)];
          assert.deepEqual(seal.open('here', one), clear);
          assert.notDeepEqual(one, other);
          assert.deepEqual(findSealing(one.subarray(0, 10)), { algorithm, keyId: seal.keyId });
          assert.equal(one.includes('测试甲'), false);
        }
      });

      it('does not open elsewhere, with another key, or with any bit changed', () => {
        const sealed = seal.seal('here', CLEAR);
        assert.equal(seal.open('there', sealed), undefined);
        assert.equal(createSeal(algorithm, Buffer.alloc(32, 1)).open('here', sealed), undefined);
        for (let at = 0; at < sealed.length; at += 1) {
          const changed = Buffer.from(sealed);
          changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
          assert.equal(seal.open('here', changed), undefined, `byte ${at}`);
        }
        for (const length of [0, 9, 10, HEADER, HEADER + 15, sealed.length - 1])
          assert.equal(seal.open('here', sealed.subarray(0, length)), undefined, `${length} bytes`);
      });

      it('moves nothing from the place into the text', () => {
        const sealed = seal.seal('place', CLEAR);
        const moved = Buffer.concat([
          sealed.subarray(0, HEADER),
          Buffer.from('place'),
          sealed.subarray(HEADER),
        ]);
        assert.equal(seal.open('', moved), undefined);
      });

      it('is opened by its key whichever algorithm that key seals with now', () => {
        const other = createSeal(algorithm === 'aes-256-gcm' ? 'sm4-ctr-hmac-sm3' : 'aes-256-gcm', KEY);
        assert.deepEqual(other.open('here', seal.seal('here', CLEAR)), CLEAR);
      });
    });
  }

  it('keeps the form that stands in files: keys of a series by HMAC, numbers as nonces', () => {
    const seal = createSeal('aes-256-gcm', KEY);
    const [first, sealed] = [seal.seal('here', CLEAR), seal.seal('here', CLEAR)];
    const series = sealed.subarray(10, 26);
    assert.deepEqual(first.subarray(10, 26), series);
    const key = createHmac('sha256', KEY).update('yiqiao seal encryption').update(series).digest();
    const nonce = Buffer.from('000000000000000000000002', 'hex');
    const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(
      Buffer.concat([sealed.subarray(0, HEADER), Buffer.from('here')]),
    );
    const text = Buffer.concat([cipher.update(CLEAR), cipher.final()]);
    assert.deepEqual(sealed.subarray(HEADER), Buffer.concat([text, cipher.getAuthTag()]));
  });

  it('takes no key but 32 bytes', () => {
    assert.throws(() => createSeal('aes-256-gcm', Buffer.alloc(16)), /32 bytes/);
  });
});
