/** A platform that answers what it is told to answer, and remembers what arrived. */
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { memberOf, readExact } from './exact-json.ts';
import type { ExactValue } from './exact-json.ts';

/** What a far side says; `silence`: the request arrived and no answer ever leaves. */
export type FarAnswer = { readonly bytes: Uint8Array; readonly contentType: string } | 'silence';

/** A running far side. */
export interface FarSide {
  readonly url: string;
  /** Messages in order of arrival. */
  readonly arrived: readonly ExactValue[];
  close(): Promise<void>;
}

/** Starts a far side on a free port of 127.0.0.1; `answer` is asked for each message by its `infno`. */
export async function startFarSide(answer: (infno: string) => FarAnswer): Promise<FarSide> {
  const arrived: ExactValue[] = [];
  const server = createServer((request, response) => {
    void receive(request).then((message) => {
      arrived.push(message);
      const infno = memberOf(message, 'infno');
      reply(response, answer(typeof infno === 'string' ? infno : ''));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    arrived,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** The least that a platform says of success: the answer's own fields are not looked at here. */
export function plainSuccess(): FarAnswer {
  const text =
    '{"infcode":0,"inf_refmsgid":"000000202601010000000000000001","refmsg_time":"20260101000000000",' +
    '"respond_time":"20260101000000001","err_msg":"","output":{}}';
  return { bytes: Buffer.from(text), contentType: 'application/json; charset=utf-8' };
}

async function receive(request: IncomingMessage): Promise<ExactValue> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return readExact(Buffer.concat(chunks).toString('utf8'));
}

function reply(response: ServerResponse, answer: FarAnswer): void {
  if (answer === 'silence') return;
  response.setHeader('content-type', answer.contentType);
  response.end(answer.bytes);
}
