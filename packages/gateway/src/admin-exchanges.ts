/** What people see of exchanges: states, legs, reasons and times. Never contents, names or person numbers. */
import type { Exchange, Leg } from '@yiqiao/journal';
import { maskIdentifiers } from '@yiqiao/model';
import { odditiesOf, oddSummaryOf } from './admin-odd.ts';
import type { OddDetail, OddSummary } from './admin-odd.ts';

/** One line of a list. Times are ISO 8601 in UTC. */
export interface ExchangeSummary extends OddSummary {
  readonly id: number;
  readonly state: Exchange['state'];
  readonly transaction: string;
  readonly operation: string;
  readonly peer: string;
  readonly institution: string;
  readonly messageId: string;
  readonly acceptedAt: string;
  readonly endedAt?: string;
  readonly reason?: string;
}

/** Everything that people see of one exchange. */
export interface ExchangeDetail extends ExchangeSummary {
  /** Its messages have been deleted because their time was over. */
  readonly expired?: true;
  readonly reversedBy?: number;
  readonly resolution?: {
    readonly as: string;
    readonly reason: string;
    readonly operator: string;
    readonly at: string;
  };
  readonly oddities?: readonly OddDetail[];
  readonly looks?: readonly { readonly reason: string; readonly operator: string; readonly at: string }[];
  readonly legs: readonly LegDetail[];
}

/** One message of an exchange. */
export interface LegDetail {
  readonly number: number;
  readonly purpose: Leg['purpose'];
  readonly state: Leg['state'];
  readonly peer: string;
  readonly transaction: string;
  readonly operation: string;
  readonly messageId: string;
  readonly ofLeg?: number;
  readonly sentAt: string;
  readonly settledAt?: string;
  readonly reason?: string;
}

/** The line of an exchange. */
export function summaryOf(exchange: Exchange): ExchangeSummary {
  const { id, state, transaction, operation, key, acceptedAt, endedAt, reason } = exchange;
  return {
    id,
    state,
    transaction,
    operation,
    peer: key.peer,
    institution: key.institution,
    messageId: key.messageId,
    acceptedAt: timeOf(acceptedAt),
    ...(endedAt !== undefined && { endedAt: timeOf(endedAt) }),
    ...(reason !== undefined && { reason }),
    ...oddSummaryOf(exchange),
  };
}

/** All of an exchange. */
export function detailOf(exchange: Exchange): ExchangeDetail {
  const { expired, reversedBy, resolution, looks, legs } = exchange;
  const oddities = odditiesOf(exchange);
  return {
    ...summaryOf(exchange),
    ...(expired !== undefined && { expired }),
    ...(reversedBy !== undefined && { reversedBy }),
    ...(resolution !== undefined && {
      resolution: saidBy(resolution),
    }),
    ...(oddities.length > 0 && { oddities }),
    ...(looks !== undefined && { looks: looks.map(saidBy) }),
    legs: legs.map(legOf),
  };
}

/** What a person said, with the time in ISO 8601. */
function saidBy<T extends { readonly reason: string; readonly at: number }>(
  said: T,
): Omit<T, 'at'> & { readonly at: string } {
  return { ...said, reason: maskIdentifiers(said.reason), at: timeOf(said.at) };
}

function legOf(leg: Leg): LegDetail {
  const { number, purpose, state, peer, transaction, operation, messageId, ofLeg, settledAt, reason } = leg;
  return {
    number,
    purpose,
    state,
    peer,
    transaction,
    operation,
    messageId,
    ...(ofLeg !== undefined && { ofLeg }),
    sentAt: timeOf(leg.sentAt),
    ...(settledAt !== undefined && { settledAt: timeOf(settledAt) }),
    ...(reason !== undefined && { reason }),
  };
}

function timeOf(at: number): string {
  return new Date(at).toISOString();
}
