/** Everybody in a run: four processes, the care place's core, and the lines between them. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createKeyPair } from '@yiqiao/signer';
import { startCarePlaceCore } from './care-place-core.ts';
import type { Faults, LinkName } from './faults.ts';
import { openLink } from './link.ts';
import type { Link } from './link.ts';
import { createPartyProcess } from './party-process.ts';
import type { PartyProcess } from './party-process.ts';
import { createSignedText } from './signed-text.ts';
import type { SignedText } from './signed-text.ts';

/** A world at work. */
export interface World {
  readonly folder: string;
  /** Journal or books of a party. */
  readonly files: Readonly<Record<LinkName, string>>;
  readonly parties: Readonly<Record<LinkName, PartyProcess>>;
  readonly links: Readonly<Record<LinkName, Link>>;
  /** Signs for the cashiers and verifies what they are told. */
  readonly signed: SignedText;
  close(): Promise<void>;
}

type Keys = Readonly<Record<'his' | LinkName, ReturnType<typeof createKeyPair>>>;

/** Starts a world whose files are below a folder. */
export async function startWorld(folder: string, faults: Faults): Promise<World> {
  const keys: Keys = {
    his: createKeyPair(),
    'care-place': createKeyPair(),
    hub: createKeyPair(),
    'insured-place': createKeyPair(),
    core: createKeyPair(),
  };
  const parties = {
    'care-place': gatewayParty(folder, 'care-place'),
    hub: gatewayParty(folder, 'hub'),
    'insured-place': gatewayParty(folder, 'insured-place'),
    core: createPartyProcess('core', ['core', join(folder, 'core.json')]),
  };
  const open = (name: LinkName): Promise<Link> =>
    openLink({ target: () => parties[name].url(), fate: (text) => faults.fate(name, text) });
  const links = {
    'care-place': await open('care-place'),
    hub: await open('hub'),
    'insured-place': await open('insured-place'),
    core: await open('core'),
  };
  const careCore = await startCarePlaceCore();
  writeGateways({ folder, keys, links, careCore: careCore.url });
  const books = join(folder, 'core.jsonl');
  const settings = { books, own: keys.core.privateKey, far: keys['insured-place'].publicHex };
  writeFileSync(join(folder, 'core.json'), JSON.stringify(settings), { mode: 0o600 });
  await Promise.all(Object.values(parties).map((party) => party.start()));
  const journal = (name: LinkName): string => join(folder, name, 'journal.sqlite');
  return {
    folder,
    files: {
      'care-place': journal('care-place'),
      hub: journal('hub'),
      'insured-place': journal('insured-place'),
      core: books,
    },
    parties,
    links,
    signed: createSignedText({ own: keys.his.privateKey, far: keys['care-place'].publicHex }),
    async close() {
      await Promise.all(Object.values(parties).map((party) => party.kill()));
      await Promise.all(Object.values(links).map((link) => link.close()));
      await careCore.close();
    },
  };
}

function gatewayParty(folder: string, name: LinkName): PartyProcess {
  return createPartyProcess(name, ['gateway', join(folder, name, 'gateway.yaml')]);
}

interface Setting {
  readonly folder: string;
  readonly keys: Keys;
  readonly links: Readonly<Record<LinkName, Link>>;
  readonly careCore: string;
}

function writeGateways({ folder, keys, links, careCore }: Setting): void {
  const peer = (id: string, way: string, from: 'his' | LinkName): string =>
    `  - { id: ${id}, mode: tolerant, ${way}, signing: { publicKeys: [{ text: "${keys[from].publicHex}" }] } }\n`;
  const to = (name: LinkName, timeoutMs: number): string =>
    `to: { url: "${links[name].url}", replyTimeoutMs: ${timeoutMs}, connections: 64 }`;
  const careCorePeer = `  - { id: care-place-core, mode: tolerant, to: { url: "${careCore}", replyTimeoutMs: 2000 }, signing: { profile: none } }\n`;
  const files = {
    'care-place': {
      deadlineMs: 2_500,
      peers: peer('his', 'from: { any: true }', 'his') + peer('hub', to('hub', 1_200), 'hub') + careCorePeer,
      rest: 'carePlaceCore: care-place-core\nroutes: [{ insured: "*", peer: hub }]\n',
    },
    hub: {
      deadlineMs: 1_100,
      peers:
        peer('care-place', 'from: { any: true }', 'care-place') +
        peer('insured-place', to('insured-place', 1_000), 'insured-place'),
      rest: 'routes: [{ insured: "*", peer: insured-place }]\n',
    },
    'insured-place': {
      deadlineMs: 900,
      peers: peer('hub', 'from: { any: true }', 'hub') + peer('core', to('core', 600), 'core'),
      rest: 'insuredPlaceCore: core\n',
    },
  };
  for (const [name, { deadlineMs, peers, rest }] of Object.entries(files)) {
    mkdirSync(join(folder, name), { recursive: true });
    writeFileSync(join(folder, name, 'key.pem'), keys[name as LinkName].privateKey, { mode: 0o600 });
    writeFileSync(
      join(folder, name, 'gateway.yaml'),
      `role: ${name}
region: "${{ 'care-place': '530000', hub: '000000', 'insured-place': '330000' }[name]}"
listen: { port: 0 }
journal: journal.sqlite
logLevel: silent
signing: { privateKey: { file: key.pem } }
outcome:
  callerDeadlineMs: ${deadlineMs}
  firstDelayMs: 30
  maxDelayMs: 300
  inFlightMs: 2000
peers:
${peers}${rest}`,
    );
  }
}
