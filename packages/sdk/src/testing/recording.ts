/** Exchanges with a real far side, kept and played again. */
import { createServer } from 'node:http';
import type { ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { maskIdentifiers } from '@yiqiao/model';
import type { AdapterHooks, RawExchange } from '../adapter/connection-types.ts';

/** One exchange, as it may be written to a JSON file. Texts; what is no UTF-8 is base64. */
export interface RecordedExchange {
  readonly operation: string;
  readonly path: string;
  readonly request: RecordedMessage;
  readonly status: number;
  readonly answer: RecordedMessage;
}

/** One message. */
export interface RecordedMessage {
  readonly contentType: string;
  readonly text?: string;
  readonly base64?: string;
}

/** Keeps the exchanges of a connection. */
export interface Recorder {
  /** For `connectAdapter`. */
  readonly hooks: AdapterHooks;
  /** What has been kept, in order. Numbers of persons are masked unless `keepPersons` was asked for. */
  exchanges(): readonly RecordedExchange[];
}

/** Makes a recorder. Masking changes bytes: what is signed or sealed must be recorded with synthetic persons. */
export function createRecorder({ keepPersons = false } = {}): Recorder {
  const kept: RecordedExchange[] = [];
  const mask = (text: string): string => (keepPersons ? text : maskIdentifiers(text));
  const record = ({ bytes, contentType }: RawExchange['request']): RecordedMessage => {
    const text = Buffer.from(bytes).toString('utf8');
    return Buffer.from(text, 'utf8').equals(bytes)
      ? { contentType, text: mask(text) }
      : { contentType, base64: Buffer.from(bytes).toString('base64') };
  };
  return {
    hooks: {
      onRaw: ({ operation, path, request, status, answer }) =>
        void kept.push({ operation, path, request: record(request), status, answer: record(answer) }),
    },
    exchanges: () => [...kept],
  };
}

/** A far side that says what was recorded. */
export interface Replay {
  /** With a slash at its end. */
  readonly url: string;
  /** What nobody has asked for yet. */
  unused(): readonly RecordedExchange[];
  /** Requests for which nothing was recorded; they were answered by HTTP 501. */
  unknown(): readonly string[];
  close(): Promise<void>;
}

/** Which recorded exchange answers a request. */
export type MatchExchange = (
  recorded: RecordedExchange,
  request: { readonly path: string; readonly bytes: Uint8Array },
) => boolean;

/** Plays exchanges on a free port: the first of those to the same path that was not played yet, or that `match` takes. */
export async function startReplay(
  exchanges: readonly RecordedExchange[],
  match: MatchExchange = (recorded, { path }) => recorded.path === path,
): Promise<Replay> {
  const left = [...exchanges];
  const unknown: string[] = [];
  const server = createServer((request, response) => {
    void buffer(request).then((bytes) => {
      const path = (request.url ?? '/').slice(1);
      const index = left.findIndex((one) => match(one, { path, bytes }));
      const [found] = index === -1 ? [] : left.splice(index, 1);
      if (found === undefined) unknown.push(path);
      play(response, found);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    unused: () => [...left],
    unknown: () => [...unknown],
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function play(response: ServerResponse, found: RecordedExchange | undefined): void {
  if (found === undefined) {
    response.writeHead(501, { 'content-type': 'text/plain' });
    response.end('nothing was recorded for this request');
    return;
  }
  const { contentType, text, base64 } = found.answer;
  response.writeHead(found.status, { 'content-type': contentType });
  response.end(text === undefined ? Buffer.from(base64 ?? '', 'base64') : text);
}
