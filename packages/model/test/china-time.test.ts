import assert from 'node:assert/strict';
import fc from 'fast-check';
import { compactTime, findTime, formatTime } from '@yiqiao/model';

describe("China's time", () => {
  it('is eight hours ahead, whatever the zone of the machine', () => {
    const epochMs = Date.UTC(2026, 0, 31, 16, 0, 5, 7);
    assert.equal(formatTime(epochMs), '2026-02-01 00:00:05');
    assert.equal(compactTime(epochMs), '20260201000005007');
  });

  it('is read back to the second', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4_000_000_000_000 }), (epochMs) => {
        assert.equal(findTime(formatTime(epochMs)), Math.floor(epochMs / 1_000) * 1_000);
        assert.equal(compactTime(epochMs), new Date(epochMs + 28_800_000).toISOString().replace(/\D/g, ''));
      }),
    );
  });

  for (const text of [
    '2026-02-30 00:00:00',
    '2026-01-01',
    '2026-01-01T00:00:00',
    '2026-13-01 00:00:00',
    '',
  ]) {
    it(`does not read ${JSON.stringify(text)}`, () => assert.equal(findTime(text), undefined));
  }
});
