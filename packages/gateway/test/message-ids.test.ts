import assert from 'node:assert/strict';
import { createMessageIds } from '@yiqiao/insurance-platform';
import type { Clock } from '@yiqiao/model';

import { settlement } from './messages.ts';
import { assertDone, post } from './posts.ts';
import { endAll, startRig } from './rig.ts';

const NOON = Date.parse('2026-01-01T12:00:00+08:00');
const INSTITUTION = 'H53010000001';

/** A clock that the test sets. */
function clockAt(start: number): Clock & { set(to: number): void } {
  let now = start;
  return { now: () => now, set: (to) => (now = to) };
}

function mint(clock: Clock, count: number): string[] {
  const ids = createMessageIds({ region: '530000', clock });
  return Array.from({ length: count }, () => ids.messageId(INSTITUTION));
}

describe('Message ids', () => {
  afterEach(endAll);

  it('are the institution, a time and a sequence, 30 characters', () => {
    const [id = ''] = mint(clockAt(NOON), 1);
    assert.equal(id, 'H53010000001202601011200010001');
    assert.match(
      createMessageIds({ region: '530000', clock: clockAt(NOON) }).referenceId(),
      /^53000020260101120001\d{10}$/,
    );
  });

  it('are 30 characters for a shorter or longer institution code, too', () => {
    const ids = createMessageIds({ region: '530000', clock: clockAt(NOON) });
    assert.deepEqual(
      [ids.messageId('H1').slice(0, 12), ids.messageId('H530100000019').length],
      ['H10000000000', 30],
    );
  });

  it('do not repeat when more are needed than a second has', () => {
    const all = mint(clockAt(NOON), 25_000);
    assert.equal(new Set(all).size, all.length);
  });

  it('do not repeat when the clock stands still or goes back', () => {
    const clock = clockAt(NOON);
    const ids = createMessageIds({ region: '530000', clock });
    const all: string[] = [];
    for (const now of [NOON, NOON, NOON + 5_000, NOON + 1_000, NOON - 3_600_000, NOON + 6_000]) {
      clock.set(now);
      all.push(ids.messageId(INSTITUTION), ids.messageId(INSTITUTION));
    }
    assert.equal(new Set(all).size, all.length);
  });

  it('do not repeat after a restart, not even within one second', () => {
    const starts = [0, 1, 200, 201, 999, 1_000, 1_001, 2_500];
    const all = starts.flatMap((after) => mint(clockAt(NOON + after), 9));
    assert.equal(new Set(all).size, all.length);
  });

  it('of processes with a range each do not repeat, however many a second needs', () => {
    const ranges = [1, 4_001, 8_001].map((first) => ({ first, last: first + 1_998 }));
    const all = ranges.flatMap((sequences) => {
      const ids = createMessageIds({ region: '530000', clock: clockAt(NOON + 999), sequences });
      return Array.from({ length: 5_000 }, () => ids.messageId(INSTITUTION));
    });
    assert.equal(new Set(all).size, all.length);
  });

  it('move beyond the second at hand when the range changes, so that they meet none of whoever had it', () => {
    const [low, high] = [
      { first: 1, last: 625 },
      { first: 626, last: 1_250 },
    ];
    let range = low;
    const clock = clockAt(NOON);
    const ids = createMessageIds({ region: '530000', clock, sequences: () => range });
    const owner = createMessageIds({ region: '530000', clock, sequences: high });
    const before = Array.from({ length: 700 }, () => ids.messageId(INSTITUTION));
    const owners = Array.from({ length: 700 }, () => owner.messageId(INSTITUTION));
    range = high;
    const after = Array.from({ length: 700 }, () => ids.messageId(INSTITUTION));
    const all = [...before, ...owners, ...after];
    assert.equal(new Set(all).size, all.length);
    assert(after.every((id) => Number(id.slice(-4)) >= high.first));
  });

  it('of references do not repeat after a restart within one second', () => {
    const all = [0, 1, 500, 999].flatMap((after) => {
      const ids = createMessageIds({ region: '530000', clock: clockAt(NOON + after) });
      return Array.from({ length: 100 }, () => ids.referenceId());
    });
    assert.equal(new Set(all).size, all.length);
  });

  it('are the gateway’s own on every hop and differ across restarts', async () => {
    const rig = await startRig();
    for (let starts = 0; starts < 3; starts += 1) {
      await Promise.all([1, 2, 3].map(async () => assertDone(await post(rig.gateway.url, settlement()))));
      await rig.restart();
    }
    assert.equal(new Set(rig.far.arrived.map(({ msgid }) => msgid)).size, 9);
  });
});

describe('References of a process whose sequences change', () => {
  it('are numbered from the new ones on, which are its own', () => {
    let sequences = { first: 1, last: 624 };
    const clock = { now: (): number => Date.UTC(2026, 10, 20) };
    const ids = createMessageIds({ region: '530000', clock, sequences: () => sequences });
    const serial = (): string => ids.referenceId().slice(-10);
    assert.equal(serial(), '0000000001');
    sequences = { first: 625, last: 1_248 };
    assert.deepEqual([serial(), serial()], ['0624000001', '0624000002']);
  });
});
