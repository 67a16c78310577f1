import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createPublicKey } from 'node:crypto';
import { GatewayError } from '@yiqiao/model';
import { readKeyStore } from '#internal/certificates/key-store.ts';

/** Made by openssl 3 with the password `test`: SM2, RSA, and RSA in the older encryption. */
const FILES = ['sm2.p12', 'rsa.p12', 'rsa-older.p12'];
const read = (name: string): Buffer => readFileSync(new URL(`../fixtures/${name}`, import.meta.url));

describe('a PKCS#12 file', () => {
  for (const name of FILES) {
    it(`gives key and certificate that belong together (${name})`, () => {
      const { privateKeys, certificates } = readKeyStore(read(name), 'test');
      const [key, ...others] = privateKeys;
      const [certificate] = certificates;
      assert(key !== undefined && certificate !== undefined && others.length === 0);
      const spki = createPublicKey(key).export({ format: 'der', type: 'spki' });
      assert.equal(spki.equals(certificate.spki), true);
    });
  }

  it('is refused with another password, and when it is something else', () => {
    const seen = (der: Uint8Array, password: string): unknown => {
      try {
        return readKeyStore(der, password);
      } catch (error) {
        assert(error instanceof GatewayError && error.code === 'CERTIFICATE_INVALID');
        return error.details.facts?.['seen'];
      }
    };
    assert.equal(seen(read('sm2.p12'), 'Test'), 'a PKCS#12 file with another password');
    assert.equal(seen(Buffer.from('3003020101', 'hex'), 'test'), 'no PKCS#12 file');
  });
});
