/** Starts, kills and restarts a party; its files are the only thing that survives. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const CHILD = fileURLToPath(new URL('parties.ts', import.meta.url));

/** A party of the world. */
export interface PartyProcess {
  readonly name: string;
  /** Where it listens now; `undefined` while it is down. */
  url(): string | undefined;
  /**
   * False when it did not start. With `fileKilobytes` no file of the process may grow beyond it: its disk is full
   * then.
   */
  start(options?: { readonly fileKilobytes?: number }): Promise<boolean>;
  /** SIGKILL; resolves when the process is gone. */
  kill(): Promise<void>;
  /** The books of the running process. */
  ledger<T>(): Promise<readonly T[]>;
  /** Ends it in order. */
  stop(): Promise<void>;
}

/** Makes the process of a party; see `parties.ts` for its arguments. */
export function createPartyProcess(name: string, argv: readonly string[]): PartyProcess {
  let child: ChildProcess | undefined;
  let url: string | undefined;
  const end = async (how: (running: ChildProcess) => unknown): Promise<void> => {
    const running = child;
    child = undefined;
    url = undefined;
    if (running === undefined || running.exitCode !== null || running.signalCode !== null) return;
    const gone = once(running, 'exit');
    how(running);
    await gone;
  };
  return {
    name,
    url: () => url,
    async start({ fileKilobytes } = {}) {
      const started = launch([CHILD, ...argv], fileKilobytes);
      child = started;
      const failed = once(started, 'exit').then(() => undefined);
      const told = await Promise.race([once(started, 'message'), failed]);
      url = (told?.[0] as { readonly url: string } | undefined)?.url;
      return url !== undefined;
    },
    kill: () => end((running) => running.kill('SIGKILL')),
    stop: () => end((running) => running.send('stop')),
    async ledger<T>() {
      if (child === undefined) throw new Error(`${name} is down`);
      const told = once(child, 'message');
      child.send('ledger');
      const [answer] = (await told) as [{ readonly ledger: readonly T[] }];
      return answer.ledger;
    },
  };
}

function launch(argv: readonly string[], fileKilobytes: number | undefined): ChildProcess {
  const stdio = ['ignore', 'ignore', 'inherit', 'ipc'] as const;
  if (fileKilobytes === undefined) return spawn(process.execPath, argv, { stdio: [...stdio] });
  const limited = `ulimit -f ${fileKilobytes * 2}; exec "$0" "$@"`;
  return spawn('sh', ['-c', limited, process.execPath, ...argv], {
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
}
