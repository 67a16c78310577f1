import assert from 'node:assert/strict';
import { ERRORS, GatewayError } from '@yiqiao/model';
import type { ErrorCode } from '@yiqiao/model';

describe('the error catalogue', () => {
  for (const [code, kind] of Object.entries(ERRORS)) {
    it(`${code} never tells an unknown outcome as infcode -1`, () => {
      assert.equal(kind.infcode, kind.outcome === 'unknown' ? null : '-1');
    });

    it(`${code} speaks to the integrator and the cashier in both languages`, () => {
      for (const text of [kind.cause.zh, kind.cause.en, kind.cashier.zh, kind.cashier.en])
        assert.ok(text.length > 5);
    });
  }

  it('gives an error its catalogue entry and keeps the cause', () => {
    const cause = new Error('socket closed');
    const error = new GatewayError(
      'UPSTREAM_TIMEOUT' satisfies ErrorCode,
      { facts: { infno: '2207' } },
      { cause },
    );
    assert.equal(error.kind, ERRORS.UPSTREAM_TIMEOUT);
    assert.equal(error.cause, cause);
  });
});
