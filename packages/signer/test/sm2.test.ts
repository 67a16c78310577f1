import assert from 'node:assert/strict';
import { createSign, createVerify } from 'node:crypto';
import {
  createKeyPair,
  createSm2Signer,
  createSm2Verifier,
  parsePrivateKey,
  parsePublicKey,
  sm3,
} from '@yiqiao/signer';
import { sm2 } from 'sm-crypto-v2';
import { idsOf, known } from './vectors.ts';

const sample = {
  privateKey: parsePrivateKey(known('SM2-1', 'privateKey_hex')),
  publicKey: parsePublicKey(`04${known('SM2-1', 'publicKey_x')}${known('SM2-1', 'publicKey_y')}`),
  message: Buffer.from(known('SM2-1', 'message_utf8')),
  signature: Buffer.from(known('SM2-1', 'r_hex') + known('SM2-1', 's_hex'), 'hex'),
  userId: known('SM2-1', 'userId_utf8'),
};
const { verify } = createSm2Verifier(sample.publicKey, sample);
const { sign } = createSm2Signer(sample.privateKey, sample);
const order = 'FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123';

describe('SM3', () => {
  for (const id of idsOf('SM3')) {
    it(`gives the published digest of ${id}`, () => {
      assert.equal(sm3(known(id, 'input_utf8')).toString('hex'), known(id, 'expected_hex'));
    });
  }
});

describe('SM2 verifier', () => {
  it('accepts the published sample', () => {
    assert.equal(verify(sample.message, sample.signature), true);
  });

  it('refuses the sample for a message whose last character differs', () => {
    assert.equal(verify(Buffer.from('message digesu'), sample.signature), false);
  });

  it('refuses the sample under another user id', () => {
    const other = createSm2Verifier(sample.publicKey, { userId: '1234567812345679' });
    assert.equal(other.verify(sample.message, sample.signature), false);
  });

  it('refuses the sample with any single bit of it turned', () => {
    for (let bit = 0; bit < 512; bit += 7) {
      const turned = Buffer.from(sample.signature);
      turned[bit >> 3] = (turned[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      assert.equal(verify(sample.message, turned), false, `bit ${bit}`);
    }
  });

  it('refuses plain ECDSA by the same key', () => {
    const ecdsa = Buffer.from(
      '04ebfc718e8d1798620432268e77feb6415e2ede0e073c0f4f640ecd2e149a73' +
        '5e828cf33c53c70b40b2e3fbf0009ff50a88cf76b24d4e9629a26e47a371d2b8',
      'hex',
    );
    assert.equal(verify(sample.message, ecdsa), false);
  });

  const rest = known('SM2-1', 's_hex');
  const refused = {
    'without a byte at its end': sample.signature.subarray(0, 63),
    'with a byte more': Buffer.concat([sample.signature, Buffer.of(0)]),
    'with a stripped leading zero': sample.signature.subarray(1),
    'that is empty': Buffer.alloc(0),
    'of 64 zeros': Buffer.alloc(64),
    'with r = 0': Buffer.from('00'.repeat(32) + rest, 'hex'),
    'with s = 0': Buffer.from(known('SM2-1', 'r_hex') + '00'.repeat(32), 'hex'),
    'with r = n': Buffer.from(order + rest, 'hex'),
    'with s = n': Buffer.from(known('SM2-1', 'r_hex') + order, 'hex'),
    'with r = n + 1': Buffer.from(`${order.slice(0, -1)}4${rest}`, 'hex'),
    'of 64 bytes ff': Buffer.alloc(64, 0xff),
  };
  for (const [title, signature] of Object.entries(refused)) {
    it(`refuses a signature ${title}`, () => {
      assert.equal(verify(sample.message, signature), false);
    });
  }

  it('takes the signature from the middle of a larger buffer', () => {
    const larger = Buffer.concat([Buffer.alloc(5, 1), sample.signature, Buffer.alloc(5, 2)]);
    assert.equal(verify(sample.message, new Uint8Array(larger.buffer, larger.byteOffset + 5, 64)), true);
  });
});

describe('SM2 signer', () => {
  it('gives 64 bytes that its own verifier and an independent implementation accept', () => {
    const publicHex = sample.publicKey.point.toString('hex');
    for (let round = 0; round < 40; round += 1) {
      const message = Buffer.from(`第${round}笔`);
      const signature = sign(message);
      assert.equal(signature.length, 64);
      assert.equal(verify(message, signature), true);
      const options = { hash: true, userId: sample.userId };
      assert.equal(sm2.doVerifySignature(message, signature.toString('hex'), publicHex, options), true);
    }
  });

  it('never gives the same signature twice', () => {
    assert.notDeepEqual(sign(sample.message), sign(sample.message));
  });

  it('agrees with an independent implementation in the other direction, for several user ids', () => {
    for (const userId of ['1234567812345678', '测试机构', '']) {
      const pair = createKeyPair();
      const hex = parsePrivateKey(pair.privateKey)
        .key.export({ format: 'der', type: 'pkcs8' })
        .subarray(-32)
        .toString('hex');
      const theirs = sm2.doSignature(sample.message, hex, { hash: true, userId, publicKey: pair.publicHex });
      const own = createSm2Verifier(parsePublicKey(pair.publicKey), { userId });
      assert.equal(own.verify(sample.message, Buffer.from(theirs, 'hex')), true, userId);
    }
  });
});

describe('SM2 signatures in DER', () => {
  const der = {
    signer: createSm2Signer(sample.privateKey, { ...sample, encoding: 'der' }),
    verifier: createSm2Verifier(sample.publicKey, { ...sample, encoding: 'der' }),
  };
  const integers = `022100${known('SM2-1', 'r_hex')}022100${known('SM2-1', 's_hex')}`;

  it('round trips, and the sample verifies in its DER form', () => {
    assert.equal(der.verifier.verify(sample.message, der.signer.sign(sample.message)), true);
    assert.equal(der.verifier.verify(sample.message, Buffer.from(`3046${integers}`, 'hex')), true);
  });

  const refused = {
    'r‖s': sample.signature,
    'a long length': Buffer.from(`308146${integers}`, 'hex'),
    'an integer with a needless zero': Buffer.from(`3047${integers.replace('022100', '02220000')}`, 'hex'),
    'a negative integer': Buffer.from(`3045${integers.replace('022100', '0220')}`, 'hex'),
    'a byte behind it': Buffer.from(`3046${integers}00`, 'hex'),
    'its end cut off': Buffer.from(`3046${integers}`, 'hex').subarray(0, 70),
    'no bytes': Buffer.alloc(0),
  };
  for (const [title, signature] of Object.entries(refused)) {
    it(`refuses ${title}`, () => {
      assert.equal(der.verifier.verify(sample.message, signature), false);
    });
  }
});

describe('SM2 cost', () => {
  it('stays near that of node:crypto alone', () => {
    const { key } = sample.privateKey;
    const publicKey = sample.publicKey.key;
    const message = Buffer.alloc(1_200, 0x61);
    const identity = Buffer.alloc(32, 1);
    const raw = (): boolean => {
      const signature = createSign('sm3').update(identity).update(message).sign(key);
      return createVerify('sm3').update(identity).update(message).verify(publicKey, signature);
    };
    const own = (): boolean => verify(message, sign(message));
    const fastestOf = (run: () => boolean): number => {
      let best = Infinity;
      for (let round = 0; round < 60; round += 1) {
        const start = process.hrtime.bigint();
        assert.equal(run(), true);
        best = Math.min(best, Number(process.hrtime.bigint() - start));
      }
      return best;
    };
    fastestOf(raw);
    const ratio = fastestOf(own) / fastestOf(raw);
    // Measured 1.01; the margin is for a busy machine.
    assert.ok(ratio < 1.25, `own / raw = ${ratio.toFixed(3)}`);
  });
});
