/** `yiqiao admin token make`: a token for one person. It is shown once; the gateway keeps its hash. */
import { closeSync, openSync, writeSync } from 'node:fs';
import { createAdminToken, ROLE_NAMES } from '@yiqiao/gateway';
import type { Report } from './report.ts';

/** For whom. */
export interface TokenOptions {
  readonly name: string;
  readonly role: string;
  /** Last day, `yyyy-MM-dd`. */
  readonly expires?: string;
  /** File to write the token to, instead of showing it. */
  readonly out?: string;
}

/** Makes a token and the line for the configuration. @throws Error for an unknown role, an odd name or an existing file. */
export function makeToken(report: Report, { name, role, expires, out }: TokenOptions): number {
  if (!(ROLE_NAMES as readonly string[]).includes(role)) {
    const names = ROLE_NAMES.join(', ');
    throw new Error(`--role：应为 ${names} 之一 / is one of ${names}`);
  }
  if (!/^[^\s"\\](?:[^"\\\n\r]{0,62}[^\s"\\])?$/.test(name)) {
    throw new Error('--name：1–64 个字符，不含引号 / has 1–64 characters and no quotes');
  }
  if (expires !== undefined && !/^\d{4}-\d{2}-\d{2}$/.test(expires)) {
    throw new Error('--expires：例如 2027-01-31 / is a day such as 2027-01-31');
  }
  const { token, hash } = createAdminToken();
  if (out !== undefined) writePrivately(out, `${token}\n`);
  const until = expires === undefined ? '' : `, expires: "${expires}"`;
  const item = `- { name: "${name}", role: ${role}, hash: "${hash}"${until} }`;
  report.line(
    out === undefined ? `令牌，只显示这一次 the token, shown this once:\n${token}` : `令牌 token: ${out}`,
  );
  report.line(`加到配置的 admin.tokens 下，然后重新加载 add this below admin.tokens and reload:\n${item}`);
  return report.finish(true, { ...(out === undefined ? { token } : { file: out }), hash, item });
}

function writePrivately(file: string, text: string): void {
  let descriptor: number;
  try {
    descriptor = openSync(file, 'wx', 0o600);
  } catch (cause) {
    throw new Error(`--out：${file} 无法新建，可能已存在 / cannot be created; it may exist`, { cause });
  }
  writeSync(descriptor, text);
  closeSync(descriptor);
}
