/** The figures that people ask for first, out of the metrics. */
import type { Registry } from 'prom-client';

/** Figures since the start of the process. */
export interface Figures {
  readonly inFlight: number;
  readonly open: number;
  /** By outcome. */
  readonly exchanges: Readonly<Record<string, number>>;
  /** By error code. */
  readonly errors: Readonly<Record<string, number>>;
  readonly deviations: number;
  /** Exchanges with odd answers that nobody has looked at. */
  readonly odd: number;
  /** How long requests took. */
  readonly seconds: { readonly count: number; readonly average: number };
}

interface Sample {
  readonly value: number;
  readonly labels: Readonly<Record<string, string | number | undefined>>;
  readonly metricName?: string;
}

/** Adds up the metrics of a registry. */
export async function figuresOf(registry: Registry): Promise<Figures> {
  const all = (await registry.getMetricsAsJSON()) as unknown as readonly {
    readonly name: string;
    readonly values: readonly Sample[];
  }[];
  const samples = (name: string): readonly Sample[] => all.find((one) => one.name === name)?.values ?? [];
  const seconds = samples('yiqiao_exchange_seconds');
  const ending = (end: string): number => sum(seconds.filter(({ metricName }) => metricName?.endsWith(end)));
  const count = ending('_count');
  return {
    inFlight: sum(samples('yiqiao_in_flight')),
    open: sum(samples('yiqiao_open_exchanges')),
    exchanges: sumBy(samples('yiqiao_exchanges_total'), 'outcome'),
    errors: sumBy(samples('yiqiao_errors_total'), 'code'),
    deviations: sum(samples('yiqiao_deviations_total')),
    odd: sum(samples('yiqiao_odd_answers_waiting')),
    seconds: { count, average: count === 0 ? 0 : ending('_sum') / count },
  };
}

function sum(samples: readonly Sample[]): number {
  return samples.reduce((total, { value }) => total + value, 0);
}

function sumBy(samples: readonly Sample[], label: string): Record<string, number> {
  const groups = Map.groupBy(samples, ({ labels }) => String(labels[label]));
  return Object.fromEntries([...groups].map(([name, group]) => [name, sum(group)]));
}
