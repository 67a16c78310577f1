/** When a far side is closed: times of maintenance and the turn of the year, in China's time. */
import { formatTime } from '@yiqiao/model';

/** Why a far side is closed. */
export type ClosureReason = 'maintenance' | 'year-end' | 'other';

/** When: once, or again every day or week. Offsets are milliseconds since midnight, or since Monday's. */
export type ClosureWindow =
  | { readonly repeats: 'never'; readonly from: number; readonly to: number }
  | { readonly repeats: 'daily' | 'weekly'; readonly from: number; readonly to: number };

/** One closure, of a peer or of an insured place behind any peer. */
export interface Closure {
  readonly peer?: string;
  /** 参保地: a pooling area, or a province (`xx0000`). */
  readonly region?: string;
  readonly window: ClosureWindow;
  readonly reason: ClosureReason;
  /** What the cashier is told instead of the catalogue's text. */
  readonly text?: { readonly zh: string; readonly en: string };
  /** Only these national transactions; all when absent. */
  readonly transactions?: readonly string[];
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const CHINA_MS = 8 * HOUR_MS;
/** 1970-01-01 was a Thursday. */
const MONDAY_MS = 3 * DAY_MS;

/** Epoch milliseconds at which a closure that is in force at `now` ends; `undefined` when it is not in force. */
export function closedUntil({ window }: Closure, now: number): number | undefined {
  const { from, to } = window;
  if (window.repeats === 'never') return from <= now && now < to ? to : undefined;
  const period = window.repeats === 'daily' ? DAY_MS : 7 * DAY_MS;
  const position = modulo(now + CHINA_MS + (window.repeats === 'daily' ? 0 : MONDAY_MS), period);
  const inside = from < to ? from <= position && position < to : position >= from || position < to;
  return inside ? now + modulo(to - position, period) : undefined;
}

function modulo(value: number, period: number): number {
  return ((value % period) + period) % period;
}

/** `yyyy-MM-dd HH:mm` in China's time. */
export function minuteText(epochMs: number): string {
  return formatTime(epochMs).slice(0, 16);
}
