/** The part of a configuration that says who the far sides are and how each is called. */
import type { PeerSigning } from '@yiqiao/insurance-platform';
import type { Party } from '@yiqiao/registry';
import type { GuardSettings } from '@yiqiao/router';
import type { TlsOptions } from '@yiqiao/transport';
import type { ConfigNode } from './config-node.ts';
import { readRegion } from './config-region.ts';
import type { SecretSources } from './config-secrets.ts';
import { readPeerSigning } from './config-signing.ts';
import { readPeerCertificate, readTargetTls, readWebAddress } from './config-tls.ts';
import type { PeerCertificate } from './config-tls.ts';

/** One far side. */
export interface PeerConfig {
  readonly id: string;
  readonly profile: string;
  readonly mode: 'strict' | 'tolerant';
  /** In test: it is told why its signature fails. */
  readonly diagnose: boolean;
  /** Signing profiles, applied one after the other. */
  readonly signing: readonly PeerSigning[];
  /** Whose messages come from this peer; absent when it never calls. */
  readonly from?: PeerSource;
  /** Where it is called; absent when we never call it. */
  readonly to?: PeerTarget;
}

/** What a peer that calls may do. */
export interface PeerSource {
  readonly institutions: readonly string[];
  readonly careRegions: readonly string[];
  readonly any: boolean;
  /** Which party it is: it sends what such a party sends; absent: not asked. */
  readonly kind?: Party;
  /** The only transactions it may send, by national number; absent: all. */
  readonly transactions?: readonly string[];
  /** The only places whose insured it may ask about: pooling areas or provinces; absent: all. */
  readonly insuredRegions?: readonly string[];
  /** The certificate it calls with; absent: not asked. */
  readonly certificate?: PeerCertificate;
  /** At most so many messages per second on average, and so many at once; absent: no limit. */
  readonly rate?: { readonly perSecond: number; readonly burst: number };
}

/** How a far side is called. */
export interface PeerTarget {
  readonly url: string;
  /** Whom we believe there, and who we are; absent: the machine's anchors, and nobody in particular. */
  readonly tls?: TlsOptions;
  /** How long its answer is waited for. */
  readonly replyTimeoutMs: number;
  /** The same for single transactions, by national number. */
  readonly timeouts: Readonly<Record<string, number>>;
  /** At most so many at a time. */
  readonly connections: number;
  /** Messages that may wait for a connection, and when no more are sent. */
  readonly guard: Omit<GuardSettings, 'connections'>;
}

/** Reads one item of `peers`. */
export function readPeer(node: ConfigNode, sources: SecretSources): PeerConfig {
  const from = node.member('from');
  const to = node.member('to');
  const id = node.member('id').text();
  const diagnose = node.member('diagnose');
  const source = from.exists ? readFrom(from) : undefined;
  const [institution, ...others] = source?.institutions ?? [];
  const owner = { peer: id, ...(institution === undefined || others.length > 0 ? {} : { institution }) };
  const peer: PeerConfig = {
    id,
    profile: node.member('profile').text('national'),
    mode: node.member('mode').choice(['strict', 'tolerant'], 'strict'),
    diagnose: diagnose.flag(false),
    signing: readPeerSigning(node.member('signing'), sources, owner),
    ...(source === undefined ? {} : { from: source }),
    ...(to.exists ? { to: readTo(to, sources, id) } : {}),
  };
  node.finish();
  if (peer.diagnose && peer.mode !== 'tolerant') {
    diagnose.report('reference', {
      zh: '签名诊断只用于联调：须同时写 mode: tolerant；生产连接不得开启',
      en: 'for connections in test only: it goes with mode: tolerant, and never into production',
    });
  }
  if (!from.exists && !to.exists) {
    node.report('required', {
      zh: '对端须有 from（它调我们）或 to（我们调它）',
      en: 'a peer needs from (it calls us) or to (we call it)',
    });
  }
  return peer;
}

const PARTIES: readonly Party[] = [
  'hospital',
  'pharmacy',
  'agency',
  'platform',
  'clearing-platform',
  'credential-centre',
  'payment-centre',
  'prescription-centre',
];

function readFrom(node: ConfigNode): PeerSource {
  const kind = node.member('kind');
  const certificate = node.member('certificate');
  const rate = node.member('rate');
  const transactions = node.member('transactions');
  const insured = node.member('insuredRegions');
  const from: PeerSource = {
    institutions: texts(node.member('institutions')),
    careRegions: node.member('careRegions').items().map(readRegion),
    any: node.member('any').flag(false),
    ...(kind.exists ? { kind: kind.choice(PARTIES) } : {}),
    ...(transactions.exists ? { transactions: texts(transactions) } : {}),
    ...(insured.exists ? { insuredRegions: insured.items().map(readRegion) } : {}),
    ...(certificate.exists ? { certificate: readPeerCertificate(certificate) } : {}),
    ...(rate.exists ? { rate: readRate(rate) } : {}),
  };
  node.finish();
  return from;
}

function texts(node: ConfigNode): string[] {
  return node.items().map((item) => item.text());
}

function readRate(node: ConfigNode): NonNullable<PeerSource['rate']> {
  const perSecond = node.member('perSecond').number({ min: 0.01, max: 1_000_000 });
  const fallback = Math.max(1, Math.ceil(perSecond));
  const rate = { perSecond, burst: node.member('burst').number({ min: 1, max: 1_000_000, fallback }) };
  node.finish();
  return rate;
}

function readTo(node: ConfigNode, sources: SecretSources, peer: string): PeerTarget {
  const tls = node.member('tls');
  const to = {
    url: readWebAddress(node.member('url')),
    ...(tls.exists ? { tls: readTargetTls(tls, sources, peer) } : {}),
    replyTimeoutMs: readTimeout(node.member('replyTimeoutMs'), 30_000),
    timeouts: readTimeouts(node.member('timeouts')),
    connections: node.member('connections').number({ min: 1, max: 1_000, fallback: 32 }),
    guard: {
      queue: node.member('queue').number({ min: 0, max: 100_000, fallback: 256 }),
      ...readBreaker(node.member('breaker')),
    },
  };
  node.finish();
  if (tls.exists && to.url.startsWith('http:')) {
    tls.report('format', { zh: 'tls 只用于 https:// 地址', en: 'tls is for https:// addresses only' });
  }
  return to;
}

function readTimeout(node: ConfigNode, fallback?: number): number {
  return node.number({ min: 10, max: 600_000, ...(fallback !== undefined && { fallback }) });
}

function readTimeouts(node: ConfigNode): Record<string, number> {
  const timeouts: Record<string, number> = {};
  for (const name of node.names()) {
    const timeout = node.member(name);
    if (/^\d{4}[A-Z]?$/.test(name) && timeout.exists) timeouts[name] = readTimeout(timeout);
    else {
      node.report('format', {
        zh: `${name} 不是带引号的交易编号；应写作 "2207": 60000`,
        en: `${name} is no transaction number in quotes; write "2207": 60000`,
      });
    }
  }
  node.finish();
  return timeouts;
}

function readBreaker(node: ConfigNode): Omit<GuardSettings, 'connections' | 'queue'> {
  const breaker = {
    failures: node.member('failures').number({ min: 0, max: 1_000_000, fallback: 8 }),
    windowMs: node.member('windowMs').number({ min: 100, max: 86_400_000, fallback: 120_000 }),
    probeAfterMs: node.member('probeAfterMs').number({ min: 10, max: 3_600_000, fallback: 1_000 }),
  };
  node.finish();
  return breaker;
}
