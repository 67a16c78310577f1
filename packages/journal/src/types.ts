/** The durable record. Entries are appended and never changed; the current state is derived from them. */
import type { Transcript } from '@yiqiao/model';
import type { Awaitable, JournalReads } from './read-types.ts';
import type { SharedWork } from './shared-work.ts';
import type { AuditEntry, AuditReport, KnownAudit, NewAuditEntry } from './audit-log.ts';
import type { EvidenceStore } from './evidence-types.ts';
import type { Look, OddAnswer, OddStanding } from './odd-answer.ts';

/** Where an exchange stands. The last four are its ends. */
export type ExchangeState = 'sent' | 'unknown' | 'answered' | 'rejected' | 'reversed' | 'handed-to-person';

/** What an exchange is found by: authenticated peer + institution + message id. */
export interface ExchangeKey {
  readonly peer: string;
  readonly institution: string;
  readonly messageId: string;
}

/** A request that is about to change something. */
export interface NewExchange {
  readonly key: ExchangeKey;
  /** Digest of the request's content, to tell a resend from a reuse. */
  readonly digest: string;
  readonly transaction: string;
  readonly operation: string;
  readonly received: Transcript;
  /** Epoch milliseconds. */
  readonly acceptedAt: number;
  /** What it is about, whatever its message id: one settlement, one batch of fees. Found by `findByNaturalKey`. */
  readonly naturalKeys?: readonly string[];
  /** Id of the exchange that it is to take back. */
  readonly reverses?: number;
}

/** An exchange found by what it is about. */
export interface NaturalMatch {
  readonly id: number;
  readonly key: ExchangeKey;
  readonly transaction: string;
  readonly state: 'open' | 'answered' | 'handed-to-person';
}

/** One message to one far side on behalf of an exchange. `purpose` tells why it was sent. */
export interface NewLeg {
  readonly purpose: 'forward' | 'undo' | 'reverse' | 'confirm' | 'cancel' | 'record';
  /** Peer asked. */
  readonly peer: string;
  /** Message id minted for this hop. */
  readonly messageId: string;
  readonly transaction: string;
  readonly operation: string;
  /** Index of the step of the exchange that this leg serves. */
  readonly step: number;
  /** Leg that this one undoes or reverses. */
  readonly ofLeg?: number;
  /** The canonical request as JSON text, so that a restart can build its reversal. */
  readonly request: string;
  readonly sent: Transcript;
  readonly sentAt: number;
}

/** State of a leg: `sent` until its answer is known. */
export type LegState = 'sent' | 'unknown' | 'answered' | 'rejected' | 'reversed';

/** A leg on record. */
export interface Leg extends NewLeg {
  /** Number within the exchange, from 1. */
  readonly number: number;
  readonly state: LegState;
  readonly reply?: Transcript;
  /** The canonical answer as JSON text. */
  readonly response?: string;
  /** When its state was last written, epoch milliseconds; absent while it has not been settled. */
  readonly settledAt?: number;
  readonly reason?: string;
  /** What is odd about its answer. */
  readonly odd?: OddAnswer;
}

/** An exchange on record. While it has not ended it is `unknown` if one of its legs is, else `sent`. */
export interface Exchange extends NewExchange, OddStanding {
  readonly id: number;
  readonly state: ExchangeState;
  readonly legs: readonly Leg[];
  /** What the caller was told. */
  readonly reply?: Transcript;
  /** Error code of a refusal, reason of a handover. */
  readonly reason?: string;
  readonly endedAt?: number;
  /** What its end wrote to the ledger. */
  readonly settlement?: SettlementLine;
  /** What became odd when the answer was written in the caller's format. */
  readonly odd?: OddAnswer;
  /** The exchange that reversed this one after it had ended; its state is `reversed` then. */
  readonly reversedBy?: number;
  /** What a person found out after it had been handed over; its state is `resolution.as` then. */
  readonly resolution?: Resolution;
  /** Its messages have been deleted because their time was over: their bytes are empty, requests are
   * `{}`, and there are no replies. */
  readonly expired?: true;
}

/** What a person found out about an exchange that had been handed over. */
export interface Resolution {
  readonly as: 'answered' | 'rejected' | 'reversed';
  /** In the person's own words. */
  readonly reason: string;
  /** Who says so. */
  readonly operator: string;
  /** Epoch milliseconds. */
  readonly at: number;
}

/** How a leg ended, or that it is not known yet. */
export interface LegOutcome {
  readonly leg: number;
  readonly state: LegState;
  readonly at: number;
  readonly reply?: Transcript;
  readonly response?: string;
  readonly reason?: string;
  readonly odd?: OddAnswer;
}

/** How an exchange ended. */
export interface ExchangeEnd {
  readonly state: 'answered' | 'rejected' | 'reversed' | 'handed-to-person';
  readonly at: number;
  /** The exact bytes the caller is told; the same again on a resend. */
  readonly reply?: Transcript;
  readonly reason?: string;
  /** Totals of a settlement, in 元 as decimal text, for the ledger. */
  readonly settlement?: SettlementLine;
  readonly odd?: OddAnswer;
  /** What later maps may need. */
  readonly records?: readonly NewRecord[];
  /** A further exchange opened in the same commit: a message that is owed to somebody (durable outbox). */
  readonly followUp?: Opening;
  /** Id of an ended exchange that this one reversed (2601): it becomes `reversed` in the same commit. */
  readonly reverses?: number;
}

/** What opens an exchange: acceptance and the first leg. */
export interface Opening {
  readonly exchange: NewExchange;
  readonly leg: NewLeg;
}

/** One line of the ledger. Amounts are decimal text in 元; a cancellation has negative amounts. */
export interface SettlementLine {
  readonly settlementId: string;
  readonly visitId: string;
  readonly institution: string;
  readonly total: string;
  readonly fundPaid: string;
  readonly accountPaid: string;
  readonly cashPaid: string;
}

/** A ledger line with where it comes from. */
export interface LedgerLine extends SettlementLine {
  readonly exchangeId: number;
  readonly transaction: string;
}

/** A record for later maps: canonical bodies as JSON text. Keys that identify a person are digested by the journal. */
export interface NewRecord {
  readonly institution: string;
  readonly kind: string;
  readonly key: string;
  readonly body: string;
}

/** Result of asking for an exchange by its key. */
export type Found =
  | { readonly status: 'new' }
  /** Same key, another content. */
  | { readonly status: 'conflict'; readonly exchange: Exchange }
  /** Same key and content. */
  | { readonly status: 'known'; readonly exchange: Exchange }
  /** Its reversal came first: it must not be done any more. */
  | { readonly status: 'tombstone' };

/** Something on record that is not as it was written. */
export interface Damage {
  /** Number of the entry, 0 when what was derived from the entries is wrong. */
  readonly entry: number;
  /** `entry-changed`: its hash does not fit. `entry-missing`. `state-differs`: entries and tables disagree. */
  readonly kind: 'entry-changed' | 'entry-missing' | 'state-differs';
}

/**
 * The journal. Every promise resolves when the write is on disk (group commit) unless said otherwise.
 * @throws GatewayError `JOURNAL_FAILED` when it cannot be written; then nothing of the call is on record.
 */
export interface Journal extends JournalReads {
  /** What processes that have the journal in common tell each other; absent when this one has it for itself. */
  readonly shared?: SharedWork;
  /**
   * Writes acceptance and the first leg in one commit; returns the exchange id. Of several with one key,
   * at once or later, one wins; when the others are refused, `find` already shows the winner.
   * @throws GatewayError `EXCHANGE_IN_PROGRESS` (the key is on record, same content) |
   *   `MESSAGE_ID_REUSED` (other content) | `REVERSED` (tombstone) | `JOURNAL_FAILED` also when `since`, the
   *   `generation` of `shared` under which names were taken for it, has passed.
   */
  open(exchange: NewExchange, leg: NewLeg, since?: number): Promise<number>;
  /** Writes a further leg; returns its number. @throws GatewayError `INTERNAL` when the exchange has ended. */
  addLeg(exchangeId: number, leg: NewLeg): Promise<number>;
  /** Writes how a leg ended; also after the end of its exchange, whose state then stays as it is. */
  settleLeg(exchangeId: number, outcome: LegOutcome): Promise<void>;
  /**
   * Writes the end, with how the given legs ended, in one commit; returns the id of `followUp`.
   * @throws GatewayError `INTERNAL` when it has ended already: an ended exchange is never ended again.
   */
  end(exchangeId: number, end: ExchangeEnd, legs?: readonly LegOutcome[]): Promise<number | undefined>;
  /**
   * Writes what a person found out about an exchange handed over; its state becomes `resolution.as`. With an audit
   * entry both are written in one commit or neither; it is returned as written.
   * @throws GatewayError `INTERNAL` when it does not exist or is not with a person.
   */
  resolve(exchangeId: number, resolution: Resolution, audit?: NewAuditEntry): Promise<AuditEntry | undefined>;
  /**
   * Writes that a person has looked at what is odd about an ended exchange; its outcome stays. With an audit entry, as
   * `resolve`.
   * @throws GatewayError `INTERNAL` when it does not exist, has not ended, or nothing odd waits to be looked at.
   */
  look(exchangeId: number, look: Look, audit?: NewAuditEntry): Promise<AuditEntry | undefined>;
  /**
   * Writes that a reversal arrived for something never seen; a later original meets it. Twice is once.
   * @throws GatewayError `EXCHANGE_IN_PROGRESS` when the original came first after all.
   */
  bury(key: ExchangeKey, at: number): Promise<void>;
  /**
   * Writes records of a reading exchange; nobody has to wait for the disk. `findRecord` sees them at once; in a journal
   * that several processes have in common, those of the others see them when the promise resolves. Never rejects.
   */
  keep(records: readonly NewRecord[]): Awaitable<void>;
  /** Adds to the audit log. */
  appendAudit(entry: NewAuditEntry): Promise<AuditEntry>;
  /** Proves that the audit log holds what was written, in steps; `known` is an entry noted outside the file. */
  checkAudit(known?: KnownAudit): Promise<AuditReport>;
  /** Signed batches over the entries; absent in a journal that keeps none. */
  readonly evidence?: EvidenceStore;
  /** Waits for pending writes and closes. */
  close(): Promise<void>;
}
