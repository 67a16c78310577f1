import assert from 'node:assert/strict';
import {
  createKeyPair,
  createSm2Signer,
  createSm2Verifier,
  parsePrivateKey,
  parsePublicKey,
  sm3,
} from '@yiqiao/signer';
import { sm2 } from 'sm-crypto-v2';
import { identityDigest } from '#internal/curve.ts';
import { unaccelerated } from '#internal/fast-verify/acceleration.ts';
import { createFastVerifier } from '#internal/fast-verify/fast-verifier.ts';
import type { FastVerifier } from '#internal/fast-verify/fast-verifier.ts';
import { add, bytes, encode, findPoint, G, invert, mod, multiply, multiplyBase, N, P } from './reference.ts';
import type { Point } from './reference.ts';

const ROUNDS = Number(process.env['SIGNER_ROUNDS'] ?? 150);
const userId = '1234567812345678';
const verifier = createFastVerifier({ slots: 200 });

/** A verification whose key has its table already. */
function readyKey(point: Uint8Array, by: FastVerifier = verifier) {
  const verify = by.forKey(point);
  const none = Buffer.alloc(64);
  for (let use = 0; use < 3; use += 1) assert.equal(verify(refuseToDigest, none), undefined);
  return (digest: Uint8Array, signature: Uint8Array) => verify(() => digest, signature);
}

function refuseToDigest(): never {
  throw new Error('a key without table needs no digest');
}

function signerOf(pair = createKeyPair()) {
  const key = parsePublicKey(pair.publicKey);
  const privateKey = parsePrivateKey(pair.privateKey);
  const identity = identityDigest(key.point, userId);
  return {
    point: key.point,
    scalarHex: privateKey.key.export({ format: 'der', type: 'pkcs8' }).subarray(-32).toString('hex'),
    sign: createSm2Signer(privateKey, { userId }).sign,
    native: createSm2Verifier(key, { userId }, unaccelerated).verify,
    digest: (message: Buffer) => sm3(Buffer.concat([identity, message])),
  };
}

describe('Fast verification', () => {
  const party = signerOf();
  const verify = readyKey(party.point);

  it(`accepts what node:crypto signs and refuses it with a bit turned, as node:crypto does`, () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const message = Buffer.from(`第${round}笔`);
      const [digest, signature] = [party.digest(message), party.sign(message)];
      assert.equal(verify(digest, signature), true);
      const turned = Buffer.from(signature);
      turned[round % 64] = (turned[round % 64] ?? 0) ^ (1 << ((round >> 6) % 8));
      assert.equal(verify(digest, turned), false);
      assert.equal(party.native(message, turned), false);
      digest[round % 32] = (digest[round % 32] ?? 0) ^ 0x10;
      assert.equal(verify(digest, signature), false);
    }
  });

  it('agrees with an independent implementation that signs', () => {
    for (let round = 0; round < ROUNDS / 5; round += 1) {
      const message = Buffer.from(`message ${round}`);
      const publicKey = party.point.toString('hex');
      const theirs = sm2.doSignature(message, party.scalarHex, { hash: true, userId, publicKey });
      assert.equal(verify(party.digest(message), Buffer.from(theirs, 'hex')), true);
    }
  });

  it('tells one key from another', () => {
    for (let round = 0; round < 8; round += 1) {
      const other = signerOf();
      const message = Buffer.from('message');
      const signature = other.sign(message);
      assert.equal(readyKey(other.point)(other.digest(message), signature), true);
      assert.equal(verify(other.digest(message), signature), false);
    }
  });

  it('stays right while more keys than it has room for take turns', () => {
    const small = createFastVerifier({ slots: 1 });
    const message = Buffer.from('message');
    const keys = [signerOf(), signerOf()].map((one) => ({
      digest: one.digest(message),
      signature: one.sign(message),
      verify: small.forKey(one.point),
    }));
    const answers = keys.flatMap(({ digest, signature, verify: by }) =>
      Array.from({ length: 50 }, () => by(() => digest, signature)),
    );
    assert.equal(answers.includes(false), false);
    assert.deepEqual([answers[3], answers[49], answers[50], answers[99]], [true, true, undefined, true]);
    // The first key's table is gone, and its verifier knows.
    const [first] = keys;
    assert.ok(first);
    assert.equal(first.verify(refuseToDigest, first.signature), undefined);
  });

  it('takes a digest from n upwards for its remainder', () => {
    // In the second case, r is smaller than the remainder.
    const cases = { ordinary: multiplyBase(12_345n), wrapping: firstPoint(N - 64n) };
    for (const [title, sum] of Object.entries(cases)) {
      const digest = 1n << 200n;
      const { key, signature } = craft({ sum, s: 678n, digest });
      const verifyCrafted = readyKey(encode(key));
      assert.equal(verifyCrafted(bytes(digest), signature), true, title);
      assert.equal(verifyCrafted(bytes(digest + N), signature), true, title);
      assert.equal(verifyCrafted(bytes(digest + N + 1n), signature), false, title);
    }
  });

  it('does not refuse an x from n to p, of which only the remainder is known', () => {
    const sum = firstPoint(N);
    assert.ok(sum !== undefined && sum.x >= N && sum.x < P);
    const { key, signature } = craft({ sum, s: 31n, digest: 77n });
    assert.equal(readyKey(encode(key))(bytes(77n), signature), undefined);
  });

  it('refuses r or s outside 1 … n-1, r + s = n, and another length', () => {
    const s = 5n;
    const refused: Record<string, Buffer> = {
      'r = 0': pair(0n, s),
      's = 0': pair(s, 0n),
      'r = n': pair(N, s),
      's = n': pair(s, N),
      'r = n + 1': pair(N + 1n, s),
      'all ones': Buffer.alloc(64, 0xff),
      'r + s = n': pair(N - s, s),
      '63 bytes': pair(s, s).subarray(1),
      '65 bytes': Buffer.concat([pair(s, s), Buffer.alloc(1)]),
      'no bytes': Buffer.alloc(0),
    };
    const answers = Object.keys(refused).map((title) => verify(bytes(1n), refused[title] ?? Buffer.alloc(0)));
    assert.deepEqual(
      answers,
      answers.map(() => false),
    );
    // With r + s = n the key would not matter.
    const forged = mod(N - s - (multiplyBase(s)?.x ?? 0n), N);
    assert.equal(verify(bytes(forged), pair(N - s, s)), false);
  });
});

describe('Fast verification at its edges', () => {
  const half = invert(2n, N);
  const keys: Record<string, bigint> = {
    G: 1n,
    '-G': -1n,
    '2G': 2n,
    '-2G': -2n,
    'G/2': half,
    '-G/2': -half,
    '2^6 G': 64n,
  };
  const small = [1n, 2n, 31n, 32n, 33n, 63n, 64n, 128n, 129n, 255n, 256n];
  const large = [1n << 252n, (1n << 252n) - 1n, 1n << 248n, (1n << 255n) + (1n << 247n), half];
  const scalars = [...small, ...large, N - 1n, N - 2n, N - 128n];
  for (const [title, factor] of Object.entries(keys)) {
    it(`never refuses what is right nor accepts what is wrong for the key ${title}`, () => {
      const verify = readyKey(encode(multiplyBase(factor)));
      const accepted = { yes: 0, unknown: 0 };
      for (const [index, s] of scalars.entries()) {
        for (const t of [s, mod(-s, N), scalars[(index + 7) % scalars.length] ?? 1n, mod(s * half, N)]) {
          const sum = multiplyBase(s + t * factor);
          const r = mod(t - s, N);
          if (r === 0n) continue;
          const digest = mod(r - (sum?.x ?? 0n), N);
          const answer = verify(bytes(digest), pair(r, s));
          if (sum === undefined) assert.equal(answer, undefined, 'the sum is infinity');
          else assert.notEqual(answer, false, `s = ${s}, t = ${t}`);
          accepted[answer === true ? 'yes' : 'unknown'] += 1;
          assert.notEqual(verify(bytes(mod(digest + 1n, N)), pair(r, s)), true);
        }
      }
      assert.ok(accepted.yes > accepted.unknown, JSON.stringify(accepted));
    });
  }

  it('does not know what came by way of an addition of equal or of opposite points', () => {
    for (const factor of [1n, -1n]) {
      const verify = readyKey(encode(multiplyBase(factor)));
      // To 3·G comes first the lowest digit of 67 = 64 + 3.
      const sum = multiplyBase(3n + 67n * factor);
      const r = 64n;
      assert.equal(verify(bytes(mod(r - (sum?.x ?? 0n), N)), pair(r, 3n)), undefined);
    }
  });
});

describe('Keys off the curve', () => {
  it('are refused where keys are read', () => {
    const { x, y } = G;
    for (const point of [
      { x, y: y + 1n },
      { x: 0n, y: 0n },
      { x: P, y },
      { x: (1n << 256n) - 1n, y },
    ]) {
      assert.throws(() => parsePublicKey(encode(point).toString('hex')), { code: 'KEY_INVALID' });
    }
  });
});

/** The first point of the curve whose x is at least this. */
function firstPoint(x: bigint): Point {
  return findPoint(x) ?? firstPoint(x + 1n);
}

const pair = (r: bigint, s: bigint): Buffer => Buffer.concat([bytes(r), bytes(s)]);

/** A key whose signature (r, s) of a digest meets a chosen point in its last step. */
function craft({ sum, s, digest }: { sum: Point; s: bigint; digest: bigint }): {
  key: Point;
  signature: Buffer;
} {
  const r = mod(digest + (sum?.x ?? 0n), N);
  const key = multiply(invert(mod(r + s, N), N), add(sum, multiply(N - s, G)));
  return { key, signature: pair(r, s) };
}
