import assert from 'node:assert/strict';
import {
  assertKnownAnswers,
  createKeyPair,
  createSm2Signer,
  createSm2Verifier,
  parsePrivateKey,
  parsePublicKey,
  watchFastVerification,
} from '@yiqiao/signer';
import { createAcceleration, unaccelerated } from '#internal/fast-verify/acceleration.ts';
import { createFastVerifier } from '#internal/fast-verify/fast-verifier.ts';
import type { FastVerifier } from '#internal/fast-verify/fast-verifier.ts';
import { assertSample } from '#internal/fast-verify/sample-check.ts';

const pair = createKeyPair();
const key = parsePublicKey(pair.publicKey);
const userId = '1234567812345678';
const signature = Buffer.alloc(64);

/** A verifier by hand: what the fast way and node:crypto say, and how often each is asked. */
function setUp(fast: boolean | undefined | Error, native: boolean) {
  const asked = { fast: 0, native: 0 };
  const speak = (): boolean | undefined => {
    asked.fast += 1;
    if (fast instanceof Error) throw fast;
    return fast;
  };
  const verifier: FastVerifier = { start: speak, forKey: () => speak };
  const acceleration = createAcceleration(verifier);
  const reasons: string[] = [];
  acceleration.watch((reason) => reasons.push(reason));
  const decide = acceleration.forKey(key.point);
  const ask = (times: number): readonly boolean[] =>
    Array.from({ length: times }, () =>
      decide({ signature, digest: () => Buffer.alloc(32), native: () => (asked.native += 1) > 0 && native }),
    );
  return { asked, reasons, ask, acceleration };
}

describe('Acceleration', () => {
  it('believes an acceptance, and has one in 256 of them confirmed', () => {
    const { asked, reasons, ask } = setUp(true, true);
    assert.ok(ask(512).every(Boolean));
    assert.deepEqual([asked, reasons], [{ fast: 512, native: 2 }, []]);
  });

  it('lets node:crypto decide on every refusal and whenever the fast way does not know', () => {
    for (const fast of [false, undefined]) {
      const { asked, reasons, ask } = setUp(fast, false);
      assert.ok(!ask(10).some(Boolean));
      assert.deepEqual([asked, reasons], [{ fast: 10, native: 10 }, []]);
    }
  });

  const contradictions = {
    'accepts what node:crypto refuses': { fast: true, native: false },
    'refuses what node:crypto accepts': { fast: false, native: true },
    'fails in itself': { fast: new Error('out of memory'), native: true },
  };
  for (const [title, { fast, native }] of Object.entries(contradictions)) {
    it(`is off for good, with a reason, once the fast way ${title}`, () => {
      const { asked, reasons, ask, acceleration } = setUp(fast, native);
      assert.deepEqual(ask(3), [native, native, native]);
      assert.deepEqual(asked, { fast: 1, native: 3 });
      assert.equal(reasons.length, 1);
      const late: string[] = [];
      acceleration.watch((reason) => late.push(reason));
      assert.deepEqual(late, reasons);
    });
  }

  it('is off when its own check fails at the start, which does not stop the program', () => {
    const { asked, reasons, ask, acceleration } = setUp(new Error('the sample does not verify'), true);
    acceleration.start();
    assert.deepEqual(ask(2), [true, true]);
    assert.deepEqual([asked, reasons], [{ fast: 1, native: 2 }, ['the sample does not verify']]);
  });

  it('tells nobody who has stopped listening, and warns on the process when nobody listens', async () => {
    const warned = new Promise<Error>((resolve) => process.once('warning', resolve));
    const acceleration = createAcceleration({
      start() {
        throw new Error('no WebAssembly here');
      },
      forKey: () => () => undefined,
    });
    acceleration.watch(() => assert.fail('nobody listens here'))();
    acceleration.start();
    const { message } = await warned;
    assert.match(message, /node:crypto alone.*no WebAssembly here/);
  });

  it('is on in this process after the start-up check', () => {
    assertKnownAnswers();
    watchFastVerification((reason) => assert.fail(reason))();
  });
});

describe('The check of the fast way', () => {
  const wrong = { everything: true, nothing: false, 'no answer': undefined };
  for (const [title, answer] of Object.entries(wrong)) {
    it(`finds out a verification that accepts ${title}`, () => {
      assert.throws(() => assertSample(() => answer), { code: 'ERR_ASSERTION' });
    });
  }
});

describe('An accelerated verifier', () => {
  const sign = createSm2Signer(parsePrivateKey(pair.privateKey), { userId }).sign;
  const signDer = createSm2Signer(parsePrivateKey(pair.privateKey), { userId, encoding: 'der' }).sign;

  it('answers as node:crypto before and after its key has a table, in both encodings', () => {
    const acceleration = createAcceleration(createFastVerifier({ slots: 1 }));
    acceleration.watch((reason) => assert.fail(reason));
    for (const [encoding, signAs] of [
      ['rs', sign],
      ['der', signDer],
    ] as const) {
      const { verify } = createSm2Verifier(key, { userId, encoding }, acceleration);
      for (let round = 0; round < 12; round += 1) {
        const message = Buffer.from(`message ${round}`);
        const own = signAs(message);
        assert.equal(verify(message, own), true);
        assert.equal(verify(Buffer.from('another'), own), false);
        assert.equal(verify(message, Buffer.concat([own, Buffer.alloc(1)])), false);
      }
    }
  });

  it('is at least twice as fast as node:crypto once it knows the key', () => {
    const message = Buffer.alloc(1_200, 0x61);
    const own = sign(message);
    const fastestOf = (verify: (bytes: Uint8Array, signature: Uint8Array) => boolean): number => {
      let best = Infinity;
      for (let round = 0; round < 400; round += 1) {
        const start = process.hrtime.bigint();
        assert.equal(verify(message, own), true);
        best = Math.min(best, Number(process.hrtime.bigint() - start));
      }
      return best;
    };
    const native = fastestOf(createSm2Verifier(key, { userId }, unaccelerated).verify);
    const ratio = native / fastestOf(createSm2Verifier(key, { userId }).verify);
    // Measured 7; the margin is for a busy machine.
    assert.ok(ratio > 2, `native / fast = ${ratio.toFixed(2)}`);
  });
});
