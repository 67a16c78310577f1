/** Starts subjects as child processes and asks them for their figures. */
import { fork } from 'node:child_process';
import type { Kind, Question } from './subject.ts';

/** A running subject. */
export interface Subject {
  readonly url: string;
  /** CPU microseconds spent so far, all threads. */
  cpu(): Promise<number>;
  /** Resident bytes after a collection. */
  memory(): Promise<number>;
  /** CPU microseconds of one round of raw SM2 operations in the subject's process. */
  sm2(rounds: number): Promise<number>;
  /** Durable writes that exchanges have waited for so far; counted by `gateway-counting` alone. */
  writes(): Promise<number>;
  /** Reads its configuration again. */
  reload(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts `subject.ts KIND ARGUMENT`. */
export async function startSubject(kind: Kind, argument: string): Promise<Subject> {
  // The same heap setting as a gateway started by scripts/bootstrap.mjs.
  const child = fork(new URL('subject.ts', import.meta.url), [kind, argument], {
    execArgv: ['--expose-gc', '--max-semi-space-size=32'],
    env: { ...process.env, YIQIAO_LOG_LEVEL: 'error' },
  });
  child.on('exit', (code) => {
    if (code === 0) return;
    process.stderr.write(`${kind} ended with ${String(code)}\n`);
    process.exit(1);
  });
  const next = <T>(key: 'url' | 'value'): Promise<T> =>
    new Promise((resolve) => {
      child.once('message', (message: Record<string, T>) => {
        resolve(message[key] as T);
      });
    });
  const ask = async <T>(question: Question): Promise<T> => {
    const answer = next<T>('value');
    child.send(question);
    return answer;
  };
  let stopped: Promise<string> | undefined;
  const url = await next<string>('url');
  return {
    url,
    cpu: () => ask<number>({ ask: 'cpu' }),
    memory: () => ask<number>({ ask: 'memory' }),
    sm2: (rounds) => ask<number>({ ask: 'sm2', rounds }),
    writes: () => ask<number>({ ask: 'writes' }),
    reload: async () => void (await ask<string>({ ask: 'reload' })),
    async stop() {
      stopped ??= ask<string>({ ask: 'stop' });
      await stopped;
    },
  };
}
