import assert from 'node:assert/strict';
import fc from 'fast-check';
import { GatewayError } from '@yiqiao/model';
import type { WireObject } from '@yiqiao/model';
import { diagnoseSignature } from '@yiqiao/signer';
import type { EnvelopeEvidence, Sm2SigningProfile } from '@yiqiao/signer';
import { readJsonObject, writeJson } from '#internal/json-text.ts';
import { clientPair, NONCE, NOW, profileOf, profiles, protect, settingsOf } from '../profiles.ts';

/** Runs a check that may refuse, and nothing else. */
function mayRefuse(run: () => unknown): void {
  try {
    run();
  } catch (error) {
    assert.ok(error instanceof GatewayError, String(error));
    assert.notEqual(error.code, 'CONFIG_INVALID');
  }
}

const text = fc.oneof(
  fc.string({ maxLength: 90 }),
  fc.base64String({ maxLength: 96 }),
  fc.string({ unit: fc.constantFrom('0', 'a', 'F'), maxLength: 130 }),
  fc.constantFrom('SM2', 'SM4', 'none', '', '\ud800', '1700000000000', 'Bearer x', '3006020100020100'),
);

describe('Input of any kind', () => {
  const servers = profiles.map(({ id }) => protect(id, 'server'));
  const clients = profiles.map(({ id }) => protect(id, 'client'));

  it('in the members of a body is accepted or refused', () => {
    fc.assert(
      fc.property(text, text, text, (cainfo, signtype, enc_type) => {
        for (const { verifyBody, openBody, readSession } of servers) {
          mayRefuse(() => verifyBody?.({ cainfo, signtype }, Buffer.from(enc_type)));
          mayRefuse(() => openBody?.({ enc_type }, cainfo));
          mayRefuse(() => readSession?.({ session_id: cainfo }));
        }
      }),
      { numRuns: 150 },
    );
  });

  it('in headers is accepted or refused', () => {
    const names = ['x-tif-signature', 'x-tif-timestamp', 'x-tif-nonce', 'x-tif-paasid'].concat(
      ['_api_signature', '_api_timestamp', '_api_access_key', '_api_name', '_api_version', 'authorization'],
      ['x-yiqiao-signature', 'x-yiqiao-signature-time', 'x-yiqiao-signature-nonce'],
      ['x-yiqiao-signature-algorithm'],
    );
    const fit = fc.constantFrom(
      'mbs_fsi_auth',
      'testAccessKey',
      'TEST_API',
      '1.0.0',
      'SM2-SM3',
      NONCE,
      String(NOW),
    );
    const value = fc.oneof(text, fit, fc.constant(undefined), fc.array(text, { maxLength: 3 }));
    fc.assert(
      fc.property(fc.array(value, { minLength: 14, maxLength: 14 }), text, (values, messageId) => {
        const headers = Object.fromEntries(names.map((name, index) => [name, values[index]]));
        const message = { direction: 'request', body: Buffer.alloc(0), now: NOW, messageId } as const;
        for (const { checkHeaders } of servers) mayRefuse(() => checkHeaders?.(headers, message));
      }),
      { numRuns: 150 },
    );
  });

  it('in a whole message, on either side, is accepted or refused', () => {
    const at = { now: NOW, nonce: NONCE };
    const sound = clients.flatMap(({ sealMessage }) => {
      const bytes = sealMessage?.({ data: { a: '1' } }, at);
      return bytes === undefined ? [] : [readJsonObject(bytes)];
    });
    const members = fc.dictionary(
      fc.constantFrom(
        'appId',
        'encType',
        'signType',
        'encData',
        'signData',
        'timestamp',
        'data',
        'noise',
        'sign',
      ),
      fc.oneof(text, fc.constant(null), fc.constant([]), fc.constant({})),
    );
    fc.assert(
      fc.property(members, fc.constantFrom(...sound), (change, base) => {
        const bytes = Buffer.from(writeJson({ ...base, ...change } as WireObject));
        for (const { openMessage } of [...servers, ...clients]) mayRefuse(() => openMessage?.(bytes));
      }),
      { numRuns: 150 },
    );
  });

  it('may be diagnosed', () => {
    const keys = [{ name: 'his', text: clientPair.publicHex }];
    const profile = profileOf('fsi-main-cainfo') as Sm2SigningProfile;
    const whole = profileOf('gm-envelope') as EnvelopeEvidence['profile'];
    const { credentials = {} } = settingsOf('gm-envelope', 'client');
    fc.assert(
      fc.property(text, text, (cainfo, content) => {
        const body = Buffer.from(content);
        mayRefuse(() =>
          diagnoseSignature({ profile, envelope: { cainfo }, body, keys, now: NOW, message: body }),
        );
        const settings = { credentials };
        mayRefuse(() => diagnoseSignature({ profile: whole, message: body, settings, keys, now: NOW }));
      }),
      { numRuns: 40 },
    );
  }).timeout(20_000);
});
