/** Asks the admin API of a gateway. */
import { readFileSync } from 'node:fs';
import type { AdminRole } from '@yiqiao/gateway';
import type { Fault } from '@yiqiao/model';
import { formatFault } from './report.ts';
import type { Report } from './report.ts';
import { readWorldFile } from './world-file.ts';
import type { WorldFile } from './world-file.ts';

const ANSWER_WITHIN_MS = 30_000;

/** Which gateway is asked, and with which token. */
export interface AdminOptions {
  /** Address of the admin API; default: that of a gateway of the running sandbox. */
  readonly url?: string;
  readonly tokenFile?: string;
  /** Gateway of the sandbox. */
  readonly gateway: string;
  readonly data: string;
}

/** What is asked. */
export interface AdminQuestion {
  /** Role whose token is taken in the sandbox. */
  readonly role: AdminRole;
  readonly path: string;
  readonly query?: Readonly<Record<string, string | undefined>>;
  /** Makes it a POST. */
  readonly body?: object;
}

/** What the admin API said. */
export type AdminAnswer =
  | { readonly ok: true; readonly body: unknown }
  | {
      readonly ok: false;
      readonly status: number;
      readonly code: string;
      readonly message: { readonly zh: string; readonly en: string };
      readonly faults?: readonly Fault[];
    };

/** What is refused for what was asked, not for who asks. */
const ANSWERS: ReadonlySet<number> = new Set([400, 404, 409, 422]);

/**
 * Asks. What the API refuses for its content is an answer.
 * @throws Error when nobody answers, the token is not accepted or the gateway is at fault.
 */
export async function askAdmin(options: AdminOptions, question: AdminQuestion): Promise<AdminAnswer> {
  const { url, token } = targetOf(options, question.role);
  const address = new URL(question.path, url);
  for (const [name, value] of Object.entries(question.query ?? {})) {
    if (value !== undefined) address.searchParams.set(name, value);
  }
  const response = await send(address, token, question.body);
  const told = (await response.json().catch(() => undefined)) as
    { error?: Omit<AdminAnswer & { ok: false }, 'ok' | 'status'> } | undefined;
  if (told === undefined) throw new Error(`${url} 不是管理接口 / is no admin API: HTTP ${response.status}`);
  if (response.ok) return { ok: true, body: told };
  const plain = `HTTP ${response.status}`;
  const error = told.error ?? { code: 'INTERNAL', message: { zh: plain, en: plain } };
  if (!ANSWERS.has(response.status))
    throw new Error(`${error.code}: ${error.message.zh}\n${error.message.en}`);
  return { ...error, ok: false, status: response.status };
}

/** Tells what was refused; for the figures of `--json`, too. */
export function tellRefusal(report: Report, refusal: AdminAnswer & { ok: false }): number {
  const { status, code, message, faults } = refusal;
  const text = `${code}: ${message.zh}\n${message.en}`;
  report.line(text);
  for (const fault of faults ?? []) report.line(formatFault(fault));
  return report.finish(false, { status, code, message: text, ...(faults !== undefined && { faults }) });
}

async function send(url: URL, token: string, body: object | undefined): Promise<Response> {
  const headers = { authorization: `Bearer ${token}` };
  const signal = AbortSignal.timeout(ANSWER_WITHIN_MS);
  try {
    return await (body === undefined
      ? fetch(url, { headers, signal })
      : fetch(url, {
          method: 'POST',
          headers: { ...headers, 'content-type': 'application/json' },
          body: JSON.stringify(body),
          signal,
        }));
  } catch (cause) {
    throw new Error(
      `${url.origin} 没有应答：网关是否在运行、是否配置了 admin？ / does not answer: does the gateway run, and is admin configured?`,
      { cause },
    );
  }
}

function targetOf(
  { url, tokenFile, gateway, data }: AdminOptions,
  role: AdminRole,
): { url: string; token: string } {
  const world = url === undefined || tokenFile === undefined ? readWorldFile(data).admin : undefined;
  const target = url ?? sandboxUrl(world, gateway);
  if (!/^https?:$/.test(URL.parse(target)?.protocol ?? '')) {
    throw new Error(`--url：${target} 不是 http(s) 地址 / is no http(s) address`);
  }
  const file = tokenFile ?? world?.tokenFiles[role] ?? '';
  try {
    return { url: target, token: readFileSync(file, 'utf8').trim() };
  } catch (cause) {
    throw new Error(`--token-file：令牌文件 ${file} 无法读取 / the token file cannot be read`, { cause });
  }
}

function sandboxUrl(world: WorldFile['admin'] | undefined, gateway: string): string {
  const urls: Readonly<Record<string, string>> = world?.urls ?? {};
  const url = Object.hasOwn(urls, gateway) ? urls[gateway] : undefined;
  if (url !== undefined) return url;
  const names = Object.keys(urls).join(', ');
  throw new Error(`--gateway：应为 ${names} 之一 / is one of ${names}`);
}
