/**
 * The one configuration file of a gateway: read once, checked with all its faults, frozen.
 * This is the only module that reads the environment.
 */
import { readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { GatewayError } from '@yiqiao/model';
import type { Fault } from '@yiqiao/model';
import type { CertificateBook } from './certificate-book.ts';
import type { Closure } from './closures.ts';
import { readAdmin } from './config-admin.ts';
import type { AdminConfig } from './config-admin.ts';
import { readClosure } from './config-closures.ts';
import { readEvidence } from './config-evidence.ts';
import type { EvidenceConfig } from './config-evidence.ts';
import { readEncryption, readJournal } from './config-journal.ts';
import type { JournalConfig } from './config-journal.ts';
import { ConfigNode } from './config-node.ts';
import { readOwnSigning } from './config-own-keys.ts';
import type { OwnSigning } from './config-own-keys.ts';
import { readPeer } from './config-peers.ts';
import type { PeerConfig } from './config-peers.ts';
import { readRegion } from './config-region.ts';
import type { SecretSources } from './config-secrets.ts';
import { readListenTls } from './config-tls.ts';
import type { ListenTls } from './config-tls.ts';
import { readTrust } from './config-trust.ts';

/** The part a gateway plays. 就医地, 全国异地子系统, 参保地. */
export type Role = 'care-place' | 'hub' | 'insured-place';

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
  /** Line of the file that holds a setting, by JSON pointer; of what it stands in when it is not there. */
  lineOf(pointer: string): number | undefined;
  readonly role: Role;
  readonly region: string;
  readonly name: string;
  readonly listen: {
    readonly host: string;
    readonly port: number;
    readonly tls?: ListenTls;
    /** How long a gateway that is to stop goes on taking messages while it says that it is not ready. */
    readonly leaveMs: number;
  };
  /** Absent: no admin API. */
  readonly admin?: AdminConfig;
  readonly journal: JournalConfig;
  /** Absent: no evidence is made. */
  readonly evidence?: EvidenceConfig;
  /** Folder of further profiles, one folder each, beside the built-in ones; absent: the built-in ones only. */
  readonly profiles?: string;
  readonly signing: OwnSigning;
  /** Everything of it that ends some day. */
  readonly certificates: CertificateBook;
  readonly peers: readonly PeerConfig[];
  readonly routes: readonly RouteConfig[];
  readonly carePlaceCore?: string;
  readonly insuredPlaceCore?: string;
  readonly closures: readonly Closure[];
  readonly limits: {
    readonly messageBytes: number;
    /** How long a request may take to come in. */
    readonly bodyTimeoutMs: number;
    readonly depth: number;
    readonly nodes: number;
    readonly concurrent: number;
    /** Connections of callers, and those of one address. */
    readonly connections: number;
    readonly connectionsPerAddress: number;
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

/** Where an adapter keeps what it remembers, and with what it is sealed. */
export interface SealedPlace {
  /** As it is written: relative to the file that names it. */
  readonly file: string;
  /** Absent: in the clear. */
  readonly encryption?: ReturnType<typeof readEncryption>;
}

/**
 * Reads `store: { file, encryption: { algorithm, key, previous } }` in the YAML file of an adapter.
 * @throws GatewayError `CONFIG_INVALID` with every fault, its JSON pointer and line.
 */
export function loadStore(file: string): SealedPlace {
  const path = resolve(file);
  const faults: Fault[] = [];
  const node = ConfigNode.parse(readFileSync(path, 'utf8'), faults).member('store');
  const encryption = node.member('encryption');
  const store = {
    file: node.member('file').text(),
    ...(encryption.exists && {
      encryption: readEncryption(encryption, { folder: dirname(path), readEnvironment }),
    }),
  };
  node.finish();
  if (faults.length > 0) throw new GatewayError('CONFIG_INVALID', { faults });
  return store;
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
  const certificates = readTrust(root.member('trust'), folder);
  const sources: SecretSources = { folder, readEnvironment, certificates };
  const listen = root.member('listen');
  const tls = listen.member('tls');
  const admin = root.member('admin');
  const config: Config = {
    file,
    lineOf: (pointer) => root.lineOf(pointer),
    role: root.member('role').choice(['care-place', 'hub', 'insured-place']),
    region: readRegion(root.member('region')),
    name: root.member('name').text('Yiqiao'),
    listen: {
      host: listen.member('host').text('127.0.0.1'),
      port: listen.member('port').number({ min: 0, max: 65_535, fallback: 8_080 }),
      leaveMs: listen.member('leaveMs').number({ min: 0, max: 600_000, fallback: 0 }),
      ...(tls.exists ? { tls: readListenTls(tls, sources) } : {}),
    },
    ...(admin.exists ? { admin: readAdmin(admin, sources) } : {}),
    journal: readJournal(root.member('journal'), sources),
    ...readEvidence(root.member('evidence'), sources),
    ...readProfiles(root.member('profiles'), folder),
    signing: readOwnSigning(root.member('signing'), sources),
    certificates,
    peers: root
      .member('peers')
      .items()
      .map((node) => readPeer(node, sources)),
    routes: root.member('routes').items().map(readRoute),
    ...optional('carePlaceCore', root.member('carePlaceCore')),
    ...optional('insuredPlaceCore', root.member('insuredPlaceCore')),
    closures: root.member('closures').items().map(readClosure),
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

function readProfiles(node: ConfigNode, folder: string): { readonly profiles?: string } {
  if (!node.exists) return {};
  const profiles = resolve(folder, node.text());
  const isFolder = statSync(profiles, { throwIfNoEntry: false })?.isDirectory() ?? false;
  if (!isFolder) {
    node.report('readable', {
      zh: '该目录不存在；应为存放方案文件夹的目录',
      en: 'there is no such folder; name the one that holds the folders of the profiles',
    });
  }
  return { profiles };
}

function logLevelOfEnvironment(): Config['logLevel'] | undefined {
  const levels = ['silent', 'error', 'warn', 'info', 'debug'] as const;
  return levels.find((level) => level === process.env['YIQIAO_LOG_LEVEL']);
}

function optional<K extends string>(name: K, node: ConfigNode): { readonly [P in K]?: string } {
  return node.exists ? ({ [name]: node.text() } as { readonly [P in K]?: string }) : {};
}

function readEnvironment(node: ConfigNode): string {
  const value = process.env[node.text()];
  if (value === undefined)
    node.report('required', { zh: '环境变量未设置', en: 'the environment variable is not set' });
  return value ?? '';
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
    bodyTimeoutMs: node.member('bodyTimeoutMs').number({ min: 100, max: 600_000, fallback: 20_000 }),
    depth: node.member('depth').number({ min: 4, max: 1_000, fallback: 32 }),
    nodes: node.member('nodes').number({ min: 100, max: 10_000_000, fallback: 200_000 }),
    concurrent: node.member('concurrent').number({ min: 1, max: 100_000, fallback: 1_000 }),
    connections: node.member('connections').number({ min: 1, max: 1_000_000, fallback: 10_000 }),
    connectionsPerAddress: node.member('connectionsPerAddress').number({
      min: 1,
      max: 1_000_000,
      fallback: 2_000,
    }),
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
    root.member(setting).report('reference', notCallable(peer));
  }
  config.closures.forEach(({ peer }, index) => {
    if (peer === undefined || peer === '' || callable.has(peer)) return;
    root.member('closures').items()[index]?.member('peer').report('reference', notCallable(peer));
  });
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

function notCallable(peer: string): { zh: string; en: string } {
  return {
    zh: `${peer} 不是可调用的对端；请在 peers 中给它 to.url`,
    en: `${peer} is no peer that can be called; give it to.url under peers`,
  };
}
