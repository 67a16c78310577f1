/** What an adapter is given and does not write: signing profiles, access tokens, codecs. */
import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { GatewayError } from '@yiqiao/model';
import {
  answerJson,
  connectAdapter,
  defineAdapter,
  formCodec,
  jsonCodec,
  readMembers,
  startListener,
  xmlCodec,
} from '@yiqiao/sdk';
import type { AdapterCodec, AdapterDefinition, AdapterSigning } from '@yiqiao/sdk';
import { startFarSide } from '@yiqiao/sdk/testing';
import { createKeyPair } from '@yiqiao/signer';

interface Ask {
  readonly ask: { request: string; response: string };
}

describe('Protections and codecs of a connection', () => {
  const [ours, theirs] = [createKeyPair(), createKeyPair()];
  const credentials = { appId: 'A'.repeat(32), appSecret: '0123456789abcdef' };
  const replies = {
    'boss-md5': { result: 'S0000', message: { told: '甲' } },
    'gm-envelope': { code: '0', data: { told: '甲' } },
    'fsi-main-cainfo': { output: { told: '甲' } },
  };
  const PROFILES: readonly [keyof typeof replies, readonly AdapterSigning[], readonly AdapterSigning[]][] = [
    [
      'boss-md5',
      [{ profile: 'boss-md5', credentials: { appId: 'app', key: 'secret-key-0001' } }],
      [{ profile: 'boss-md5', credentials: { appId: 'app', key: 'secret-key-0001' } }],
    ],
    [
      'gm-envelope',
      [{ profile: 'gm-envelope', credentials, privateKey: ours.privateKey, publicKeys: [theirs.publicKey] }],
      [{ profile: 'gm-envelope', credentials, privateKey: theirs.privateKey, publicKeys: [ours.publicKey] }],
    ],
    [
      'fsi-main-cainfo',
      [{ profile: 'fsi-main-cainfo', privateKey: ours.privateKey, publicKeys: [theirs.publicKey] }],
      [{ profile: 'fsi-main-cainfo', privateKey: theirs.privateKey, publicKeys: [ours.publicKey] }],
    ],
  ];
  const wrapping = (member = 'input'): AdapterDefinition<Ask> =>
    defineAdapter<Ask>({
      id: 'wrapping',
      codec: jsonCodec(),
      calls: {
        ask: {
          effect: 'read',
          toWire: (text) => ({ [member]: { text } }),
          toModel: (answer) => JSON.stringify(answer),
        },
      },
    });
  const reply = replies['fsi-main-cainfo'];

  for (const [title, client, server] of PROFILES) {
    it(`carry a message both ways: ${title}`, async () => {
      const far = await startFarSide({ codec: jsonCodec(), answer: () => replies[title], signing: server });
      const member = title === 'gm-envelope' ? 'data' : 'input';
      const connected = connectAdapter(wrapping(member), { url: far.url, signing: client });
      assert.match(await connected.call('ask', '问'), /甲/);
      assert.match(JSON.stringify(far.requests[0]?.members), /问/);
      await connected.close();
      await far.close();
    });
  }

  it('get an access token, keep it, and get another when it is refused', async () => {
    const given: string[] = [];
    const tokens = await startListener({
      port: 0,
      routes: [
        {
          method: 'POST',
          path: '/token',
          handle() {
            given.push(`token-${given.length + 1}`);
            return answerJson({ access_token: given.at(-1), expires_in: '3600' });
          },
        },
      ],
    });
    const accessTokenHashes = ['token-1', 'token-2'].map((one) => hash('sha256', one, 'hex'));
    const signing = [{ profile: 'oauth-bearer', accessTokenHashes }];
    const far = await startFarSide({ codec: jsonCodec(), answer: () => reply, signing });
    const token = {
      url: `${tokens.url}token`,
      clientId: 'c',
      clientSecret: 's',
      grantType: 'client_credentials',
    };
    const connected = connectAdapter(wrapping(), {
      url: far.url,
      signing: [{ profile: 'oauth-bearer', token }],
    });
    await connected.call('ask', '问');
    await connected.call('ask', '问');
    assert.deepEqual(given, ['token-1']);
    assert.equal(far.requests[0]?.headers.authorization, 'Bearer token-1');
    far.fail('unauthorized');
    await assert.rejects(connected.call('ask', '问'), { code: 'UPSTREAM_REJECTED' });
    await connected.call('ask', '问');
    assert.deepEqual(given, ['token-1', 'token-2']);
    await tokens.close();
    await connected.close();
    await far.close();
  });

  it('take no answer that a stranger has signed', async () => {
    const stranger = createKeyPair();
    const [, client, server] = PROFILES[2] ?? [];
    const signing = (server ?? []).map((one) => ({ ...one, privateKey: stranger.privateKey }));
    const far = await startFarSide({ codec: jsonCodec(), answer: () => reply, signing });
    const connected = connectAdapter(wrapping(), { url: far.url, signing: client ?? [] });
    await assert.rejects(connected.call('ask', '问'), { code: 'UPSTREAM_REPLY_UNUSABLE' });
    await connected.close();
    await far.close();
  });

  it('are refused at once when a setting is missing, each with its place', () => {
    assert.throws(
      () =>
        connectAdapter(wrapping(), {
          url: 'http://127.0.0.1:1/',
          signing: [{ profile: 'none' }, { profile: 'gm-envelope' }, { profile: 'nonsense' }],
        }),
      (error: unknown) =>
        error instanceof GatewayError &&
        error.code === 'CONFIG_INVALID' &&
        ['/signing/1', '/signing/2'].every((place) =>
          error.details.faults?.some(({ at }) => at.startsWith(place)),
        ),
    );
  });

  const CODECS: readonly [string, AdapterCodec, string][] = [
    ['JSON in GBK', jsonCodec({ charset: 'GBK' }), 'application/json; charset=GBK'],
    [
      'XML in GBK',
      xmlCodec({ request: { root: 'input', charset: 'GBK' }, response: { root: 'output', charset: 'GBK' } }),
      'text/xml; charset=GBK',
    ],
    [
      'forms answered by forms',
      formCodec({ charset: 'GBK', answer: 'form' }),
      'application/x-www-form-urlencoded; charset=GBK',
    ],
    [
      'SOAP',
      xmlCodec({
        request: {
          root: 'input',
          soap: { namespace: 'urn:his', text: { operation: 'call', argument: 'xml' } },
        },
        response: { root: 'output', soap: { namespace: 'urn:his' } },
      }),
      'text/xml; charset=UTF-8',
    ],
  ];
  for (const [title, codec, contentType] of CODECS) {
    it(`carry Chinese text and marks: ${title}`, async () => {
      const text = '测试甲 & <乙> "丙"=%+';
      const far = await startFarSide({ codec, answer: ({ members }) => ({ told: members['text'] ?? '' }) });
      const echo = defineAdapter<{ ask: { request: string; response: string } }>({
        id: 'echo',
        codec,
        calls: {
          ask: {
            effect: 'read',
            toWire: (asked) => ({ text: asked }),
            toModel: (members) => readMembers(members, (from) => from.text('told')),
          },
        },
      });
      const connected = connectAdapter(echo, { url: far.url });
      assert.equal(await connected.call('ask', text), text);
      assert.equal(far.requests[0]?.headers['content-type'], contentType);
      await connected.close();
      await far.close();
    });
  }
});
