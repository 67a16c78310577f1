import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { CARE, INSURED, makePki, startPair, TOKEN } from './gateway-pair.ts';
import type { Ends, Spoil } from './gateway-pair.ts';
import { settlement } from './messages.ts';
import { assertDone, assertRefused, post } from './posts.ts';
import { endAll } from './rig.ts';

/** A way to protect a connection. */
interface Case extends Ends {
  readonly title: string;
  /** What must be in the bytes that pass, and what must not. */
  readonly passes?: RegExp;
  readonly hides?: RegExp;
}

const keyOf = (key: { publicHex: string }): string => `publicKeys: [{ text: ${key.publicHex} }]`;
const both = (title: string, settings: string, more: Partial<Case> = {}): Case => ({
  title,
  care: `{ ${settings}, ${keyOf(INSURED)} }`,
  insured: `{ ${settings}, ${keyOf(CARE)} }`,
  ...more,
});

const GM = 'credentials: { appId: 43AF047BBA47FC8A1AE8EFB232BDBBCB, appSecret: 测试用应用密钥 }';
const TIF = '{ profile: tif, credentials: { paasId: test, token: 0123456789abcdef-test } }';
const CSB =
  '{ profile: csb, credentials: { accessKey: test, secretKey: secret, apiName: settle, apiVersion: 1.0.0 } }';
const CIPHER = 'credentials: { cipherKey: 0123456789abcdef }';

const CASES: readonly Case[] = [
  { title: 'none', care: '{ profile: none }', insured: '{ profile: none }' },
  both('fsi-main-cainfo', 'profile: fsi-main-cainfo', { passes: /"cainfo":/ }),
  both('fsi-main-cainfo with DER in hex', 'profile: fsi-main-cainfo, variants: { encoding: der, text: hex }'),
  both('fsi-main-cainfo with encrypted bodies', `profile: fsi-main-cainfo, ${CIPHER}`, {
    passes: /"enc_type":"SM4"/,
    hides: /psn_no/,
  }),
  both('gm-envelope, bare numbers', `profile: gm-envelope, ${GM}, variants: { scalars: bare }`, {
    passes: /"encData":/,
    hides: /psn_no|msgid/,
  }),
  both('gm-envelope', `profile: gm-envelope, ${GM}`, { hides: /psn_no|msgid/ }),
  both('gm-envelope-evenpos', `profile: gm-envelope-evenpos, ${GM}`, { hides: /psn_no|msgid/ }),
  { title: 'tif', care: TIF, insured: TIF },
  { title: 'tif in Hebei', care: TIF, insured: TIF, profile: 'hebei' },
  {
    ...both('tif in Guangzhou, cainfo inside', 'profile: fsi-main-cainfo'),
    profile: 'guangdong-guangzhou',
    care: `[${TIF}, { profile: fsi-main-cainfo, ${keyOf(INSURED)} }]`,
    insured: `[${TIF}, { profile: fsi-main-cainfo, ${keyOf(CARE)} }]`,
  },
  { title: 'csb', care: CSB, insured: CSB },
  {
    title: 'boss-md5',
    care: '{ profile: boss-md5, credentials: { appId: test, key: secret } }',
    insured: '{ profile: boss-md5, credentials: { appId: test, key: secret } }',
    passes: /"noise":/,
  },
  {
    title: 'OAuth with SM2 and SM4 in Jilin',
    profile: 'jilin',
    care: `[{ profile: oauth-bearer, token: { url: TOKEN_URL, clientId: test, clientSecret: secret, grantType: password, username: u, password: p } }, { profile: fsi-main-cainfo, ${CIPHER}, ${keyOf(INSURED)} }]`,
    insured: `[{ profile: oauth-bearer, accessTokenHashes: [${createHash('sha256').update(TOKEN).digest('hex')}] }, { profile: fsi-main-cainfo, ${CIPHER}, ${keyOf(CARE)} }]`,
    hides: /psn_no/,
  },
  {
    title: 'yiqiao-message',
    care: `{ profile: yiqiao-message, credentials: { ownName: care, peerName: insured }, ${keyOf(INSURED)} }`,
    insured: `{ profile: yiqiao-message, credentials: { ownName: insured, peerName: care }, ${keyOf(CARE)} }`,
  },
  {
    title: 'yiqiao-message around fsi-main-cainfo',
    care: `[{ profile: yiqiao-message, credentials: { ownName: care, peerName: insured }, ${keyOf(INSURED)} }, { profile: fsi-main-cainfo, ${keyOf(INSURED)} }]`,
    insured: `[{ profile: yiqiao-message, credentials: { ownName: insured, peerName: care }, ${keyOf(CARE)} }, { profile: fsi-main-cainfo, ${keyOf(CARE)} }]`,
  },
];

const SETTLEMENT = { insuplc_admdvs: '"330100"' };

describe('Two gateways exchange a settlement', () => {
  afterEach(endAll);

  for (const ends of CASES) {
    it(`by mutual TLS, under ${ends.title}`, async () => {
      const pair = await startPair(ends, { pki: makePki() });
      assert.match(pair.insured.base, /^https:/);
      const envelope = assertDone(await post(pair.care.url, settlement({}, SETTLEMENT)));
      assert.match(JSON.stringify(envelope['output']), /"setl_id":"JS0001"/);
      assert(pair.core.numbers().includes('2207'));
      assert.equal(pair.tokensAsked(), ends.care.includes('TOKEN_URL') ? 1 : 0);
    });
  }

  for (const ends of CASES.filter(({ passes, hides }) => passes ?? hides)) {
    it(`with nothing to be seen on the way but what ${ends.title} leaves open`, async () => {
      const pair = await startPair(ends);
      assertDone(await post(pair.care.url, settlement({}, SETTLEMENT)));
      assert(pair.seen.length >= 2);
      const { passes = /^/, hides = /$^/ } = ends;
      for (const bytes of pair.seen.slice(0, 2)) assert.match(bytes, passes);
      for (const bytes of pair.seen) assert.doesNotMatch(bytes, hides);
    });
  }
});

describe('An answer that somebody on the way has written or spoilt', () => {
  afterEach(endAll);

  const byTitle = (title: string): Case => {
    const found = CASES.find((one) => one.title === title);
    assert(found !== undefined);
    return found;
  };
  const bytes = (text: string): { bytes: Buffer } => ({ bytes: Buffer.from(text) });
  const refusal = bytes('{"infcode":-1,"err_msg":"拒绝","output":null}');
  const spoilt: readonly (readonly [title: string, under: string, spoil: Spoil])[] = [
    ['without its signature', 'yiqiao-message', (answer) => ({ ...answer, headers: {} })],
    ['a refusal in its place', 'yiqiao-message', (answer) => ({ ...answer, ...refusal })],
    ['a refusal that is not signed', 'yiqiao-message', () => ({ status: 200, headers: {}, ...refusal })],
    ['turned away unread', 'yiqiao-message', () => ({ status: 404, headers: {}, ...bytes('not found') })],
    [
      'a refusal without data in its place',
      'gm-envelope',
      (answer) => ({ ...answer, ...bytes('{"code":"-1","message":"拒绝"}') }),
    ],
    ['in the clear', 'gm-envelope', (answer) => ({ ...answer, ...refusal })],
    [
      'with its cipher text changed',
      'fsi-main-cainfo with encrypted bodies',
      (answer) => ({
        ...answer,
        ...bytes(answer.bytes.toString().replace(/"output":"..../, '"output":"AAAA')),
      }),
    ],
  ];
  for (const [title, under, spoil] of spoilt) {
    it(`is no answer, and the settlement is taken back: ${title}, under ${under}`, async () => {
      const pair = await startPair(byTitle(under), {
        spoil: (answer, count) => (count === 0 ? spoil(answer, count) : answer),
      });
      assertRefused(await post(pair.care.url, settlement({}, SETTLEMENT)), 'REVERSED');
      assert.deepEqual(
        pair.core.numbers().filter((number) => number !== '2206'),
        ['2207', '2601'],
      );
    });
  }

  it('is not taken from another exchange: its signature names its own request', async () => {
    let kept: Parameters<Spoil>[0] | undefined;
    const pair = await startPair(byTitle('yiqiao-message'), {
      spoil: (answer, count) => {
        kept ??= answer;
        return count === 1 ? kept : answer;
      },
    });
    assertDone(await post(pair.care.url, settlement({}, SETTLEMENT)));
    assertRefused(await post(pair.care.url, settlement({}, SETTLEMENT)), 'REVERSED');
  });
});
