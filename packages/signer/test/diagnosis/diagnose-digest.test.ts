import assert from 'node:assert/strict';
import { createHmac, hash } from 'node:crypto';
import { diagnoseDigest } from '@yiqiao/signer';
import type { Diagnosis, IncomingHeaders, WholeSigningProfile } from '@yiqiao/signer';
import { errorOf, NONCE, NOW, profileOf, protect, settingsOf } from '../profiles.ts';

const TOKEN = 'TESTTOKEN0000000000000000000000A';
const TIME = String(NOW / 1_000);
const QUERY = [
  ['name', '测试'],
  ['a', '1'],
] as const;

function diagnose(
  id: string,
  change: { headers?: IncomingHeaders; message?: string; now?: number } = {},
): Diagnosis {
  const { credentials = {} } = settingsOf(id, 'server');
  return diagnoseDigest({
    profile: profileOf(id) as WholeSigningProfile,
    settings: { credentials },
    query: QUERY,
    now: NOW,
    ...change,
    message: Buffer.from(change.message ?? '{"a":1}'),
  });
}

function assertCause(found: Diagnosis, differences: readonly string[]): void {
  assert.equal(found.verdict, differences.length === 0 ? 'valid' : 'explained');
  assert.deepEqual(found.causes[0]?.differences, differences);
  assert.doesNotMatch(JSON.stringify(found), /TESTTOKEN|testSecretKey|TESTKEY/);
}

describe('The diagnosis of x-tif headers', () => {
  const sent = {
    'x-tif-paasid': 'mbs_fsi_auth',
    'x-tif-timestamp': TIME,
    'x-tif-nonce': NONCE,
  };
  const signed = (text: string, algorithm = 'sha256'): string => hash(algorithm, text, 'hex');
  const right = signed(TIME + TOKEN + NONCE + TIME);
  const cases: Record<string, [signature: string, differences: string[]]> = {
    'nothing at all': [right.toUpperCase(), []],
    'base64 instead of hex': [Buffer.from(right, 'hex').toString('base64'), ['text-base64']],
    'another order': [signed(TOKEN + TIME + NONCE), ['order-other']],
    'no token': [signed(TIME + NONCE + TIME), ['token-left-out']],
    separators: [signed([TIME, TOKEN, NONCE, TIME].join('&')), ['separators-added']],
    SM3: [signed(TIME + TOKEN + NONCE + TIME, 'sm3'), ['algorithm-other']],
    'an HMAC': [
      createHmac('sha256', TOKEN)
        .update(TIME + NONCE + TIME)
        .digest('hex'),
      ['algorithm-other'],
    ],
    'another order under MD5': [signed(TOKEN + TIME + NONCE, 'md5'), ['order-other', 'algorithm-other']],
  };
  for (const [title, [signature, differences]] of Object.entries(cases)) {
    it(`names ${title}`, () => {
      assertCause(diagnose('tif', { headers: { ...sent, 'x-tif-signature': signature } }), differences);
    });
  }

  it('names what else is refused when the digest is right', () => {
    const headers = { ...sent, 'x-tif-signature': right };
    assertCause(diagnose('tif', { headers, now: NOW + 1e6 }), ['time-outside']);
    assertCause(diagnose('tif', { headers: { ...headers, 'x-tif-paasid': 'x' } }), ['credential-other']);
    const inMs = {
      ...sent,
      'x-tif-timestamp': String(NOW),
      'x-tif-signature': signed(NOW + TOKEN + NONCE + NOW),
    };
    assertCause(diagnose('tif', { headers: inMs }), ['time-outside']);
  });

  it('says that nothing fits, or that there is nothing', () => {
    assert.equal(diagnose('tif').verdict, 'missing');
    const found = diagnose('tif', { headers: { ...sent, 'x-tif-signature': 'ab'.repeat(32) } });
    assert.deepEqual([found.verdict, found.tried.contents.includes('order-other')], ['unexplained', true]);
  });
});

describe('The diagnosis of CSB headers', () => {
  const sent = {
    _api_name: 'TEST_API',
    _api_version: '1.0.0',
    _api_access_key: 'testAccessKey',
    _api_timestamp: String(NOW),
  };
  const own = Object.entries(sent);
  const joined = (pairs: readonly (readonly [string, string])[]): string =>
    pairs.map((pair) => pair.join('=')).join('&');
  const sorted = (pairs: readonly (readonly [string, string])[]): string =>
    joined(pairs.toSorted(([one], [other]) => (one < other ? -1 : 1)));
  const signed = (text: string, algorithm = 'sha1'): string =>
    createHmac(algorithm, 'testSecretKey').update(text).digest('base64');
  const right = sorted([...own, ...QUERY]);
  const cases: Record<string, [signature: string, differences: string[]]> = {
    'nothing at all': [signed(right), []],
    'hex instead of base64': [Buffer.from(signed(right), 'base64').toString('hex'), ['text-hex']],
    'another HMAC': [signed(right, 'sha256'), ['algorithm-other']],
    'no parameters': [signed(sorted(own)), ['parameters-left-out']],
    'encoded parameters': [
      signed(sorted([...own, ['name', encodeURIComponent('测试')], ['a', '1']])),
      ['parameters-encoded'],
    ],
    'no order': [signed(joined([...own, ...QUERY])), ['pairs-unsorted']],
    'the body': [signed(`${right}&{"a":1}`), ['body-included']],
  };
  for (const [title, [_api_signature, differences]] of Object.entries(cases)) {
    it(`names ${title}`, () => {
      assertCause(diagnose('csb', { headers: { ...sent, _api_signature } }), differences);
    });
  }
});

describe('The diagnosis of an e-invoice', () => {
  const { sealMessage } = protect('boss-md5', 'client');
  const bytes = sealMessage?.({ a: '1' }, { now: NOW, nonce: NONCE });
  assert.ok(bytes);
  const { sign, ...sent } = JSON.parse(bytes.toString()) as Record<string, string>;
  const { data = '' } = sent;
  const md5 = (text: string): string => hash('md5', text, 'hex').toUpperCase();
  const text = (content: string): string =>
    `appid=TESTAPP&data=${content}&noise=${NONCE}&key=TESTKEY&version=1.0`;
  const cases: Record<string, [sign: string | undefined, differences: string[]]> = {
    'nothing at all': [sign, []],
    'the JSON itself': [md5(text('{"a":"1"}')), ['data-not-base64']],
    'the key at the end': [
      md5(`appid=TESTAPP&data=${data}&noise=${NONCE}&version=1.0&key=TESTKEY`),
      ['order-other'],
    ],
    'no key': [md5(`appid=TESTAPP&data=${data}&noise=${NONCE}&version=1.0`), ['token-left-out']],
    'another algorithm': [hash('sm3', text(data), 'hex'), ['algorithm-other']],
  };
  for (const [title, [given, differences]] of Object.entries(cases)) {
    it(`names ${title}`, () => {
      assertCause(diagnose('boss-md5', { message: JSON.stringify({ ...sent, sign: given }) }), differences);
    });
  }

  it('names another account', () => {
    const message = JSON.stringify({ ...sent, sign, appid: 'OTHER' });
    assertCause(diagnose('boss-md5', { message }), ['credential-other']);
  });
});

describe('The diagnosis of a digest', () => {
  it('is for profiles that have one', () => {
    const profile = profileOf('yiqiao-message') as WholeSigningProfile;
    const { credentials = {} } = settingsOf('yiqiao-message', 'server');
    const call = (): unknown =>
      diagnoseDigest({ profile, settings: { credentials }, message: Buffer.alloc(0), now: NOW });
    assert.equal(errorOf(call).code, 'CONFIG_INVALID');
  });
});
