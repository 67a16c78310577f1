import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { ExactNumber, GatewayError, leafText } from '@yiqiao/model';
import type { WireObject } from '@yiqiao/model';
import { createKeyPair, createMessageSigner, createMessageVerifier } from '@yiqiao/signer';
import type { SigningProfile, Sm2SigningProfile } from '@yiqiao/signer';
import { known } from './vectors.ts';

const file = new URL('../../../schemas/signing/profiles.json', import.meta.url);
const { profiles } = JSON.parse(readFileSync(file, 'utf8')) as { profiles: readonly SigningProfile[] };
const profileOf = (id: string): SigningProfile => {
  const profile = profiles.find((one) => one.id === id);
  assert.ok(profile);
  return profile;
};
const cainfo = profileOf('fsi-main-cainfo') as Sm2SigningProfile;
const body = Buffer.from(known('FSI-1', 'input_json'));
const published = { cainfo: known('FSI-1', 'cainfo_base64'), signtype: 'SM2' };
const publishedKey = { text: known('FSI-1', 'publicKey_hex') };
const clock = { now: () => 1_000_000 };
const pair = createKeyPair();

/** The error of a call, which must be one of ours. */
function errorOf(call: () => void): GatewayError {
  try {
    call();
  } catch (error) {
    assert.ok(error instanceof GatewayError, String(error));
    return error;
  }
  assert.fail('nothing was thrown');
}

/** Signature members, which are all text. */
function textsOf(members: WireObject): Record<string, string> {
  return Object.fromEntries(Object.entries(members).map(([name, value]) => [name, leafText(value) ?? '']));
}

describe('cainfo of the main interface', () => {
  const verify = createMessageVerifier(cainfo, { publicKeys: [publishedKey], clock });

  it('accepts the vector FSI-1', () => {
    verify(published, body);
  });

  for (const signtype of ['sm2', 'Sm2']) {
    it(`reads signtype ${signtype} without regard to case`, () => {
      verify({ ...published, signtype }, body);
    });
  }

  it('covers the exact bytes: one blank more is refused', () => {
    const error = errorOf(() => verify(published, Buffer.concat([body, Buffer.from(' ')])));
    assert.equal(error.code, 'SIGNATURE_INVALID');
    assert.deepEqual(error.details.facts, {
      reason: 'no key of this connection verifies it',
      keys: 1,
      signedBytes: body.length + 1,
    });
  });

  const missing: Record<string, WireObject> = {
    'no cainfo': { signtype: 'SM2' },
    'no signtype': { cainfo: published.cainfo },
    'an empty cainfo': { ...published, cainfo: '' },
    'a null cainfo': { ...published, cainfo: null },
    'a number as cainfo': { ...published, cainfo: new ExactNumber('1') },
    'neither of them': {},
  };
  for (const [title, envelope] of Object.entries(missing)) {
    it(`refuses ${title} as missing`, () => {
      assert.equal(errorOf(() => verify(envelope, body)).code, 'SIGNATURE_MISSING');
    });
  }

  const der = `MEUCIQD1oDsGSNLEYw7qxRPhu4GhWUTaOCfVt0FDrH6s7ucgswIgMbaqKd8hL9h2MYK8DUIcobuQOP0ff0LUhAtpxIW7wao=`;
  const invalid: Record<string, [envelope: WireObject, reason: RegExp]> = {
    'another signtype': [{ ...published, signtype: 'SM3' }, /signtype is not SM2/],
    'a cainfo that is not base64': [
      { ...published, cainfo: `${published.cainfo.slice(0, -3)}*==` },
      /not base64/,
    ],
    'a cainfo with a line break': [{ ...published, cainfo: `${published.cainfo}\n` }, /not base64/],
    'a cainfo cut short': [{ ...published, cainfo: published.cainfo.slice(0, 84) }, /64 bytes/],
    'a DER signature': [{ ...published, cainfo: der }, /64 bytes/],
    'a signature of something else': [
      { ...published, cainfo: `A${published.cainfo.slice(1)}` },
      /no key of this connection/,
    ],
  };
  for (const [title, [envelope, reason]] of Object.entries(invalid)) {
    it(`refuses ${title} and says why`, () => {
      const error = errorOf(() => verify(envelope, body));
      assert.equal(error.code, 'SIGNATURE_INVALID');
      assert.match(String(error.details.facts?.['reason']), reason);
    });
  }

  it('tells a foreign signtype in the facts, cut to ten characters', () => {
    const error = errorOf(() => verify({ ...published, signtype: 'RSA-WITH-SOMETHING' }, body));
    assert.equal(error.details.facts?.['found'], 'RSA-WITH-S');
  });

  it('signs so that the far side verifies, under the profile’s user id or the connection’s', () => {
    for (const own of [{}, { userId: 'TESTCLIENT000001' }]) {
      const sign = createMessageSigner(cainfo, { privateKey: pair.privateKey, ...own });
      const check = createMessageVerifier(cainfo, { publicKeys: [{ text: pair.publicKey }], clock, ...own });
      const members = textsOf(sign(body));
      assert.deepEqual(Object.keys(members), ['cainfo', 'signtype']);
      assert.equal(members['cainfo']?.length, 88);
      check(members, body);
    }
  });

  it('does not accept a signature made under another user id', () => {
    const sign = createMessageSigner(cainfo, { privateKey: pair.privateKey, userId: 'TESTCLIENT000001' });
    const check = createMessageVerifier(cainfo, { publicKeys: [{ text: pair.publicKey }], clock });
    assert.equal(errorOf(() => check(sign(body), body)).code, 'SIGNATURE_INVALID');
  });
});

describe('Keys that change', () => {
  const now = clock.now();
  const own = { text: pair.publicKey };
  const members = createMessageSigner(cainfo, { privateKey: pair.privateKey })(body);
  const cases: [
    title: string,
    keys: Parameters<typeof createMessageVerifier>[1]['publicKeys'],
    code: string | null,
  ][] = [
    ['accepts a key on its first millisecond', [{ ...own, notBefore: now }], null],
    ['accepts a key on its last millisecond', [{ ...own, notAfter: now }], null],
    ['accepts the second of two keys in force', [publishedKey, own], null],
    [
      'reports a key that has run out',
      [publishedKey, { ...own, notAfter: now - 1 }],
      'SIGNATURE_KEY_EXPIRED',
    ],
    ['reports a key that is not in force yet', [{ ...own, notBefore: now + 1 }], 'SIGNATURE_KEY_EXPIRED'],
    [
      'reports a foreign signature as invalid though a key has run out',
      [{ ...publishedKey, notAfter: 0 }],
      'SIGNATURE_INVALID',
    ],
  ];
  for (const [title, publicKeys, code] of cases) {
    it(title, () => {
      const verify = createMessageVerifier(cainfo, { publicKeys, clock });
      if (code === null) verify(members, body);
      else assert.equal(errorOf(() => verify(members, body)).code, code);
    });
  }

  it('takes the validity of a certificate unless the configuration says otherwise', () => {
    const text = readFileSync(new URL('fixtures/certificate.pem', import.meta.url), 'utf8');
    const verifyAt = (time: string, key: object = {}): void =>
      createMessageVerifier(cainfo, {
        publicKeys: [{ text, ...key }],
        clock: { now: () => Date.parse(time) },
      })(published, body);
    verifyAt('2030-01-01T00:00:00Z');
    const tooEarly = errorOf(() => verifyAt('2026-01-01T00:00:00Z'));
    assert.equal(tooEarly.code, 'SIGNATURE_KEY_EXPIRED');
    verifyAt('2026-01-01T00:00:00Z', { notBefore: 0 });
  });

  it('names an unusable key when the connection is made', () => {
    assert.equal(
      errorOf(() => createMessageVerifier(cainfo, { publicKeys: [{ text: 'x' }] })).code,
      'KEY_INVALID',
    );
    assert.equal(errorOf(() => createMessageSigner(cainfo, { privateKey: '' })).code, 'KEY_INVALID');
  });
});

describe('Other profiles', () => {
  it('none signs nothing and asks for nothing', () => {
    assert.deepEqual(createMessageSigner(profileOf('none'), { privateKey: '' })(body), {});
    createMessageVerifier(profileOf('none'), { publicKeys: [] })({}, body);
  });

  it('a profile may have DER in hex under other names', () => {
    const other: SigningProfile = {
      ...cainfo,
      signature: { member: 'sign', encoding: 'der', text: 'hex' },
      type: { member: 'alg', value: 'SM3withSM2' },
    };
    const members = textsOf(createMessageSigner(other, { privateKey: pair.privateKey })(body));
    assert.match(members['sign'] ?? '', /^30[0-9a-f]{130,142}$/);
    const verify = createMessageVerifier(other, { publicKeys: [{ text: pair.publicKey }], clock });
    verify(members, body);
    verify({ ...members, sign: members['sign']?.toUpperCase() ?? '' }, body);
  });
});
