/** Starts, kills and restarts a party; its files are the only thing that survives. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const CHILD = fileURLToPath(new URL('parties.ts', import.meta.url));

/** What is asked of a party's process. */
export type Question = 'ledger' | 'stop';

/** What a party's process tells. */
export type Report =
  | { readonly url: string }
  | { readonly ledger: readonly object[] }
  /** Messages of the HIS so far, and whether all its visits have ended. */
  | { readonly messages: number; readonly done?: boolean };

/** A party of the world. */
export interface PartyProcess {
  readonly name: string;
  /** Where the next message goes; `undefined` while it is down. */
  url(): string | undefined;
  /** Where its processes listen now. */
  urls(): readonly string[];
  /**
   * False when it did not start. With `fileKilobytes` no file of the process may grow beyond it: its disk is full
   * then.
   */
  start(options?: { readonly fileKilobytes?: number }): Promise<boolean>;
  /** SIGKILL to one process; resolves when it is gone. */
  kill(): Promise<void>;
  /** SIGKILL to all. */
  end(): Promise<void>;
  /** The books of the running process. */
  ledger<T>(): Promise<readonly T[]>;
  /** Ends it in order. */
  stop(): Promise<void>;
}

/** Makes the process of a party; see `parties.ts` for its arguments. `onReport` hears everything it tells. */
export function createPartyProcess(
  name: string,
  argv: readonly string[],
  onReport: (report: Report) => void = () => undefined,
): PartyProcess {
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
    urls: () => (url === undefined ? [] : [url]),
    async start({ fileKilobytes } = {}) {
      const started = launch([CHILD, ...argv], fileKilobytes);
      child = started;
      started.on('message', onReport);
      url = (await report(started, 'url'))?.url;
      return url !== undefined;
    },
    kill: () => end((running) => running.kill('SIGKILL')),
    end: () => end((running) => running.kill('SIGKILL')),
    stop: () => end((running) => running.send('stop' satisfies Question)),
    async ledger<T>() {
      if (child === undefined) throw new Error(`${name} is down`);
      const told = report(child, 'ledger');
      child.send('ledger' satisfies Question);
      const answer = await told;
      if (answer === undefined) throw new Error(`${name} died`);
      return answer.ledger as readonly T[];
    },
  };
}

/** The next report with a member of that name; `undefined` when the process ends before. */
function report<N extends 'url' | 'ledger'>(
  child: ChildProcess,
  name: N,
): Promise<Extract<Report, Readonly<Record<N, unknown>>> | undefined> {
  return new Promise((resolve) => {
    const end = (found?: Extract<Report, Readonly<Record<N, unknown>>>): void => {
      child.off('message', hear);
      child.off('exit', gone);
      resolve(found);
    };
    const hear = (told: Report): void => {
      if (name in told) end(told as Extract<Report, Readonly<Record<N, unknown>>>);
    };
    const gone = (): void => end();
    child.on('message', hear);
    child.on('exit', gone);
  });
}

function launch(argv: readonly string[], fileKilobytes: number | undefined): ChildProcess {
  const stdio = ['ignore', 'ignore', 'inherit', 'ipc'] as const;
  if (fileKilobytes === undefined) return spawn(process.execPath, argv, { stdio: [...stdio] });
  const limited = `ulimit -f ${fileKilobytes * 2}; exec "$0" "$@"`;
  return spawn('sh', ['-c', limited, process.execPath, ...argv], {
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
}
