/** A care place and an insured place with a connection between them, and somebody on the way who sees what passes. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startGateway } from '@yiqiao/gateway';
import type { Gateway } from '@yiqiao/gateway';
import { createKeyPair } from '@yiqiao/signer';
import { makeTestPki } from '@yiqiao/signer/certificates';
import type { FarSide } from './far-side.ts';
import { makeFolder, onEnd, openFarSide } from './rig.ts';

export const CARE = createKeyPair();
export const INSURED = createKeyPair();
/** The access token that the token source of a pair hands out. */
export const TOKEN = 'test-access-token';

/** What the two ends of one connection are told: `care` calls `insured`. Each is YAML of `signing`. */
export interface Ends {
  readonly care: string;
  readonly insured: string;
  /** Profile of the interface, national unless it matters. */
  readonly profile?: string;
}

/** Hands out one access token; tells how often. */
async function openTokenSource(): Promise<{ url: string; asked(): number; close(): void }> {
  let asked = 0;
  const server = createServer((request, response) => {
    asked += 1;
    request.resume();
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ access_token: TOKEN, expires_in: 3_600 }));
  }).listen(0, '127.0.0.1');
  await new Promise((listening) => server.once('listening', listening));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/auth/oauth/token`,
    asked: () => asked,
    close: () => server.close().closeAllConnections(),
  };
}

function keyText(key: { privateKey: string }): string {
  return `privateKey: { text: ${key.privateKey.replaceAll('\n', '').replace(/-----[^-]+-----/g, '')} }`;
}

const OUTCOME = 'outcome: { callerDeadlineMs: 3000, firstDelayMs: 10, maxDelayMs: 100, inFlightMs: 50 }';

/** An answer as it passes. */
export interface Passing {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: Buffer;
}

/** What somebody on the way makes of an answer; `count`: from 0. */
export type Spoil = (answer: Passing, count: number) => Passing;

/** Keeps what passes, and spoils answers. */
async function openTap(
  target: () => string,
  spoil: Spoil,
): Promise<{ url: string; seen: string[]; close(): void }> {
  const seen: string[] = [];
  let count = 0;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks);
      seen.push(body.toString());
      const headers = Object.fromEntries(
        Object.entries(request.headers).filter(
          ([name]) => !['host', 'connection', 'content-length'].includes(name),
        ),
      ) as Record<string, string>;
      void fetch(target(), { method: 'POST', body, headers }).then(async (answer) => {
        const came = { status: answer.status, headers: Object.fromEntries(answer.headers) };
        const bytes = Buffer.from(await answer.arrayBuffer());
        const passing = spoil({ ...came, bytes }, count);
        count += 1;
        seen.push(bytes.toString());
        for (const [name, value] of Object.entries(passing.headers)) {
          if (!['connection', 'transfer-encoding', 'content-length', 'keep-alive'].includes(name))
            response.setHeader(name, value);
        }
        response.writeHead(passing.status).end(passing.bytes);
      });
    });
  }).listen(0, '127.0.0.1');
  await new Promise((listening) => server.once('listening', listening));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    seen,
    close: () => server.close().closeAllConnections(),
  };
}

/** Files of a test authority by name. */
export type Pki = (name: string) => string;

const CALLER = 'H53010000001';

/** Makes the files; they go with the rest. */
export function makePki(): Pki {
  const folder = makeFolder();
  const hosts = ['localhost', '127.0.0.1'];
  for (const { name, content } of makeTestPki({ institutions: [CALLER], hosts, now: Date.now(), days: 30 }))
    writeFileSync(join(folder, name), content);
  return (name) => join(folder, name);
}

function listenTls(pki: Pki): string {
  return `{ certificate: { file: ${pki('server.pem')} }, key: { file: ${pki('server.key.pem')} }, clientAnchors: { file: ${pki('tls-root.pem')} } }`;
}

function targetTls(pki: Pki): string {
  return `{ anchors: { file: ${pki('tls-root.pem')} }, certificate: { file: ${pki(`${CALLER}.tls.pem`)} }, key: { file: ${pki(`${CALLER}.tls.key.pem`)} } }`;
}

/** Two running gateways. */
export interface Pair {
  readonly care: Gateway;
  readonly insured: Gateway;
  readonly core: FarSide;
  readonly seen: readonly string[];
  /** How often an access token was asked for. */
  tokensAsked(): number;
}

/** Starts both, with somebody on the way unless they speak TLS; they end with the rest. */
export async function startPair(
  { care, insured, profile = 'national' }: Ends,
  { spoil = (answer) => answer, pki }: { readonly spoil?: Spoil; readonly pki?: Pki } = {},
): Promise<Pair> {
  const core = await openFarSide();
  const tokens = await openTokenSource();
  const start = (name: string, yaml: string): Promise<Gateway> => {
    const configFile = join(makeFolder(), `${name}.yaml`);
    writeFileSync(configFile, yaml);
    return startGateway({ configFile });
  };
  const far = await start(
    'insured',
    `role: insured-place
region: "330000"
listen: { port: 0${pki === undefined ? '' : `, tls: ${listenTls(pki)}`} }
logLevel: silent
signing: { ${keyText(INSURED)} }
${OUTCOME}
peers:
  - id: care
    profile: ${profile}
    mode: tolerant
    from: { careRegions: ["530000"]${pki === undefined ? '' : `, certificate: { subject: { CN: ${CALLER} } }`} }
    signing: ${insured}
  - { id: core, mode: tolerant, to: { url: "${core.url}" }, signing: { profile: none } }
insuredPlaceCore: core
`,
  );
  const target = (): string => `${far.base}/peers/care?channel=1`;
  const tap = await openTap(target, spoil);
  const near = await start(
    'care',
    `role: care-place
region: "530000"
listen: { port: 0 }
logLevel: silent
signing: { ${keyText(CARE)} }
${OUTCOME}
peers:
  - { id: his, from: { any: true }, signing: { profile: none } }
  - id: insured
    profile: ${profile}
    mode: tolerant
    to: { url: "${pki === undefined ? `${tap.url}?channel=1` : target()}", replyTimeoutMs: 2000${pki === undefined ? '' : `, tls: ${targetTls(pki)}`} }
    signing: ${care.replace('TOKEN_URL', `"${tokens.url}"`)}
  - { id: core, mode: tolerant, to: { url: "${core.url}" }, signing: { profile: none } }
carePlaceCore: core
routes: [{ insured: "*", peer: insured }]
`,
  );
  onEnd(async () => {
    await near.close();
    await far.close();
    tap.close();
    tokens.close();
  });
  return { care: near, insured: far, core, seen: tap.seen, tokensAsked: tokens.asked };
}
