/** A thread that runs tasks one after the other. */
import { parentPort, workerData } from 'node:worker_threads';
import { createRegistry } from '@yiqiao/registry';
import { createTaskRunner } from './task.ts';
import type { Task } from './task.ts';
import type { Said } from './workers.ts';

const run = createTaskRunner(createRegistry(), (workerData as { readonly rules: string }).rules);

parentPort?.on('message', (task: Task) => {
  run(task).then(
    (outcome) => parentPort?.postMessage({ outcome } satisfies Said),
    (error: unknown) => {
      const failed = error instanceof Error ? (error.stack ?? error.message) : String(error);
      parentPort?.postMessage({ failed } satisfies Said);
    },
  );
});
