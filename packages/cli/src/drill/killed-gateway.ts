/** A care-place gateway as a process of its own, so that it can be killed. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { runVisit } from '@yiqiao/sandbox';
import type { Receipt, VisitScript } from '@yiqiao/sandbox';
import type { World } from '../world.ts';

const PROGRAM = fileURLToPath(new URL('../main.ts', import.meta.url));

/** The far side takes so long that the gateway dies while it waits. */
const FAR_SIDE_TAKES_MS = 1_500;

/**
 * Puts a process in the place of the care-place gateway, kills it while a settlement is under way, starts it again and
 * lets the HIS go on. The process is ended with the world.
 */
export async function killMidway(world: World, script: VisitScript): Promise<Receipt> {
  const configFile = join(world.folder, '530000.yaml');
  const { port } = new URL(world.gateways.national.url);
  writeFileSync(configFile, readFileSync(configFile, 'utf8').replace(/port: 0 \}/, `port: ${port} }`));
  await world.gateways.national.close();
  const first = await startProcess(configFile);
  const { faults } = world.insuredCore;
  faults.next({ kind: 'delay', infno: '2207', ms: FAR_SIDE_TAKES_MS });
  let isOver = false;
  const visit = runVisit(world.his.national, script).finally(() => {
    isOver = true;
  });
  while (faults.armed().length > 0 && !isOver) await nextTurn();
  await end(first, 'SIGKILL');
  const second = await startProcess(configFile);
  try {
    return await visit;
  } finally {
    await end(second, 'SIGTERM');
    await world.reopen('national');
  }
}

async function startProcess(configFile: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, [PROGRAM, 'start', '--config', configFile], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  for await (const line of createInterface({ input: child.stderr })) {
    if (line.startsWith('serving ')) break;
  }
  child.stderr.resume();
  return child;
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  const gone = once(child, 'exit');
  child.kill(signal);
  await gone;
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
