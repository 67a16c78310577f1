/** The sandbox's own signing schemes against the published vectors of schemas/signing/vectors.json. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createSandboxKeys, createSigningScheme, verifyText } from '@yiqiao/sandbox';
import type { ProtectedMessage } from '@yiqiao/sandbox';

/** Members of the vectors that are used here. */
interface Vector {
  readonly id: string;
  readonly timestamp: string;
  readonly nonce: string;
  readonly token: string;
  readonly signature_lower: string;
  readonly signature_upper: string;
  readonly params: Readonly<Record<string, string>>;
  readonly secretKey: string;
  readonly signature: string;
  readonly appid: string;
  readonly key: string;
  readonly noise: string;
  readonly version: string;
  readonly data_base64: string;
  readonly sign: string;
  readonly appId: string;
  readonly appSecret: string;
  readonly publicKey_hex: string;
  readonly envelope: object;
  readonly canonicalData: string;
  readonly encData_of_canonicalData: string;
  readonly signData_userId_appSecret: string;
  readonly signData_userId_default: string;
}

const { vectors } = JSON.parse(
  readFileSync(new URL('../../../schemas/signing/vectors.json', import.meta.url), 'utf8'),
) as { readonly vectors: readonly Vector[] };

const vectorOf = (id: string): Vector => {
  const found = vectors.find((one) => one.id === id);
  assert.ok(found);
  return found;
};

const MESSAGE = Buffer.from('{"infno":"1101","msgid":"H53000000001202611201000000001"}');

/** What a scheme objects to, `what member`. */
function objections(
  profile: string,
  credentials: Readonly<Record<string, string>>,
  { now, ...message }: Partial<ProtectedMessage> & { readonly now: number },
): readonly string[] {
  const scheme = createSigningScheme(profile, { side: 'server', credentials });
  const { objections: found } = scheme.open({ bytes: MESSAGE, headers: {}, ...message }, { now });
  return found.map(({ what, member }) => `${what} ${member}`);
}

describe('Signing schemes of the simulated systems', () => {
  it('tif: accepts the published digest in either case, and no other', () => {
    const { timestamp, nonce, token, signature_lower: lower, signature_upper: upper } = vectorOf('TIF-1');
    const look = (change: Record<string, string>): readonly string[] => {
      const headers = {
        'x-tif-paasid': 'test',
        'x-tif-timestamp': timestamp,
        'x-tif-nonce': nonce,
        'x-tif-signature': lower,
        ...change,
      };
      return objections('tif', { paasId: 'test', token }, { headers, now: Number(timestamp) * 1000 });
    };
    assert.deepEqual([look({}), look({ 'x-tif-signature': upper })], [[], []]);
    assert.deepEqual(look({ 'x-tif-nonce': 'other' }), ['signature x-tif-signature']);
    assert.deepEqual(look({ 'x-tif-paasid': 'other' }), ['member x-tif-paasid']);
    assert.deepEqual(look({ 'x-tif-timestamp': '1600000000' }), [
      'time x-tif-timestamp',
      'signature x-tif-signature',
    ]);
  });

  it('csb: accepts the published HMAC over headers and query, and no other', () => {
    const { params, secretKey, signature } = vectorOf('CSB-1');
    const { name, ...headers } = params;
    const look = (query: [string, string][]): readonly string[] =>
      objections(
        'csb',
        { accessKey: 'testAccessKey', secretKey, apiName: 'TEST_API', apiVersion: '1.0.0' },
        { headers: { ...headers, _api_signature: signature }, query, now: 1_700_000_000_000 },
      );
    assert.deepEqual(look([['name', name ?? '']]), []);
    assert.deepEqual(look([['name', 'other']]), ['signature _api_signature']);
    assert.deepEqual(look([]), ['signature _api_signature']);
  });

  it('boss-md5: accepts the published digest, and no other', () => {
    const { appid, key, noise, version, data_base64: data, sign } = vectorOf('BOSS-1');
    const look = (change: Record<string, string>): readonly string[] =>
      objections(
        'boss-md5',
        { appId: appid, key },
        { bytes: Buffer.from(JSON.stringify({ appid, data, noise, version, sign, ...change })), now: 0 },
      );
    assert.deepEqual(look({}), []);
    assert.deepEqual(look({ noise: 'other' }), ['signature sign']);
    assert.deepEqual(look({ sign: '' }), ['empty sign']);
  });

  it('gm-envelope: accepts the published signature and decrypts the published data', () => {
    const { appId, appSecret, publicKey_hex: peerPublicKey, ...vector } = vectorOf('ENV-1');
    const open = (change: object) =>
      createSigningScheme('gm-envelope', {
        side: 'server',
        credentials: { appId, appSecret },
        peerPublicKey,
      }).open(
        {
          bytes: Buffer.from(
            JSON.stringify({
              ...vector.envelope,
              encData: vector.encData_of_canonicalData,
              signData: vector.signData_userId_appSecret,
              ...change,
            }),
          ),
          headers: {},
        },
        { now: 0 },
      );
    const good = open({});
    assert.deepEqual([good.objections, good.clear?.toString('utf8')], [[], vector.canonicalData]);
    const whats = (change: object) => open(change).objections.map(({ what }) => what);
    assert.deepEqual(whats({ signData: vector.signData_userId_default }), ['signature']);
    assert.deepEqual(whats({ version: '9' }), ['signature']);
    assert.deepEqual(whats({ signData: undefined }), ['unsigned']);
  });

  it('yiqiao-message: binds an answer to the nonce of its request', () => {
    const [suite, target] = [createSandboxKeys(), createSandboxKeys()];
    const moment = { now: 1_700_000_000_000, transaction: '1101', messageId: 'M1' };
    const server = createSigningScheme('yiqiao-message', {
      side: 'server',
      keys: target,
      credentials: { ownName: 'target', peerName: 'suite' },
    });
    const client = createSigningScheme('yiqiao-message', {
      side: 'client',
      keys: suite,
      peerPublicKey: target.publicKey,
      credentials: { ownName: 'suite', peerName: 'target' },
    });
    const answer = server.seal(MESSAGE, { ...moment, nonce: 'N0123456789abcdef' });
    const look = (nonce: string) =>
      client.open(answer, { ...moment, nonce }).objections.map(({ what }) => what);
    assert.deepEqual(look('N0123456789abcdef'), []);
    assert.deepEqual(look('N0123456789abcdeg'), ['other-request']);
  });

  it('find no signature in numbers that are none of the curve', () => {
    const { publicKey } = createSandboxKeys();
    const one = '1'.padStart(64, '0');
    for (const hex of [`${one}${'0'.repeat(64)}`, 'f'.repeat(128), '']) {
      const signature = Buffer.from(hex, 'hex').toString('base64');
      assert.equal(verifyText('x', signature, { peerPublicKey: publicKey }), false, hex);
    }
  });

  it('of no other profile are there', () => {
    assert.throws(() => createSigningScheme('sm9', { side: 'client', credentials: {} }), RangeError);
  });
});
