/** What several processes on one journal tell each other, so that together they do what one alone would. */
import type { ExchangeKey, Exchange } from './types.ts';

/** So many processes at most are at work on one journal. */
export const MOST_PROCESSES = 16;

/** A refusal of which no exchange is on record, as it was told. */
export interface ToldRefusal {
  readonly key: ExchangeKey;
  readonly digest: string;
  /** What was told, as JSON text. */
  readonly told: string;
  /** Epoch milliseconds until which the same message hears the same. */
  readonly until: number;
}

/**
 * Who is at what. A process that is gone, or cut off from the store for longer than its lease, holds nothing any more.
 * @throws GatewayError `JOURNAL_FAILED` while the store is not reached: nothing may be begun then.
 */
export interface SharedWork {
  /**
   * This process among those that are at work now, from 0 and below `MOST_PROCESSES`: no two have the same. Another one
   * after the store was away for so long that somebody else has taken it.
   */
  readonly slot: number;
  /** Another number than before: names that were taken since then may be another process's by now. */
  readonly generation: number;
  /** Takes all names for this process, or none; false when another has one of them. */
  take(names: readonly string[]): Promise<boolean>;
  /** Gives names back; does not wait. */
  release(names: readonly string[]): void;
  /**
   * Takes up an open exchange that nobody is at. `ours` when it is this process's now or was before; `elsewhere` when
   * another process is at it.
   */
  adopt(exchangeId: number): Promise<'ours' | 'elsewhere' | 'ended'>;
  /**
   * Takes up so many open exchanges that nobody is at, and tells of all open ones that are this process's by now, oldest
   * first: it may be at some of them, and may have broken off others when the store was lost.
   */
  adoptOrphans(limit: number): Promise<readonly Pick<Exchange, 'id' | 'key'>[]>;
  /** What was told of this very message, while it holds. */
  findRefusal(key: ExchangeKey, digest: string): Promise<string | undefined>;
  /** Puts a refusal on record; one that is there already stays. */
  noteRefusal(refusal: ToldRefusal): Promise<void>;
}
