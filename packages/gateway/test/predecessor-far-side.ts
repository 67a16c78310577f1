/** A core that speaks the predecessor's SOAP and XML: it notes what arrives and answers as the test says. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One message that the core got: its transaction, and its elements as text. */
export interface PredecessorCall {
  readonly transaction: string;
  /** The first element of this name, wherever it stands. */
  element(name: string): string | undefined;
  /** The rows of `detail`. */
  rows(): readonly Readonly<Record<string, string>>[];
}

/** Elements of `output`, a refusal, or a connection that breaks after the message has arrived. */
export type PredecessorAnswer = { readonly output: string } | { readonly refused: string } | 'lost';

/** A running core. */
export interface PredecessorFarSide {
  readonly url: string;
  readonly arrived: readonly PredecessorCall[];
  close(): Promise<void>;
}

/** Starts a core on a free port. */
export async function startPredecessorFarSide(
  answer: (call: PredecessorCall) => PredecessorAnswer,
): Promise<PredecessorFarSide> {
  const arrived: PredecessorCall[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const call = readCall(new TextDecoder('gbk').decode(Buffer.concat(chunks)));
      arrived.push(call);
      const told = answer(call);
      if (told === 'lost') response.destroy();
      else response.setHeader('content-type', 'text/xml').end(resultOf(told));
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    arrived,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

function readCall(text: string): PredecessorCall {
  const plain = text.replaceAll('&lt;', '<').replaceAll('&gt;', '>');
  const element = (name: string): string | undefined =>
    new RegExp(`<(?:\\w+:)?${name}>([^<]*)<`).exec(plain)?.[1];
  const rows = [...plain.matchAll(/<row>(.*?)<\/row>/gs)].map(([, row = '']) =>
    Object.fromEntries(
      [...row.matchAll(/<(\w+)>([^<]*)</g)].map(([, name = '', value = '']) => [name, value]),
    ),
  );
  return { transaction: element('TransNo') ?? '', element, rows: () => rows };
}

function resultOf(answer: Exclude<PredecessorAnswer, 'lost'>): string {
  const [code, text, output] =
    'refused' in answer ? ['-1', answer.refused, ''] : ['0', '', `<output>${answer.output}</output>`];
  return `<?xml version="1.0" encoding="UTF-8"?><result><errorcode>${code}</errorcode><errormsg>${text}</errormsg>${output}</result>`;
}
