/** What the steps of a national HIS work with. */
import type { CashBook } from './cash-book.ts';
import type { NationalChannel, NationalHisOptions } from './national-channel.ts';
import type { Exchange, Patience, Told } from './told.ts';

/** A desk of the hospital. */
export interface NationalDesk {
  readonly options: NationalHisOptions;
  readonly channel: NationalChannel;
  readonly book: CashBook;
  readonly patience: Patience;
  /** `yyyy-MM-dd HH:mm:ss`. */
  now(): string;
  /** Sends until told. */
  ask<T>(exchange: Exchange<T>): Promise<Told<T>>;
}
