/** What a run found, in the form in which it is kept. Schema: conformance/results.schema.json. */
import { createHash } from 'node:crypto';
import type { MatrixRow } from '../kits/matrix.ts';
import type { Bilingual, Kit, Level, Requirement } from '../kits/types.ts';
import type { CatchRate } from '../report/catch-rate.ts';
import type { WaiverFault } from './waivers.ts';

/** `warn`: a broken should or may. `skip`: an ability is missing, or an earlier step failed. `error`: the suite's fault, or that of its inputs. */
export type Status = 'pass' | 'fail' | 'warn' | 'skip' | 'error' | 'waived';

/** An exchange as it is kept: identifiers of persons masked. */
export interface KeptExchange {
  readonly name: string;
  readonly infno: string;
  readonly msgid: string;
  readonly at: string;
  readonly ms: number;
  /** HTTP status; absent when no answer came. */
  readonly status?: number;
  readonly setlId?: string;
  readonly infcode?: string;
  /** Texts with identifiers masked; with `--exact` also the bytes in base64. */
  readonly sent: string;
  readonly received: string;
  readonly sentBytes?: string;
  readonly receivedBytes?: string;
}

/** One reason why a requirement was not met. */
export interface Finding {
  readonly scenario: string;
  readonly why: Bilingual;
  /** A guess at the cause. */
  readonly cause?: Bilingual;
  readonly exchange?: KeptExchange;
}

/** A requirement with its result. */
export interface RequirementResult {
  readonly id: string;
  readonly level: Level;
  readonly status: Status;
  readonly text: Bilingual;
  readonly source: string;
  readonly confidence: string;
  readonly kind: Requirement['kind'];
  readonly scenarios: readonly string[];
  readonly findings: readonly Finding[];
  /** Of a skip: the ability that is missing, or what was not reached. */
  readonly because?: Bilingual;
  /** Command that repeats just it. */
  readonly again: string;
}

/** A scenario as the joint-test report lists it. */
export interface ScenarioResult {
  readonly id: string;
  readonly title: Bilingual;
  readonly status: 'pass' | 'fail' | 'skip' | 'error';
  /** With the texts of all messages when the run keeps them. */
  readonly exchanges: readonly (Pick<KeptExchange, 'infno' | 'msgid' | 'at' | 'ms' | 'setlId' | 'infcode'> &
    Partial<Pick<KeptExchange, 'sent' | 'received'>>)[];
  readonly because?: Bilingual;
}

/** A run as it is kept. */
export interface RunResults {
  readonly form: 'yiqiao-conformance-results-1';
  readonly kit: string;
  readonly title: Bilingual;
  /** Profile and how well it is attested: no run says that something conforms to V2.0. */
  readonly profile: { readonly id: string; readonly remark: Bilingual };
  readonly rules: { readonly version: string; readonly digest: string };
  readonly suite: string;
  readonly target: string;
  readonly seed: number;
  /** Start by the suite's clock, `yyyy-MM-dd HH:mm:ss`. */
  readonly startedAt: string;
  readonly ms: number;
  readonly verdict: 'pass' | 'fail' | 'error';
  /** Why a target counts as gone, when it does. */
  readonly targetGone?: Bilingual;
  readonly counts: Readonly<Record<Status, number>>;
  /** What the suite itself was found worth with these rules; absent when they were never tried. */
  readonly catchRate?: CatchRate;
  readonly requirements: readonly RequirementResult[];
  readonly scenarios: readonly ScenarioResult[];
  readonly waiverFaults: readonly WaiverFault[];
  /** The kit's matrix (必测/选测) as far as it was run; absent without one. */
  readonly matrix?: readonly MatrixRow[];
}

/** A digest over what the requirements of a kit say, by which a changed rule is seen. */
export function rulesDigest(kit: Kit): string {
  const lines = [...kit.requirements.values()]
    .map(({ id, level, kind, text }) => JSON.stringify([id, level, kind, text.zh, text.en]))
    .toSorted();
  return createHash('sha256').update(lines.join('\n')).digest('hex');
}

/** Counts results by status. */
export function countStatuses(results: readonly RequirementResult[]): Readonly<Record<Status, number>> {
  const counts = { pass: 0, fail: 0, warn: 0, skip: 0, error: 0, waived: 0 };
  for (const { status } of results) counts[status] += 1;
  return counts;
}
