/** From what the scenarios showed to a result for each requirement. */
import { maskIdentifiers } from '@yiqiao/model';
import type { Bilingual, Kit, Requirement, Scenario } from '../kits/types.ts';
import { shownBy } from './plan.ts';
import type { Finding, KeptExchange, RequirementResult, Status } from './results.ts';
import type { Exchange } from './exchanges.ts';
import type { ScenarioRun } from './run-scenario.ts';
import type { Waiver, WaiverFault } from './waivers.ts';

/** One scenario with what became of it; `because`: why it did not run. */
export interface Played {
  readonly scenario: Scenario;
  readonly run?: ScenarioRun;
  readonly because?: Bilingual;
}

/** What results are made of. */
export interface Judged {
  readonly kit: Kit;
  readonly wanted: readonly Requirement[];
  readonly played: readonly Played[];
  readonly waivers: readonly Waiver[];
  /** Today by the suite's clock, `yyyy-MM-dd`. */
  readonly today: string;
  readonly keep: (exchange: Exchange) => KeptExchange;
  readonly causeOf: (exchange: Exchange, requirement: Requirement) => Bilingual | undefined;
  /** The command that repeats one requirement. */
  readonly again: (id: string) => string;
}

/** The result of every wanted requirement. */
export function judgeRequirements(judged: Judged): readonly RequirementResult[] {
  const shown = judged.played.map((one) => ({ ...one, shows: new Set(shownBy(judged.kit, one.scenario)) }));
  return judged.wanted.map((requirement) => {
    const concerned = shown.filter(({ shows }) => shows.has(requirement.id));
    const seen = look(requirement, concerned, judged);
    const { id, level, text, source, confidence, kind } = requirement;
    const scenarios = concerned.map(({ scenario }) => scenario.id);
    const status = waive(seen.status, id, judged);
    return {
      id,
      level,
      status,
      text,
      source,
      confidence,
      kind,
      scenarios,
      ...seen.rest,
      again: judged.again(id),
    };
  });
}

/** Waivers that are out of date, name nothing, or waive what is met. */
export function findWaiverFaults(
  { waivers, today, kit }: Judged,
  results: readonly RequirementResult[],
): readonly WaiverFault[] {
  return waivers.flatMap((waiver): WaiverFault[] => {
    if (!kit.requirements.has(waiver.requirement)) return [{ ...waiver, fault: 'unknown' }];
    if (waiver.expiry < today) return [{ ...waiver, fault: 'expired' }];
    const result = results.find(({ id }) => id === waiver.requirement);
    return result?.status === 'pass' ? [{ ...waiver, fault: 'not-needed' }] : [];
  });
}

interface Look {
  readonly status: Status;
  readonly rest: Pick<RequirementResult, 'findings' | 'because'>;
}

function look(requirement: Requirement, concerned: readonly Played[], judged: Judged): Look {
  const { id, level } = requirement;
  const findings: Finding[] = [];
  let [passed, failed, wrong] = [false, false, false];
  for (const { scenario, run } of concerned) {
    for (const { requirement: named, outcome, why, exchange } of run?.observations ?? []) {
      if (named !== id) continue;
      if (outcome === 'pass') passed = true;
      else failed ||= outcome === 'fail';
      wrong ||= outcome === 'error';
      const seen = run?.exchanges[exchange];
      if (why !== undefined && outcome !== 'pass') {
        findings.push(findingOf({ requirement, scenario, why, seen, judged }));
      }
    }
  }
  // A scenario in which the suite itself failed says nothing of a target, unless another one did.
  const broken = concerned.find(({ run }) => run?.error !== undefined);
  if (failed) return { status: level === 'must' ? 'fail' : 'warn', rest: { findings } };
  if (wrong) return { status: 'error', rest: { findings } };
  if (passed) return { status: 'pass', rest: { findings: [] } };
  if (broken?.run?.error !== undefined)
    return { status: 'error', rest: { findings: [{ scenario: broken.scenario.id, why: broken.run.error }] } };
  if (concerned.length === 0)
    return { status: 'error', rest: { findings: [{ scenario: '', why: NO_SCENARIO }] } };
  return {
    status: 'skip',
    rest: { findings, because: whyNot(concerned, isOfSeries(judged.kit, id) ? NO_OCCASION : NOTHING_TO_SEE) },
  };
}

function findingOf({
  requirement,
  scenario,
  why,
  seen,
  judged,
}: {
  readonly requirement: Requirement;
  readonly scenario: Scenario;
  readonly why: Bilingual;
  readonly seen: Exchange | undefined;
  readonly judged: Judged;
}): Finding {
  const masked = { zh: maskIdentifiers(why.zh), en: maskIdentifiers(why.en) };
  if (seen === undefined) return { scenario: scenario.id, why: masked };
  const cause = judged.causeOf(seen, requirement);
  return {
    scenario: scenario.id,
    why: masked,
    ...(cause !== undefined && { cause }),
    exchange: judged.keep(seen),
  };
}

const NO_SCENARIO: Bilingual = { zh: '没有场景检验此要求', en: 'no scenario shows this requirement' };

const NOTHING_TO_SEE: Bilingual = {
  zh: '无从判断：所依据的金额为零，请换用个人账户有余额的测试人员',
  en: 'nothing to see: the amount it rests on is zero; use a test person whose account holds money',
};

const NO_OCCASION: Bilingual = {
  zh: '没有出现可据以判断的情形',
  en: 'there was no occasion to see it',
};

/** Whether rules over recorded messages show it. */
function isOfSeries({ series }: Kit, id: string): boolean {
  return series.some(({ requirement }) => requirement === id);
}

function whyNot(concerned: readonly Played[], nothing: Bilingual): Bilingual {
  const because = concerned.find((one) => one.because !== undefined)?.because;
  if (because !== undefined) return because;
  const stopped = concerned.find(({ run }) => run?.stoppedBy !== undefined)?.run?.stoppedBy;
  if (stopped === undefined) return nothing;
  return { zh: `未执行到：此前 ${stopped} 未满足`, en: `not reached: ${stopped} was not met before it` };
}

function waive(status: Status, id: string, { waivers, today }: Judged): Status {
  const waived = waivers.some(({ requirement, expiry }) => requirement === id && expiry >= today);
  return waived && (status === 'fail' || status === 'warn') ? 'waived' : status;
}
