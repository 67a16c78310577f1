/** What an operator's monitoring scrapes. Labels never carry personal data or message ids. */
import { Counter, Gauge, Histogram, Registry } from 'prom-client';

/** All metrics of one gateway. */
export interface Metrics {
  readonly registry: Registry;
  readonly exchanges: Counter<'peer' | 'transaction' | 'outcome'>;
  readonly errors: Counter<'peer' | 'transaction' | 'code'>;
  readonly deviations: Counter<'peer' | 'transaction' | 'rule'>;
  readonly seconds: Histogram<'transaction'>;
  readonly inFlight: Gauge;
  readonly open: Gauge;
}

/** What is counted at each scrape. */
export interface Counts {
  /** Requests being worked on now. */
  inFlight(): number;
  /** Exchanges whose outcome is not known yet. */
  open(): number;
}

/** Creates the metrics; `counts` is asked at each scrape. */
export function createMetrics(counts: Counts): Metrics {
  const registry = new Registry();
  const registers = [registry];
  return {
    registry,
    exchanges: new Counter({
      name: 'yiqiao_exchanges_total',
      help: 'Requests answered, by calling peer, transaction and outcome (answered, rejected, unknown)',
      labelNames: ['peer', 'transaction', 'outcome'],
      registers,
    }),
    errors: new Counter({
      name: 'yiqiao_errors_total',
      help: 'Requests that ended with an error code of docs/errors.md',
      labelNames: ['peer', 'transaction', 'code'],
      registers,
    }),
    deviations: new Counter({
      name: 'yiqiao_deviations_total',
      help: 'Departures from the specification that were met and allowed',
      labelNames: ['peer', 'transaction', 'rule'],
      registers,
    }),
    seconds: new Histogram({
      name: 'yiqiao_exchange_seconds',
      help: 'Time from the last byte of a request to its answer',
      labelNames: ['transaction'],
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
      registers,
    }),
    inFlight: new Gauge({
      name: 'yiqiao_in_flight',
      help: 'Requests being worked on now',
      registers,
      collect() {
        this.set(counts.inFlight());
      },
    }),
    open: new Gauge({
      name: 'yiqiao_open_exchanges',
      help: 'Exchanges whose outcome is not known yet',
      registers,
      collect() {
        this.set(counts.open());
      },
    }),
  };
}
