import assert from 'node:assert/strict';
import { readPeripheral } from '@yiqiao/sdk';
import { policyOf } from './stand-ins.ts';

const FILES = ['courses', 'payment', 'trace-codes', 'goods'] as const;
const CONFIDENCE = new Set(['two sources', 'one source', 'inferred', 'project design', 'unknown']);

/** Every object that tells a source or a confidence, with its place. */
function claims(value: unknown, at: string): readonly (readonly [string, Record<string, unknown>])[] {
  if (typeof value !== 'object' || value === null) return [];
  const members = value as Record<string, unknown>;
  const own = 'source' in members || 'confidence' in members ? [[at, members] as const] : [];
  return [...own, ...Object.entries(members).flatMap(([name, one]) => claims(one, `${at}/${name}`))];
}

describe('the rules of a pharmacy', () => {
  for (const file of FILES) {
    it(`in ${file}.json tell where each comes from and how sure it is`, () => {
      const found = claims(readPeripheral('pharmacy', file), '');
      assert(found.length > 0);
      for (const [at, { source, confidence }] of found) {
        assert.equal(typeof source, 'string', at);
        assert(CONFIDENCE.has(String(confidence)), at);
      }
    });
  }

  it('of a region replace members of the default, and no others', () => {
    const [national, sandbox] = [policyOf(), policyOf({ courses: 'national', payment: 'sandbox' })];
    assert.deepEqual(national.payment.equalBenefit.poolPaymentRatio, {});
    assert.deepEqual(sandbox.payment.equalBenefit.poolPaymentRatio, { '310': '0.7', '390': '0.55' });
    assert.deepEqual({ ...sandbox.payment, equalBenefit: 0 }, { ...national.payment, equalBenefit: 0 });
    assert.equal(sandbox.payment.equalBenefit.id, national.payment.equalBenefit.id);
  });
});
