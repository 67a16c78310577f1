/**
 * The error catalogue. Each code answers: who spoke, and may the far side have acted?
 * A code never changes its meaning. docs/errors.md is generated from here.
 */
import { ERRORS } from './error-catalogue.ts';
import type { Fault } from './fault.ts';

/** Who spoke: the caller's message, this gateway, the far side, or the operator's configuration. */
export type ErrorOrigin = 'caller' | 'gateway' | 'upstream' | 'operator';

/** `rejected`: nothing was done. `unknown`: the far side may have acted. */
export type ErrorOutcome = 'rejected' | 'unknown';

/** Which party has to act. */
export type Responsible = 'HIS' | 'care-place' | 'hub' | 'insured-place';

/** What is known of an error code. */
export interface ErrorKind {
  readonly origin: ErrorOrigin;
  readonly outcome: ErrorOutcome;
  /** HTTP status where a profile answers errors by status; the national profile answers 200. */
  readonly http: number;
  /** `null`: never told as infcode -1, because the outcome is not known. */
  readonly infcode: '-1' | null;
  readonly responsible: Responsible;
  readonly kind: 'business' | 'technical';
  /** What is wrong and what to do, for the integrator. */
  readonly cause: { readonly zh: string; readonly en: string };
  /** What the cashier can say or do. */
  readonly cashier: { readonly zh: string; readonly en: string };
}

/** A stable error code. */
export type ErrorCode = keyof typeof ERRORS;

/** Facts that go with an error. Never names, `psn_no` or `certno`. */
export interface ErrorDetails {
  /** All faults found in a message. */
  readonly faults?: readonly Fault[];
  /** The far side's own code and text, verbatim: for the caller and the journal, never for logs. */
  readonly upstream?: { readonly code: string; readonly text: string };
  /** Short technical facts that may be logged: transaction number, message id, limits, counts. */
  readonly facts?: Readonly<Record<string, string | number | boolean>>;
  /** Who has to act in this very case, instead of the catalogue's party. */
  readonly responsible?: Responsible;
  /** What the cashier can say or do in this very case, instead of the catalogue's text. */
  readonly cashier?: { readonly zh: string; readonly en: string };
}

/** The one error class of the product. */
export class GatewayError extends Error {
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, details: ErrorDetails = {}, options?: { cause?: unknown }) {
    super(`${code}: ${ERRORS[code].cause.en}`, options);
    this.name = 'GatewayError';
    this.code = code;
    this.details = details;
  }

  /** The catalogue's entry for this error. */
  get kind(): ErrorKind {
    return ERRORS[this.code];
  }
}
