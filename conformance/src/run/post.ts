/** Sends bytes to a target and takes what comes, within limits of time and size; never throws, never waits longer. */
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Bilingual } from '../kits/types.ts';

/** Limits of one exchange. */
export interface Limits {
  readonly timeoutMs: number;
  readonly maxBytes: number;
}

/** Why no answer came. */
export type Failure = 'unreachable' | 'closed' | 'timeout' | 'too-large' | 'redirect' | 'abandoned';

/** What became of sending. */
export type Reply =
  | {
      readonly came: true;
      readonly status: number;
      readonly bytes: Buffer;
      readonly ms: number;
      /** Headers in lower case; several of one name joined. */
      readonly headers: Readonly<Record<string, string>>;
    }
  | { readonly came: false; readonly failure: Failure; readonly text: Bilingual; readonly ms: number };

/** How a message is posted. */
export interface Posting extends Limits {
  /** The connection is closed when the bytes are out, whatever comes. */
  readonly abandon?: boolean;
  /** Headers beside the length, over the usual type. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Posts a message. */
export async function post(
  url: string,
  bytes: Uint8Array,
  { timeoutMs, maxBytes, abandon = false, headers: own = {} }: Posting,
): Promise<Reply> {
  const started = performance.now();
  const failed = (failure: Failure, text: Bilingual): Reply => ({
    came: false,
    failure,
    text,
    ms: Math.round(performance.now() - started),
  });
  return await new Promise<Reply>((resolve) => {
    const open = new URL(url).protocol === 'https:' ? httpsRequest : httpRequest;
    // A connection of its own for each message: one that the target closes while it is idle would look like a fault.
    const request = open(url, {
      method: 'POST',
      agent: false,
      headers: {
        'content-type': 'application/json; charset=utf-8',
        ...own,
        'content-length': bytes.byteLength,
      },
    });
    const end = (reply: Reply): void => {
      clearTimeout(timer);
      resolve(reply);
      if (!reply.came) request.destroy();
    };
    const timer = setTimeout(() => end(failed('timeout', timeoutText(timeoutMs))), timeoutMs);
    request.on('error', (error) => end(failed(failureOf(error), errorText(error))));
    request.on('response', (response) => {
      if (abandon) return;
      const { statusCode = 0, headers } = response;
      if (statusCode >= 300 && statusCode < 400) {
        end(failed('redirect', redirectText(statusCode, headers.location ?? '')));
        return;
      }
      const chunks: Buffer[] = [];
      let size = 0;
      response.on('error', (error) => end(failed('closed', errorText(error))));
      response.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size > maxBytes) end(failed('too-large', sizeText(maxBytes)));
        else chunks.push(chunk);
      });
      response.on('end', () =>
        end({
          came: true,
          status: statusCode,
          bytes: Buffer.concat(chunks),
          ms: Math.round(performance.now() - started),
          headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)])),
        }),
      );
    });
    request.end(bytes, () => {
      if (abandon) setTimeout(() => end(failed('abandoned', ABANDONED)), ABANDON_AFTER_MS);
    });
  });
}

/** Long enough for the bytes to leave, too short for a person to notice. */
const ABANDON_AFTER_MS = 20;

const ABANDONED: Bilingual = {
  zh: '测试端按场景在应答到达前关闭了连接',
  en: 'the suite closed the connection before the answer, as the scenario has it',
};

function failureOf(error: NodeJS.ErrnoException): Failure {
  return ['ECONNREFUSED', 'ENOTFOUND', 'EHOSTUNREACH', 'ENETUNREACH', 'EAI_AGAIN'].includes(error.code ?? '')
    ? 'unreachable'
    : 'closed';
}

function errorText({ code, message }: NodeJS.ErrnoException): Bilingual {
  const why = code ?? message;
  return { zh: `连接失败或中断（${why}）`, en: `the connection failed or was cut (${why})` };
}

function timeoutText(ms: number): Bilingual {
  return { zh: `${ms} 毫秒内没有完整应答`, en: `no complete answer within ${ms} ms` };
}

function redirectText(status: number, location: string): Bilingual {
  return {
    zh: `目标要求重定向（HTTP ${status} → ${location}），未跟随`,
    en: `the target redirects (HTTP ${status} → ${location}); it was not followed`,
  };
}

function sizeText(maxBytes: number): Bilingual {
  return {
    zh: `应答超过 ${maxBytes} 字节，已中止`,
    en: `the answer is larger than ${maxBytes} bytes; it was cut off`,
  };
}
