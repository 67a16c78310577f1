/** What a write changes, whatever store it goes to. Everything of one write is put on record, or nothing. */
import type { StoredEntry } from './entry.ts';
import type { OddState } from './odd-answer.ts';
import type { Span } from './payload.ts';
import type { ExchangeKey, NewExchange, SettlementLine } from './types.ts';

/** What the tables say of an exchange before something is added to it. */
export interface Standing {
  readonly id: number;
  readonly state: string;
  readonly legs: number;
  readonly endedAt: number | null;
  readonly odd: OddState;
  readonly head: number;
  readonly hash: Uint8Array;
}

/** The last entry of an exchange. */
export type Head = Pick<StoredEntry, 'id' | 'hash'>;

/** An entry that belongs to an exchange. */
export type ExchangeEntry = StoredEntry & { readonly exchangeId: number };

/** A row for a key that is not on record: an exchange, or a tombstone. */
export interface NewRow extends Pick<NewExchange, 'key' | 'digest' | 'transaction' | 'acceptedAt'> {
  readonly entry: ExchangeEntry;
}

/** Where a record is found. */
export interface RecordPlace {
  readonly institution: string;
  readonly kind: string;
  /** As stored. */
  readonly key: string;
  readonly entry: number;
  readonly span: Span;
}

/** The tables of a store, within one transaction. */
export interface WritePort {
  /** Numbers go up; those of writes that were undone stay unused. */
  nextEntry(): number;
  nextExchange(): number;
  /** @throws GatewayError `EXCHANGE_IN_PROGRESS` when another process is at an exchange that has not ended. */
  standing(exchangeId: number): Standing | undefined;
  byKey(key: ExchangeKey): { readonly state: string; readonly digest: string } | undefined;
  /** False, changing nothing, when the key is on record. */
  insertExchange(row: NewRow): boolean;
  insertEntry(entry: StoredEntry): void;
  insertLegMessage(peer: string, messageId: string, exchangeId: number): void;
  /** `key` as stored. */
  insertNaturalKey(institution: string, key: string, exchangeId: number): void;
  countLeg(exchangeId: number, head: Head): void;
  moveHead(exchangeId: number, head: Head): void;
  setState(exchangeId: number, state: string, endedAt: number | null, head: Head): void;
  setOdd(exchangeId: number, odd: OddState): void;
  insertLedgerLine(entry: ExchangeEntry, line: SettlementLine): void;
  putRecord(place: RecordPlace): void;
}
