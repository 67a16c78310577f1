/** One chain from diagnosis to invoice, across the stores of several adapters. */

/** What an event is about: numbers by which other events are about the same. */
export type TraceRef =
  | 'visit'
  | 'prescription'
  | 'settlement'
  | 'invoice'
  | 'dispensing'
  | 'order'
  | 'fee'
  | 'message'
  | 'voucher'
  /** A digest, never a number of the person itself; it does not join events. */
  | 'person';

/** One thing that was done. */
export interface TraceEvent {
  /** Epoch milliseconds. */
  readonly at: number;
  /** What was done, as `ADAPTER.STEP` in words of the glossary: `prescription.uploaded`. */
  readonly step: string;
  readonly refs: Readonly<Partial<Record<TraceRef, string>>>;
  /** Short facts to show: codes, amounts, states. Never names, person numbers or contents. */
  readonly facts?: Readonly<Record<string, string>>;
}
