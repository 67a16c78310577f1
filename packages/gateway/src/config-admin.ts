/** The part of a configuration that opens the admin API. Absent, it does not listen. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { ConfigNode } from './config-node.ts';

/** Where people look after what was handed to them, and what they prove themselves with. */
export interface AdminConfig {
  readonly host: string;
  readonly port: number;
  /** Bearer token, at least 32 characters. */
  readonly token: string;
}

const SHORTEST_TOKEN = 32;

/** Where relative paths start from and how a setting that names an environment variable is read. */
export interface SecretSources {
  readonly folder: string;
  readEnvironment(node: ConfigNode): string;
}

/** Reads the member `admin`: `{ host, port, tokenFile | tokenEnv }`. */
export function readAdmin(node: ConfigNode, sources: SecretSources): AdminConfig {
  const admin = {
    host: node.member('host').text('127.0.0.1'),
    port: node.member('port').number({ min: 0, max: 65_535, fallback: 8_081 }),
    token: readToken(node, sources),
  };
  node.finish();
  return admin;
}

function readToken(node: ConfigNode, sources: SecretSources): string {
  const file = node.member('tokenFile');
  const env = node.member('tokenEnv');
  if (file.exists === env.exists) {
    node.report('token', {
      zh: '须给出 tokenFile（文件）或 tokenEnv（环境变量名）之一，不能都给',
      en: 'needs exactly one of tokenFile (a file) and tokenEnv (name of an environment variable)',
    });
    return '';
  }
  const source = env.exists ? env : file;
  const token = env.exists ? sources.readEnvironment(env) : readTokenFile(file, sources.folder);
  if (token !== undefined && token !== '' && !/^[\x21-\x7e]+$/.test(token.trim())) {
    source.report('format', {
      zh: '令牌只能含可见 ASCII 字符，不能有空格',
      en: 'a token consists of visible ASCII characters, without blanks',
    });
  } else if (token !== undefined && token.trim().length < SHORTEST_TOKEN) {
    source.report('range', {
      zh: `令牌至少 ${SHORTEST_TOKEN} 个字符；可用 openssl rand -hex 32 生成`,
      en: `a token has at least ${SHORTEST_TOKEN} characters; make one with openssl rand -hex 32`,
    });
  }
  return token?.trim() ?? '';
}

function readTokenFile(node: ConfigNode, folder: string): string | undefined {
  try {
    return readFileSync(resolve(folder, node.text()), 'utf8');
  } catch {
    node.report('readable', { zh: '令牌文件无法读取', en: 'the token file cannot be read' });
    return undefined;
  }
}
