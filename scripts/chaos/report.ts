/** The one object that a run prints, and what is worth reading when it is not well. */
import type { Sent, VisitEnd } from './cashier.ts';
import type { FaultCounts } from './faults.ts';
import type { RunResult } from './run.ts';
import { compareLedgers } from './verdict.ts';
import { KEEPERS } from './ledgers.ts';

/** Result of a run; counts are of the cashiers' messages unless said otherwise. */
export interface ChaosReport {
  readonly ok: boolean;
  readonly seed: number;
  readonly exchanges: number;
  readonly faults: FaultCounts;
  readonly answered: number;
  /** Told that nothing was done. */
  readonly rejected: number;
  /** Told that it was taken back. */
  readonly reversed: number;
  /** Told that a person looks after it. */
  readonly handedOver: number;
  /** Of these, those for which no permanent fault was planned. */
  readonly handedOverUnplanned: number;
  readonly lost: number;
  readonly doubled: number;
  /** Settlements in force that no cashier knows of. */
  readonly oneSided: number;
  /** Messages whose cashier was never told, and exchanges that the gateways have not ended. */
  readonly unknownLeft: number;
  readonly ledgersEqual: boolean;
  /** Messages by transaction. */
  readonly transactions: Readonly<Record<string, number>>;
  readonly peers: readonly string[];
  readonly seconds: number;
  /** How slow the machine was: every wait was so many times as long. */
  readonly pace: number;
}

/** Counts and compares; `details` names each difference, the visits without a clear end, and what people are left. */
export function reportOf(result: RunResult): {
  readonly report: ChaosReport;
  readonly details: readonly string[];
} {
  const { ends, faults, pace, permanent, seed, seconds } = result;
  const { differences, ...verdict } = compareLedgers(result.ledgers);
  const sent = ends.flatMap((end) => end.sent);
  const count = (state: string): number => sent.filter(({ told }) => told.state === state).length;
  const handedTo = ends.filter(({ sent: messages }) => messages.some(({ told }) => told.state === 'person'));
  const unplanned = handedTo.filter(({ serial }) => !permanent.has(serial));
  const unknownLeft = count('unknown') + result.openInGateways;
  const answered = count('done');
  const reversed = sent.filter(({ told }) => told.state === 'not-done' && told.code === 'REVERSED').length;
  const nothingWrong =
    verdict.lost + verdict.doubled + verdict.oneSided + unknownLeft + unplanned.length === 0;
  const everyFault = Object.values(faults).every((times) => times > 0);
  const report: ChaosReport = {
    ok: nothingWrong && verdict.ledgersEqual && answered * 2 >= sent.length && everyFault,
    seed,
    exchanges: sent.length,
    faults,
    answered,
    rejected: count('not-done') - reversed,
    reversed,
    handedOver: count('person'),
    handedOverUnplanned: unplanned.length,
    ...verdict,
    unknownLeft,
    transactions: countByTransaction(sent),
    peers: KEEPERS,
    seconds,
    pace: Math.round(pace * 10) / 10,
  };
  const unclear = ends.filter((end) => end.sent.some(({ told }) => told.state === 'unknown'));
  return {
    report,
    details: [...differences, ...[...unclear, ...handedTo].map(describe), ...result.handovers],
  };
}

function countByTransaction(sent: readonly Sent[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { infno } of sent) counts[infno] = (counts[infno] ?? 0) + 1;
  return counts;
}

function describe({ serial, sent }: VisitEnd): string {
  const steps = sent.map(({ infno, messageId, told }) => {
    const code = told.state === 'not-done' ? told.code : '';
    return `${infno} ${messageId.slice(-6)} ${told.state} ${code}`.trim();
  });
  return `visit ${serial}: ${steps.join(', ')}`;
}
