/** Both ends of an adapter over TLS: a listener that asks for certificates, and a call that shows one. */
import assert from 'node:assert/strict';
import { answerJson, connectAdapter, defineAdapter, jsonCodec, startListener } from '@yiqiao/sdk';
import type { ConnectionSettings, Listener } from '@yiqiao/sdk';
import { makeTestPki } from '@yiqiao/signer/certificates';

const OWN = 'H53010000001';
const definition = defineAdapter<{ ask: { request: object; response: boolean } }>({
  id: 'tls',
  codec: jsonCodec(),
  calls: { ask: { effect: 'read', path: 'ask', toWire: () => ({}), toModel: ({ done }) => done === true } },
});

describe('TLS of adapters', () => {
  const files = new Map<string, string>();
  const pem = (name: string): string => files.get(name) ?? assert.fail(name);
  let listener: Listener;
  before(async () => {
    const hosts = ['127.0.0.1'];
    for (const { name, content } of makeTestPki({ institutions: [OWN], hosts, now: Date.now(), days: 1 }))
      files.set(name, Buffer.from(content).toString());
    listener = await startListener({
      port: 0,
      routes: [{ method: 'POST', path: '/ask', handle: () => answerJson({ done: true }) }],
      tls: {
        certificate: pem('server.pem'),
        key: pem('server.key.pem'),
        clientAnchors: pem('tls-root.pem'),
      },
    });
  });
  after(() => listener.close());

  const CASES: readonly [string, () => NonNullable<ConnectionSettings['tls']>, boolean][] = [
    [
      'lets in who shows a certificate that it believes',
      () => ({
        anchors: pem('tls-root.pem'),
        certificate: pem(`${OWN}.tls.pem`),
        key: pem(`${OWN}.tls.key.pem`),
      }),
      true,
    ],
    ['lets in nobody without one', () => ({ anchors: pem('tls-root.pem') }), false],
    [
      'is not believed by who does not know its authority',
      () => ({ certificate: pem(`${OWN}.tls.pem`), key: pem(`${OWN}.tls.key.pem`) }),
      false,
    ],
  ];
  for (const [title, tls, isLetIn] of CASES) {
    it(title, async () => {
      assert.match(listener.url, /^https:/);
      const connected = connectAdapter(definition, { url: listener.url, tls: tls() });
      const asked = connected.call('ask', {});
      if (isLetIn) assert.equal(await asked, true);
      else await assert.rejects(asked, { name: 'GatewayError' });
      await connected.close();
    });
  }
});
