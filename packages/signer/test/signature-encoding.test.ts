import assert from 'node:assert/strict';
import { findDer, findRs } from '#internal/signature-encoding.ts';

const word = (start: string): string => start.padEnd(64, '1');
const small = (value: string): string => value.padStart(64, '0');

/** r, s and the DER of both. */
const cases: readonly (readonly [r: string, s: string, der: string])[] = [
  [small('01'), small('02'), '3006020101020102'],
  [small('7f'), small('80'), '300702017f02020080'],
  [word('7f'), word('80'), `30450220${word('7f')}022100${word('80')}`],
  [word('0080'), word('000001'), `30420220${word('0080')}021e${word('000001').slice(4)}`],
];

describe('The encodings of a signature', () => {
  for (const [r, s, der] of cases) {
    it(`are turned into each other for r = ${r.slice(0, 6)}…, s = ${s.slice(0, 6)}…`, () => {
      assert.equal(findDer(Buffer.from(r + s, 'hex'))?.toString('hex'), der);
      assert.equal(findRs(Buffer.from(der, 'hex'))?.toString('hex'), r + s);
    });
  }
});
