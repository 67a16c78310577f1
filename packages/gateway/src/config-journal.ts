/** The journal of a configuration: its file, with what it is encrypted, how long contents are kept. */
import { resolve } from 'node:path';
import type { JournalEncryption, PostgresPlace, Retention } from '@yiqiao/journal';
import type { BackupConfig } from './backups.ts';
import type { ConfigNode } from './config-node.ts';
import { readSecret } from './config-secrets.ts';
import type { SecretSources } from './config-secrets.ts';

/** Where and how exchanges are put on record. */
export interface JournalConfig {
  /** Of a journal in one file; where it would be, when it is in PostgreSQL. */
  readonly file: string;
  /** Where the journal is that several gateways have in common. */
  readonly postgres?: PostgresPlace;
  /** Absent: contents lie clear in the file. */
  readonly encryption?: JournalEncryption;
  readonly retention: Retention;
  /** Absent: none are made. */
  readonly backup?: BackupConfig;
}

/** What only a restart can change, as one text; the retention takes effect at once. Holds keys: only to be compared. */
export function journalSettings({ file, postgres, encryption }: JournalConfig): string {
  const { algorithm = '', key, previous = [] } = encryption ?? {};
  const keys = [key, ...previous].map((one) => Buffer.from(one ?? []).toString('hex'));
  const place = [postgres?.url, postgres?.schema, postgres?.caFile].map((one) => one ?? '');
  return [file, ...place, algorithm, ...keys].join(' ');
}

const DAY_MS = 86_400_000;
const KEY_BYTES = 32;
const DEFAULT_FILE = 'journal.sqlite';

/** Shortest times: what a visit still asks for is there, and a settlement can still be cancelled. */
const SHORTEST_DAYS = { reads: 1, writes: 365 } as const;

/**
 * `journal: FILE`, or `{ file, encryption: { algorithm, key, previous }, retention: { reads, writes } }`; in place of
 * `file` also `postgres: { url, schema, ca }`, where `url` is a secret.
 */
export function readJournal(node: ConfigNode, sources: SecretSources): JournalConfig {
  if (!node.exists || node.names().length === 0) {
    return { file: resolve(sources.folder, node.text(DEFAULT_FILE)), retention: {} };
  }
  const encryption = node.member('encryption');
  const backup = node.member('backup');
  const postgres = node.member('postgres');
  refuseBeside(node, postgres);
  const journal = {
    file: resolve(sources.folder, node.member('file').text(DEFAULT_FILE)),
    ...(postgres.exists && { postgres: readPostgres(postgres, sources) }),
    ...(encryption.exists && { encryption: readEncryption(encryption, sources) }),
    retention: readRetention(node.member('retention')),
    ...(backup.exists && { backup: readBackup(backup, sources) }),
  };
  node.finish();
  return journal;
}

/** One of both; and what is made of a file is not made of a database, which has means of its own. */
function refuseBeside(node: ConfigNode, postgres: ConfigNode): void {
  if (!postgres.exists) return;
  const file = node.member('file');
  if (file.exists)
    file.report('excluded', {
      zh: '日志存于 postgres 时不能再指定 file',
      en: 'a journal in postgres has no file: name one of them',
    });
  const backup = node.member('backup');
  if (backup.exists)
    backup.report('excluded', {
      zh: 'PostgreSQL 中的日志请用数据库自身的备份手段（见 docs/scaling.md）',
      en: 'back up a journal in PostgreSQL by the means of the database (docs/scaling.md)',
    });
}

function readPostgres(node: ConfigNode, sources: SecretSources): PostgresPlace {
  const url = node.member('url');
  const text = url.exists ? readSecret(url, sources).trim() : url.member('file').text();
  if (text !== '' && !/^postgres(ql)?:\/\/[^/]+\/[^/]+/.test(text))
    url.report('format', {
      zh: '应为 postgres://用户:口令@主机:端口/数据库',
      en: 'must be postgres://USER:PASSWORD@HOST:PORT/DATABASE',
    });
  const schema = node.member('schema');
  const ca = node.member('ca');
  const name = schema.exists ? schema.text() : undefined;
  if (name !== undefined && !/^[a-z_][a-z0-9_]{0,40}$/.test(name))
    schema.report('format', {
      zh: '应为小写字母、数字和下划线',
      en: 'must be lower-case letters, digits and underscores',
    });
  const place = {
    url: text,
    ...(name !== undefined && { schema: name }),
    ...(ca.exists && { caFile: resolve(sources.folder, ca.text()) }),
  };
  node.finish();
  return place;
}

/** `{ algorithm, key: { file | env }, previous }`, of a journal or of whatever else is sealed at rest. */
export function readEncryption(
  node: ConfigNode,
  sources: Pick<SecretSources, 'folder' | 'readEnvironment'>,
): JournalEncryption {
  const encryption = {
    algorithm: node.member('algorithm').choice(['aes-256-gcm', 'sm4-ctr-hmac-sm3'], 'aes-256-gcm'),
    key: readKey(node.member('key'), sources),
    previous: node
      .member('previous')
      .items()
      .map((item) => readKey(item, sources)),
  };
  node.finish();
  return encryption;
}

function readKey(node: ConfigNode, sources: Pick<SecretSources, 'folder' | 'readEnvironment'>): Uint8Array {
  const text = node.member('text');
  if (text.exists) {
    text.report('secret', {
      zh: '密钥不得写在配置文件里，请用 file 或 env',
      en: 'a key must not stand in the configuration: use file or env',
    });
    return new Uint8Array(KEY_BYTES);
  }
  const secret = readSecret(node, sources).trim();
  const key = Buffer.from(secret, /^[0-9A-Fa-f]{64}$/.test(secret) ? 'hex' : 'base64');
  if (key.length === KEY_BYTES || secret === '') return key;
  node.report('format', {
    zh: '应为 32 字节随机数的十六进制（64 位）或 Base64，例如 openssl rand -hex 32 的输出',
    en: 'must be 32 random bytes as hex (64 digits) or Base64, as openssl rand -hex 32 prints them',
  });
  return key;
}

const HOUR_MS = 3_600_000;

/** `{ folder, every: 24h, keep: 14 }`. */
function readBackup(node: ConfigNode, sources: SecretSources): BackupConfig {
  const every = node.member('every');
  const [, count, unit] = /^([1-9]\d{0,2})([hd])$/.exec(every.text('24h')) ?? [];
  if (count === undefined) {
    every.report('duration', {
      zh: '应为小时数或天数，如 6h、1d',
      en: 'must be hours or days, like 6h or 1d',
    });
  }
  const backup = {
    folder: resolve(sources.folder, node.member('folder').text()),
    everyMs: Number(count) * (unit === 'd' ? DAY_MS : HOUR_MS),
    keep: node.member('keep').number({ min: 1, max: 10_000, fallback: 14 }),
  };
  node.finish();
  return backup;
}

function readRetention(node: ConfigNode): Retention {
  const reads = readDays(node.member('reads'), SHORTEST_DAYS.reads);
  const writes = readDays(node.member('writes'), SHORTEST_DAYS.writes);
  node.finish();
  return {
    ...(reads !== undefined && { readsMs: reads * DAY_MS }),
    ...(writes !== undefined && { writesMs: writes * DAY_MS }),
  };
}

/** `30d` or `15y`. */
function readDays(node: ConfigNode, shortest: number): number | undefined {
  if (!node.exists) return undefined;
  const [, count, unit] = /^(\d{1,5})([dy])$/.exec(node.text()) ?? [];
  const days = Number(count) * (unit === 'y' ? 365 : 1);
  if (days >= shortest) return days;
  node.report('duration', {
    zh: `应为天数或年数，如 30d、15y，且不少于 ${shortest} 天`,
    en: `must be days or years, like 30d or 15y, and no less than ${shortest} days`,
  });
  return undefined;
}
