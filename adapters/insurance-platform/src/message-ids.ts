/** Mints identifiers in the national patterns. Source: envelope.json, `msgid` and `inf_refmsgid`. */
import { compactTime, findTime } from '@yiqiao/model';
import type { Clock } from '@yiqiao/model';

/** Makes message ids that are unique for one process, also across quick restarts. */
export interface MessageIds {
  /** 发送方报文ID: institution code (12) + yyyyMMddHHmmss (14) + sequence (4). */
  messageId(institution: string): string;
  /** 接收方报文ID: region (6) + yyyyMMddHHmmss (14) + serial (10). */
  referenceId(): string;
}

/** The sequences that a process may use, both inclusive: several processes of one institution have one range each. */
export interface Sequences {
  readonly first: number;
  readonly last: number;
}

/** What ids are minted with. */
export interface MessageIdOptions {
  /** Six digits, for references. */
  readonly region: string;
  readonly clock: Clock;
  /** Ids that were minted lately, as far as they are on record. */
  readonly recent?: readonly string[];
  /** 1 to 9999 when absent; a function where they may change. */
  readonly sequences?: Sequences | (() => Sequences);
}

const SECOND = 1_000;
/** References of one process that began at one sequence. */
const SERIALS = 1_000_000;
/** Sequences of one institution in one second: all that four digits hold. */
export const ALL_SEQUENCES: Sequences = { first: 1, last: 9_999 };
const STAMP = /^.{12}(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})\d{4}$/;

/**
 * The second in an id never goes back: it starts later than the process, so that an id of a process that was
 * killed a moment ago is not minted again, and later than every recent id on record, so that none is when the
 * clock was set back meanwhile. Of two processes that start in one second, the later one starts with higher
 * sequences: of all of them nine for each millisecond, more than one process uses.
 */
export function createMessageIds(options: MessageIdOptions): MessageIds {
  const { region, clock, recent = [], sequences = ALL_SEQUENCES } = options;
  const rangeNow = typeof sequences === 'function' ? sequences : (): Sequences => sequences;
  let range = rangeNow();
  const startedAt = clock.now();
  let second = Math.max(Math.floor(startedAt / SECOND), ...recent.map(secondOf)) + 1;
  let before =
    range.first - 1 + Math.floor(((startedAt % SECOND) * 9 * countOf(range)) / countOf(ALL_SEQUENCES));
  let stamp = compactTime(second * SECOND).slice(0, 14);
  let used = new Map<string, number>();
  let serial = before * SERIALS;

  const advance = (to: number): void => {
    second = to;
    before = range.first - 1;
    stamp = compactTime(second * SECOND).slice(0, 14);
    used = new Map();
  };
  const tick = (): void => {
    const current = rangeNow();
    if (current.first !== range.first) {
      range = current;
      // Whoever had these before may have used some of this second, and of the next.
      advance(Math.max(second, Math.floor(clock.now() / SECOND)) + 2);
      serial = before * SERIALS;
    }
    const now = Math.floor(clock.now() / SECOND);
    if (now > second) advance(now);
  };
  return {
    messageId(institution) {
      tick();
      if ((used.get(institution) ?? before) >= range.last) advance(second + 1);
      const next = (used.get(institution) ?? before) + 1;
      used.set(institution, next);
      return `${institution.padEnd(12, '0').slice(0, 12)}${stamp}${String(next).padStart(4, '0')}`;
    },
    referenceId() {
      tick();
      serial = (serial + 1) % 10_000_000_000;
      return `${region}${stamp}${String(serial).padStart(10, '0')}`;
    },
  };
}

function countOf({ first, last }: Sequences): number {
  return last - first + 1;
}

/** Second in an id of our pattern, since the epoch; 0 for another pattern. */
function secondOf(messageId: string): number {
  return (findTime(messageId.replace(STAMP, '$1-$2-$3 $4:$5:$6')) ?? 0) / SECOND;
}
