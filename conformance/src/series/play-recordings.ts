/** A run without target: recorded messages stand for what the scenarios of a kit would have brought about. */
import type { Bilingual } from '../kits/types.ts';
import type { Played } from '../run/judge-run.ts';
import { RECORDINGS, shownBy } from '../run/plan.ts';
import type { Bench } from '../run/run-scenario.ts';
import { judgeSeries } from './judge-series.ts';
import { toExchange } from './recordings.ts';
import type { Recording } from './recordings.ts';

/** The rules of the kit over the recordings; requirements that no rule shows are told to need a run. */
export function playRecordings(recorded: readonly Recording[], bench: Bench): readonly Played[] {
  const { kit, registry, inputs } = bench;
  const { signing } = inputs;
  const recordings = recorded.map((one) => toExchange(one, bench.tongue));
  const observations = judgeSeries(recordings, {
    registry,
    profile: kit.profile,
    excerpt: true,
    rules: kit.series.filter(({ requirement }) => kit.requirements.has(requirement)),
    ...(signing !== undefined && { signing }),
  });
  const judged = new Set(shownBy(kit, RECORDINGS));
  const others = kit.scenarios.filter((scenario) => shownBy(kit, scenario).some((id) => !judged.has(id)));
  return [
    { scenario: RECORDINGS, run: { observations, exchanges: recordings } },
    ...others.map((scenario) => ({ scenario, because: NEEDS_A_RUN })),
  ];
}

const NEEDS_A_RUN: Bilingual = {
  zh: '录制的报文中没有可据以判断的内容；请用 --listen 或 --target 运行',
  en: 'the recorded messages hold nothing to judge it by; run with --listen or --target',
};
