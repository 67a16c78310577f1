/** A gateway in a process of its own, over real connections: raw bytes, broken HTTP, pipelines, callers that hang up. */
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createKeyPair, describeKey } from '@yiqiao/signer';
import type { Registry } from '@yiqiao/registry';
import { httpOf } from '../http-messages.ts';
import { NOW } from '../messages.ts';
import { sendRaw } from '../raw-http.ts';
import type { Pace } from '../raw-http.ts';
import { createSampler } from '../samples.ts';
import { mutateBytes } from '../text-mutations.ts';
import type { FuzzInput, Reaction, Target } from '../target.ts';

/** Peers of other forms, with an address of their own. */
const REGIONAL = [
  'zhejiang',
  'shanghai',
  'guizhou-yinhai',
  'hainan',
  'shaanxi-shenmu',
  'guangdong-shenzhen',
] as const;
/** Its clock goes on while messages bear the time at which it began. */
const ANEW_AFTER_MS = 120_000;

/** A gateway at work. */
interface Running {
  readonly child: ChildProcess;
  readonly port: number;
  readonly folder: string;
  readonly since: number;
  /** What it has written since it was last asked. */
  heard(): string;
  exit: string | undefined;
}

/** Creates the target; the gateway starts with the first input. */
export async function createGatewayTarget(registry: Registry): Promise<Target> {
  const { draw } = createSampler(registry);
  const far = await startFarSide();
  let running: Running | undefined;
  const stop = async (): Promise<void> => {
    const { child, folder } = running ?? {};
    running = undefined;
    if (child !== undefined && child.exitCode === null && child.signalCode === null) {
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.disconnect();
      await gone;
    }
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  };
  const current = async (): Promise<Running> => {
    if (running !== undefined && performance.now() - running.since > ANEW_AFTER_MS) await stop();
    running ??= await startProcess((far.address() as AddressInfo).port);
    return running;
  };
  return {
    name: 'gateway',
    weight: 1,
    make(random) {
      const regional = random.percent(30) ? random.find(REGIONAL) : undefined;
      const profile = regional ?? (random.percent(15) ? 'predecessor-xml' : 'national');
      const { bytes, transaction } = draw(random, { profile, direction: 'request' });
      const address = regional === undefined ? '/care-place' : `/peers/${regional}/${transaction}`;
      const body = random.percent(85) ? mutateBytes(bytes, random) : bytes;
      const http = httpOf(body, address, random);
      const pace: Pace = random.percent(2)
        ? 'stalled'
        : random.pick(['whole', 'whole', 'whole', 'whole', 'pieces', 'cut']);
      return { about: { profile, transaction, pace, complete: String(http.complete) }, bytes: http.bytes };
    },
    async react(input) {
      const gateway = await current();
      const reaction = await tryOn(gateway, input);
      if (gateway.exit !== undefined) await stop();
      return reaction;
    },
    async close() {
      await stop();
      far.closeAllConnections();
      far.close();
    },
  };
}

async function tryOn(gateway: Running, { about, bytes }: FuzzInput): Promise<Reaction> {
  const pace = (about['pace'] ?? 'whole') as Pace;
  const answer = await sendRaw(gateway.port, bytes, { pace, complete: about['complete'] === 'true' });
  const busyMs = await askBusy(gateway);
  const said = [answer, gateway.heard()];
  const crash = gateway.exit ?? wrongIn(answer, said[1] ?? '');
  return { said, busyMs, ...(crash === undefined ? {} : { crash }) };
}

/** An unknown outcome is told by 504; every other 5xx blames the gateway for what the caller sent. */
function wrongIn(answer: string, log: string): string | undefined {
  const statuses = [...answer.matchAll(/^HTTP\/1\.1 (5\d\d)/gm)].map(([, status]) => status);
  const wrong = statuses.find((status) => status !== '504');
  if (wrong !== undefined) return `HTTP ${wrong}: ${answer.slice(0, 300)}`;
  const [trouble] = /^.*"(?:code":"INTERNAL|msg":"trouble)".*$/m.exec(log) ?? [];
  if (trouble !== undefined) return trouble.slice(0, 2_000);
  return log.split('\n').find((line) => line !== '' && !line.startsWith('{'));
}

async function askBusy(gateway: Running): Promise<number> {
  if (gateway.exit !== undefined || !gateway.child.connected) return 0;
  return new Promise((resolve) => {
    const end = (): void => resolve(0);
    gateway.child.once('exit', end);
    gateway.child.once('message', ({ busyMs }: { busyMs: number }) => {
      gateway.child.off('exit', end);
      // What it wrote before is read by then.
      setImmediate(() => resolve(busyMs));
    });
    gateway.child.send('busy');
  });
}

async function startProcess(farPort: number): Promise<Running> {
  const folder = mkdtempSync(join(tmpdir(), 'yiqiao-fuzz-'));
  const configFile = join(folder, 'gateway.yaml');
  writeFileSync(configFile, configOf(farPort));
  const script = new URL('../gateway-process.ts', import.meta.url);
  const child = fork(script, [configFile, String(NOW)], { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
  let written = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => (written += chunk.toString('utf8')));
  const url = await new Promise<string>((resolve, reject) => {
    child.once('message', (message: { url: string }) => resolve(message.url));
    child.once('exit', (code) => reject(new Error(`the gateway ended with ${String(code)}:\n${written}`)));
  });
  const running: Running = {
    child,
    folder,
    port: Number(new URL(url).port),
    since: performance.now(),
    heard() {
      const heard = written;
      written = '';
      return heard;
    },
    exit: undefined,
  };
  child.once(
    'exit',
    (code, signal) => (running.exit = `the gateway ended: ${String(code ?? signal)}\n${written}`),
  );
  return running;
}

/** Says yes to everything, and names nobody. */
async function startFarSide(): Promise<Server> {
  const server = createServer((request, response) => {
    request.resume();
    request.on('end', () =>
      response
        .setHeader('content-type', 'application/json')
        .end('{"infcode":0,"inf_refmsgid":"000000202601010000000000000001","err_msg":"","output":null}'),
    );
  });
  server.listen(0, '127.0.0.1');
  await new Promise((listening) => server.once('listening', listening));
  return server;
}

function configOf(farPort: number): string {
  const key = createKeyPair();
  const url = `http://127.0.0.1:${farPort}/`;
  const regional = REGIONAL.map(
    (id, index) =>
      `  - { id: ${id}, profile: ${id}, mode: tolerant, from: { institutions: [H0000000000${index}] }, signing: { profile: none } }\n`,
  );
  return `role: care-place
region: "530000"
listen: { port: 0 }
journal: journal.sqlite
logLevel: debug
limits: { bodyTimeoutMs: 1000 }
signing: { privateKey: { text: ${key.privateKey.replaceAll('\n', '').replace(/-----[^-]+-----/g, '')} } }
outcome: { callerDeadlineMs: 2000, firstDelayMs: 10, maxDelayMs: 100, inFlightMs: 50 }
peers:
  - { id: signing, from: { institutions: [H53010000009] }, signing: { publicKeys: [{ text: ${describeKey(key.publicKey).publicHex} }] } }
  - { id: his, mode: tolerant, from: { any: true }, signing: { profile: none } }
  - { id: care-place-core, mode: tolerant, to: { url: "${url}", replyTimeoutMs: 1000 }, signing: { profile: none } }
  - { id: hub, profile: cross-province, mode: tolerant, to: { url: "${url}", replyTimeoutMs: 1000 }, signing: { profile: none } }
${regional.join('')}carePlaceCore: care-place-core
routes: [{ insured: "*", peer: hub }]
`;
}
