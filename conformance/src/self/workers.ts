/** Tasks spread over threads: most of a run is waiting for its own system, and two cores do two at once. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Registry } from '@yiqiao/registry';
import { createTaskRunner } from './task.ts';
import type { Task, TaskOutcome } from './task.ts';

/** Runs tasks, as many at once as there are threads. */
export interface TaskPool {
  run(task: Task): Promise<TaskOutcome>;
  close(): Promise<void>;
}

/** Opens a pool; with one job everything runs in this thread. */
export function openTaskPool({
  registry,
  rules,
  jobs,
}: {
  readonly registry: Registry;
  readonly rules: string;
  readonly jobs: number;
}): TaskPool {
  const idle: ((task: Task) => Promise<TaskOutcome>)[] = [];
  const workers: Worker[] = [];
  if (jobs < 2) idle.push(createTaskRunner(registry, rules));
  else {
    for (let count = 0; count < jobs; count += 1) {
      const worker = new Worker(new URL('worker.ts', import.meta.url), { workerData: { rules } });
      workers.push(worker);
      idle.push((task) => ask(worker, task));
    }
  }
  const waiting: (() => void)[] = [];
  return {
    async run(task) {
      while (idle.length === 0) await new Promise<void>((resolve) => waiting.push(resolve));
      const runner = idle.shift();
      if (runner === undefined) throw new Error('a runner was taken by two');
      try {
        return await runner(task);
      } finally {
        idle.push(runner);
        waiting.shift()?.();
      }
    },
    async close() {
      for (const worker of workers) await worker.terminate();
    },
  };
}

/** What a worker says of a task. */
export type Said = { readonly outcome: TaskOutcome } | { readonly failed: string };

async function ask(worker: Worker, task: Task): Promise<TaskOutcome> {
  const said = once(worker, 'message') as Promise<[Said]>;
  worker.postMessage(task);
  const [answer] = await said;
  if ('failed' in answer) throw new Error(answer.failed);
  return answer.outcome;
}
