/** A load generator and a far side with canned, signed answers. Neither is part of what is measured. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { Pool } from 'undici';

/** How long each request took, in milliseconds, and how many were answered as expected. */
export interface LoadResult {
  readonly latenciesMs: Float64Array;
  readonly expected: number;
  readonly seconds: number;
}

/** Sends `count` bodies with the given concurrency and checks each answer. */
export async function runLoad(options: {
  url: string;
  /** Several addresses, in turn. */
  urls?: readonly string[];
  count: number;
  concurrency: number;
  body(index: number): string;
  expect(answer: string): boolean;
  /** Pause between two requests of one caller, in milliseconds. */
  pauseMs?: number;
  /** Ends the run early. */
  signal?: AbortSignal;
}): Promise<LoadResult> {
  const targets = (options.urls ?? [options.url]).map((url) => {
    const { origin, pathname: path } = new URL(url);
    return { path, pool: new Pool(origin, { connections: options.concurrency }) };
  });
  const latenciesMs = new Float64Array(options.count);
  let next = 0;
  let expected = 0;
  const worker = async (): Promise<void> => {
    while (next < options.count && options.signal?.aborted !== true) {
      const index = next;
      next += 1;
      const started = performance.now();
      const target = targets[index % targets.length] ?? { path: '/', pool: new Pool(options.url) };
      const answer = await target.pool.request({
        method: 'POST',
        path: target.path,
        headers: { 'content-type': 'application/json; charset=utf-8' },
        body: options.body(index),
      });
      if (options.expect(await answer.body.text())) expected += 1;
      latenciesMs[index] = performance.now() - started;
      if (options.pauseMs !== undefined) await pause(options.pauseMs);
    }
  };
  const started = performance.now();
  await Promise.all(Array.from({ length: options.concurrency }, worker));
  const seconds = (performance.now() - started) / 1_000;
  await Promise.all(targets.map(({ pool }) => pool.close()));
  return { latenciesMs, expected, seconds };
}

/** Starts a far side that answers every POST with the same bytes and counts them. */
export async function startFarSide(answer: (body: string) => string): Promise<{
  url: string;
  received(): number;
  /** Takes messages from now on and answers none, or answers again. */
  silence(silent: boolean): void;
  close(): Promise<void>;
}> {
  let received = 0;
  let mute = false;
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      received += 1;
      if (mute) return;
      response.writeHead(200, { 'content-type': 'application/json; charset=utf-8' });
      response.end(answer(Buffer.concat(parts).toString()));
    });
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    received: () => received,
    silence: (silent) => void (mute = silent),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** The value below which the given share of the latencies lies. */
export function percentile(latenciesMs: Float64Array, share: number): number {
  const sorted = latenciesMs.toSorted();
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
