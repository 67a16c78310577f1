/**
 * The one configuration file of a gateway: read once, checked with all its faults, frozen.
 * This is the only module that reads the environment.
 */
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { GatewayError } from '@yiqiao/model';
import type { Fault } from '@yiqiao/model';
import { readAdmin } from './config-admin.ts';
import type { AdminConfig } from './config-admin.ts';
import { ConfigNode } from './config-node.ts';

/** The part a gateway plays. 就医地, 全国异地子系统, 参保地. */
export type Role = 'care-place' | 'hub' | 'insured-place';

/** How one side signs. */
export interface PeerSigning {
  /** Signing profile: `fsi-main-cainfo` or `none`. */
  readonly profile: string;
  readonly userId: string;
  /** Public keys of the peer (PEM, hex or base64); several may be valid at once. */
  readonly publicKeys: readonly {
    readonly text: string;
    readonly notBefore?: number;
    readonly notAfter?: number;
  }[];
}

/** One far side. */
export interface PeerConfig {
  readonly id: string;
  readonly profile: string;
  readonly mode: 'strict' | 'tolerant';
  readonly signing: PeerSigning;
  /** Whose messages come from this peer; absent when it never calls. */
  readonly from?: {
    readonly institutions: readonly string[];
    readonly careRegions: readonly string[];
    readonly any: boolean;
  };
  /** Where it is called; absent when we never call it. */
  readonly to?: { readonly url: string; readonly replyTimeoutMs: number; readonly connections: number };
}

/** Way to an insured place: a pooling area, a province or `*`; for all transactions and versions unless named. */
export interface RouteConfig {
  readonly insured: string;
  readonly peer: string;
  readonly transactions?: readonly string[];
  readonly version?: string;
}

/** A complete configuration. */
export interface Config {
  readonly file: string;
  readonly role: Role;
  readonly region: string;
  readonly name: string;
  readonly listen: { readonly host: string; readonly port: number };
  /** Absent: no admin API. */
  readonly admin?: AdminConfig;
  readonly journalFile: string;
  readonly signing: { readonly privateKey?: string; readonly userId: string };
  readonly peers: readonly PeerConfig[];
  readonly routes: readonly RouteConfig[];
  readonly carePlaceCore?: string;
  readonly insuredPlaceCore?: string;
  readonly limits: {
    readonly messageBytes: number;
    readonly depth: number;
    readonly nodes: number;
    readonly concurrent: number;
  };
  readonly outcome: {
    /** How long a caller is kept waiting for an outcome to become known. */
    readonly callerDeadlineMs: number;
    readonly firstDelayMs: number;
    readonly maxDelayMs: number;
    readonly giveUpAfterMs: number;
    readonly inFlightMs: number;
  };
  readonly logLevel: 'silent' | 'error' | 'warn' | 'info' | 'debug';
}

/**
 * Reads and checks a configuration file.
 * @throws GatewayError `CONFIG_INVALID` with every fault, its JSON pointer and line.
 */
export function loadConfig(file: string): Config {
  const path = resolve(file);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new GatewayError(
      'CONFIG_INVALID',
      {
        faults: [
          {
            rule: 'readable',
            at: '',
            field: file,
            label: { zh: '配置文件', en: 'configuration file' },
            message: {
              zh: `无法读取 ${file}，请检查路径和权限`,
              en: `${file} cannot be read; check its path and rights`,
            },
          },
        ],
      },
      { cause },
    );
  }
  return parseConfig(text, path);
}

/** Like `loadConfig` for a text; `file` is where relative paths start from. */
function parseConfig(text: string, file: string): Config {
  const faults: Fault[] = [];
  const root = ConfigNode.parse(text, faults);
  const config = faults.length > 0 ? undefined : readRoot(root, file);
  if (config === undefined || faults.length > 0) throw new GatewayError('CONFIG_INVALID', { faults });
  return Object.freeze(config);
}

function readRoot(root: ConfigNode, file: string): Config {
  const folder = dirname(file);
  const listen = root.member('listen');
  const admin = root.member('admin');
  const config: Config = {
    file,
    role: root.member('role').choice(['care-place', 'hub', 'insured-place']),
    region: region(root.member('region')),
    name: root.member('name').text('Yiqiao'),
    listen: {
      host: listen.member('host').text('127.0.0.1'),
      port: listen.member('port').number({ min: 0, max: 65_535, fallback: 8_080 }),
    },
    ...(admin.exists ? { admin: readAdmin(admin, { folder, readEnvironment }) } : {}),
    journalFile: resolve(folder, root.member('journal').text('journal.sqlite')),
    signing: readOwnSigning(root.member('signing'), folder),
    peers: root
      .member('peers')
      .items()
      .map((node) => readPeer(node, folder)),
    routes: root.member('routes').items().map(readRoute),
    ...optional('carePlaceCore', root.member('carePlaceCore')),
    ...optional('insuredPlaceCore', root.member('insuredPlaceCore')),
    limits: readLimits(root.member('limits')),
    outcome: readOutcome(root.member('outcome')),
    logLevel: root
      .member('logLevel')
      .choice(['silent', 'error', 'warn', 'info', 'debug'], logLevelOfEnvironment() ?? 'info'),
  };
  listen.finish();
  root.finish();
  checkReferences(root, config);
  return config;
}

function logLevelOfEnvironment(): Config['logLevel'] | undefined {
  const levels = ['silent', 'error', 'warn', 'info', 'debug'] as const;
  return levels.find((level) => level === process.env['YIQIAO_LOG_LEVEL']);
}

function region(node: ConfigNode): string {
  const value = node.text();
  if (value !== '' && !/^\d{6}$/.test(value)) {
    node.report('format', {
      zh: '应为六位医保区划代码，例如 "530000"',
      en: 'must be a six-digit region code such as "530000"',
    });
  }
  return value;
}

function optional<K extends string>(name: K, node: ConfigNode): { readonly [P in K]?: string } {
  return node.exists ? ({ [name]: node.text() } as { readonly [P in K]?: string }) : {};
}

function readOwnSigning(node: ConfigNode, folder: string): Config['signing'] {
  const key = node.member('privateKey');
  const signing = {
    userId: node.member('userId').text('1234567812345678'),
    ...(key.exists ? { privateKey: readSecret(key, folder) } : {}),
  };
  node.finish();
  return signing;
}

/** A key: `{ file: … }`, `{ env: … }` or, for public keys, `{ text: … }`. */
function readSecret(node: ConfigNode, folder: string): string {
  const file = node.member('file');
  const env = node.member('env');
  const text = node.member('text');
  for (const other of ['notBefore', 'notAfter']) node.member(other);
  node.finish();
  if (text.exists) return text.text();
  if (env.exists) return readEnvironment(env);
  const path = resolve(folder, file.text());
  try {
    return readFileSync(path, 'utf8');
  } catch {
    file.report('readable', { zh: '密钥文件无法读取', en: 'the key file cannot be read' });
    return '';
  }
}

function readEnvironment(node: ConfigNode): string {
  const value = process.env[node.text()];
  if (value === undefined)
    node.report('required', { zh: '环境变量未设置', en: 'the environment variable is not set' });
  return value ?? '';
}

function readPeer(node: ConfigNode, folder: string): PeerConfig {
  const from = node.member('from');
  const to = node.member('to');
  const peer: PeerConfig = {
    id: node.member('id').text(),
    profile: node.member('profile').text('national'),
    mode: node.member('mode').choice(['strict', 'tolerant'], 'strict'),
    signing: readPeerSigning(node.member('signing'), folder),
    ...(from.exists ? { from: readFrom(from) } : {}),
    ...(to.exists ? { to: readTo(to) } : {}),
  };
  node.finish();
  if (!from.exists && !to.exists) {
    node.report('required', {
      zh: '对端须有 from（它调我们）或 to（我们调它）',
      en: 'a peer needs from (it calls us) or to (we call it)',
    });
  }
  return peer;
}

function readFrom(node: ConfigNode): NonNullable<PeerConfig['from']> {
  const from = {
    institutions: node
      .member('institutions')
      .items()
      .map((item) => item.text()),
    careRegions: node.member('careRegions').items().map(region),
    any: node.member('any').flag(false),
  };
  node.finish();
  return from;
}

function readTo(node: ConfigNode): NonNullable<PeerConfig['to']> {
  const url = node.member('url');
  const to = {
    url: url.text(),
    replyTimeoutMs: node.member('replyTimeoutMs').number({ min: 10, max: 600_000, fallback: 30_000 }),
    connections: node.member('connections').number({ min: 1, max: 1_000, fallback: 32 }),
  };
  node.finish();
  if (to.url !== '' && !/^https?:$/.test(URL.parse(to.url)?.protocol ?? '')) {
    url.report('format', {
      zh: '应为 http:// 或 https:// 地址',
      en: 'must be an http:// or https:// address',
    });
  }
  return to;
}

function readPeerSigning(node: ConfigNode, folder: string): PeerSigning {
  const profile = node.member('profile').text('fsi-main-cainfo');
  const keys = node.member('publicKeys');
  const signing: PeerSigning = {
    profile,
    userId: node.member('userId').text('1234567812345678'),
    publicKeys: keys.items().map((key) => ({
      text: readSecret(key, folder),
      ...instant('notBefore', key.member('notBefore')),
      ...instant('notAfter', key.member('notAfter')),
    })),
  };
  node.finish();
  if (profile !== 'none' && signing.publicKeys.length === 0) {
    keys.report('required', {
      zh: '要求签名的连接须给出对端公钥；不签名请写 profile: none',
      en: 'a signed connection needs the peer’s public keys; write profile: none for an unsigned one',
    });
  }
  return signing;
}

function instant<K extends string>(name: K, node: ConfigNode): { readonly [P in K]?: number } {
  if (!node.exists) return {};
  const at = Date.parse(node.text());
  if (Number.isNaN(at))
    node.report('format', { zh: '应为日期，例如 "2027-01-31"', en: 'must be a date such as "2027-01-31"' });
  return { [name]: at } as { readonly [P in K]?: number };
}

function transactionsOf(node: ConfigNode): { readonly transactions?: readonly string[] } {
  return node.exists ? { transactions: node.items().map((item) => item.text()) } : {};
}

function readRoute(node: ConfigNode): RouteConfig {
  const insured = node.member('insured');
  const route: RouteConfig = {
    insured: insured.text(),
    peer: node.member('peer').text(),
    ...transactionsOf(node.member('transactions')),
    ...optional('version', node.member('version')),
  };
  node.finish();
  if (route.insured !== '' && !/^(?:\*|\d{6})$/.test(route.insured)) {
    insured.report('format', { zh: '应为六位区划代码或 "*"', en: 'must be a six-digit region code or "*"' });
  }
  return route;
}

function readLimits(node: ConfigNode): Config['limits'] {
  const limits = {
    messageBytes: node.member('messageBytes').number({ min: 1_024, max: 67_108_864, fallback: 2_097_152 }),
    depth: node.member('depth').number({ min: 4, max: 1_000, fallback: 32 }),
    nodes: node.member('nodes').number({ min: 100, max: 10_000_000, fallback: 200_000 }),
    concurrent: node.member('concurrent').number({ min: 1, max: 100_000, fallback: 1_000 }),
  };
  node.finish();
  return limits;
}

function readOutcome(node: ConfigNode): Config['outcome'] {
  const duration = (name: string, fallback: number): number =>
    node.member(name).number({ min: 1, max: 86_400_000, fallback });
  const outcome = {
    callerDeadlineMs: duration('callerDeadlineMs', 60_000),
    firstDelayMs: duration('firstDelayMs', 500),
    maxDelayMs: duration('maxDelayMs', 60_000),
    giveUpAfterMs: duration('giveUpAfterMs', 86_400_000),
    inFlightMs: duration('inFlightMs', 30_000),
  };
  node.finish();
  return outcome;
}

/** What names what: peers by routes and cores, once each. */
function checkReferences(root: ConfigNode, config: Config): void {
  const callable = new Set(config.peers.filter((peer) => peer.to !== undefined).map((peer) => peer.id));
  const seen = new Set<string>();
  config.peers.forEach((peer, index) => {
    if (seen.has(peer.id)) {
      root
        .member('peers')
        .items()
        [index]?.report('unique', { zh: `对端 ${peer.id} 重复`, en: `peer ${peer.id} occurs twice` });
    }
    seen.add(peer.id);
  });
  const named: [string, string | undefined][] = [
    ['carePlaceCore', config.carePlaceCore],
    ['insuredPlaceCore', config.insuredPlaceCore],
    ...config.routes.map((route): [string, string] => ['routes', route.peer]),
  ];
  for (const [setting, peer] of named) {
    if (peer === undefined || peer === '' || callable.has(peer)) continue;
    root.member(setting).report('reference', {
      zh: `${peer} 不是可调用的对端；请在 peers 中给它 to.url`,
      en: `${peer} is no peer that can be called; give it to.url under peers`,
    });
  }
  const core = { 'care-place': 'carePlaceCore', 'insured-place': 'insuredPlaceCore', hub: undefined }[
    config.role
  ];
  if (core === 'carePlaceCore' || core === 'insuredPlaceCore') {
    if (config[core] === undefined) {
      root
        .member(core)
        .report('required', { zh: '该角色须指明后面的核心系统', en: 'this role needs its core system' });
    }
  }
}
