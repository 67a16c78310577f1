/** How the suite reads what platforms answer: twice, and only what both read alike counts. */
import assert from 'node:assert/strict';
import { readInputs, readKit } from '@yiqiao/conformance';
import { createRegistry } from '@yiqiao/registry';
import { createSandboxKeys, sealEnvelope, signBoss } from '@yiqiao/sandbox';
import type { Inputs } from '#internal/run/inputs.ts';
import { createTongue } from '#internal/tongues/create-tongue.ts';
import type { Tongue } from '#internal/tongues/tongue.ts';

const registry = createRegistry();
const clock = { now: () => Date.UTC(2026, 10, 20, 2, 0, 0) };
const came = (bytes: Buffer) => ({ status: 200, bytes, headers: {} });
const ASKED = { infno: '', msgid: '' };

function tongueOf(kitId: string, inputs: Inputs = readInputs(kitId)): Tongue {
  return createTongue({ registry, kit: readKit(registry, kitId, '2026-11'), inputs, clock });
}

describe('An answer of an e-invoice platform', () => {
  const account = { appId: 'YIQIAOTEST', key: 'sandbox-md5-key' };
  const tongue = tongueOf('e-invoice');
  const encode = (text: string): string => Buffer.from(text).toString('base64');

  function answer(result: string, content: string, sign?: string): Buffer {
    const data = encode(JSON.stringify({ result, message: encode(content) }));
    const good = signBoss({ data, noise: 'N1' }, account);
    return Buffer.from(JSON.stringify({ data, noise: 'N1', sign: sign ?? good }));
  }

  it('is read with its content, in the clear', () => {
    const read = tongue.read(came(answer('S0000', '{"billNo":"0000000001"}')), ASKED);
    assert(read.state === 'read');
    const { success, output, signature } = read.answer;
    assert.deepEqual([success, output, signature?.good], [true, { billNo: '0000000001' }, true]);
  });

  it('is a refusal with its text when the result is another', () => {
    const read = tongue.read(came(answer('E0202', '票据已冲红')), ASKED);
    assert(read.state === 'read');
    const { success, code, text } = read.answer;
    assert.deepEqual([success, code, text], [false, 'E0202', '票据已冲红']);
  });

  it('is read, and its signature is bad, when the sign is of something else', () => {
    const read = tongue.read(came(answer('S0000', '{}', '0'.repeat(32))), ASKED);
    assert.equal(read.state === 'read' && read.answer.signature?.good, false);
  });

  for (const [what, bytes] of [
    ['nothing', Buffer.alloc(0)],
    ['a page', Buffer.from('<html>')],
    ['data that is no base64 of JSON', Buffer.from('{"data":"AAAA","noise":"1","sign":"1"}')],
  ] as const) {
    it(`is unreadable when it is ${what}`, () => {
      assert.equal(tongue.read(came(bytes), ASKED).state, 'unreadable');
    });
  }
});

describe('An answer in a gm-envelope', () => {
  const [suite, centre] = [createSandboxKeys(), createSandboxKeys()];
  const preset = readInputs('mobile-payment');
  const institution = preset.values['institution'] as { readonly appId: string; readonly appSecret: string };
  const tongue = tongueOf('mobile-payment', {
    ...preset,
    values: {
      ...preset.values,
      institution: { ...institution, ...suite },
      centre: { publicKey: centre.publicKey, variants: { version: '2.0.1' } },
    },
  });

  function answer(members: { readonly code: string; readonly message: string }, stranger = false): Buffer {
    const { appId, appSecret } = institution;
    const settings = { ...centre, appId, appSecret, peerPublicKey: suite.publicKey };
    return sealEnvelope(settings, { members, data: { payOrdId: 'PAY1' }, now: clock.now(), stranger });
  }

  it('is decrypted and verified', () => {
    const read = tongue.read(came(answer({ code: '0', message: '成功' })), ASKED);
    assert(read.state === 'read');
    const { success, output, signature } = read.answer;
    assert.deepEqual([success, output, signature?.good], [true, { payOrdId: 'PAY1' }, true]);
  });

  it('is read, and its signature is bad, when a stranger signed it', () => {
    const read = tongue.read(came(answer({ code: '0', message: '成功' }, true)), ASKED);
    assert.equal(read.state === 'read' && read.answer.signature?.good, false);
  });

  it('is a refusal without signature when it carries a code and nothing else', () => {
    const read = tongue.read(came(Buffer.from('{"code":"-1","message":"应用未登记"}')), ASKED);
    assert(read.state === 'read');
    const { success, text, signature } = read.answer;
    assert.deepEqual([success, text, signature?.good], [false, '应用未登记', false]);
  });

  for (const [what, text] of [
    ['an error of a web server', '{"statusCode":500,"message":"An internal server error occurred"}'],
    ['a success that nobody signed', '{"code":"0","message":"成功"}'],
    [
      'encrypted under another key',
      '{"code":"0","encType":"SM4","signType":"SM2","encData":"00","signData":"AA"}',
    ],
  ] as const) {
    it(`is unreadable when it is ${what}`, () => {
      assert.equal(tongue.read(came(Buffer.from(text)), ASKED).state, 'unreadable');
    });
  }
});
