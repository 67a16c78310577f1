/** A scenario as the report lists it. */
import type { Bilingual } from '../kits/types.ts';
import type { Exchange } from './exchanges.ts';
import type { Played } from './judge-run.ts';
import { child, leaf } from './own-reading.ts';
import type { ScenarioResult } from './results.ts';
import type { ScenarioRun } from './run-scenario.ts';

/** What went wrong first; nothing when all was as it should. */
export function firstFailure(run: ScenarioRun | undefined): Bilingual | undefined {
  if (run?.error !== undefined) return run.error;
  return run?.observations.find(({ outcome }) => outcome !== 'pass')?.why;
}

/** One line of the report. `keep`: how the messages are kept in it; only their names when absent. */
export function scenarioResult(
  { scenario, run, because }: Played,
  keep: (exchange: Exchange) => ScenarioResult['exchanges'][number] = brief,
): ScenarioResult {
  const { id, title } = scenario;
  const failure = firstFailure(run);
  const isError =
    run?.error !== undefined || run?.observations.some(({ outcome }) => outcome === 'error') === true;
  const why = because ?? failure;
  const status = because !== undefined ? 'skip' : failure === undefined ? 'pass' : isError ? 'error' : 'fail';
  return {
    id,
    title,
    status,
    exchanges: (run?.exchanges ?? []).map((exchange) => keep(exchange)),
    ...(why !== undefined && { because: why }),
  };
}

function brief({ infno, msgid, at, reply, read }: Exchange): ScenarioResult['exchanges'][number] {
  const setlId = read?.state === 'read' ? leaf(child(read.answer.output, 'setlinfo'), 'setl_id') : '';
  return {
    infno,
    msgid,
    at,
    ms: reply.ms,
    ...(setlId !== '' && { setlId }),
    ...(read?.state === 'read' && { infcode: read.answer.code }),
  };
}
