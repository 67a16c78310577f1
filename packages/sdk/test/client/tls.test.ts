import assert from 'node:assert/strict';
import { describeError } from '@yiqiao/sdk';
import { makeTestPki } from '@yiqiao/signer/certificates';
import { SETTLED, SETTLEMENT } from './bodies.ts';
import { rejectionOf } from './errors.ts';
import { clientOf, endAll, startPlatform } from './platform.ts';

const OURS = 'H53010000001';
const files = new Map(
  makeTestPki({ institutions: [OURS], hosts: ['localhost'], now: Date.now(), days: 2 }).map(
    ({ name, content }) => [name, content] as const,
  ),
);
const file = (name: string): string => String(files.get(name) ?? assert.fail(name));
const anchors = file('tls-root.pem');
const asksForCertificate = {
  key: file('server.key.pem'),
  cert: file('server.pem'),
  ca: anchors,
  requestCert: true,
  rejectUnauthorized: true,
};

describe('A client over TLS', () => {
  afterEach(endAll);

  it('believes whom its settings name, and shows who it is', async () => {
    const platform = await startPlatform(() => ({ output: SETTLED }), asksForCertificate);
    const tls = { anchors, certificate: file(`${OURS}.tls.pem`), key: file(`${OURS}.tls.key.pem`) };
    const { body } = await clientOf(platform.url, { tls }).outpatient.settle(SETTLEMENT);
    assert.equal(body.settlementId, 'J0001');
  });

  it('sends nothing to a far side that it does not believe', async () => {
    const platform = await startPlatform(() => ({ output: SETTLED }), asksForCertificate);
    const error = await rejectionOf(clientOf(platform.url).outpatient.settle(SETTLEMENT));
    assert.deepEqual(
      [error.code, describeError(error).mayHaveActed, platform.came.length],
      ['UPSTREAM_UNREACHABLE', 'no', 0],
    );
  });
});
