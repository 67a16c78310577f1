import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { createCipheriv } from 'node:crypto';
import fc from 'fast-check';
import { createMessageProtection } from '@yiqiao/signer';
import type { MessageProtection, ProtectionSettings } from '@yiqiao/signer';
import { decryptSm4, encryptSm4 } from '#internal/sm4.ts';
import { sm4 } from 'sm-crypto-v2';
import { errorOf, profileOf, profiles, protect, settingsOf } from '../profiles.ts';
import { idsOf, known } from '../vectors.ts';

const ID = 'fsi-main-cainfo';
const body = Buffer.from(known('FSI-1', 'input_json'));

describe('SM4', () => {
  const key = Buffer.from(known('SM4-1', 'key_hex'), 'hex');
  const clear = Buffer.from(known('SM4-1', 'plaintext_hex'), 'hex');

  it('gives the published block', () => {
    assert.deepEqual(idsOf('SM4'), ['SM4-1', 'SM4-2']);
    assert.equal(encryptSm4(key, clear).subarray(0, 16).toString('hex'), known('SM4-1', 'expected_hex'));
  });

  it('of this machine gives the block published for a million rounds', () => {
    // In CBC over zeros every block is the encryption of the one before, which is the chain of the sample.
    const cipher = createCipheriv('sm4-cbc', key, clear).setAutoPadding(false);
    const last = cipher.update(Buffer.alloc(16_000_000)).subarray(-16);
    assert.equal(last.toString('hex'), known('SM4-2', 'expected_hex'));
  });

  it('agrees with an independent library, and refuses what does not decrypt', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 16, maxLength: 16 }),
        fc.uint8Array({ maxLength: 70 }),
        (k, bytes) => {
          const sealed = encryptSm4(k, bytes);
          assert.equal(sm4.encrypt(bytes, k), sealed.toString('hex'));
          assert.deepEqual(decryptSm4(k, sealed), Buffer.from(bytes));
          assert.equal(decryptSm4(k, sealed.subarray(1)), undefined);
        },
      ),
      { numRuns: 60 },
    );
    assert.equal(decryptSm4(key, Buffer.alloc(0)), undefined);
    assert.equal(decryptSm4(key, clear), undefined);
  });

  const openssl = spawnSync('openssl', ['enc', '-list']);
  const offersSm4 = openssl.error === undefined && openssl.stdout.includes('-sm4-ecb');
  it(`agrees with the openssl command (${offersSm4 ? 'found' : 'not found here'})`, () => {
    const sealed = encryptSm4(key, body);
    assert.equal(sm4.encrypt(body, key), sealed.toString('hex'));
    if (!offersSm4) return;
    const theirs = execFileSync('openssl', ['enc', '-sm4-ecb', '-K', key.toString('hex')], { input: body });
    assert.deepEqual(theirs, sealed);
  });
});

describe('The encrypted input of the main interface', () => {
  const [client, server] = [protect(ID, 'client'), protect(ID, 'server')];
  const sealed = client.sealBody?.(body);
  assert.ok(sealed);

  it('is that of the vector FSI-1', () => {
    assert.deepEqual(sealed, {
      text: known('FSI-1', 'input_encrypted_base64'),
      members: { enc_type: 'SM4' },
    });
  });

  it('is opened, and the signature inside verifies', () => {
    const clear = server.openBody?.({ enc_type: 'sm4' }, sealed.text);
    assert.deepEqual(clear, body);
    server.verifyBody?.(client.signBody?.(body) ?? {}, body);
    const answer = server.signBody?.(body) ?? {};
    client.verifyBody?.(answer, body);
    assert.equal(errorOf(() => server.verifyBody?.(answer, body)).code, 'SIGNATURE_INVALID');
  });

  const bad = {
    'no text': [{ enc_type: 'SM4' }, undefined, 'CIPHERTEXT_INVALID'],
    'no enc_type': [{}, sealed.text, 'CIPHERTEXT_INVALID'],
    'an empty enc_type': [{ enc_type: '' }, sealed.text, 'CIPHERTEXT_INVALID'],
    'enc_type none': [{ enc_type: 'none' }, sealed.text, 'SIGNATURE_ALGORITHM_WRONG'],
    'no base64': [{ enc_type: 'SM4' }, '*', 'CIPHERTEXT_INVALID'],
    'another key': [{ enc_type: 'SM4' }, Buffer.alloc(32).toString('base64'), 'CIPHERTEXT_INVALID'],
    'an empty text': [{ enc_type: 'SM4' }, '', 'CIPHERTEXT_INVALID'],
  } as const;
  for (const [title, [envelope, text, code]] of Object.entries(bad)) {
    it(`is refused: ${title}`, () => {
      assert.equal(errorOf(() => server.openBody?.(envelope, text)).code, code);
    });
  }

  it('is an ability of connections only that have a key for it', () => {
    const open = protect(ID, 'client', { credentials: {} });
    assert.deepEqual([open.sealBody, open.openBody], [undefined, undefined]);
  });
});

describe('The signature of the main interface as a connection has it', () => {
  const variants: readonly Readonly<Record<string, string>>[] = [
    { encoding: 'der' },
    { text: 'hex' },
    { encoding: 'der', text: 'hex' },
  ];
  for (const chosen of variants) {
    it(`goes by ${JSON.stringify(chosen)}, and the usual form is refused`, () => {
      const [client, server] = [
        protect(ID, 'client', { variants: chosen }),
        protect(ID, 'server', { variants: chosen }),
      ];
      server.verifyBody?.(client.signBody?.(body) ?? {}, body);
      const usual = protect(ID, 'client').signBody?.(body) ?? {};
      assert.equal(errorOf(() => server.verifyBody?.(usual, body)).code, 'SIGNATURE_MALFORMED');
    });
  }

  it('takes r‖s and DER where the connection says either', () => {
    const server = protect(ID, 'server', { variants: { encoding: 'either' } });
    for (const encoding of ['rs', 'der', 'either']) {
      const client = protect(ID, 'client', { variants: { encoding } });
      server.verifyBody?.(client.signBody?.(body) ?? {}, body);
    }
  });

  it('is under the user ids of the two sides', () => {
    const client = protect(ID, 'client', { userId: 'TESTAPP' });
    const server = protect(ID, 'server', { peerUserId: 'TESTAPP' });
    const members = client.signBody?.(body) ?? {};
    server.verifyBody?.(members, body);
    assert.equal(errorOf(() => protect(ID, 'server').verifyBody?.(members, body)).code, 'SIGNATURE_INVALID');
  });

  it('is not verified of a far side that does not sign, and not made without a key', () => {
    const { publicKeys: _, privateKey: __, ...rest } = settingsOf(ID, 'client');
    const open = createMessageProtection(profileOf(ID), { ...rest, peerUnsigned: true, credentials: {} });
    assert.deepEqual(Object.keys(open), ['profile']);
  });
});

describe('Sessions', () => {
  it('are a member of every message', () => {
    const members = protect('session-xml', 'client').sessionMembers?.('S1');
    assert.deepEqual(members, { session_id: 'S1' });
    const server = protect('session-xml', 'server');
    assert.equal(server.readSession?.(members), 'S1');
    for (const envelope of [{}, { session_id: '' }, { session_id: null }])
      assert.equal(errorOf(() => server.readSession?.(envelope)).code, 'SIGNATURE_MISSING');
  });
});

describe('Every profile', () => {
  const abilities: Readonly<Record<string, readonly string[]>> = {
    'fsi-main-cainfo': ['signBody', 'verifyBody', 'sealBody', 'openBody'],
    'gm-envelope': ['sealMessage', 'openMessage'],
    'gm-envelope-evenpos': ['sealMessage', 'openMessage'],
    'boss-md5': ['sealMessage', 'openMessage'],
    'yiqiao-message': ['headers', 'checkHeaders', 'readNonce'],
    tif: ['headers'],
    csb: ['headers'],
    'oauth-bearer': ['headers'],
    'session-xml': ['sessionMembers'],
    none: [],
  };
  for (const { id } of profiles) {
    it(`${id} does what it says and nothing else`, () => {
      const { profile, ...rest } = protect(id, 'client');
      assert.deepEqual([profile, Object.keys(rest)], [id, abilities[id]]);
    });
  }

  it('is one of these', () => {
    assert.deepEqual(profiles.map(({ id }) => id).toSorted(), Object.keys(abilities).toSorted());
  });

  it('has a default for each variant that it allows', () => {
    for (const { id, variants = [] } of profiles) {
      for (const rule of variants) {
        assert.equal(rule.values?.includes(rule.default) ?? rule.default !== '', true, `${id} ${rule.name}`);
      }
    }
  });
});

describe('Settings that do not fit', () => {
  const TIF = { paasId: 'x', token: 'TESTTOKEN0000000000000000000000A' };
  const places = (id: string, change: Partial<ProtectionSettings>): string[] => {
    const error = errorOf((): MessageProtection => protect(id, 'server', change));
    assert.equal(error.code, 'CONFIG_INVALID');
    assert.doesNotMatch(JSON.stringify(error.details), /TESTTOKEN/);
    return (error.details.faults ?? []).map(({ at }) => at);
  };
  const cases: [title: string, id: string, change: Partial<ProtectionSettings>, at: string[]][] = [
    ['nothing given', 'tif', { credentials: {} }, ['/credentials/paasId', '/credentials/token']],
    ['an empty one', 'tif', { credentials: { ...TIF, token: '' } }, ['/credentials/token']],
    ['one too short', 'tif', { credentials: { ...TIF, token: 'TESTTOKEN' } }, ['/credentials/token']],
    ['one of another length', ID, { credentials: { cipherKey: 'x' } }, ['/credentials/cipherKey']],
    ['an unknown one', 'tif', { credentials: { ...TIF, key: 'x' } }, ['/credentials/key']],
    ['an inherited name', 'tif', { variants: { toString: 'x' } }, ['/variants/toString']],
    ['an unknown choice', 'tif', { variants: { hexCase: 'mixed' } }, ['/variants/hexCase']],
    ['no number', 'tif', { variants: { toleranceSeconds: '-1' } }, ['/variants/toleranceSeconds']],
    ['no key of the far side', ID, { publicKeys: [] }, ['/publicKeys']],
    ['no key of ours', 'yiqiao-message', { privateKey: '' }, ['/privateKey']],
    [
      'several at once',
      'csb',
      { credentials: {}, variants: { hmac: 'MD5' } },
      [
        ...['accessKey', 'secretKey', 'apiName', 'apiVersion'].map((name) => `/credentials/${name}`),
        '/variants/hmac',
      ],
    ],
  ];
  for (const [title, id, change, at] of cases) {
    it(`are all named: ${title}`, () => {
      assert.deepEqual(places(id, change), at);
    });
  }

  it('are told when a key is none', () => {
    const call = (): unknown => protect('gm-envelope', 'client', { privateKey: 'x' });
    assert.equal(errorOf(call).code, 'KEY_INVALID');
  });
});
