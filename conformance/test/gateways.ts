/** One gateway for each case: its region, a peer with the region's profile, a far side, and the clock of the message. */
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { askingInstitution, isExactObject, memberOf, readExact } from '@yiqiao/conformance';
import type { ExactObject, ObservedMessage } from '@yiqiao/conformance';

/** What one gateway is started with. */
export interface Planned {
  readonly name: string;
  readonly configFile: string;
  /** Epoch milliseconds that its clock shows at the start. */
  readonly now: number;
}

/** A case to be played. */
export interface Case {
  readonly name: string;
  readonly message: ObservedMessage;
  readonly farSide: string;
  readonly replyTimeoutMs: number;
  /** Profile of the far side; the one of the region when absent. */
  readonly farProfile?: string;
}

/** Running gateways and what they have logged. */
export interface Gateways {
  readonly urlOf: (name: string) => string;
  /** Log lines of one gateway once its line `message` is there. */
  logged(name: string, message: string): Promise<readonly ExactObject[]>;
  /** Everything that was logged, as text. */
  readonly log: string;
  stop(): Promise<void>;
}

/** Starts a gateway for each case in one child process. */
export async function startGateways(cases: readonly Case[], nowOf: (of: Case) => number): Promise<Gateways> {
  const folder = mkdtempSync(join(tmpdir(), 'yiqiao-observed-'));
  const planned = cases.map((one, index): Planned => {
    const configFile = join(folder, `${index}.yaml`);
    writeFileSync(configFile, configOf(one, index));
    return { name: one.name, configFile, now: nowOf(one) };
  });
  const script = fileURLToPath(new URL('gateway-process.ts', import.meta.url));
  const child = fork(script, [JSON.stringify(planned)], { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
  const log = collectLog(child);
  const started = await Promise.race([once(child, 'message'), once(child, 'exit').then(() => undefined)]);
  if (started === undefined) throw new Error(`the gateways did not start:\n${log.lines.join('\n')}`);
  const urls = new Map(
    (started as [{ name: string; url: string }[]])[0].map(({ name, url }): [string, string] => [name, url]),
  );
  return {
    urlOf: (name) => urls.get(name) ?? '',
    logged: (name, message) => log.until(name, message),
    get log() {
      return log.lines.join('\n');
    },
    async stop() {
      child.send('stop');
      await once(child, 'exit');
      rmSync(folder, { recursive: true });
    },
  };
}

function configOf({ name, message, farSide, replyTimeoutMs, farProfile }: Case, index: number): string {
  const { profile, region } = message;
  const province = `${region.slice(0, 2)}0000`;
  const core = farProfile ?? (profile === 'predecessor-xml' ? 'national' : profile);
  return `role: care-place
region: "${region}"
name: ${name}
listen: { port: 0 }
journal: ${index}.sqlite
peers:
  - id: his
    profile: ${profile}
    mode: tolerant
    from: { institutions: [${askingInstitution(region)}], careRegions: ["${province}"] }
    signing: { profile: none }
  - id: core
    profile: ${core}
    mode: tolerant
    to: { url: "${farSide}", replyTimeoutMs: ${replyTimeoutMs} }
    signing: { profile: none }
carePlaceCore: core
outcome: { callerDeadlineMs: 10000, firstDelayMs: 20, maxDelayMs: 100, inFlightMs: 100 }
logLevel: debug
`;
}

interface Log {
  readonly lines: readonly string[];
  until(name: string, message: string): Promise<readonly ExactObject[]>;
}

/** Lines come through a pipe and may trail the answer: whoever needs one waits for it. */
function collectLog(child: ChildProcess): Log {
  const lines: string[] = [];
  const waiting = new Set<() => void>();
  if (child.stdout === null) throw new Error('the child has no stdout');
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(line);
    for (const look of waiting) look();
  });
  const linesOf = (name: string): ExactObject[] =>
    lines
      .map((line) => readExact(line))
      .filter(isExactObject)
      .filter((line) => memberOf(line, 'gateway') === name);
  return {
    lines,
    until: (name, message) =>
      new Promise((resolve) => {
        const look = (): void => {
          const found = linesOf(name);
          if (!found.some((line) => memberOf(line, 'msg') === message)) return;
          waiting.delete(look);
          resolve(found);
        };
        waiting.add(look);
        look();
      }),
  };
}
