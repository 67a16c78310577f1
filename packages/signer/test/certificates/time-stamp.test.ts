import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import {
  checkTimeStamp,
  makeTestTimeStamps,
  makeTimeStampRequest,
  readCertificates,
  readTimeStampAnswer,
} from '@yiqiao/signer/certificates';

const NOW = Date.UTC(2026, 10, 22, 1, 2, 3);
const CONTENT = Buffer.from('what is to be proved');

describe('Time-stamps (RFC 3161)', () => {
  for (const family of ['sm2', 'ecdsa'] as const) {
    for (const digest of ['sm3', 'sha256'] as const) {
      it(`of an authority with ${family}, over ${digest}, are believed with its certificate as anchor`, () => {
        const authority = makeTestTimeStamps(NOW, family);
        const request = makeTimeStampRequest(CONTENT, digest);
        const token = readTimeStampAnswer(authority.answer(request, NOW), request);
        const anchors = readCertificates(authority.certificate);
        const verdict = checkTimeStamp(token, { content: CONTENT, anchors });
        assert.deepEqual(verdict, { at: NOW, by: 'C=CN, CN=test time-stamps', reasons: [] });
      });
    }
  }

  it('are told when they are over other bytes', () => {
    const { token } = stamped();
    assert.deepEqual(checkTimeStamp(token, { content: Buffer.from('other') }).reasons, ['over other bytes']);
  });

  it('are not believed when their authority leads to no anchor', () => {
    const { token } = stamped();
    const anchors = readCertificates(makeTestTimeStamps(NOW).certificate);
    assert.notDeepEqual(checkTimeStamp(token, { content: CONTENT, anchors }).reasons, []);
  });

  it('are not believed when a byte of the time, the signature or the signed attributes is another', () => {
    const { token } = stamped();
    const time = token.indexOf('20261122010203Z');
    for (const at of [time + 3, token.length - 1, token.length - 120]) {
      const changed = Buffer.from(token);
      changed[at] = (changed[at] ?? 0) ^ 1;
      assert.notDeepEqual(checkTimeStamp(changed, { content: CONTENT }).reasons, [], `byte ${at}`);
    }
  });

  it('of anything that is no DER are none', () => {
    for (const token of [Buffer.alloc(0), Buffer.from('time'), Buffer.from([0x30, 0x80, 0, 0])]) {
      assert.deepEqual(checkTimeStamp(token, { content: CONTENT }).reasons, ['no time-stamp']);
    }
  });

  it('are refused when the answer is a refusal, garbage or one to another request', () => {
    const authority = makeTestTimeStamps(NOW);
    const request = makeTimeStampRequest(CONTENT, 'sm3');
    const other = authority.answer(makeTimeStampRequest(CONTENT, 'sm3'), NOW);
    const refusal = Buffer.from('30053003020102', 'hex');
    for (const answer of [refusal, Buffer.from('<html>'), other]) {
      assert.throws(() => readTimeStampAnswer(answer, request), { code: 'CERTIFICATE_INVALID' });
    }
  });

  it('of OpenSSL are believed too', () => {
    const fixture = (name: string): Buffer =>
      readFileSync(new URL(`../fixtures/time-stamp/${name}`, import.meta.url));
    const token = readTimeStampAnswer(fixture('answer.tsr'), fixture('request.tsq'));
    const anchors = readCertificates(fixture('tsa.pem'));
    assert.deepEqual(checkTimeStamp(token, { content: CONTENT, anchors }).reasons, []);
  });
});

function stamped(): { readonly token: Buffer } {
  const request = makeTimeStampRequest(CONTENT, 'sm3');
  return { token: readTimeStampAnswer(makeTestTimeStamps(NOW).answer(request, NOW), request) };
}
