/** A new start of the target by a command of the tester's, and the wait until it takes connections again. */
import { execFile } from 'node:child_process';
import { connect } from 'node:net';
import { promisify } from 'node:util';
import type { Inputs } from './inputs.ts';

const RESTART_MS = 60_000;
const BETWEEN_MS = 100;

/** Runs the command and waits. @throws Error when it fails, or the target does not come back within a minute */
export async function restartByCommand(target: string, { restart }: Inputs): Promise<void> {
  if (restart === undefined) throw new Error('the inputs have no restart.command');
  await promisify(execFile)('/bin/sh', ['-c', restart.command], { timeout: RESTART_MS });
  const until = performance.now() + RESTART_MS;
  while (!(await takesConnections(target))) {
    if (performance.now() > until) throw new Error(`the target did not come back within ${RESTART_MS} ms`);
    await new Promise((resolve) => setTimeout(resolve, BETWEEN_MS));
  }
}

async function takesConnections(target: string): Promise<boolean> {
  const { hostname, port, protocol } = new URL(target);
  return await new Promise((resolve) => {
    const socket = connect({ host: hostname, port: Number(port) || (protocol === 'https:' ? 443 : 80) });
    socket.once('connect', () => resolve(true) as undefined);
    socket.once('error', () => resolve(false));
    socket.once('close', () => socket.destroy());
    socket.once('connect', () => socket.end());
  });
}
