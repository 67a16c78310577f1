/** A far side over HTTP that does what its books say, when and as far as the test lets it. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import type { Answer, Books, Message } from './books.ts';

/** What happens to a message: the work, done after `workMs`, and the answer, given `replyMs` later or never. */
export interface Fate {
  readonly workMs?: number;
  readonly replyMs?: number;
  /**
   * The connection ends: `request`, and nothing is done; `late`, and the work is done after it all the same;
   * `reply`, when the work is done. `silent`: no answer is ever given.
   */
  readonly lost?: 'request' | 'late' | 'reply' | 'silent';
}

/** Where a message has got to. */
export type Phase = 'arrived' | 'worked' | 'replied';

/** What the test decides. */
export interface Director {
  fate(message: Message): Fate;
  /** Hears of every step at once. */
  onPhase(message: Message, phase: Phase): void;
}

/** A far side at work. */
export interface FarSide<B extends Books> {
  readonly url: string;
  readonly books: B;
  /** Refuses connections until `goUp`; what it holds ends unanswered. */
  goDown(): Promise<void>;
  goUp(): Promise<void>;
}

/** Starts a far side on a free port. */
export async function startFarSide<B extends Books>(books: B, director: Director): Promise<FarSide<B>> {
  const sockets = new Set<Socket>();
  const server = createServer((request, response) => void serve({ books, director, request, response }));
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  const listen = async (port: number): Promise<void> => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  };
  await listen(0);
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    books,
    async goDown() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
    goUp: () => listen(port),
  };
}

interface Served {
  readonly books: Books;
  readonly director: Director;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

async function serve({ books, director, request, response }: Served): Promise<void> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of request) chunks.push(chunk as Buffer);
  } catch {
    // The gateway was killed while it wrote: nothing whole has arrived, so nothing is done.
    return;
  }
  const message = JSON.parse(Buffer.concat(chunks).toString('utf8')) as Message;
  const { workMs = 0, replyMs = 0, lost } = director.fate(message);
  director.onPhase(message, 'arrived');
  if (lost === 'request' || lost === 'late') request.socket.destroy();
  if (lost === 'request') return;
  if (workMs > 0) await pause(workMs);
  const answer = books.answer(message);
  director.onPhase(message, 'worked');
  if (lost === 'reply') request.socket.destroy();
  if (lost !== undefined) return;
  if (replyMs > 0) await pause(replyMs);
  response.setHeader('content-type', 'application/json');
  response.end(answerText(answer));
  director.onPhase(message, 'replied');
}

function answerText(answer: Answer): string {
  const refused = 'refusal' in answer;
  return JSON.stringify({
    infcode: refused ? -1 : 0,
    inf_refmsgid: '000000202601010945100000000001',
    refmsg_time: '20260101094510123',
    respond_time: '20260101094510456',
    err_msg: refused ? answer.refusal : null,
    output: refused ? null : answer.output,
  });
}
