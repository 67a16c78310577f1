/** What differs between two runs. */
import type { RunResults, Status } from '../run/results.ts';

/** One requirement with another result than before; `absent` where a run did not have it. */
export interface Change {
  readonly requirement: string;
  readonly before: Status | 'absent';
  readonly after: Status | 'absent';
}

/** Differences, and what has to be known to judge them. */
export interface Comparison {
  readonly changes: readonly Change[];
  /** The same kit under the same rules: else a change may be the rules'. */
  readonly sameRules: boolean;
}

/** Compares two runs. */
export function compareRuns(before: RunResults, after: RunResults): Comparison {
  const [was, is] = [before, after].map(
    (run) => new Map(run.requirements.map(({ id, status }) => [id, status])),
  );
  const ids = [...new Set([...(was?.keys() ?? []), ...(is?.keys() ?? [])])].toSorted();
  const changes = ids
    .map((requirement): Change => ({
      requirement,
      before: was?.get(requirement) ?? 'absent',
      after: is?.get(requirement) ?? 'absent',
    }))
    .filter(({ before: one, after: other }) => one !== other);
  return { changes, sameRules: before.kit === after.kit && before.rules.digest === after.rules.digest };
}
