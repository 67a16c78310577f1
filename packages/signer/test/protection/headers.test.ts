import assert from 'node:assert/strict';
import { createHash, createHmac } from 'node:crypto';
import fc from 'fast-check';
import type { IncomingHeaders, MessageProtection, OutgoingMessage } from '@yiqiao/signer';
import { csbText } from '#internal/protection/header-hashes.ts';
import { wholeMessageText } from '#internal/protection/whole-message.ts';
import { sm2, sm3 } from 'sm-crypto-v2';
import { clientPair, errorOf, NONCE, NOW, protect } from '../profiles.ts';
import { known, vectorOf } from '../vectors.ts';

const REQUEST: OutgoingMessage = {
  direction: 'request',
  body: Buffer.from('{"infno":"2207","msgid":"M1","input":{}}'),
  now: NOW,
  nonce: NONCE,
  transaction: '2207',
  messageId: 'M1',
  accessToken: 'TESTTOKEN',
};

function headersOf(protection: MessageProtection, change: Partial<OutgoingMessage> = {}) {
  assert.ok(protection.headers);
  return protection.headers({ ...REQUEST, ...change });
}

function check(
  protection: MessageProtection,
  headers: IncomingHeaders,
  change: Partial<OutgoingMessage> = {},
): { readonly nonce?: string } {
  assert.ok(protection.checkHeaders);
  return protection.checkHeaders(headers, { ...REQUEST, ...change });
}

function codeOf(id: string, headers: IncomingHeaders, change: Partial<OutgoingMessage> = {}): string {
  return errorOf(() => check(protect(id, 'server'), headers, change)).code;
}

describe('x-tif headers', () => {
  const client = protect('tif', 'client');

  it('are those of the vector TIF-1, in either case', () => {
    for (const hexCase of ['lower', 'upper']) {
      const chosen = protect('tif', 'client', { variants: { hexCase } });
      const now = Number(known('TIF-1', 'timestamp')) * 1_000;
      assert.deepEqual(headersOf(chosen, { now, nonce: known('TIF-1', 'nonce') }), {
        'x-tif-paasid': 'mbs_fsi_auth',
        'x-tif-timestamp': known('TIF-1', 'timestamp'),
        'x-tif-nonce': known('TIF-1', 'nonce'),
        'x-tif-signature': known('TIF-1', `signature_${hexCase}`),
      });
    }
  });

  it('are accepted in either case, and tell the nonce', () => {
    const sent = headersOf(client);
    const upper = { ...sent, 'x-tif-signature': sent['x-tif-signature']?.toUpperCase() };
    for (const headers of [sent, upper])
      assert.deepEqual(check(protect('tif', 'server'), headers), { nonce: NONCE });
  });

  it('are on requests only', () => {
    assert.deepEqual(headersOf(client, { direction: 'response' }), {});
    assert.deepEqual(check(protect('tif', 'server'), {}, { direction: 'response' }), {});
  });

  const sent = headersOf(client);
  const bad: Record<string, [change: Record<string, string | string[] | undefined>, code: string]> = {
    'no signature': [{ 'x-tif-signature': undefined }, 'SIGNATURE_MISSING'],
    'an empty nonce': [{ 'x-tif-nonce': '' }, 'SIGNATURE_MISSING'],
    'another application': [{ 'x-tif-paasid': 'other' }, 'CREDENTIAL_UNKNOWN'],
    'another nonce': [{ 'x-tif-nonce': 'x' }, 'SIGNATURE_INVALID'],
    'another second': [{ 'x-tif-timestamp': String(NOW / 1_000 - 1) }, 'SIGNATURE_INVALID'],
    'a time in milliseconds': [{ 'x-tif-timestamp': String(NOW) }, 'SIGNATURE_OUTDATED'],
    'a signature cut off': [{ 'x-tif-signature': 'dbed' }, 'SIGNATURE_MALFORMED'],
    'a signature twice': [{ 'x-tif-signature': ['a', 'b'] }, 'DUPLICATE_MEMBER'],
  };
  for (const [title, [change, code]] of Object.entries(bad)) {
    it(`are refused: ${title}`, () => {
      assert.equal(codeOf('tif', { ...sent, ...change }), code);
    });
  }

  it('are accepted up to the tolerance, and without end when it is off', () => {
    for (const [now, isFresh] of [
      [NOW + 300_000, true],
      [NOW - 300_000, true],
      [NOW + 301_000, false],
      [NOW - 301_000, false],
    ] as const) {
      if (isFresh) check(protect('tif', 'server'), sent, { now });
      else assert.equal(codeOf('tif', sent, { now }), 'SIGNATURE_OUTDATED');
    }
    check(protect('tif', 'server', { variants: { toleranceSeconds: 'off' } }), sent, { now: 0 });
  });
});

describe('CSB headers', () => {
  const query = [['name', 'testname']] as const;

  it('have the text and the signature of the vector CSB-1', () => {
    const { name, ...headers } = vectorOf('CSB-1')['params'] as Record<string, string>;
    const pairs = Object.entries({ ...headers, name: name ?? '' });
    assert.equal(csbText(pairs), known('CSB-1', 'text'));
    const now = Number(headers['_api_timestamp']);
    assert.deepEqual(headersOf(protect('csb', 'client'), { now, query }), {
      ...headers,
      _api_signature: known('CSB-1', 'signature'),
    });
  });

  for (const [hmac, algorithm] of [
    ['HmacSHA1', 'sha1'],
    ['HmacSHA256', 'sha256'],
    ['HmacMD5', 'md5'],
  ] as const) {
    it(`go by ${hmac}, with a nonce or without`, () => {
      for (const nonce of ['sent', 'omitted']) {
        const variants = { hmac, nonce };
        const headers = headersOf(protect('csb', 'client', { variants }), { query });
        const { _api_signature: signature, ...signed } = headers;
        const text = Object.entries({ ...signed, name: 'testname' })
          .map(([name, value]) => `${name}=${value}`)
          .toSorted()
          .join('&');
        assert.equal(signature, createHmac(algorithm, 'testSecretKey').update(text).digest('base64'));
        const seen = check(protect('csb', 'server', { variants }), headers, { query });
        assert.deepEqual(seen, nonce === 'sent' ? { nonce: NONCE } : {});
      }
    });
  }

  it('keep several values of one parameter in their order', () => {
    const pairs = [
      ['b', '2'],
      ['a', 'z'],
      ['a', 'y'],
    ] as const;
    assert.equal(csbText(pairs), 'a=z&a=y&b=2');
  });

  const sent = headersOf(protect('csb', 'client'), { query });
  const bad: Record<
    string,
    [change: Record<string, string | undefined>, code: string, other?: Partial<OutgoingMessage>]
  > = {
    'no signature': [{ _api_signature: undefined }, 'SIGNATURE_MISSING'],
    'another access key': [{ _api_access_key: 'x' }, 'CREDENTIAL_UNKNOWN'],
    'another service': [{ _api_name: 'x' }, 'CREDENTIAL_UNKNOWN'],
    'a nonce added': [{ _api_nonce: 'x' }, 'SIGNATURE_INVALID'],
    'another parameter': [{}, 'SIGNATURE_INVALID', { query: [['name', 'other']] }],
    'a parameter left out': [{}, 'SIGNATURE_INVALID', { query: [] }],
    'a signature by another algorithm': [{ _api_signature: 'A'.repeat(24) }, 'SIGNATURE_MALFORMED'],
    'a time in seconds': [{ _api_timestamp: '1700000000' }, 'SIGNATURE_OUTDATED', { query }],
    'half an hour and more': [{}, 'SIGNATURE_OUTDATED', { query, now: NOW + 1_801_000 }],
  };
  for (const [title, [change, code, other]] of Object.entries(bad)) {
    it(`are refused: ${title}`, () => {
      assert.equal(codeOf('csb', { ...sent, ...change }, other ?? { query }), code);
    });
  }
});

describe('Access tokens', () => {
  const cases = [
    ['the token', { authorization: 'Bearer TESTTOKEN' }, undefined],
    ['another case of the scheme', { authorization: 'bearer TESTTOKEN' }, undefined],
    ['no header', {}, 'SIGNATURE_MISSING'],
    ['another token', { authorization: 'Bearer OTHER' }, 'CREDENTIAL_UNKNOWN'],
    ['another scheme', { authorization: 'Basic VEVTVDpURVNU' }, 'SIGNATURE_MALFORMED'],
    ['a blank in the token', { authorization: 'Bearer TEST TOKEN' }, 'SIGNATURE_MALFORMED'],
  ] as const;
  for (const [title, headers, code] of cases) {
    it(`are ${code === undefined ? 'accepted' : 'refused'}: ${title}`, () => {
      const server = protect('oauth-bearer', 'server');
      if (code === undefined) check(server, headers);
      else assert.equal(codeOf('oauth-bearer', headers), code);
    });
  }

  it('are sent as the token source gave them, and never left out', () => {
    const client = protect('oauth-bearer', 'client');
    assert.deepEqual(headersOf(client), { authorization: 'Bearer TESTTOKEN' });
    assert.deepEqual(headersOf(client, { direction: 'response' }), {});
    const { accessToken: _, ...without } = REQUEST;
    assert.equal(errorOf(() => client.headers?.(without)).code, 'CREDENTIAL_UNKNOWN');
  });

  it('need hashes on the side that checks them', () => {
    for (const accessTokenHashes of [[], ['TESTTOKEN']]) {
      const error = errorOf(() => protect('oauth-bearer', 'server', { accessTokenHashes }));
      assert.equal(error.details.faults?.[0]?.at, '/accessTokenHashes');
      assert.doesNotMatch(JSON.stringify(error.details), /TESTTOKEN/);
    }
  });
});

describe('The signature of a whole message', () => {
  const [client, server] = [protect('yiqiao-message', 'client'), protect('yiqiao-message', 'server')];
  const sent = headersOf(client);

  it('is SM2 over a line for each part, which an independent library verifies', () => {
    const text = [
      'yiqiao-message-1',
      'request',
      'province',
      'hub',
      String(NOW),
      NONCE,
      '2207',
      'M1',
      sm3(REQUEST.body.toString()),
    ].join('\n');
    const signature = Buffer.from(sent['x-yiqiao-signature'] ?? '', 'base64').toString('hex');
    assert.equal(sm2.doVerifySignature(text, signature, clientPair.publicHex, { hash: true }), true);
    assert.deepEqual(check(server, sent), { nonce: NONCE });
  });

  it('is on an answer, too, and tied to the request', () => {
    const answer = { direction: 'response', body: Buffer.from('{}') } as const;
    const headers = headersOf(server, answer);
    check(client, headers, answer);
    const other = { ...answer, nonce: 'f'.repeat(32) };
    assert.equal(errorOf(() => check(client, headers, other)).code, 'SIGNATURE_INVALID');
  });

  const changes: Record<string, Partial<OutgoingMessage>> = {
    'a byte of the envelope': { body: Buffer.from('{"infno":"2207","msgid":"M2","input":{}}') },
    'another transaction': { transaction: '2208' },
    'another message id': { messageId: 'M2' },
    'the direction': { direction: 'response' },
  };
  for (const [title, change] of Object.entries(changes)) {
    it(`covers what is changed here: ${title}`, () => {
      assert.equal(codeOf('yiqiao-message', sent, change), 'SIGNATURE_INVALID');
    });
  }

  it('is for one receiver by one sender', () => {
    const third = { credentials: { ownName: 'another', peerName: 'province' } };
    const readdressed = protect('yiqiao-message', 'server', third);
    assert.equal(errorOf(() => check(readdressed, sent)).code, 'SIGNATURE_INVALID');
  });

  const bad: Record<string, [change: Record<string, string | undefined>, code: string]> = {
    'no signature': [{ 'x-yiqiao-signature': undefined }, 'SIGNATURE_MISSING'],
    'no time': [{ 'x-yiqiao-signature-time': undefined }, 'SIGNATURE_MISSING'],
    'another time': [{ 'x-yiqiao-signature-time': String(NOW + 1) }, 'SIGNATURE_INVALID'],
    'the algorithm none': [{ 'x-yiqiao-signature-algorithm': 'none' }, 'SIGNATURE_ALGORITHM_WRONG'],
    'the algorithm MD5': [{ 'x-yiqiao-signature-algorithm': 'MD5' }, 'SIGNATURE_ALGORITHM_WRONG'],
    'a short nonce': [{ 'x-yiqiao-signature-nonce': 'abc' }, 'SIGNATURE_MALFORMED'],
    'another nonce': [{ 'x-yiqiao-signature-nonce': 'f'.repeat(32) }, 'SIGNATURE_INVALID'],
    '64 zeros': [{ 'x-yiqiao-signature': Buffer.alloc(64).toString('base64') }, 'SIGNATURE_MALFORMED'],
    'no base64': [{ 'x-yiqiao-signature': '*' }, 'SIGNATURE_MALFORMED'],
  };
  for (const [title, [change, code]] of Object.entries(bad)) {
    it(`is refused: ${title}`, () => {
      assert.equal(codeOf('yiqiao-message', { ...sent, ...change }), code);
    });
  }

  it('is refused when it is too old', () => {
    assert.equal(codeOf('yiqiao-message', sent, { now: NOW + 301_000 }), 'SIGNATURE_OUTDATED');
  });

  it('never has the same text for different parts', () => {
    const part = fc.string({ maxLength: 12, unit: fc.constantFrom('a', '\n', '%', '%0A', '中') });
    const parts = fc.record({
      from: part,
      to: part,
      time: part,
      nonce: part,
      transaction: part,
      messageId: part,
      body: part,
    });
    fc.assert(
      fc.property(parts, parts, (one, other) => {
        const [first, second] = [one, other].map((each) =>
          wholeMessageText({ ...each, direction: 'request', body: Buffer.from(each.body) }),
        );
        assert.equal(first === second, JSON.stringify(one) === JSON.stringify(other));
      }),
      { numRuns: 200 },
    );
  });
});

describe('The digest of x-tif', () => {
  it('is that of node:crypto for any nonce and time', () => {
    const client = protect('tif', 'client');
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 0, max: 9_999_999_999 }), (nonce, seconds) => {
        const text = `${seconds}TESTTOKEN0000000000000000000000A${nonce}${seconds}`;
        const expected = createHash('sha256').update(text).digest('hex');
        assert.equal(headersOf(client, { nonce, now: seconds * 1_000 })['x-tif-signature'], expected);
      }),
      { numRuns: 50 },
    );
  });
});
