import assert from 'node:assert/strict';
import { createRegistry } from '@yiqiao/registry';
import { createClient, describeError, GatewayError } from '@yiqiao/sdk';
import type { ClientSettings } from '@yiqiao/sdk';
import { createKeyPair, createMessageSigner, createMessageVerifier } from '@yiqiao/signer';
import { SETTLED, SETTLEMENT } from './bodies.ts';
import { rejectionOf } from './errors.ts';
import { clientOf, endAll, startPlatform } from './platform.ts';
import type { Told } from './platform.ts';

const own = createKeyPair();
const far = createKeyPair();
const stranger = createKeyPair();
const profile = createRegistry().signingProfile('fsi-main-cainfo');
const signing = { privateKey: own.privateKey, publicKey: far.publicKey };

/** A success whose output is signed by this key, or by nobody. */
function answer(privateKey?: string): Told {
  const output = JSON.stringify(SETTLED);
  const signed =
    privateKey === undefined ? {} : createMessageSigner(profile, { privateKey })(Buffer.from(output));
  const head = JSON.stringify({ infcode: 0, inf_refmsgid: '1', err_msg: '', ...signed });
  return { status: 200, text: `${head.slice(0, -1)},"output":${output}}` };
}

describe('A client that signs', () => {
  afterEach(endAll);

  it('signs the bytes of input as they leave, and takes the answer of the key that it expects', async () => {
    const platform = await startPlatform(() => answer(far.privateKey));
    const { body } = await clientOf(platform.url, { signing }).outpatient.settle(SETTLEMENT);
    assert.equal(body.settlementId, 'J0001');
    const [came] = platform.came;
    assert(came !== undefined);
    const input = came.text.slice(came.text.indexOf('"input":') + '"input":'.length, -1);
    const verify = createMessageVerifier(profile, { publicKeys: [{ text: own.publicKey }] });
    verify(JSON.parse(came.text) as never, Buffer.from(input));
  });

  it('takes the far side’s new key and its old one while they change', async () => {
    const platform = await startPlatform(() => answer(far.privateKey));
    const both = { ...signing, publicKey: [stranger.publicKey, far.publicKey] };
    await clientOf(platform.url, { signing: both }).outpatient.settle(SETTLEMENT);
  });

  const wrong: readonly (readonly [what: string, told: Told])[] = [
    ['of another key', answer(stranger.privateKey)],
    ['that is missing', answer()],
  ];
  for (const [what, told] of wrong) {
    it(`takes an answer with a signature ${what} for none: the outcome is unknown`, async () => {
      const platform = await startPlatform(() => told);
      const error = await rejectionOf(clientOf(platform.url, { signing }).outpatient.settle(SETTLEMENT));
      assert.deepEqual(
        [error.code, describeError(error).mayHaveActed],
        ['UPSTREAM_REPLY_UNUSABLE', 'unknown'],
      );
    });
  }

  it('expects no signature where no key of the far side is given', async () => {
    const platform = await startPlatform(() => answer());
    const { body } = await clientOf(platform.url, {
      signing: { privateKey: own.privateKey },
    }).outpatient.settle(SETTLEMENT);
    assert.equal(body.settlementId, 'J0001');
  });

  it('refuses a key that is none when it is made, and shows nothing of it', () => {
    const settings: ClientSettings = {
      to: 'http://127.0.0.1/',
      as: {
        institution: { code: 'H53010000001', name: '示例医院' },
        careRegion: '530100',
        operator: { type: '1', id: '0001', name: '测试经办' },
      },
      signing: { privateKey: 'no key, but perhaps a secret', publicKey: far.publicKey },
    };
    assert.throws(
      () => createClient(settings),
      (error) =>
        error instanceof GatewayError &&
        error.code === 'KEY_INVALID' &&
        !/secret/.test(JSON.stringify(error)),
    );
  });
});
