/** One line and a few counters for each request. No names, person numbers or contents. */
import type { GatewayError, MessageHeader, Deviation } from '@yiqiao/model';
import type { Logger } from 'pino';
import type { Metrics } from './metrics.ts';

/** What is known of a request when it ends. */
export interface RequestFacts {
  readonly receivedAt: number;
  readonly header: MessageHeader;
  readonly connection?: { readonly peer: string };
  readonly deviations: readonly Deviation[];
}

/** Where the endpoint tells what happened. */
export interface EventLog {
  ended(request: RequestFacts, end: { readonly error?: GatewayError; readonly at: number }): void;
}

/** Creates the event log over a logger and the metrics. */
export function createEventLog(logger: Logger, metrics: Metrics): EventLog {
  return {
    ended({ receivedAt, header, connection, deviations }, { error, at }) {
      const peer = connection?.peer ?? 'unknown';
      const transaction = /^[0-9A-Z]{4,6}$/.test(header.transaction) ? header.transaction : 'unknown';
      const outcome = error === undefined ? 'answered' : error.kind.outcome;
      metrics.exchanges.inc({ peer, transaction, outcome });
      metrics.seconds.observe({ transaction }, (at - receivedAt) / 1_000);
      for (const { rule } of deviations) metrics.deviations.inc({ peer, transaction, rule });
      if (error !== undefined) metrics.errors.inc({ peer, transaction, code: error.code });
      const line = {
        peer,
        transaction,
        institution: header.institutionCode,
        messageId: header.messageId,
        outcome,
        ms: at - receivedAt,
        ...(deviations.length === 0
          ? {}
          : { deviations: deviations.map(({ rule, at: place }) => `${rule} ${place}`) }),
        ...(error === undefined ? {} : errorFacts(error)),
      };
      if (error?.code === 'INTERNAL') logger.error({ ...line, stack: stackOf(error) }, 'exchange');
      else logger.info(line, 'exchange');
    },
  };
}

/** The far side's own text may name a person: it goes to the caller and the journal only. */
function errorFacts(error: GatewayError): Record<string, unknown> {
  const faults = error.details.faults?.map(({ rule, at }) => `${rule} ${at}`);
  return { code: error.code, ...error.details.facts, ...(faults === undefined ? {} : { faults }) };
}

function stackOf(error: GatewayError): string | undefined {
  return error.cause instanceof Error ? error.cause.stack : undefined;
}
