import assert from 'node:assert/strict';
import { ExactNumber } from '@yiqiao/model';
import type { WireObject } from '@yiqiao/model';
import { createKeyPair, createMessageProtection } from '@yiqiao/signer';
import type { MessageProtection, ProtectionSettings } from '@yiqiao/signer';
import { canonicalData, signText } from '#internal/canonical-text.ts';
import { readJsonObject, sortedJson, writeJson } from '#internal/json-text.ts';
import { deriveContentKey, findTimestamp } from '#internal/protection/gm-envelope.ts';
import { sm2, sm4 } from 'sm-crypto-v2';
import { clock, errorOf, NONCE, NOW, profileOf, protect, settingsOf } from '../profiles.ts';
import { known, vectorOf } from '../vectors.ts';

const AT = { now: NOW, nonce: NONCE };
const FORM = { scalars: 'quoted', emptyObjects: 'keep' } as const;

/** A vector's member as a message has it: its numbers by their text. */
function messageOf(member: string): WireObject {
  return readJsonObject(Buffer.from(JSON.stringify(vectorOf('ENV-1')[member])));
}

function seal(protection: MessageProtection, clear: WireObject): Buffer {
  assert.ok(protection.sealMessage);
  return protection.sealMessage(clear, AT);
}

function open(protection: MessageProtection, bytes: Uint8Array | WireObject): WireObject {
  assert.ok(protection.openMessage);
  const text = bytes instanceof Uint8Array ? bytes : Buffer.from(writeJson(bytes));
  return protection.openMessage(text).message;
}

/** What is sent with members changed; `undefined` takes one away. */
function altered(bytes: Uint8Array, change: Readonly<Record<string, string | undefined>>): Buffer {
  const members = { ...(JSON.parse(Buffer.from(bytes).toString()) as object), ...change };
  return Buffer.from(JSON.stringify(members));
}

describe('The vector ENV-1 of the gm-envelope', () => {
  const secret = known('ENV-1', 'appSecret');
  const app = { id: known('ENV-1', 'appId'), secret };
  const { derivation } = vectorOf('ENV-1') as { derivation: Record<string, string> };
  const data = canonicalData(messageOf('data'), FORM);

  it('has our content key, canonical data and text to sign', () => {
    assert.equal(deriveContentKey(app, 'first-characters').toString(), derivation['contentKey_ascii']);
    assert.equal(sortedJson(data), known('ENV-1', 'canonicalData'));
    const text = signText({ ...messageOf('envelope'), data }, { secret, form: FORM });
    assert.equal(text, known('ENV-1', 'signText'));
  });

  const ids = { signData_userId_appSecret: 'appSecret', signData_userId_default: 'default' } as const;
  for (const [member, userId] of Object.entries(ids)) {
    it(`is opened and verified with user id ${userId}, and not with the other`, () => {
      const sent = {
        ...messageOf('envelope'),
        encData: known('ENV-1', 'encData_of_canonicalData'),
        signData: known('ENV-1', member),
      };
      const settings = (id: string): ProtectionSettings => ({
        ...settingsOf('gm-envelope', 'server'),
        publicKeys: [{ text: known('ENV-1', 'publicKey_hex') }],
        variants: { userId: id },
      });
      const profile = profileOf('gm-envelope');
      const opened = open(createMessageProtection(profile, settings(userId)), sent);
      assert.deepEqual(opened, { ...messageOf('envelope'), data });
      const other = createMessageProtection(
        profile,
        settings(userId === 'default' ? 'appSecret' : 'default'),
      );
      assert.equal(errorOf(() => open(other, sent)).code, 'SIGNATURE_INVALID');
    });
  }

  it('is what we send, and an independent library decrypts and verifies it', () => {
    const client = protect('gm-envelope', 'client', {
      privateKey: known('ENV-1', 'privateKey_hex'),
      clock: { now: () => 1_700_000_000_000 },
    });
    assert.ok(client.sealMessage);
    const bytes = client.sealMessage({ data: messageOf('data') }, { now: 1_700_000_000_000, nonce: NONCE });
    const { signData, encData, ...rest } = JSON.parse(bytes.toString()) as Record<string, string>;
    assert.deepEqual(rest, vectorOf('ENV-1')['envelope']);
    assert.equal(encData, known('ENV-1', 'encData_of_canonicalData'));
    const key = Buffer.from(derivation['contentKey_ascii'] ?? '').toString('hex');
    assert.equal(sm4.decrypt(encData ?? '', key), known('ENV-1', 'canonicalData'));
    const signature = Buffer.from(signData ?? '', 'base64').toString('hex');
    const verified = sm2.doVerifySignature(
      known('ENV-1', 'signText'),
      signature,
      known('ENV-1', 'publicKey_hex'),
      { hash: true, userId: secret },
    );
    assert.equal(verified, true);
  });
});

describe('The text of a gm-envelope', () => {
  const data: WireObject = {
    B: new ExactNumber('2.50'),
    a: true,
    10: 'x',
    9: '',
    gone: null,
    none: [],
    left: { gone: null },
    list: [{}, null, '', { z: '中"', y: false }],
  };
  const cases = [
    [
      'quoted',
      'keep',
      '{"10":"x","B":"2.50","a":"true","left":{},"list":[{},null,"",{"y":"false","z":"中\\""}]}',
    ],
    ['bare', 'keep', '{"10":"x","B":2.50,"a":true,"left":{},"list":[{},null,"",{"y":false,"z":"中\\""}]}'],
    ['bare', 'drop', '{"10":"x","B":2.50,"a":true,"list":[null,"",{"y":false,"z":"中\\""}]}'],
  ] as const;
  for (const [scalars, emptyObjects, expected] of cases) {
    it(`has scalars ${scalars}; objects left empty: ${emptyObjects}`, () => {
      assert.equal(sortedJson(canonicalData(data, { scalars, emptyObjects })), expected);
    });
  }

  it('sorts its pairs ignoring case, and leaves out signature, encrypted data, extra and what is empty', () => {
    const envelope = {
      b: '1',
      A: new ExactNumber('0'),
      a2: true,
      encData: 'x',
      signData: 'x',
      extra: 'x',
      nothing: '',
      data: {},
    };
    assert.equal(signText(envelope, { secret: 'S', form: FORM }), 'a2=true&A=0&b=1&data={}&key=S');
  });

  const times = [
    ['1700000000000', 1_700_000_000_000],
    ['20260101080000', NOW],
    ['20260230080000', undefined],
    ['1700000000', undefined],
    ['', undefined],
  ] as const;
  for (const [text, expected] of times) {
    it(`reads the timestamp "${text}" as ${expected}`, () => {
      assert.equal(findTimestamp(text), expected);
    });
  }
});

for (const id of ['gm-envelope', 'gm-envelope-evenpos']) {
  describe(`A connection by ${id}`, () => {
    const clear = { transType: 'hos.test', data: { b: '2', a: { name: '测试甲' } } };

    it('carries a request and its answer, either under every choice of a variant', () => {
      const choices = [
        { timestamp: 'compact' },
        { hexCase: 'lower', typeCase: 'lower' },
        { userId: 'default', encoding: 'either' },
        { encoding: 'der' },
        { scalars: 'bare', emptyObjects: 'drop' },
      ];
      for (const variants of choices) {
        const [client, server] = [protect(id, 'client', { variants }), protect(id, 'server', { variants })];
        const request = open(server, seal(client, clear));
        assert.deepEqual([request['transType'], request['data']], [clear.transType, clear.data]);
        const answer = { code: new ExactNumber('0'), success: true, data: { rx: '1' } };
        const read = open(client, seal(server, answer));
        assert.deepEqual([read['code'], read['success'], read['data']], [answer.code, true, answer.data]);
      }
    });

    it('refuses content that would travel in the clear beside data', () => {
      const error = errorOf(() => seal(protect(id, 'client'), { data: {}, input: { a: '1' }, list: [] }));
      assert.equal(error.code, 'MESSAGE_INVALID');
      assert.deepEqual(
        error.details.faults?.map(({ at }) => at),
        ['/input', '/list'],
      );
    });

    it('hides the data', () => {
      assert.doesNotMatch(seal(protect(id, 'client'), clear).toString(), /测试甲|name/);
    });
  });
}

describe('A gm-envelope that is not as agreed', () => {
  const [client, server] = [protect('gm-envelope', 'client'), protect('gm-envelope', 'server')];
  const sent = seal(client, { data: { a: '1' } });
  const { encData = '' } = JSON.parse(sent.toString()) as { encData?: string };
  const cases: Record<string, [bytes: () => Uint8Array, code: string]> = {
    'another time': [() => altered(sent, { timestamp: '1700000000000' }), 'SIGNATURE_INVALID'],
    'another transaction': [() => altered(sent, { transType: 'x' }), 'SIGNATURE_INVALID'],
    'another application': [() => altered(sent, { appId: 'OTHER' }), 'CREDENTIAL_UNKNOWN'],
    'no signature': [() => altered(sent, { signData: undefined }), 'SIGNATURE_MISSING'],
    'an empty signature': [() => altered(sent, { signData: '' }), 'SIGNATURE_MISSING'],
    'no signature algorithm': [() => altered(sent, { signType: undefined }), 'SIGNATURE_MISSING'],
    'signType none': [() => altered(sent, { signType: 'none' }), 'SIGNATURE_ALGORITHM_WRONG'],
    'signType MD5': [() => altered(sent, { signType: 'MD5' }), 'SIGNATURE_ALGORITHM_WRONG'],
    'encType plain': [() => altered(sent, { encType: 'plain' }), 'SIGNATURE_ALGORITHM_WRONG'],
    'a signature of 64 zeros': [
      () => altered(sent, { signData: Buffer.alloc(64).toString('base64') }),
      'SIGNATURE_MALFORMED',
    ],
    'a signature that is not base64': [() => altered(sent, { signData: '*' }), 'SIGNATURE_MALFORMED'],
    'encData cut off': [() => altered(sent, { encData: encData.slice(2) }), 'CIPHERTEXT_INVALID'],
    'encData of no bytes': [() => altered(sent, { encData: '' }), 'CIPHERTEXT_INVALID'],
    'data in the clear': [() => altered(sent, { data: '{}' }), 'CIPHERTEXT_INVALID'],
    'a member twice': [
      () => Buffer.from(sent.toString().replace('{', '{"signType":"SM2",')),
      'DUPLICATE_MEMBER',
    ],
    'bytes that are not UTF-8': [() => Buffer.from([0x7b, 0xff]), 'CHARSET_WRONG'],
    'no JSON': [() => Buffer.from('{"a":'), 'MESSAGE_NOT_READABLE'],
    'a list': [() => Buffer.from('[]'), 'MESSAGE_NOT_READABLE'],
    'deep nesting': [() => Buffer.from('[{"a":'.repeat(5_000)), 'MESSAGE_TOO_DEEP'],
    'another sender’s key': [
      () => seal(protect('gm-envelope', 'client', { privateKey: createKeyPair().privateKey }), {}),
      'SIGNATURE_INVALID',
    ],
    'its own answer sent back': [() => seal(server, { data: { a: '1' } }), 'SIGNATURE_INVALID'],
  };
  for (const [title, [bytes, code]] of Object.entries(cases)) {
    it(`is refused: ${title}`, () => {
      assert.equal(errorOf(() => open(server, bytes())).code, code);
    });
  }

  it('is refused when it is old, where a tolerance is set', () => {
    const strict = protect('gm-envelope', 'server', { variants: { toleranceSeconds: '60' } });
    open(strict, sent);
    const late = protect('gm-envelope', 'server', {
      variants: { toleranceSeconds: '60' },
      clock: { now: () => NOW + 61_000 },
    });
    assert.equal(errorOf(() => open(late, sent)).code, 'SIGNATURE_OUTDATED');
    const unreadable = protect('gm-envelope', 'client', { variants: { timestamp: 'epoch' } });
    assert.ok(unreadable.sealMessage);
    const odd = unreadable.sealMessage({ data: {} }, { now: 5, nonce: NONCE });
    assert.equal(errorOf(() => open(strict, odd)).code, 'SIGNATURE_OUTDATED');
  });

  it('may be an unsigned refusal, never an unsigned success', () => {
    assert.ok(client.openMessage);
    const refused = client.openMessage(Buffer.from('{"code":401,"message":"no"}'));
    assert.equal(refused.signed, false);
    for (const text of ['{"code":0}', '{"code":401,"success":true}', '{"code":401,"data":{}}']) {
      assert.equal(errorOf(() => open(client, Buffer.from(text))).code, 'SIGNATURE_MISSING', text);
    }
    assert.equal(errorOf(() => open(server, Buffer.from('{"code":401}'))).code, 'SIGNATURE_MISSING');
  });
});

describe('The envelope of the e-invoice platform', () => {
  const [client, server] = [protect('boss-md5', 'client'), protect('boss-md5', 'server')];
  const business = readJsonObject(Buffer.from(known('BOSS-1', 'business_json')));
  const seal1 = (): Buffer => {
    assert.ok(client.sealMessage);
    return client.sealMessage(business, { now: NOW, nonce: known('BOSS-1', 'noise') });
  };

  it('is that of the vector BOSS-1', () => {
    assert.deepEqual(JSON.parse(seal1().toString()), {
      appid: known('BOSS-1', 'appid'),
      data: known('BOSS-1', 'data_base64'),
      noise: known('BOSS-1', 'noise'),
      version: known('BOSS-1', 'version'),
      sign: known('BOSS-1', 'sign'),
    });
    assert.deepEqual(open(server, seal1()), business);
  });

  const messages = [{ url: '示例', amt: new ExactNumber('12.50') }, '票据不存在', ''];
  for (const message of messages) {
    it(`carries an answer: ${writeJson(message)}`, () => {
      const answer = seal(server, { result: 'S0000', message });
      assert.deepEqual(Object.keys(JSON.parse(answer.toString()) as object), ['data', 'noise', 'sign']);
      assert.deepEqual(open(client, answer), { result: 'S0000', message });
    });
  }

  const sent = seal1();
  const cases: Record<string, [change: Readonly<Record<string, string | undefined>>, code: string]> = {
    'another data': [{ data: 'e30=' }, 'SIGNATURE_INVALID'],
    'another noise': [{ noise: 'x' }, 'SIGNATURE_INVALID'],
    'another account': [{ appid: 'OTHER' }, 'CREDENTIAL_UNKNOWN'],
    'another version': [{ version: '2.0' }, 'CREDENTIAL_UNKNOWN'],
    'no sign': [{ sign: undefined }, 'SIGNATURE_MISSING'],
    'a sign cut off': [{ sign: 'D406' }, 'SIGNATURE_MALFORMED'],
  };
  for (const [title, [change, code]] of Object.entries(cases)) {
    it(`is refused: ${title}`, () => {
      assert.equal(errorOf(() => open(server, altered(sent, change))).code, code);
    });
  }

  it('takes the sign in lower case, too', () => {
    open(server, altered(sent, { sign: known('BOSS-1', 'sign').toLowerCase() }));
  });

  it('is refused when it was made under another key', () => {
    const other = protect('boss-md5', 'client', { credentials: { appId: 'TESTAPP', key: 'OTHER' } });
    assert.equal(errorOf(() => open(server, seal(other, {}))).code, 'SIGNATURE_INVALID');
  });
});

describe('The clock of a protection', () => {
  it('is the system’s unless one is given', () => {
    const { clock: _, ...settings } = settingsOf('gm-envelope', 'server');
    assert.equal(clock.now(), NOW);
    const server = createMessageProtection(profileOf('gm-envelope'), {
      ...settings,
      variants: { toleranceSeconds: '60' },
    });
    const client = protect('gm-envelope', 'client');
    assert.ok(client.sealMessage);
    open(server, client.sealMessage({ data: {} }, { now: Date.now(), nonce: NONCE }));
  });
});
