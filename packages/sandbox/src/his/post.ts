/** One HTTP POST of a HIS. */
import { request } from 'undici';
import type { Dispatcher } from 'undici';

/** What came back, or why nothing did. */
export type Posted = { readonly status: number; readonly bytes: Buffer } | { readonly failure: string };

/** How to post. */
export interface PostOptions {
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly dispatcher: Dispatcher | undefined;
}

/** Sends bytes and reads the answer whole; a broken connection or a timeout is a result, not an exception. */
export async function post(url: string, bytes: Buffer, options: PostOptions): Promise<Posted> {
  const { headers, timeoutMs, dispatcher } = options;
  try {
    const answer = await request(url, {
      method: 'POST',
      body: bytes,
      headers,
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
      ...(dispatcher !== undefined && { dispatcher }),
    });
    return { status: answer.statusCode, bytes: Buffer.from(await answer.body.arrayBuffer()) };
  } catch (error) {
    return { failure: error instanceof Error ? error.message : String(error) };
  }
}
