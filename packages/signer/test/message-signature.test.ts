import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { ExactNumber, leafText } from '@yiqiao/model';
import type { WireObject } from '@yiqiao/model';
import { createKeyPair, createMessageSigner, createMessageVerifier } from '@yiqiao/signer';
import type { SigningProfile, Sm2SigningProfile } from '@yiqiao/signer';
import { errorOf, profileOf, profiles } from './profiles.ts';
import { known } from './vectors.ts';

const cainfo = profileOf('fsi-main-cainfo') as Sm2SigningProfile;
const body = Buffer.from(known('FSI-1', 'input_json'));
const published = { cainfo: known('FSI-1', 'cainfo_base64'), signtype: 'SM2' };
const publishedKey = { text: known('FSI-1', 'publicKey_hex') };
const clock = { now: () => 1_000_000 };
const pair = createKeyPair();

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
  const order = 'FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123';
  const [r, s] = [1, 2].map((digit) => `${digit}`.repeat(64)) as [string, string];
  const written = (hex: string): WireObject => ({
    ...published,
    cainfo: Buffer.from(hex, 'hex').toString('base64'),
  });
  const invalid: Record<string, [envelope: WireObject, code: string, reason: RegExp]> = {
    'another signtype': [
      { ...published, signtype: 'SM3' },
      'SIGNATURE_ALGORITHM_WRONG',
      /signtype is not SM2/,
    ],
    'signtype none': [{ ...published, signtype: 'none' }, 'SIGNATURE_ALGORITHM_WRONG', /signtype is not SM2/],
    'signtype MD5': [{ ...published, signtype: 'MD5' }, 'SIGNATURE_ALGORITHM_WRONG', /signtype is not SM2/],
    'a cainfo that is not base64': [
      { ...published, cainfo: `${published.cainfo.slice(0, -3)}*==` },
      'SIGNATURE_MALFORMED',
      /not base64/,
    ],
    'a cainfo with a line break': [
      { ...published, cainfo: `${published.cainfo}\n` },
      'SIGNATURE_MALFORMED',
      /not base64/,
    ],
    'a cainfo cut short': [
      { ...published, cainfo: published.cainfo.slice(0, 84) },
      'SIGNATURE_MALFORMED',
      /64 bytes length/,
    ],
    'a byte too many': [written(`${r}${s}00`), 'SIGNATURE_MALFORMED', /64 bytes length/],
    'r = 0': [written(`${'00'.repeat(32)}${s}`), 'SIGNATURE_MALFORMED', /r-zero/],
    's = 0': [written(`${r}${'00'.repeat(32)}`), 'SIGNATURE_MALFORMED', /s-zero/],
    'r = n': [written(`${order}${s}`), 'SIGNATURE_MALFORMED', /r-too-large/],
    's = n': [written(`${r}${order}`), 'SIGNATURE_MALFORMED', /s-too-large/],
    'a DER signature': [{ ...published, cainfo: der }, 'SIGNATURE_MALFORMED', /64 bytes length/],
    'a signature of something else': [
      { ...published, cainfo: `A${published.cainfo.slice(1)}` },
      'SIGNATURE_INVALID',
      /no key of this connection/,
    ],
  };
  for (const [title, [envelope, code, reason]] of Object.entries(invalid)) {
    it(`refuses ${title} and says why`, () => {
      const error = errorOf(() => verify(envelope, body));
      assert.equal(error.code, code);
      const { reason: said, shape = '' } = error.details.facts ?? {};
      assert.match(`${String(said)} ${String(shape)}`, reason);
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
    [
      'reports a key that is not in force yet',
      [{ ...own, notBefore: now + 1 }],
      'SIGNATURE_KEY_NOT_YET_VALID',
    ],
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
    assert.equal(tooEarly.code, 'SIGNATURE_KEY_NOT_YET_VALID');
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
  it('that protect no bodies are never taken for unsigned ones', () => {
    for (const profile of profiles.filter(({ algorithm }) => algorithm !== 'SM3withSM2')) {
      if (profile.algorithm === 'none') continue;
      const { privateKey, publicKey: text } = pair;
      assert.equal(errorOf(() => createMessageSigner(profile, { privateKey })).code, 'CONFIG_INVALID');
      assert.equal(
        errorOf(() => createMessageVerifier(profile, { publicKeys: [{ text }] })).code,
        'CONFIG_INVALID',
      );
    }
  });

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

    const hex = members['sign'] ?? '';
    const shapes = {
      [`${hex}00`]: 'der-trailing-bytes',
      [hex.slice(0, -2)]: 'der-structure',
      [`${'11'.repeat(32)}${'22'.repeat(32)}`]: 'der-structure',
      '3006020100020101': 'r-zero',
      '3006020101020100': 's-zero',
      '30080202000102020001': 'der-not-shortest',
    };
    for (const [sign, shape] of Object.entries(shapes)) {
      const error = errorOf(() => verify({ ...members, sign }, body));
      assert.deepEqual([error.code, error.details.facts?.['shape']], ['SIGNATURE_MALFORMED', shape], sign);
    }
  });
});
