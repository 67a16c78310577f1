/** The part of a configuration that opens the admin API. Absent, it does not listen. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { startOfDay } from './admin-fields.ts';
import { ROLE_NAMES } from './admin-roles.ts';
import { hashOfToken } from './admin-tokens.ts';
import type { AdminToken } from './admin-tokens.ts';
import type { ConfigNode } from './config-node.ts';
import type { SecretSources } from './config-secrets.ts';
import { readListenTls } from './config-tls.ts';
import type { ListenTls } from './config-tls.ts';

/** Where people look after a gateway, and what they prove themselves with. */
export interface AdminConfig {
  readonly host: string;
  readonly port: number;
  /** Absent: plain HTTP, on this machine alone or behind something that adds TLS. */
  readonly tls?: ListenTls;
  /** At least one. */
  readonly tokens: readonly AdminToken[];
}

const LOOPBACK = /^(?:127(?:\.\d{1,3}){3}|::1|localhost)$/;
const SHORTEST_TOKEN = 32;
const LONGEST_NAME = 64;
const DAY_MS = 86_400_000;
/** Who the old form stands for. */
const SHARED_NAME = 'shared';

/**
 * Reads the member `admin`: `{ host, port, tls?, behindProxy?, tokens: [{ name, role, hash, expires? }] }`; in the old
 * form one `tokenFile` or `tokenEnv` in place of `tokens`.
 */
export function readAdmin(node: ConfigNode, sources: SecretSources): AdminConfig {
  const host = node.member('host');
  const tls = node.member('tls');
  const admin = {
    host: host.text('127.0.0.1'),
    port: node.member('port').number({ min: 0, max: 65_535, fallback: 8_081 }),
    ...(tls.exists && { tls: readListenTls(tls, sources) }),
    tokens: [...readTokens(node.member('tokens')), ...readSharedToken(node, sources)],
  };
  const old = node.member('tokenFile').exists || node.member('tokenEnv').exists;
  if (admin.tokens.length === 0 && !old) {
    node.report('token', {
      zh: '须在 tokens 中登记至少一个令牌；用 yiqiao admin token make 生成',
      en: 'needs at least one of tokens; make one with yiqiao admin token make',
    });
  }
  const behindProxy = node.member('behindProxy').flag(false);
  if (!tls.exists && !behindProxy && !LOOPBACK.test(admin.host)) {
    host.report('tls', {
      zh: '令牌不能明文经过网络：须给出 tls，或仅监听 127.0.0.1；前面另有 TLS 时写 behindProxy: true',
      en: 'tokens must not cross a network in the clear: give tls, or listen on 127.0.0.1; say behindProxy: true where something before it adds TLS',
    });
  }
  node.finish();
  return admin;
}

function readTokens(node: ConfigNode): readonly AdminToken[] {
  const items = node.items();
  const tokens = items.map(readToken);
  tokens.forEach(({ name, hash }, index) => {
    const earlier = tokens.slice(0, index);
    if (name !== '' && earlier.some((other) => other.name === name)) {
      items[index]?.report('unique', { zh: `名称 ${name} 重复`, en: `the name ${name} occurs twice` });
    }
    if (earlier.some((other) => other.hash === hash)) {
      items[index]?.report('unique', {
        zh: '同一令牌登记了两次；每人应有自己的令牌',
        en: 'the same token occurs twice; everybody has one of their own',
      });
    }
  });
  return tokens;
}

function readToken(node: ConfigNode): AdminToken {
  const name = node.member('name');
  const role = node.member('role').choice(ROLE_NAMES);
  const hash = node.member('hash');
  const expires = node.member('expires');
  const token = {
    name: name.text(),
    role,
    hash: /^sha256:([0-9a-f]{64})$/i.exec(hash.text())?.[1]?.toLowerCase() ?? '',
    ...(expires.exists && { expires: readLastDay(expires) }),
  };
  if (token.hash === '' && hash.exists) {
    hash.report('format', {
      zh: '应为 sha256: 加 64 位十六进制数；用 yiqiao admin token make 生成，不要写令牌本身',
      en: 'must be sha256: and 64 hexadecimal digits, made by yiqiao admin token make; never the token itself',
    });
  }
  if (name.exists && !isName(token.name)) {
    name.report('format', {
      zh: `应为 1–${LONGEST_NAME} 个字符，首尾无空格，不能是 ${SHARED_NAME}`,
      en: `must have 1–${LONGEST_NAME} characters, no blanks around them, and not be ${SHARED_NAME}`,
    });
  }
  node.finish();
  // What is no hash must match no token; the configuration is refused anyway.
  return { ...token, hash: token.hash === '' ? '0'.repeat(64) : token.hash };
}

/** The last day on which a token holds, in China's time. */
function readLastDay(node: ConfigNode): number {
  const at = startOfDay(node.text());
  if (at === undefined) {
    node.report('format', { zh: '应为日期，例如 "2027-01-31"', en: 'must be a date such as "2027-01-31"' });
  }
  return (at ?? 0) + DAY_MS;
}

/** The old form: one token that everybody shares. It may do what an operator may, and has to say who it is. */
function readSharedToken(node: ConfigNode, sources: SecretSources): readonly AdminToken[] {
  const file = node.member('tokenFile');
  const env = node.member('tokenEnv');
  if (!file.exists && !env.exists) return [];
  if (file.exists && env.exists) {
    node.report('token', {
      zh: 'tokenFile（文件）与 tokenEnv（环境变量名）不能都给',
      en: 'takes one of tokenFile (a file) and tokenEnv (name of an environment variable), not both',
    });
    return [];
  }
  const source = env.exists ? env : file;
  const token = env.exists ? sources.readEnvironment(env) : readTokenFile(file, sources.folder);
  if (token !== undefined) checkSharedToken(source, token.trim());
  return [{ name: SHARED_NAME, role: 'operator', hash: hashOfToken(token?.trim() ?? ''), shared: true }];
}

function checkSharedToken(source: ConfigNode, token: string): void {
  if (token !== '' && !/^[\x21-\x7e]+$/.test(token)) {
    source.report('format', {
      zh: '令牌只能含可见 ASCII 字符，不能有空格',
      en: 'a token consists of visible ASCII characters, without blanks',
    });
  } else if (token.length < SHORTEST_TOKEN) {
    source.report('range', {
      zh: `令牌至少 ${SHORTEST_TOKEN} 个字符；请改用 tokens 与 yiqiao admin token make`,
      en: `a token has at least ${SHORTEST_TOKEN} characters; better use tokens and yiqiao admin token make`,
    });
  }
}

function readTokenFile(node: ConfigNode, folder: string): string | undefined {
  try {
    return readFileSync(resolve(folder, node.text()), 'utf8');
  } catch {
    node.report('readable', { zh: '令牌文件无法读取', en: 'the token file cannot be read' });
    return undefined;
  }
}

function isName(name: string): boolean {
  return name !== '' && name.length <= LONGEST_NAME && name !== SHARED_NAME && name.trim() === name;
}
