/** The one object that a run prints, and what is worth reading when it is not well. */
import type { FaultCounts } from './faults.ts';
import type { RunResult } from './run.ts';
import { compareBooks } from './verdict.ts';

/** Result of a run; counts are of the cashiers' messages unless said otherwise. */
export interface ChaosReport {
  readonly ok: boolean;
  readonly exchanges: number;
  readonly faults: FaultCounts;
  readonly answered: number;
  readonly rejected: number;
  /** Told that it was taken back. */
  readonly reversed: number;
  readonly handedOver: number;
  readonly lost: number;
  readonly doubled: number;
  /** Settlements in force that no cashier knows of. */
  readonly oneSided: number;
  /** Messages whose cashier was never told, and exchanges that the gateways have not ended. */
  readonly unknownLeft: number;
  readonly ledgersEqual: boolean;
  readonly seed: number;
}

/** Counts and compares; `details` names each difference and the whole visit of each handover. */
export function reportOf(
  { exchanges, faults, books, openInGateways, handovers }: RunResult,
  seed: number,
): { readonly report: ChaosReport; readonly details: readonly string[] } {
  const { differences, ...verdict } = compareBooks(books);
  const told = books.ends.flatMap(({ sent }) => sent.map((one) => one.told));
  const count = (state: string): number => told.filter((one) => one.state === state).length;
  const reversed = told.filter((one) => one.state === 'not-done' && one.code === 'REVERSED').length;
  const unknownLeft = count('unknown') + openInGateways;
  const answered = count('done');
  const { lost, doubled, oneSided, ledgersEqual } = verdict;
  const everyFault = Object.values(faults).every((times) => times > 0);
  const report: ChaosReport = {
    ok:
      lost + doubled + oneSided + unknownLeft === 0 &&
      ledgersEqual &&
      answered * 2 >= exchanges &&
      everyFault,
    exchanges,
    faults,
    answered,
    rejected: count('not-done') - reversed,
    reversed,
    handedOver: count('person'),
    ...verdict,
    unknownLeft,
    seed,
  };
  const odd = books.ends.filter(({ money }) => money === 'open');
  const histories = odd.map(({ visit, sent }) => {
    const steps = sent.map(({ infno, messageId, told: { state, ...rest } }) => {
      return `${infno} ${messageId.slice(-6)} ${state} ${'code' in rest ? rest.code : ''}`.trim();
    });
    return `${visit.id}: ${steps.join(', ')}`;
  });
  return { report, details: [...differences, ...histories, ...handovers] };
}
