import assert from 'node:assert/strict';
import { createHash, createPublicKey, ECDH, generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { GatewayError } from '@yiqiao/model';
import {
  createKeyPair,
  createSm2Signer,
  createSm2Verifier,
  describeKey,
  parsePrivateKey,
  parsePublicKey,
} from '@yiqiao/signer';
import { known } from './vectors.ts';

const scalar = known('SM2-1', 'privateKey_hex').toLowerCase();
const xy = (known('SM2-1', 'publicKey_x') + known('SM2-1', 'publicKey_y')).toLowerCase();
const point = Buffer.from(`04${xy}`, 'hex');
const pkcs8 = parsePrivateKey(scalar).key.export({ format: 'der', type: 'pkcs8' });
const spki = parsePublicKey(xy).key.export({ format: 'der', type: 'spki' });
const compressed = Buffer.from(
  ECDH.convertKey(point, 'SM2', undefined, undefined, 'compressed').toString('latin1'),
  'latin1',
);
const pemOf = (type: string, der: Buffer): string =>
  `-----BEGIN ${type}-----\n${der.toString('base64').replace(/.{64}/g, '$&\n')}\n-----END ${type}-----\n`;
const certificate = readFileSync(new URL('fixtures/certificate.pem', import.meta.url), 'utf8');

/** Forms of one text with the same meaning. */
const texts = (bytes: Buffer): readonly string[] => [
  bytes.toString('hex'),
  bytes.toString('hex').toUpperCase(),
  ` ${bytes.toString('base64')}\r\n`,
];

describe('A private key', () => {
  const accepted = [
    ...texts(Buffer.from(scalar, 'hex')),
    ...texts(Buffer.from(`00${scalar}`, 'hex')),
    ...texts(pkcs8),
    pemOf('PRIVATE KEY', pkcs8),
    pemOf('PRIVATE KEY', pkcs8).replaceAll('\n', '\r\n'),
  ];
  for (const text of accepted) {
    it(`is read from ${text.trim().slice(0, 24)}… of ${text.length} characters`, () => {
      assert.deepEqual(parsePrivateKey(text).publicKey.point, point);
    });
  }

  it('brings its public half along in PKCS#8 as other tools write it', () => {
    const pair = createKeyPair();
    assert.equal(parsePrivateKey(pair.privateKey).publicKey.point.toString('hex'), pair.publicHex);
  });

  const otherHalf = Buffer.from(createKeyPair().publicHex, 'hex');
  const withPoint = (publicPoint: Buffer): Buffer =>
    Buffer.concat([
      Buffer.from('308187020100301306072a8648ce3d020106082a811ccf5501822d046d306b0201010420', 'hex'),
      Buffer.from(scalar, 'hex'),
      Buffer.from('a144034200', 'hex'),
      publicPoint,
    ]);

  it('is read with its own public half', () => {
    assert.deepEqual(parsePrivateKey(pemOf('PRIVATE KEY', withPoint(point))).publicKey.point, point);
  });

  const ec = (curve: string): string =>
    generateKeyPairSync('ec', {
      namedCurve: curve,
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    }).privateKey;
  const order = 'fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123';
  const refused: Record<string, [text: string, seen: RegExp]> = {
    'an empty text': [' \n', /empty/],
    zero: ['0'.repeat(64), /outside 1 … n-2/],
    'n - 1, with which signing never ends': [`${order.slice(0, -1)}2`, /outside 1 … n-2/],
    n: [order, /outside 1 … n-2/],
    'a scalar a byte short': [scalar.slice(2), /hex of 31 bytes/],
    'an odd number of hex digits': [scalar.slice(1), /63 characters that are neither/],
    'a public key': [pemOf('PUBLIC KEY', spki), /PEM PUBLIC KEY/],
    'a key of P-256': [ec('P-256'), /on 1\.2\.840\.10045\.3\.1\.7/],
    'an RSA key': [
      generateKeyPairSync('rsa', {
        modulusLength: 1024,
        publicKeyEncoding: { type: 'spki', format: 'pem' },
        privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
      }).privateKey,
      /on 1\.2\.840\.113549\.1\.1\.1/,
    ],
    'an encrypted key': [pemOf('ENCRYPTED PRIVATE KEY', pkcs8.subarray(3)), /PEM ENCRYPTED PRIVATE KEY/],
    'PKCS#8 cut short': [pemOf('PRIVATE KEY', pkcs8.subarray(0, 60)), /PEM PRIVATE KEY of 60 bytes/],
    'PEM that is no base64': ['-----BEGIN PRIVATE KEY-----\n****\n-----END PRIVATE KEY-----', /PEM/],
    'PEM without an end': [`-----BEGIN PRIVATE KEY-----\n${scalar}`, /damaged PEM/],
    'a public half of another key': [pemOf('PRIVATE KEY', withPoint(otherHalf)), /another key/],
    prose: ['请联系信息科', /neither PEM, hex nor base64/],
  };
  for (const [title, [text, seen]] of Object.entries(refused)) {
    it(`is not read from ${title}, and the error does not repeat it`, () => {
      assert.throws(
        () => parsePrivateKey(text),
        (error: unknown) => {
          assert.ok(error instanceof GatewayError);
          assert.equal(error.code, 'KEY_INVALID');
          const [fault] = error.details.faults ?? [];
          assert.match(fault?.found ?? '', seen);
          assert.match(fault?.message.zh ?? '', /PKCS#8 PEM/);
          assert.match(fault?.message.en ?? '', /PKCS#8 PEM/);
          const told = JSON.stringify(error.details);
          assert.equal(text.trim() !== '' && told.includes(text.trim().slice(-20)), false);
          return true;
        },
      );
    });
  }
});

describe('A public key', () => {
  const accepted = [
    ...texts(point),
    ...texts(point.subarray(1)),
    ...texts(compressed),
    ...texts(spki),
    pemOf('PUBLIC KEY', spki),
  ];
  for (const text of accepted) {
    it(`is read from ${text.trim().slice(0, 24)}… of ${text.length} characters`, () => {
      assert.deepEqual(parsePublicKey(text).point, point);
    });
  }

  it('comes out of a certificate with its validity', () => {
    const key = parsePublicKey(certificate);
    assert.equal(key.notBefore, Date.parse('2026-11-21T20:00:35Z'));
    assert.equal(key.notAfter, Date.parse('2036-11-18T20:00:35Z'));
    assert.equal(key.point.toString('hex'), known('FSI-1', 'publicKey_hex'));
  });

  const offCurve = Buffer.from(point);
  offCurve[64] = (offCurve[64] ?? 0) ^ 1;
  const p256 = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({
    type: 'spki',
    format: 'pem',
  });
  const refused: Record<string, [text: string, seen: RegExp]> = {
    'a point off the curve': [offCurve.toString('hex'), /not a point of the curve/],
    'a point off the curve in SPKI': [
      pemOf('PUBLIC KEY', Buffer.concat([spki.subarray(0, 26), offCurve])),
      /not a point/,
    ],
    'x and y beyond the field': ['ff'.repeat(64), /not a point of the curve/],
    zeros: ['00'.repeat(64), /not a point of the curve/],
    'a hybrid point': [`06${xy}`, /not a point of the curve/],
    'a point a byte short': [xy.slice(2), /hex of 63 bytes/],
    'a private key': [scalar, /hex of 32 bytes/],
    'a private key in PEM': [pemOf('PRIVATE KEY', pkcs8), /PEM PRIVATE KEY/],
    'a key of P-256': [String(p256), /on 1\.2\.840\.10045\.3\.1\.7/],
    'a certificate cut short': [certificate.replace(/(.{64}\n){3}/, ''), /PEM CERTIFICATE of/],
  };
  for (const [title, [text, seen]] of Object.entries(refused)) {
    it(`is not read from ${title}`, () => {
      assert.throws(
        () => parsePublicKey(text),
        (error: unknown) =>
          error instanceof GatewayError &&
          error.code === 'KEY_INVALID' &&
          seen.test(error.details.faults?.[0]?.found ?? ''),
      );
    });
  }
});

describe('A new key pair', () => {
  it('signs real SM2, which a key straight from the generator would not', () => {
    const pair = createKeyPair();
    const message = Buffer.from('测试');
    const options = { userId: '1234567812345678' };
    const signature = createSm2Signer(parsePrivateKey(pair.privateKey), options).sign(message);
    assert.equal(createSm2Verifier(parsePublicKey(pair.publicHex), options).verify(message, signature), true);
    assert.equal(createPublicKey(pair.publicKey).export({ format: 'der', type: 'spki' }).length, 91);
  });
});

describe('The description of a key', () => {
  const publicHex = point.toString('hex');
  const cases = [
    [scalar, { kind: 'private', form: 'hex', publicHex }],
    [pemOf('PRIVATE KEY', pkcs8), { kind: 'private', form: 'PEM PRIVATE KEY', publicHex }],
    [point.toString('base64'), { kind: 'public', form: 'base64', publicHex }],
    [pemOf('PUBLIC KEY', spki), { kind: 'public', form: 'PEM PUBLIC KEY', publicHex }],
  ] as const;
  for (const [text, description] of cases) {
    it(`tells ${description.kind} in ${description.form}, with the public half only`, () => {
      assert.deepEqual(describeKey(text), description);
    });
  }

  it('fails for a text that is no key', () => {
    assert.throws(() => describeKey(createHash('sha512').digest('hex')), { code: 'KEY_INVALID' });
  });
});
