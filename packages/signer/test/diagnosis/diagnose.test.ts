import assert from 'node:assert/strict';
import { createSign, generateKeyPairSync, hash } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { WireObject } from '@yiqiao/model';
import { createKeyPair, diagnoseSignature, diagnosisFault, parsePrivateKey } from '@yiqiao/signer';
import type { BodyEvidence, Cause, Diagnosis, Sm2SigningProfile } from '@yiqiao/signer';
import { canonicalData } from '#internal/canonical-text.ts';
import { DIFFERENCES } from '#internal/diagnosis/difference-texts.ts';
import { encodeGbk } from '#internal/diagnosis/gbk.ts';
import { search } from '#internal/diagnosis/search.ts';
import { readJson, sortedJson, writeJson } from '#internal/json-text.ts';
import { sm3 } from 'sm-crypto-v2';
import { errorOf, NOW, profileOf } from '../profiles.ts';
import { b64, DEFAULT_ID, signBy } from './signed-by.ts';

const profile = profileOf('fsi-main-cainfo') as Sm2SigningProfile;
const SECRET = 'TESTSECRET00000000000000000000AB';
const [own, stranger] = [createKeyPair(), createKeyPair()];

/** As it was sent: members unsorted, a null, an empty text, numbers bare and quoted, Chinese, a slash. */
const SENT = '{"data":{"psn_name":"测试甲","amt":12.50,"no":"7","gone":null,"void":"","url":"a/b"}}';
const body = Buffer.from(SENT);

function diagnose(cainfo: string, change: Partial<BodyEvidence> = {}): Diagnosis {
  return diagnoseSignature({
    profile,
    envelope: { cainfo, signtype: 'SM2' },
    body,
    keys: [
      { name: 'his', text: own.publicHex },
      { name: 'other-hospital', text: stranger.publicHex, other: true },
    ],
    userIds: ['H00000000001'],
    appSecret: SECRET,
    now: NOW,
    ...change,
  });
}

function onlyCause({ causes }: Diagnosis): Cause {
  assert.equal(causes.length, 1, JSON.stringify(causes));
  return causes[0] as Cause;
}

describe('The diagnosis of a signature of the main interface', () => {
  it('finds nothing wrong with a good one, at the first attempt', () => {
    const found = diagnose(b64(signBy(own, SENT)));
    assert.deepEqual([found.verdict, found.attempts, onlyCause(found).differences], ['valid', 1, []]);
  });

  const hex = signBy(own, SENT);
  const [r, s] = [hex.slice(0, 64), hex.slice(64)] as [string, string];
  const reversed = (word: string): string => Buffer.from(word, 'hex').reverse().toString('hex');
  const writings: Record<string, [string, string[]]> = {
    'hex instead of base64': [hex, ['text-hex']],
    'hex in upper case': [hex.toUpperCase(), ['text-hex']],
    base64url: [`${b64(hex).replaceAll('+', '-').replaceAll('/', '_')}`, ['text-base64url']],
    'no padding': [b64(hex).replaceAll('=', ''), ['text-padding']],
    'a line end inside': [`${b64(hex).slice(0, 64)}\r\n${b64(hex).slice(64)}`, ['text-blanks']],
    'percent-encoded': [encodeURIComponent(b64(hex)), ['text-percent']],
    'base64 of hex digits': [Buffer.from(hex).toString('base64'), ['text-twice', 'text-hex']],
    'DER instead of r‖s': [b64(signBy(own, SENT, { der: true })), ['der-not-rs']],
    'DER in hex': [signBy(own, SENT, { der: true }), ['text-hex', 'der-not-rs']],
    'DER with a byte left over': [
      b64(`${signBy(own, SENT, { der: true })}00`),
      ['der-not-rs', 'der-trailing-bytes'],
    ],
    's before r': [b64(s + r), ['halves-swapped']],
    'little-endian': [b64(reversed(r) + reversed(s)), ['bytes-reversed']],
    'a byte in front': [b64(`04${hex}`), ['leading-byte']],
  };
  for (const [title, [cainfo, differences]] of Object.entries(writings)) {
    it(`names ${title}`, () => {
      const found = diagnose(cainfo);
      // Some signatures have none of the letters that base64url writes otherwise.
      if (title === 'base64url' && !/[-_]/.test(cainfo)) return assert.equal(found.verdict, 'valid');
      assert.equal(found.verdict, 'explained');
      assert.deepEqual(onlyCause(found).differences.toSorted(), differences.toSorted());
    });
  }

  it('names plus signs that were lost on the way', () => {
    let text = '';
    while (!text.includes('+')) text = b64(signBy(own, SENT));
    assert.deepEqual(onlyCause(diagnose(text.replaceAll('+', ' '))).differences, ['text-plus-lost']);
  });

  it('names r and s that were not padded', () => {
    let text = '';
    while (!text.startsWith('00')) text = signBy(own, SENT);
    const found = diagnose(b64(text.slice(2)));
    assert.equal(
      found.causes.some(({ differences }) => differences.join() === 'not-padded'),
      true,
    );
  }).timeout(20_000);

  const message = `{"infno":"2207","msgid":"M1","cainfo":"","signtype":"SM2","input":${SENT}}`;
  const value = readJson(SENT);
  const data = (value as { data: WireObject }).data;
  const contents: Record<string, [content: string | Uint8Array, differences: string[]]> = {
    'GBK bytes': [encodeGbk(SENT) ?? '', ['bytes-gbk']],
    'a BOM': [`\ufeff${SENT}`, ['bytes-bom']],
    'a line end behind it': [`${SENT}\n`, ['bytes-line-end']],
    'pretty-printed JSON': [
      JSON.stringify(JSON.parse(SENT), null, 2).replace('12.5', '12.50'),
      ['layout-indented'],
    ],
    'pretty-printed JSON with CRLF': [
      JSON.stringify(JSON.parse(SENT), null, 4).replace('12.5', '12.50').replaceAll('\n', '\r\n'),
      ['layout-indented'],
    ],
    'blanks as Python has them': [SENT.replaceAll(':', ': ').replaceAll(',', ', '), ['layout-indented']],
    'members sorted': [sortedJson(value), ['members-sorted']],
    'null members removed': [SENT.replace('"gone":null,', ''), ['nulls-removed']],
    'empty members removed': [
      SENT.replace('"gone":null,', '').replace('"void":"",', ''),
      ['empties-removed'],
    ],
    'numbers quoted': [SENT.replace('12.50', '"12.50"'), ['numbers-quoted']],
    'numbers bare': [SENT.replace('"7"', '7'), ['numbers-bare']],
    'numbers as floats': [SENT.replace('12.50', '12.5'), ['numbers-shortened']],
    'escaped Unicode': [SENT.replace('测试甲', '\\u6d4b\\u8bd5\\u7532'), ['text-escaped']],
    'escaped Unicode in upper case': [SENT.replace('测试甲', '\\u6D4B\\u8BD5\\u7532'), ['text-escaped']],
    'escaped slashes': [SENT.replace('a/b', 'a\\/b'), ['text-escaped']],
    'the whole message': [message, ['signed-whole-message']],
    'the whole message without its signature members': [
      `{"infno":"2207","msgid":"M1","input":${SENT}}`,
      ['signed-whole-message'],
    ],
    'input with its name': [`{"input":${SENT}}`, ['signed-with-name']],
    'the data node only': [writeJson(data), ['signed-part']],
    'base64 of input': [body.toString('base64'), ['signed-base64']],
    'the digest in hex': [sm3(SENT), ['signed-digest']],
    'the digest in bytes': [hash('sm3', SENT, 'buffer'), ['signed-digest']],
    'the cipher text': ['2BoaWOTj27QKJClb', ['signed-ciphertext']],
    'sorted, without nulls, numbers quoted': [
      sortedJson(canonicalData(value, { scalars: 'quoted', emptyObjects: 'keep' })),
      ['empties-removed', 'numbers-quoted', 'members-sorted'],
    ],
  };
  for (const [title, [content, differences]] of Object.entries(contents)) {
    it(`names a signature over something else: ${title}`, () => {
      const found = diagnose(b64(signBy(own, content)), {
        message: Buffer.from(message),
        sealed: '2BoaWOTj27QKJClb',
      });
      assert.deepEqual(onlyCause(found).differences.toSorted(), differences.toSorted());
    });
  }

  const layouts: Record<string, [sent: string, signed: string, difference: string]> = {
    'compact, but sent with blanks': [SENT.replaceAll(':', ' : '), SENT, 'layout-compact'],
    'CRLF, but sent with LF': ['{\n"a":1}', '{\r\n"a":1}', 'bytes-crlf'],
    'LF, but sent with CRLF': ['{\r\n"a":1}', '{\n"a":1}', 'bytes-lf'],
    'without the blanks around': [` ${SENT} `, SENT, 'bytes-trimmed'],
  };
  for (const [title, [sent, signed, difference]] of Object.entries(layouts)) {
    it(`names a signature over ${title}`, () => {
      const found = diagnose(b64(signBy(own, signed)), { body: Buffer.from(sent) });
      assert.deepEqual(onlyCause(found).differences, [difference]);
    });
  }

  const gone: Record<string, string> = {
    'one, somewhere': '{"data":{"a":"1","b":null,"d":2},"list":[{"x":"1"}]}',
    'all, in the order of the specification':
      '{"data":{"a":"1","b":null,"c":null,"d":2},"list":[{"w":null,"x":"1"}]}',
    'all, behind the others': '{"data":{"a":"1","d":2,"b":null,"c":null},"list":[{"x":"1","w":null}]}',
  };
  for (const [title, signed] of Object.entries(gone)) {
    it(`names a signature made before null members were removed: ${title}`, () => {
      const found = diagnose(b64(signBy(own, signed)), {
        body: Buffer.from('{"data":{"a":"1","d":2},"list":[{"x":"1"}]}'),
        nodes: [
          { node: 'data', names: ['a', 'b', 'c', 'd'] },
          { node: 'list', names: ['w', 'x'] },
        ],
      });
      assert.deepEqual(onlyCause(found).differences, ['nulls-gone']);
    });
  }

  const ids: Record<string, [userId: string, difference: string]> = {
    'the application secret': [SECRET, 'user-id-app-secret'],
    nothing: ['', 'user-id-empty'],
    'the institution code': ['H00000000001', 'user-id-other'],
  };
  for (const [title, [userId, difference]] of Object.entries(ids)) {
    it(`names a user id that is ${title}, and shows no secret`, () => {
      const found = diagnose(b64(signBy(own, SENT, { userId })));
      assert.deepEqual(onlyCause(found).differences, [difference]);
      assert.doesNotMatch(JSON.stringify(found), /TESTSECRET/);
    });
  }

  it('names the default user id where another is agreed', () => {
    const found = diagnose(b64(signBy(own, SENT)), { settings: { peerUserId: SECRET } });
    assert.deepEqual(onlyCause(found).differences, ['user-id-default']);
  });

  it('names a signature without identity digest', () => {
    const { key } = parsePrivateKey(own.privateKey);
    const der = createSign('sm3').update(body).sign(key);
    const found = diagnose(der.toString('base64'));
    assert.deepEqual(onlyCause(found).differences, ['der-not-rs', 'no-identity-digest']);
  });

  it('names the key of another party', () => {
    const cause = onlyCause(diagnose(b64(signBy(stranger, SENT))));
    assert.deepEqual([cause.differences, cause.key], [['key-other'], 'other-hospital']);
  });

  it('names a key outside its validity', () => {
    const keys = [{ name: 'his', text: own.publicHex, notAfter: NOW - 1 }];
    assert.deepEqual(onlyCause(diagnose(b64(signBy(own, SENT)), { keys })).differences, ['key-expired']);
  });

  it('names several things at once, the fewest that fit', () => {
    const cainfo = signBy(stranger, encodeGbk(SENT) ?? '', { userId: SECRET, der: true }).toUpperCase();
    const { differences } = onlyCause(diagnose(cainfo));
    assert.deepEqual(differences.toSorted(), [
      'bytes-gbk',
      'der-not-rs',
      'key-other',
      'text-hex',
      'user-id-app-secret',
    ]);
  });

  it('names plain ECDSA, as libraries make it with an SM2 key', () => {
    for (const digest of ['sm3', 'sha256']) {
      const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'SM2' });
      const der = createSign(digest).update(body).sign(privateKey);
      const text = (publicKey as KeyObject).export({ format: 'pem', type: 'spki' }).toString();
      const found = diagnose(der.toString('base64'), { keys: [{ name: 'his', text }] });
      assert.deepEqual(onlyCause(found).differences, ['der-not-rs', 'algorithm-ecdsa']);
    }
  });

  const digests = {
    'MD5 in hex': hash('md5', SENT, 'hex'),
    'SM3 in upper-case hex': sm3(SENT).toUpperCase(),
    'SHA-256 in base64': hash('sha256', SENT, 'base64'),
  };
  for (const [title, cainfo] of Object.entries(digests)) {
    it(`names a mere digest: ${title}`, () => {
      assert.deepEqual(onlyCause(diagnose(cainfo)).differences, ['algorithm-digest']);
    });
  }

  const shapes = {
    'signature-cut-off': b64(hex.slice(0, 100)),
    'signature-out-of-range': Buffer.alloc(64).toString('base64'),
  };
  for (const [difference, cainfo] of Object.entries(shapes)) {
    it(`names what can be no signature: ${difference}`, () => {
      const found = diagnose(cainfo);
      assert.deepEqual([found.verdict, onlyCause(found).differences], ['explained', [difference]]);
    });
  }

  it('says that there is none', () => {
    for (const cainfo of ['', ' ']) assert.equal(diagnose(cainfo).verdict, 'missing');
  });

  it('says what was tried when nothing fits, within two seconds', () => {
    const from = performance.now();
    const found = diagnose(b64(signBy(own, '{"another":"content"}')), { message: Buffer.from(message) });
    assert.ok(performance.now() - from < 2_000);
    assert.deepEqual([found.verdict, found.causes], ['unexplained', []]);
    assert.deepEqual(found.tried.keys, ['his', 'other-hospital']);
    for (const code of ['bytes-gbk', 'members-sorted', 'nulls-removed', 'signed-whole-message'] as const)
      assert.ok(found.tried.contents.includes(code), code);
    assert.ok(found.tried.userIds.includes('user-id-app-secret'));
    assert.ok(found.attempts > 100);
  }).timeout(5_000);

  it('needs a key', () => {
    assert.equal(errorOf(() => diagnose(b64(hex), { keys: [] })).code, 'KEY_INVALID');
  });

  it('takes a large body as it came and in whole only', () => {
    const large = Buffer.from(JSON.stringify({ data: 'x'.repeat(300_000) }));
    const found = diagnose(b64(signBy(own, '{}')), { body: large, message: large });
    assert.equal(found.verdict, 'unexplained');
    assert.deepEqual(found.tried.contents, []);
  });
});

describe('The search', () => {
  it('ends at its bounds and says so', () => {
    const bytes = Buffer.from(signBy(own, SENT), 'hex');
    const key = { name: 'his', key: parsePrivateKey(stranger.privateKey).publicKey };
    const space = {
      signatures: [{ value: bytes, differences: [] }],
      texts: [
        { value: body, differences: [] },
        { value: Buffer.from('x'), differences: ['bytes-lf' as const] },
      ],
      userIds: [{ value: DEFAULT_ID, differences: [] }],
      keys: [{ value: key, differences: [] }],
    };
    assert.deepEqual(search(space), { fits: [], attempts: 2, complete: true });
    assert.deepEqual(search(space, { attempts: 1, ms: 1_000 }), { fits: [], attempts: 1, complete: false });
    assert.deepEqual(search(space, { attempts: 9, ms: -1 }), { fits: [], attempts: 0, complete: false });
  });
});

describe('A diagnosis as the detail of an error', () => {
  it('tells cause and remedy in both languages', () => {
    const fault = diagnosisFault(diagnose(b64(signBy(own, SENT, { userId: SECRET }))));
    assert.deepEqual([fault.rule, fault.at, fault.field], ['signature-diagnosis', '/cainfo', 'cainfo']);
    assert.match(fault.message.zh, /^用户标识为 appSecret（密钥：his）。双方统一 SM2 用户标识/);
    assert.match(fault.message.en, /^Valid with user id = appSecret \(key: his\)\. Agree on one/);
    assert.match(diagnosisFault(diagnose('')).message.en, /no signature/);
    assert.match(diagnosisFault(diagnose(b64(signBy(own, 'x')))).message.en, /None of \d+ known ways/);
  });

  it('has a text and a remedy for every difference', () => {
    for (const [code, { zh, en, remedy }] of Object.entries(DIFFERENCES)) {
      for (const text of [zh, remedy.zh]) assert.match(text, /[\u4e00-\u9fff]/, code);
      for (const text of [en, remedy.en]) assert.doesNotMatch(text, /[\u4e00-\u9fff]/, code);
    }
  });
});
