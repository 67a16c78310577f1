/** One line and a few counters for each request. No names, person numbers or contents. */
import type { Deviation, ErrorCode, Fault, GatewayError, MessageHeader } from '@yiqiao/model';
import type { Logger } from 'pino';
import type { Metrics } from './metrics.ts';
import { framesOf, messageOf } from './log.ts';
import type { PassedFile } from './passing-file.ts';

/** What is known of a request when it ends. */
export interface RequestFacts {
  readonly receivedAt: number;
  readonly header: MessageHeader;
  readonly connection?: { readonly peer: string };
  /** Absent until it is known that the peer's profile has the transaction. */
  readonly accepted?: { readonly transaction: string };
  readonly deviations: readonly Deviation[];
}

/** Where the endpoint tells what happened. */
export interface EventLog {
  ended(request: RequestFacts, end: { readonly error?: GatewayError; readonly at: number }): void;
  /** A file has passed, or broken off. */
  filePassed(request: { readonly peer: string; readonly messageId: string }, passed: PassedFile): void;
}

/** Creates the event log over a logger and the metrics. */
export function createEventLog(logger: Logger, metrics: Metrics): EventLog {
  return {
    filePassed({ peer, messageId }, { length, isWhole }) {
      logger[isWhole ? 'info' : 'warn']({ peer, messageId: cut(messageId), bytes: length, isWhole }, 'file');
    },
    ended({ receivedAt, header, connection, accepted, deviations }, { error, at }) {
      const peer = connection?.peer ?? 'unknown';
      const told = /^[0-9A-Z]{4,6}$/.test(header.transaction) ? header.transaction : 'unknown';
      const transaction = accepted?.transaction ?? told;
      const outcome = error === undefined ? 'answered' : error.kind.outcome;
      const label = error !== undefined && UNPROVEN.has(error.code) ? 'unknown' : transaction;
      metrics.exchanges.inc({ peer, transaction: label, outcome });
      metrics.seconds.observe({ transaction: label }, (at - receivedAt) / 1_000);
      for (const { rule } of deviations) metrics.deviations.inc({ peer, transaction: label, rule });
      if (error !== undefined) metrics.errors.inc({ peer, transaction: label, code: error.code });
      const level = error?.code === 'INTERNAL' ? 'error' : 'info';
      if (!logger.isLevelEnabled(level)) return;
      const line = {
        ...(error === undefined ? {} : errorFacts(error)),
        peer,
        transaction,
        institution: cut(header.institutionCode),
        messageId: cut(header.messageId),
        outcome,
        ms: at - receivedAt,
        ...(deviations.length === 0 ? {} : { deviations: places(deviations) }),
        ...(error === undefined ? {} : { code: error.code }),
        ...(level === 'error' && error !== undefined ? { stack: stackOf(error) } : {}),
      };
      logger[level](line, 'exchange');
    },
  };
}

/** After these it is not known that the transaction exists: a caller could make labels without end. */
const UNPROVEN: ReadonlySet<ErrorCode> = new Set([
  'OPERATION_NOT_ALLOWED',
  'PEER_UNKNOWN',
  'TRANSACTION_NOT_ALLOWED',
  'INSTITUTION_NOT_ALLOWED',
  'REGION_NOT_ALLOWED',
  'CLIENT_CERTIFICATE_MISSING',
  'CLIENT_CERTIFICATE_FOREIGN',
  'MESSAGE_REPLAYED',
  'SIGNATURE_MISSING',
  'SIGNATURE_INVALID',
  'SIGNATURE_KEY_EXPIRED',
  'SIGNATURE_KEY_NOT_YET_VALID',
  'CERTIFICATE_REVOKED',
  'CERTIFICATE_NOT_BELIEVED',
  'SIGNATURE_MALFORMED',
  'SIGNATURE_ALGORITHM_WRONG',
  'SIGNATURE_OUTDATED',
  'CREDENTIAL_UNKNOWN',
  'CIPHERTEXT_INVALID',
  'TRANSACTION_UNKNOWN',
]);

/** Callers write what they like into their messages: a line stays a line. */
const LONGEST = 64;
const MOST_PLACES = 100;

function cut(text: string): string {
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST)}…`;
}

function places(found: readonly Fault[]): string[] {
  return found.slice(0, MOST_PLACES).map(({ rule, at }) => cut(`${rule} ${at}`));
}

/** The far side's own text may name a person: it goes to the caller and the journal only. */
function errorFacts({ details }: GatewayError): Record<string, unknown> {
  const { facts = {}, faults } = details;
  const short = Object.entries(facts).map(([name, value]) => [
    name,
    typeof value === 'string' ? cut(value) : value,
  ]);
  return {
    ...(Object.fromEntries(short) as typeof facts),
    ...(faults === undefined ? {} : { faults: places(faults) }),
  };
}

function stackOf(error: GatewayError): string | undefined {
  return error.cause instanceof Error
    ? [messageOf(error.cause), framesOf(error.cause)].filter(Boolean).join('\n')
    : undefined;
}
