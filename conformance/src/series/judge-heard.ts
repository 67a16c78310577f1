/** Holds the rules of a kit against what its counterparts heard in one scenario; what came before is known to them. */
import type { Heard } from '../counterparts/open-counterparts.ts';
import type { Exchange } from '../run/exchanges.ts';
import type { Reply } from '../run/post.ts';
import type { Bench, Observation } from '../run/run-scenario.ts';
import { judgeSeries } from './judge-series.ts';

/** What a scenario has so far. */
export interface SoFar {
  readonly exchanges: readonly Exchange[];
  /** Messages that each counterpart had heard before it, by name. */
  readonly listening: ReadonlyMap<string, number>;
}

/** Observations of the rules, and the exchanges of the scenario with everything that was heard. */
export function judgeScenarioSeries(
  bench: Bench,
  { exchanges, listening }: SoFar,
): { readonly observations: readonly Observation[]; readonly exchanges: readonly Exchange[] } {
  const { kit, registry, inputs } = bench;
  if (kit.series.length === 0) return { observations: [], exchanges };
  const [name = ''] = Object.keys(bench.counterparts);
  const counterpart = bench.counterparts[name];
  const { history = [] } = bench;
  const series = [...history, ...(counterpart?.heard ?? []).map((one) => exchangeOf(one, bench))];
  const from = history.length + (listening.get(name) ?? 0);
  const { signing } = inputs;
  const shown = judgeSeries(series, {
    registry,
    profile: kit.profile,
    rules: kit.series.filter(({ requirement }) => kit.requirements.has(requirement)),
    from,
    ...(signing !== undefined && { signing }),
  });
  const all = [...exchanges];
  const places = new Map<number, number>();
  for (const [at, one] of series.entries()) {
    if (at < from) continue;
    bench.watch(one);
    const known = all.findIndex(({ sent }) => sent === one.sent);
    places.set(at, known < 0 ? all.push(one) - 1 : known);
  }
  return {
    exchanges: all,
    observations: shown.map((one) => ({ ...one, exchange: places.get(one.exchange) ?? 0 })),
  };
}

const READ = new WeakMap<Heard, Exchange>();

function exchangeOf(heard: Heard, { tongue }: Bench): Exchange {
  const known = READ.get(heard);
  if (known !== undefined) return known;
  const { infno, msgid, bytes, answer, at, status = 200 } = heard;
  const reply: Reply =
    answer === undefined
      ? { came: false, failure: 'abandoned', text: NOT_ANSWERED, ms: 0 }
      : { came: true, status, bytes: answer, ms: 0, headers: {} };
  const exchange: Exchange = {
    name: `heard-${infno}`,
    infno,
    msgid,
    at,
    sent: bytes,
    reply,
    ...(reply.came && { read: tongue.read(reply, { infno, msgid }) }),
  };
  READ.set(heard, exchange);
  return exchange;
}

const NOT_ANSWERED = { zh: '没有可用的应答到达对方', en: 'no usable answer reached the other side' };
