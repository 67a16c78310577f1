/** What an operator's monitoring scrapes. Labels never carry personal data or message ids. */
import type { NotaryStanding } from '@yiqiao/evidence';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { CertificateState } from './certificate-book.ts';
import { addCertificateGauges } from './certificate-watch.ts';
import { gaugesOf } from './operating-gauges.ts';
import type { PeerView } from './peer-book.ts';

/** All metrics of one gateway. */
export interface Metrics {
  readonly registry: Registry;
  readonly exchanges: Counter<'peer' | 'transaction' | 'outcome'>;
  readonly errors: Counter<'peer' | 'transaction' | 'code'>;
  readonly deviations: Counter<'peer' | 'transaction' | 'rule'>;
  readonly turnedAway: Counter<'reason'>;
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
  /** How the far sides are doing. */
  peers(): readonly PeerView[];
  /** How far evidence is; `undefined` where none is made. */
  evidence(): Promise<NotaryStanding | undefined>;
  /** Certificates and keys of the configuration in force. */
  certificates(): readonly CertificateState[];
}

const PEER_STATES: readonly PeerView['state'][] = ['ok', 'down', 'probing', 'closed'];

/** Creates the metrics; `counts` is asked at each scrape. */
export function createMetrics(counts: Counts): Metrics {
  const registry = new Registry();
  const registers = [registry];
  addPeerGauges(registry, counts);
  addCertificateGauges(registry, () => counts.certificates());
  addEvidenceGauges(registry, counts);
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
    turnedAway: new Counter({
      name: 'yiqiao_connections_turned_away_total',
      help: 'Connections of callers that did not come about, by the code of TLS or too-many-connections',
      labelNames: ['reason'],
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

/** One line per peer and figure; a peer that a reload took away has no line any more. */
function addPeerGauges(registry: Registry, counts: Counts): void {
  const addGauge = (name: string, help: string, figureOf: (peer: PeerView) => number): void => {
    void new Gauge({
      name,
      help,
      labelNames: ['peer'],
      registers: [registry],
      collect() {
        this.reset();
        for (const peer of counts.peers()) this.set({ peer: peer.id }, figureOf(peer));
      },
    });
  };
  addGauge('yiqiao_peer_calls', 'Calls to a far side that run now', ({ active }) => active);
  addGauge('yiqiao_peer_waiting', 'Messages that wait for their turn', ({ waiting }) => waiting);
  addGauge('yiqiao_peer_unknown', 'Exchanges that wait for an outcome', ({ unknown }) => unknown);
  void new Gauge({
    name: 'yiqiao_peer_state',
    help: '1 for the state a far side is in: ok, down (new messages are refused), probing, closed',
    labelNames: ['peer', 'state'],
    registers: [registry],
    collect() {
      this.reset();
      for (const { id, state } of counts.peers()) {
        for (const one of PEER_STATES) this.set({ peer: id, state: one }, one === state ? 1 : 0);
      }
    },
  });
}

/** Nothing is shown where no evidence is made. */
function addEvidenceGauges(registry: Registry, counts: Counts): void {
  const addGauge = gaugesOf(registry, () => counts.evidence());
  addGauge(
    'yiqiao_evidence_unsigned_entries',
    'Entries of the journal that no signed root covers yet',
    async (standing) => (await standing)?.unsigned,
  );
  addGauge(
    'yiqiao_evidence_signed_timestamp_seconds',
    'When the last root was signed, seconds since 1970',
    async (standing) => {
      const signedAt = (await standing)?.signedAt;
      return signedAt === undefined ? undefined : signedAt / 1_000;
    },
  );
}
