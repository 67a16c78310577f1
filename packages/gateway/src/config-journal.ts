/** The journal of a configuration: its file, with what it is encrypted, how long contents are kept. */
import { resolve } from 'node:path';
import type { JournalEncryption, Retention } from '@yiqiao/journal';
import type { ConfigNode } from './config-node.ts';
import { readSecret } from './config-secrets.ts';
import type { SecretSources } from './config-secrets.ts';

/** Where and how exchanges are put on record. */
export interface JournalConfig {
  readonly file: string;
  /** Absent: contents lie clear in the file. */
  readonly encryption?: JournalEncryption;
  readonly retention: Retention;
}

/** What only a restart can change, as one text; the retention takes effect at once. Holds keys: only to be compared. */
export function journalSettings({ file, encryption }: JournalConfig): string {
  const { algorithm = '', key, previous = [] } = encryption ?? {};
  const keys = [key, ...previous].map((one) => Buffer.from(one ?? []).toString('hex'));
  return [file, algorithm, ...keys].join(' ');
}

const DAY_MS = 86_400_000;
const KEY_BYTES = 32;
const DEFAULT_FILE = 'journal.sqlite';

/** Shortest times: what a visit still asks for is there, and a settlement can still be cancelled. */
const SHORTEST_DAYS = { reads: 1, writes: 365 } as const;

/** `journal: FILE`, or `{ file, encryption: { algorithm, key, previous }, retention: { reads, writes } }`. */
export function readJournal(node: ConfigNode, sources: SecretSources): JournalConfig {
  if (!node.exists || node.names().length === 0) {
    return { file: resolve(sources.folder, node.text(DEFAULT_FILE)), retention: {} };
  }
  const encryption = node.member('encryption');
  const journal = {
    file: resolve(sources.folder, node.member('file').text(DEFAULT_FILE)),
    ...(encryption.exists && { encryption: readEncryption(encryption, sources) }),
    retention: readRetention(node.member('retention')),
  };
  node.finish();
  return journal;
}

function readEncryption(node: ConfigNode, sources: SecretSources): JournalEncryption {
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

function readKey(node: ConfigNode, sources: SecretSources): Uint8Array {
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
