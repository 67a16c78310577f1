import assert from 'node:assert/strict';
import { findTime } from '@yiqiao/model';
import type { Logger } from 'pino';
import { closedUntil, minuteText } from '#internal/closures.ts';
import type { Closure, ClosureWindow } from '#internal/closures.ts';
import { watchClosures } from '#internal/closure-watch.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** China's time as text → epoch milliseconds. */
function at(text: string): number {
  const time = findTime(`${text}:00`);
  assert(time !== undefined);
  return time;
}

function during(window: ClosureWindow): Closure {
  return { peer: 'hub', reason: 'maintenance', window };
}

const ONCE = during({ repeats: 'never', from: at('2026-12-31 22:00'), to: at('2027-01-02 08:00') });
const NIGHT = during({ repeats: 'daily', from: 23 * HOUR_MS, to: 1 * HOUR_MS });
const NOON = during({ repeats: 'daily', from: 12 * HOUR_MS, to: 13 * HOUR_MS });
const SUNDAY = during({ repeats: 'weekly', from: 6 * DAY_MS + 20 * HOUR_MS, to: 6 * HOUR_MS });

describe('A closure', () => {
  // 2026-11-22 is a Sunday.
  const cases: readonly [string, Closure, string, string | undefined][] = [
    ['once, before', ONCE, '2026-12-31 21:59', undefined],
    ['once, from its first minute', ONCE, '2026-12-31 22:00', '2027-01-02 08:00'],
    ['once, to its end', ONCE, '2027-01-02 08:00', undefined],
    ['daily, inside', NOON, '2026-11-22 12:30', '2026-11-22 13:00'],
    ['daily, outside', NOON, '2026-11-22 13:00', undefined],
    ['daily over midnight, before it', NIGHT, '2026-11-22 23:30', '2026-11-23 01:00'],
    ['daily over midnight, after it', NIGHT, '2026-11-23 00:59', '2026-11-23 01:00'],
    ['daily over midnight, outside', NIGHT, '2026-11-23 01:00', undefined],
    ['weekly over the turn of the week, before it', SUNDAY, '2026-11-22 20:00', '2026-11-23 06:00'],
    ['weekly over the turn of the week, after it', SUNDAY, '2026-11-23 05:59', '2026-11-23 06:00'],
    ['weekly, on another day', SUNDAY, '2026-11-24 05:00', undefined],
  ];
  for (const [title, closure, now, until] of cases) {
    it(`is in force in China’s time: ${title}`, () => {
      const end = closedUntil(closure, at(now));
      assert.equal(end === undefined ? undefined : minuteText(end), until);
    });
  }

  it('is told to the operator once when it begins and once when it ends, also by a reload', () => {
    let now = at('2026-11-22 22:59');
    let closures: readonly Closure[] = [NIGHT, ONCE];
    let tick = (): void => undefined;
    const lines: string[] = [];
    const warn = (facts: { peer?: string; until?: string }, text: string): void =>
      void lines.push(`${text} ${facts.peer} ${facts.until ?? ''}`.trim());
    const watch = watchClosures({
      closures: () => closures,
      clock: { now: () => now },
      scheduler: {
        after(_ms, work) {
          tick = work;
          return () => (tick = () => undefined);
        },
      },
      logger: { warn } as unknown as Logger,
    });
    const pass = (ms: number): void => {
      now += ms;
      tick();
    };
    pass(1_000);
    assert.deepEqual(lines, []);
    pass(60_000);
    pass(1_000);
    pass(1_000);
    assert.deepEqual(lines.splice(0), ['peer closed hub 2026-11-23 01:00']);
    closures = [{ ...NIGHT }, ONCE];
    watch.look();
    assert.deepEqual(lines, [], 'a reload that changes nothing tells nothing');
    pass(2 * HOUR_MS);
    assert.deepEqual(lines.splice(0), ['peer open again hub']);
    closures = [during({ repeats: 'never', from: now - 1, to: now + HOUR_MS })];
    watch.look();
    closures = [];
    watch.look();
    assert.equal(lines.length, 2);
    watch.stop();
  });
});
