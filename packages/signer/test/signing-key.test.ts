import assert from 'node:assert/strict';
import { format, inspect } from 'node:util';
import type { WireObject } from '@yiqiao/model';
import {
  createKeyPair,
  createMessageSigner,
  createMessageVerifier,
  createSigningKey,
  createSm2Verifier,
  parsePrivateKey,
  parsePublicKey,
  whenSigned,
} from '@yiqiao/signer';
import type { SigningKey } from '@yiqiao/signer';
import { errorOf, profileOf } from './profiles.ts';

const cainfo = profileOf('fsi-main-cainfo');
const pair = createKeyPair();

/** The private value as it might leak: hex and base64, without the fixed head. */
function secretsOf(pem: string): string[] {
  const der = Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ''), 'base64');
  const scalar = der.subarray(der.indexOf(Buffer.from('0420', 'hex')) + 2).subarray(0, 32);
  return [scalar.toString('hex'), scalar.toString('base64').slice(0, 40), pem.split('\n')[1] ?? ''];
}

describe('a signing key', () => {
  const key = createSigningKey(pair.privateKey);
  const printed: Record<string, string> = {
    'util.inspect': inspect(key, { depth: 10, showHidden: true }),
    'util.inspect of what holds it': inspect({ config: { signing: { keys: [key] } } }, { depth: 10 }),
    'JSON.stringify': JSON.stringify({ key }),
    format: format('%s %o %j', key, key, key),
    String: `${key as unknown as string}`,
  };
  for (const [how, text] of Object.entries(printed)) {
    it(`shows by ${how} no more than a digest of its public half`, () => {
      for (const secret of secretsOf(pair.privateKey)) assert(!text.includes(secret));
      assert.match(text, /\[private key sm3:[0-9a-f]{16}\]/);
    });
  }

  it('shows nothing of a parsed private key either', () => {
    const parsed = parsePrivateKey(pair.privateKey);
    const text = `${inspect(parsed, { depth: 10, showHidden: true })} ${JSON.stringify(parsed)}`;
    for (const secret of secretsOf(pair.privateKey)) assert(!text.includes(secret));
  });

  it('is refused without repeating what it was made from', () => {
    const error = errorOf(() => createSigningKey(`${secretsOf(pair.privateKey)[0]}00`));
    assert.equal(error.code, 'KEY_INVALID');
    const text = `${inspect(error, { depth: 10 })}${JSON.stringify(error.details)}`;
    for (const secret of secretsOf(pair.privateKey)) assert(!text.includes(secret));
  });

  it('signs at once, without waiting', () => {
    const signer = key.createSigner({ userId: '1234567812345678' });
    const signature = whenSigned(() => signer.sign(Buffer.from('a')));
    assert(Buffer.isBuffer(signature));
    const verifier = createSm2Verifier(parsePublicKey(pair.publicHex), { userId: '1234567812345678' });
    assert(verifier.verify(Buffer.from('a'), signature));
  });
});

describe('the keys of a connection during a change', () => {
  const pairs = { old: createKeyPair(), new: createKeyPair() };
  const body = Buffer.from('{"a":1}');

  /** Which of the keys signs at a time. */
  function signerAt(keys: readonly SigningKey[], now: number): string {
    const sign = createMessageSigner(cainfo, { privateKey: keys, clock: { now: () => now } });
    const members: WireObject = sign(body);
    const found = Object.entries(pairs).filter(([, { publicKey }]) => {
      try {
        createMessageVerifier(cainfo, { publicKeys: [{ text: publicKey }] })(members, body);
        return true;
      } catch {
        return false;
      }
    });
    return found.map(([name]) => name).join();
  }

  const keys = [
    createSigningKey(pairs.new.privateKey, { notBefore: 2_000, notAfter: 4_000 }),
    createSigningKey(pairs.old.privateKey, { notBefore: 1_000, notAfter: 3_000 }),
  ];
  const cases: readonly [string, number, string][] = [
    ['before either begins, the first to begin', 500, 'old'],
    ['from its first millisecond, the old one', 1_000, 'old'],
    ['until the last millisecond before the new one begins, the old one', 1_999, 'old'],
    ['from the first millisecond of the new one, the new one', 2_000, 'new'],
    ['while both are valid, the newer one', 2_999, 'new'],
    ['after the old one has ended, the new one', 3_001, 'new'],
    ['after both have ended, the one that ended last', 5_000, 'new'],
  ];
  for (const [when, now, expected] of cases) {
    it(`sign ${when}`, () => {
      assert.equal(signerAt(keys, now), expected);
      assert.equal(signerAt([...keys].reverse(), now), expected);
    });
  }

  it('change over within one signer, at the instant itself', () => {
    let now = 1_999;
    const sign = createMessageSigner(cainfo, { privateKey: keys, clock: { now: () => now } });
    const both = [{ text: pairs.old.publicKey, notAfter: 3_000 }, { text: pairs.new.publicKey }];
    const verify = createMessageVerifier(cainfo, { publicKeys: both, clock: { now: () => now } });
    verify(sign(body), body);
    const before = sign(body);
    now = 2_000;
    verify(sign(body), body);
    verify(before, body);
  });

  it('hold without limits where none are given', () => {
    const [old, next] = [createSigningKey(pairs.old.privateKey), createSigningKey(pairs.new.privateKey)];
    assert.equal(signerAt([old], 1), 'old');
    assert.equal(signerAt([old, next], 1), 'new');
  });
});

describe('a key whose certificate is in doubt', () => {
  const sign = createMessageSigner(cainfo, { privateKey: pair.privateKey });
  const body = Buffer.from('{}');

  it('is refused by the doubt, which may come and go', () => {
    let doubt: 'CERTIFICATE_REVOKED' | undefined;
    const verify = createMessageVerifier(cainfo, {
      publicKeys: [{ text: createKeyPair().publicKey }, { text: pair.publicKey, doubt: () => doubt }],
    });
    verify(sign(body), body);
    doubt = 'CERTIFICATE_REVOKED';
    assert.equal(errorOf(() => verify(sign(body), body)).code, 'CERTIFICATE_REVOKED');
    doubt = undefined;
    verify(sign(body), body);
  });

  it('does not stand in the way of the same key in a certificate that is believed', () => {
    const doubt = (): 'CERTIFICATE_REVOKED' => 'CERTIFICATE_REVOKED';
    const publicKeys = [{ text: pair.publicKey, doubt }, { text: pair.publicKey }];
    createMessageVerifier(cainfo, { publicKeys })(sign(body), body);
  });
});
