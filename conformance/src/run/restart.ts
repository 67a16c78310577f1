/** A new start of the target by a command of the tester's, and the wait until it takes connections again. */
import { execFile } from 'node:child_process';
import { connect } from 'node:net';
import { promisify } from 'node:util';
import type { Bilingual } from '../kits/types.ts';
import type { Inputs } from './inputs.ts';

const RESTART_MS = 60_000;
const BETWEEN_MS = 100;

/** The target could not be started anew: the command of the inputs, or the target, is at fault and not the suite. */
export class RestartFailed extends Error {
  override readonly name = 'RestartFailed';
  readonly why: Bilingual;

  constructor(why: Bilingual, cause?: unknown) {
    super(why.en, { cause });
    this.why = why;
  }
}

/** Runs the command and waits. @throws RestartFailed when it fails, or the target does not come back within a minute */
export async function restartByCommand(target: string, { restart }: Inputs): Promise<void> {
  if (restart === undefined) throw new Error('the inputs have no restart.command');
  const { command } = restart;
  try {
    await promisify(execFile)('/bin/sh', ['-c', command], { timeout: RESTART_MS });
  } catch (error) {
    const said = error instanceof Error ? error.message.trim() : '';
    throw new RestartFailed(
      {
        zh: `inputs 的 restart.command 失败，请更正命令：${said}`,
        en: `restart.command of the inputs failed, mend the command: ${said}`,
      },
      error,
    );
  }
  const until = performance.now() + RESTART_MS;
  while (!(await takesConnections(target))) {
    if (performance.now() > until)
      throw new RestartFailed({
        zh: `restart.command 之后 ${RESTART_MS} 毫秒内，${target} 没有恢复连接`,
        en: `${target} took no connections within ${RESTART_MS} ms of restart.command`,
      });
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
