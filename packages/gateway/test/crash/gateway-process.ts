/** Starts, kills and restarts the gateway under test; its journal is the only thing that survives. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createSqliteJournal } from '@yiqiao/journal';
import type { Exchange, LedgerLine } from '@yiqiao/journal';
import { systemClock } from '@yiqiao/model';

/** How long the core's records may take once all callers have been told. */
const QUIET_MS = 10_000;
const CHILD = fileURLToPath(new URL('gateway-child.ts', import.meta.url));

interface FarUrls {
  readonly hubUrl: string;
  readonly coreUrl: string;
}

/** How a gateway is started. */
export interface StartOptions {
  /** See `gateway-child.ts`. */
  readonly clock?: string;
  /** No file of the process may grow beyond this: its disk is full then. */
  readonly fileKilobytes?: number;
}

/** Everything on record, oldest first, and what of it is damaged. */
export interface OnRecord {
  readonly exchanges: readonly Exchange[];
  readonly ledger: readonly LedgerLine[];
  readonly damage: readonly string[];
}

/** The gateway under test. */
export interface GatewayProcess {
  /** Where it listens now; waits while it is down. */
  url(): Promise<string>;
  start(options?: StartOptions): Promise<void>;
  /** SIGKILL; resolves when the process is gone. */
  kill(): Promise<void>;
  /** Resolves when nothing runs in it any more. */
  quiet(): Promise<void>;
  /** Ends it in order. */
  stop(): Promise<void>;
  /** Only while it is stopped. */
  readJournal(): Promise<OnRecord>;
  /** Kills it and removes its folder. */
  remove(): Promise<void>;
}

/** A care-place gateway between any HIS, the hub and the care place's core, with short times. */
export function createGatewayProcess(far: FarUrls): GatewayProcess {
  const folder = mkdtempSync(join(tmpdir(), 'yiqiao-crash-'));
  const configFile = join(folder, 'gateway.yaml');
  writeFileSync(configFile, configOf(far));
  let child: ChildProcess | undefined;
  let listening = Promise.withResolvers<string>();

  const start = async ({ clock = '+0', fileKilobytes }: StartOptions = {}): Promise<void> => {
    child = launch([CHILD, configFile, clock], fileKilobytes);
    const failed = once(child, 'exit').then(() => undefined);
    const url = await Promise.race([once(child, 'message').then(([text]) => String(text)), failed]);
    if (url === undefined) throw new Error('the gateway did not start');
    listening.resolve(url);
  };
  const end = async (how: (running: ChildProcess) => unknown): Promise<void> => {
    const running = child;
    if (running === undefined) return;
    child = undefined;
    listening = Promise.withResolvers();
    const gone = once(running, 'exit');
    how(running);
    await gone;
  };
  const kill = (): Promise<void> => end((running) => running.kill('SIGKILL'));
  return {
    url: () => listening.promise,
    start,
    kill,
    quiet: async () => waitUntilQuiet(new URL('/metrics', await listening.promise)),
    stop: () => end((running) => running.send('stop')),
    readJournal: () => readJournal(join(folder, 'journal.sqlite')),
    async remove() {
      await kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function waitUntilQuiet(metrics: URL): Promise<void> {
  for (const until = Date.now() + QUIET_MS; Date.now() < until; await pause(30)) {
    const text = await (await fetch(metrics)).text();
    if (text.includes('\nyiqiao_open_exchanges 0\n')) return;
  }
  throw new Error('exchanges are still open');
}

function launch(argv: readonly string[], fileKilobytes: number | undefined): ChildProcess {
  const stdio = ['ignore', 'inherit', 'inherit', 'ipc'] as const;
  if (fileKilobytes === undefined) return spawn(process.execPath, argv, { stdio: [...stdio] });
  const limited = `ulimit -f ${fileKilobytes * 2}; exec "$0" "$@"`;
  return spawn('sh', ['-c', limited, process.execPath, ...argv], { stdio: [...stdio] });
}

function configOf(far: FarUrls): string {
  return `role: care-place
region: "530000"
listen: { port: 0 }
journal: journal.sqlite
logLevel: silent
peers:
  - id: his
    from: { any: true }
    mode: tolerant
    signing: { profile: none }
  - id: hub
    profile: cross-province
    mode: tolerant
    to: { url: "${far.hubUrl}", replyTimeoutMs: 400 }
    signing: { profile: none }
  - id: care-place-core
    mode: tolerant
    to: { url: "${far.coreUrl}", replyTimeoutMs: 400 }
    signing: { profile: none }
carePlaceCore: care-place-core
routes:
  - { insured: "*", peer: hub }
outcome:
  callerDeadlineMs: 1500
  firstDelayMs: 20
  maxDelayMs: 200
  inFlightMs: 500
`;
}

async function readJournal(file: string): Promise<OnRecord> {
  const journal = createSqliteJournal({ file, clock: systemClock });
  const exchanges = journal.list(Infinity, 1_000_000).toReversed();
  const damage = exchanges.flatMap(({ id }) =>
    journal.checkExchange(id).map(({ kind, entry }) => `exchange ${id}, entry ${entry}: ${kind}`),
  );
  const ledger = [...journal.ledger()];
  await journal.close();
  return { exchanges, ledger, damage };
}
