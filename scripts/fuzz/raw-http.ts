/** Bytes on a connection, as they are, and all that comes back. */
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

/** How bytes are sent: at once, in pieces, given up in the middle, or held back there until the server gives up. */
export type Pace = 'whole' | 'pieces' | 'cut' | 'stalled';

/** Longest wait for an answer; an exchange may need its own outcome resolved first. */
const ANSWER_MS = 6_000;
/** A request that the server waits for the rest of gets none. */
const QUIET_MS = 150;

/** Sends and hears; resolves whatever happens to the connection. */
export async function sendRaw(
  port: number,
  bytes: Buffer,
  how: { readonly pace: Pace; readonly complete: boolean },
): Promise<string> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  const heard: Buffer[] = [];
  const over = new Promise<void>((resolve) => {
    for (const event of ['end', 'error', 'close']) socket.once(event, () => resolve());
  });
  socket.on('data', (chunk: Buffer) => heard.push(chunk));
  const given =
    how.pace === 'cut' || how.pace === 'stalled' ? bytes.subarray(0, Math.floor(bytes.length / 2)) : bytes;
  await writeAt(socket, given, how.pace);
  const patience = how.complete && how.pace !== 'cut' ? ANSWER_MS : QUIET_MS;
  const giveUp = new AbortController();
  await Promise.race([over, wait(patience, undefined, { signal: giveUp.signal }).catch(() => undefined)]);
  giveUp.abort();
  socket.destroy();
  return Buffer.concat(heard).toString('utf8');
}

async function writeAt(socket: Socket, bytes: Buffer, pace: Pace): Promise<void> {
  if (pace !== 'pieces') return void socket.write(bytes);
  const step = Math.max(1, Math.ceil(bytes.length / 4));
  for (let at = 0; at < bytes.length && socket.writable; at += step) {
    socket.write(bytes.subarray(at, at + step));
    await wait(2);
  }
}
