import assert from 'node:assert/strict';
import { createRegistry } from '@yiqiao/registry';
import { createKeyPair, createMessageSigner, createMessageVerifier } from '@yiqiao/signer';
import type { KeyPair } from '@yiqiao/signer';
import { message, settlementInput, SIGNING, UNSIGNED } from './messages.ts';
import type { Leaves } from './messages.ts';
import { assertDone, assertRefused, envelopeOf, post } from './posts.ts';
import { endAll, KEYS, startRig } from './rig.ts';

const PROFILE = createRegistry().signingProfile('fsi-main-cainfo');
const AS_SIGNER: Leaves = { fixmedins_code: JSON.stringify(SIGNING) };

/** 2207 with a signature over `input` by a key, unless the test changes it. */
function signed(by: KeyPair, changes: { readonly input?: string; readonly envelope?: Leaves } = {}): string {
  const input = settlementInput();
  const members = createMessageSigner(PROFILE, { privateKey: by.privateKey })(Buffer.from(input));
  const signature = Object.entries(members).map(([name, value]) => [name, JSON.stringify(value)]);
  const envelope = { ...AS_SIGNER, ...(Object.fromEntries(signature) as Leaves), ...changes.envelope };
  return message('2207', changes.input ?? input, envelope);
}

function withKey(key: string): (yaml: string) => string {
  return (yaml) => yaml.replace(`{ text: ${KEYS.his.publicHex} }`, `{ text: ${KEYS.his.publicHex}, ${key} }`);
}

describe('A signed connection', () => {
  afterEach(endAll);

  it('takes a message whose signature covers the bytes of input, and signs its answer', async () => {
    const { gateway, far } = await startRig();
    const answer = await post(gateway.url, signed(KEYS.his));
    const envelope = assertDone(answer);
    assert.deepEqual(far.numbers(), ['2207']);
    const text = answer.bytes.toString();
    const output = text.slice(text.indexOf('"output":') + 9, -1);
    createMessageVerifier(PROFILE, { publicKeys: [{ text: KEYS.gateway.publicHex }] })(
      { cainfo: String(envelope['cainfo']), signtype: String(envelope['signtype']) },
      Buffer.from(output),
    );
  });

  const bad = [
    ['SIGNATURE_MISSING', 'no signature', () => message('2207', settlementInput(), AS_SIGNER)],
    ['SIGNATURE_MISSING', 'no signtype', () => signed(KEYS.his, { envelope: { signtype: undefined } })],
    ['SIGNATURE_INVALID', 'another person’s key', () => signed(createKeyPair())],
    [
      'SIGNATURE_INVALID',
      'a changed amount',
      () => signed(KEYS.his, { input: settlementInput({ medfee_sumamt: '1' }) }),
    ],
    [
      'SIGNATURE_INVALID',
      'a changed blank',
      () => signed(KEYS.his, { input: `${settlementInput()} `.replace(':', ': ') }),
    ],
    ['SIGNATURE_MALFORMED', 'no base64', () => signed(KEYS.his, { envelope: { cainfo: '"!"' } })],
    [
      'SIGNATURE_ALGORITHM_WRONG',
      'another algorithm',
      () => signed(KEYS.his, { envelope: { signtype: '"RSA"' } }),
    ],
  ] as const;
  it('refuses a message that nobody it knows has signed, before looking into it', async () => {
    const { gateway, far, journal } = await startRig();
    for (const [code, title, body] of bad) {
      const refusal = assertRefused(await post(gateway.url, body()), code);
      assert.equal(refusal.yiqiao.code, code, title);
    }
    assert.deepEqual([far.numbers(), await journal()], [[], []]);
  });

  it('tells a signature by a key that has expired or is not valid yet from a wrong one', async () => {
    const cases = [
      ['notAfter: "2020-01-01"', 'SIGNATURE_KEY_EXPIRED'],
      ['notBefore: "2999-01-01"', 'SIGNATURE_KEY_NOT_YET_VALID'],
    ] as const;
    for (const [validity, code] of cases) {
      const { gateway } = await startRig({ change: withKey(validity) });
      assertRefused(await post(gateway.url, signed(KEYS.his)), code);
    }
  });

  it('lets no institution speak for another by leaving the signature out', async () => {
    const { gateway } = await startRig();
    const spoken = message('2207', settlementInput(), AS_SIGNER);
    assertRefused(await post(gateway.url, spoken), 'SIGNATURE_MISSING');
    assertDone(
      await post(gateway.url, message('2207', settlementInput(), { fixmedins_code: `"${UNSIGNED}"` })),
    );
  });

  it('tells why a signature fails to a peer in test, and to no other', async () => {
    const inTest = (yaml: string): string =>
      yaml.replace('- id: his', '- id: his\n    mode: tolerant\n    diagnose: true');
    const spoilt = (): string => {
      const input = settlementInput();
      const signer = createMessageSigner(PROFILE, { privateKey: KEYS.his.privateKey, userId: SIGNING });
      const members = signer(Buffer.from(input));
      const leaves = Object.entries(members).map(([name, value]) => [name, JSON.stringify(value)]);
      return message('2207', input, { ...AS_SIGNER, ...(Object.fromEntries(leaves) as Leaves) });
    };
    const told = await startRig({ change: inTest });
    const [fault] = assertRefused(await post(told.gateway.url, spoilt()), 'SIGNATURE_INVALID').yiqiao.faults;
    assert.equal(fault?.rule, 'signature-diagnosis');
    assert.match(fault.message.en, /user id/i);
    const live = await startRig();
    const { yiqiao } = assertRefused(await post(live.gateway.url, spoilt()), 'SIGNATURE_INVALID');
    assert.deepEqual(yiqiao.faults, []);
  });

  it('takes an answer with a wrong signature for no answer at all', async () => {
    const core = createKeyPair();
    const { gateway, far } = await startRig({
      change: (yaml) =>
        yaml.replace(
          /(replyTimeoutMs: 1000 }\n    signing: ){ profile: none }/,
          `$1{ publicKeys: [{ text: ${core.publicHex} }] }`,
        ),
    });
    const signOutput = createMessageSigner(PROFILE, { privateKey: createKeyPair().privateKey });
    far.behave(({ infno }) => {
      if (infno !== '2207') return undefined;
      const output = '{"setlinfo":{"mdtrt_id":"S0001"}}';
      const { cainfo, signtype } = signOutput(Buffer.from(output));
      const members = JSON.stringify({ infcode: 0, err_msg: '', cainfo, signtype });
      return { raw: `${members.slice(0, -1)},"output":${output}}` };
    });
    const answer = await post(gateway.url, message('2207', settlementInput()));
    assertRefused(answer, 'REVERSED');
    assert.equal(envelopeOf(answer)['output'], null);
    assert.deepEqual(far.numbers(), ['2207', '2601']);
  });
});
