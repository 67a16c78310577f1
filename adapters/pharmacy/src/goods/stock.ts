/** A pharmacy's goods: records are taken and uploaded by the outbox, and compared with what the platform keeps. */
import { GatewayError } from '@yiqiao/model';
import { compareOffSiteDay } from '../off-site-accounts.ts';
import type { OffSiteDay } from '../off-site-accounts.ts';
import type { RunParts } from '../purchase/steps.ts';
import { readGoods } from './goods-form.ts';
import { findGoods } from './goods-book.ts';
import type { GoodsRecord } from './goods-book.ts';
import { enqueueGoods } from './goods-records.ts';
import { compareStock } from './stock-comparison.ts';
import type { StockDifference, StockQuestion } from './stock-comparison.ts';

/** How a record stands. */
export interface GoodsState {
  readonly id: string;
  readonly state: GoodsRecord['state'];
  /** The platform's own words. */
  readonly refusal?: { readonly code: string; readonly text: string };
}

/** The books of one pharmacy beside its purchases. */
export interface Stock {
  /**
   * Takes records, all or none; the same again changes nothing.
   * @throws GatewayError `MESSAGE_INVALID`, `GOODS_RECORD_REUSED`.
   */
  take(raw: unknown): readonly GoodsState[];
  /** @throws GatewayError `PURCHASE_UNKNOWN` when there is no such record. */
  find(id: string): GoodsState;
  /** Differences between what was uploaded and what the platform keeps. */
  compare(question: StockQuestion): Promise<readonly StockDifference[]>;
  /** A day's purchases of people from elsewhere, compared with the clearing platform. */
  compareOffSiteDay(day: string): Promise<OffSiteDay>;
}

/** Creates the goods side of a pharmacy; a counter's outbox uploads what it takes. */
export function createStock(parts: RunParts): Stock {
  const { store } = parts;
  return {
    take(raw) {
      const read = readGoods(raw);
      if ('faults' in read) throw new GatewayError('MESSAGE_INVALID', { faults: read.faults });
      return store.transact((tx) => read.body.map((entry) => stateOf(enqueueGoods(tx, entry, parts))));
    },
    find(id) {
      const record = findGoods(store, id);
      if (record === undefined) throw new GatewayError('PURCHASE_UNKNOWN', { facts: { id } });
      return stateOf(record);
    },
    compare: (question) => compareStock(parts, question),
    compareOffSiteDay: (day) => compareOffSiteDay(parts, day),
  };
}

function stateOf({ id, state, refusal }: GoodsRecord): GoodsState {
  return { id, state, ...(refusal !== undefined && { refusal }) };
}
