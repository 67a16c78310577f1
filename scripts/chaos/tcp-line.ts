/** A line of bytes to a port of this machine that can go dead without telling either side. */
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';

/** A line at work. */
export interface TcpLine {
  readonly port: number;
  /** From now on no byte passes, and neither side is told. */
  cut(): void;
  /** Bytes pass again; `broken` ends what was connected meanwhile. */
  mend(how: { readonly broken: boolean }): void;
  close(): Promise<void>;
}

/** Opens a line to a port. */
export async function openTcpLine(target: number): Promise<TcpLine> {
  const sockets = new Set<Socket>();
  let whole = true;
  const server = createServer((near) => {
    const far = connect(target, '127.0.0.1');
    const end = (): void => {
      near.destroy();
      far.destroy();
    };
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.pipe(to);
      from.on('error', end);
      from.once('close', () => {
        sockets.delete(from);
        end();
      });
    }
    if (!whole) hold(near, far);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    cut() {
      whole = false;
      hold(...sockets);
    },
    mend({ broken }) {
      whole = true;
      for (const socket of sockets) {
        if (broken) socket.destroy();
        else socket.resume();
      }
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

function hold(...sockets: readonly Socket[]): void {
  for (const socket of sockets) socket.pause();
}
