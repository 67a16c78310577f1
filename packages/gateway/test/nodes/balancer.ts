/** A plain balancer: each request goes to the next node whose readiness says so. */
import { createServer, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { onEnd } from '../rig.ts';

/** A running balancer. */
export interface Balancer {
  readonly url: string;
  /** Begins to send to a node once it is ready. */
  add(base: string): Promise<void>;
  /** Requests by node. */
  readonly counts: ReadonlyMap<string, number>;
}

const LOOK_MS = 25;

/** Starts one for the path of a role; it goes with the rest. */
export async function startBalancer(path: string): Promise<Balancer> {
  const nodes = new Map<string, boolean>();
  const counts = new Map<string, number>();
  let turn = 0;
  let closed = false;
  const look = async (): Promise<void> => {
    for (const base of nodes.keys()) {
      const ready = await fetch(`${base}/health/ready`).then(
        ({ ok }) => ok,
        () => false,
      );
      nodes.set(base, ready);
    }
  };
  const watching = (async () => {
    while (!closed) {
      await look();
      await pause(LOOK_MS);
    }
  })();
  const server = createServer((incoming, response) => {
    const ready = [...nodes].filter(([, isReady]) => isReady).map(([base]) => base);
    const base = ready[(turn += 1) % ready.length];
    if (base === undefined) return void response.writeHead(503).end();
    counts.set(base, (counts.get(base) ?? 0) + 1);
    const passed = send(
      `${base}${path}`,
      { method: 'POST', agent: false, headers: { 'content-type': incoming.headers['content-type'] } },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, { 'content-type': answer.headers['content-type'] });
        answer.pipe(response);
      },
    );
    passed.on('error', () => response.writeHead(502).end());
    incoming.pipe(passed);
  }).listen(0, '127.0.0.1');
  await new Promise((listening) => server.once('listening', listening));
  onEnd(async () => {
    closed = true;
    await watching;
    server.close().closeAllConnections();
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    counts,
    async add(base) {
      nodes.set(base, false);
      while (nodes.get(base) !== true) await pause(LOOK_MS);
    },
  };
}
