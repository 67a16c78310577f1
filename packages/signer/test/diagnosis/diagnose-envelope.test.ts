import assert from 'node:assert/strict';
import type { WireObject } from '@yiqiao/model';
import { createKeyPair, diagnoseSignature } from '@yiqiao/signer';
import type { Diagnosis, EnvelopeEvidence } from '@yiqiao/signer';
import { signText } from '#internal/canonical-text.ts';
import { readJson, writeJson } from '#internal/json-text.ts';
import { deriveContentKey } from '#internal/protection/gm-envelope.ts';
import { encryptSm4 } from '#internal/sm4.ts';
import { NOW, profileOf } from '../profiles.ts';
import { b64, DEFAULT_ID, signBy } from './signed-by.ts';

const SECRET = 'TESTSECRET00000000000000000000AB';
const own = createKeyPair();

describe('The diagnosis of a gm-envelope', () => {
  const app = { id: 'TESTAPP0000000000000000000000001', secret: SECRET };
  const credentials = { appId: app.id, appSecret: SECRET };
  const envelopeProfile = profileOf('gm-envelope') as EnvelopeEvidence['profile'];
  const clear: WireObject = {
    appId: app.id,
    encType: 'SM4',
    signType: 'SM2',
    timestamp: '1700000000000',
    version: '1.0.0',
    data: readJson('{"b":2,"a":"测试甲","gone":null,"left":{}}'),
  };
  const key = deriveContentKey(app, 'first-characters');
  const encData = encryptSm4(key, Buffer.from(writeJson(clear['data'] ?? null))).toString('hex');

  function diagnoseText(text: string, userId = SECRET, der = false): Diagnosis {
    const { data: _, ...rest } = clear;
    const signData = b64(signBy(own, text, { userId, der }));
    return diagnoseSignature({
      profile: envelopeProfile,
      message: Buffer.from(writeJson({ ...rest, encData, signData })),
      settings: { credentials },
      keys: [{ name: 'app', text: own.publicHex }],
      now: NOW,
    });
  }
  const form = { scalars: 'quoted', emptyObjects: 'keep' } as const;
  const usual = signText(clear, { secret: SECRET, form });

  const cases: Record<string, [found: () => Diagnosis, differences: string[]]> = {
    'nothing at all': [() => diagnoseText(usual), []],
    'the default user id': [() => diagnoseText(usual, DEFAULT_ID), ['user-id-default']],
    DER: [() => diagnoseText(usual, SECRET, true), ['der-not-rs']],
    'numbers bare': [
      () => diagnoseText(signText(clear, { secret: SECRET, form: { ...form, scalars: 'bare' } })),
      ['scalars-bare'],
    ],
    'null members kept': [
      () => diagnoseText(signText(clear, { secret: SECRET, form: { ...form, emptyMembers: 'keep' } })),
      ['nulls-kept'],
    ],
    'empty objects dropped': [
      () => diagnoseText(signText(clear, { secret: SECRET, form: { ...form, emptyObjects: 'drop' } })),
      ['empty-objects-dropped'],
    ],
    'no secret at the end': [() => diagnoseText(usual.replace(/&key=.*$/, '')), ['secret-left-out']],
    'data not sorted': [
      () =>
        diagnoseText(
          signText({ ...clear, data: writeJson(clear['data'] ?? null) }, { secret: SECRET, form }),
        ),
      ['data-as-sent'],
    ],
  };
  for (const [title, [found, differences]] of Object.entries(cases)) {
    it(`names ${title}`, () => {
      assert.deepEqual(
        found().causes.map((cause) => cause.differences),
        [differences],
      );
    });
  }
});
