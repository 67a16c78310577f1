/** Asks the admin API of a gateway. */
import { readFileSync } from 'node:fs';
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

/** What the admin API said. */
export type AdminAnswer =
  | { readonly ok: true; readonly body: unknown }
  | {
      readonly ok: false;
      readonly status: number;
      readonly code: string;
      readonly message: { readonly zh: string; readonly en: string };
    };

/**
 * Sends a request; a body makes it a POST. What the API refuses for its content (400, 404, 409) is an answer.
 * @throws Error when nobody answers, the token is not accepted or the gateway is at fault.
 */
export async function askAdmin(options: AdminOptions, path: string, body?: object): Promise<AdminAnswer> {
  const { url, token } = targetOf(options);
  const response = await send(new URL(path, url), token, body);
  const told = (await response.json().catch(() => undefined)) as
    { error?: { code: string; message: { zh: string; en: string } } } | undefined;
  if (told === undefined) throw new Error(`${url} 不是管理接口 / is no admin API: HTTP ${response.status}`);
  if (response.ok) return { ok: true, body: told };
  const { code, message } = told.error ?? {
    code: 'INTERNAL',
    message: { zh: `HTTP ${response.status}`, en: `HTTP ${response.status}` },
  };
  if (![400, 404, 409].includes(response.status)) throw new Error(`${code}: ${message.zh}\n${message.en}`);
  return { ok: false, status: response.status, code, message };
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

function targetOf({ url, tokenFile, gateway, data }: AdminOptions): { url: string; token: string } {
  const world = url === undefined || tokenFile === undefined ? readWorldFile(data).admin : undefined;
  const target = url ?? sandboxUrl(world, gateway);
  if (!/^https?:$/.test(URL.parse(target)?.protocol ?? '')) {
    throw new Error(`--url：${target} 不是 http(s) 地址 / is no http(s) address`);
  }
  const file = tokenFile ?? world?.tokenFile ?? '';
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
