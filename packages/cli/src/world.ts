/**
 * The sandbox: two care places (530000 national JSON, 440000 predecessor XML), a hub and an insured place (330000),
 * each gateway with the simulated systems behind it. One process; everything meets over HTTP on 127.0.0.1.
 */
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { startGateway } from '@yiqiao/gateway';
import type { Gateway } from '@yiqiao/gateway';
import {
  createAccounts,
  createNationalHis,
  createPredecessorHis,
  startCarePlaceCore,
  startInsuredPlaceCore,
} from '@yiqiao/sandbox';
import type { InsuredPlaceCore, NationalHis, PredecessorHis, RunningCore } from '@yiqiao/sandbox';
import { emptySandboxFolder, releaseSandboxFolder } from './sandbox-folder.ts';
import { callingHis, carePlaceConfig, hubConfig, insuredPlaceConfig } from './world-config.ts';
import { writeWorldFile } from './world-file.ts';
import type { WorldFile } from './world-file.ts';
import { makeWorldKeys } from './world-keys.ts';
import type { WorldKeys } from './world-keys.ts';
import { makeWorldTokens } from './world-tokens.ts';

/** Ports that `start` prefers; a port in use is replaced by a free one. */
const PREFERRED_PORTS = { national: 8530, predecessor: 8440, hub: 8000, insuredPlace: 8330 } as const;

/** Institutions of the sandbox. */
export const INSTITUTIONS = {
  national: { code: 'H53010000001', name: '示例医院（云南）' },
  chongqingShape: { code: 'H53010000002', name: '示例妇幼保健院（云南）' },
  unsigned: { code: 'H53010000099', name: '示例联调机构' },
  predecessor: { code: 'H44010000001', name: '示例医院（广东）' },
} as const;

type GatewayName = keyof typeof PREFERRED_PORTS;

/** Configuration files of the gateways, without `.yaml`. */
const FILES: Readonly<Record<GatewayName, string>> = {
  national: '530000',
  predecessor: '440000',
  hub: 'hub',
  insuredPlace: '330000',
};

/** A running sandbox. */
export interface World {
  readonly folder: string;
  readonly gateways: Readonly<Record<GatewayName, Gateway>>;
  readonly his: {
    readonly national: NationalHis;
    readonly chongqingShape: NationalHis;
    readonly predecessor: PredecessorHis;
  };
  readonly insuredCore: InsuredPlaceCore;
  readonly careCores: Readonly<Record<'national' | 'predecessor', RunningCore>>;
  /** Starts a gateway that has been closed again, from its configuration file as it is now. */
  reopen(name: GatewayName): Promise<void>;
  close(): Promise<void>;
}

/** Where the world lives and how loud it is. */
export interface WorldOptions {
  readonly folder: string;
  readonly ports: 'preferred' | 'free';
  readonly logLevel: 'silent' | 'error' | 'warn' | 'info';
}

/**
 * Starts everything in a folder that is emptied first.
 * @throws GatewayError when a gateway cannot start, Error when the folder holds something else.
 */
export async function startWorld(options: WorldOptions): Promise<World> {
  const { folder } = options;
  emptySandboxFolder(folder);
  const closers: (() => Promise<void>)[] = [];
  const opened = <T extends { close(): Promise<void> } | { stop(): Promise<void> }>(running: T): T => {
    closers.unshift(() => ('close' in running ? running.close() : running.stop()));
    return running;
  };
  const close = async (): Promise<void> => {
    for (const closeOne of closers) await closeOne();
    releaseSandboxFolder(folder);
  };
  try {
    return { ...(await openWorld(options, opened)), folder, close };
  } catch (error) {
    await close();
    throw error;
  }
}

type Opened = <T extends { close(): Promise<void> } | { stop(): Promise<void> }>(running: T) => T;

async function openWorld(options: WorldOptions, opened: Opened): Promise<Omit<World, 'folder' | 'close'>> {
  const { folder } = options;
  const keys = makeWorldKeys(folder);
  const tokens = makeWorldTokens(folder);
  const cores = await openCores(keys, opened);
  const gateways = await openGateways({ options, opened, keys, cores, admin: tokens.yaml });
  writeWorldFile(folder, {
    endpoints: urlsOf(gateways, ({ url }) => url),
    keys: { his: join(folder, 'his-530000.key') },
    admin: {
      urls: urlsOf(gateways, ({ admin }) => admin ?? ''),
      tokenFiles: tokens.files,
    },
  });
  const { insured: insuredCore, ...careCores } = cores;
  const reopen = async (name: GatewayName): Promise<void> => {
    gateways[name] = opened(await startGateway({ configFile: join(folder, `${FILES[name]}.yaml`) }));
  };
  return { gateways, his: createHises(gateways, keys), insuredCore, careCores, reopen };
}

function urlsOf(gateways: World['gateways'], urlOf: (gateway: Gateway) => string): WorldFile['endpoints'] {
  return {
    national: urlOf(gateways.national),
    predecessor: urlOf(gateways.predecessor),
    hub: urlOf(gateways.hub),
    insuredPlace: urlOf(gateways.insuredPlace),
  };
}

/** The simulated cores, each expecting the signature of the gateway before it. */
async function openCores(keys: WorldKeys, opened: Opened) {
  const signing = (core: keyof WorldKeys['simulated'], gateway: keyof WorldKeys['gateways']) => ({
    ...keys.simulated[core],
    peerPublicKey: keys.gateways[gateway].publicHex,
  });
  const accounts = createAccounts();
  return {
    insured: opened(
      await startInsuredPlaceCore({ region: '330000', accounts, signing: signing('core330000', 'g330000') }),
    ),
    national: opened(
      await startCarePlaceCore({ region: '530000', accounts, signing: signing('core530000', 'g530000') }),
    ),
    predecessor: opened(
      await startCarePlaceCore({ region: '440000', accounts, signing: signing('core440000', 'g440000') }),
    ),
  };
}

/** The gateways, from the insured place outwards: each needs the address of the next. */
async function openGateways(parts: {
  options: WorldOptions;
  opened: Opened;
  keys: WorldKeys;
  cores: Awaited<ReturnType<typeof openCores>>;
  /** The member `admin` of their configurations. */
  admin: string;
}): Promise<Record<GatewayName, Gateway>> {
  const { options, opened, keys, cores, admin } = parts;
  const { simulated } = keys;
  const publicHex = (name: keyof WorldKeys['gateways']): string => keys.gateways[name].publicHex;
  const start = async (name: GatewayName, yaml: string): Promise<Gateway> => {
    const configFile = join(options.folder, `${FILES[name]}.yaml`);
    writeFileSync(configFile, `${yaml}${admin}logLevel: ${options.logLevel}\n`);
    return opened(await startGateway({ configFile }));
  };
  const port = (name: GatewayName): Promise<number> =>
    options.ports === 'free' ? Promise.resolve(0) : freeOr(PREFERRED_PORTS[name]);

  const insuredPlace = await start(
    'insuredPlace',
    insuredPlaceConfig({
      region: '330000',
      name: '浙江参保地网关',
      port: await port('insuredPlace'),
      hubPublicKey: publicHex('hub'),
      core: { url: cores.insured.url, publicKey: simulated.core330000.publicKey },
    }),
  );
  const hub = await start(
    'hub',
    hubConfig({
      region: '000000',
      name: '国家异地子系统（沙箱）',
      port: await port('hub'),
      callers: [
        { id: 'care-530000', region: '530000', publicKey: publicHex('g530000') },
        { id: 'care-440000', region: '440000', publicKey: publicHex('g440000') },
      ],
      insured: { region: '330000', url: insuredPlace.url, publicKey: publicHex('g330000') },
    }),
  );
  const carePlaces = carePlaceConfigs({ url: hub.url, publicKey: publicHex('hub') }, keys, cores);
  const national = await start('national', carePlaces.national(await port('national')));
  const predecessor = await start('predecessor', carePlaces.predecessor(await port('predecessor')));
  return { national, predecessor, hub, insuredPlace };
}

function carePlaceConfigs(
  hub: { url: string; publicKey: string },
  { simulated }: WorldKeys,
  cores: Awaited<ReturnType<typeof openCores>>,
): Record<'national' | 'predecessor', (port: number) => string> {
  return {
    national: (port) =>
      carePlaceConfig({
        region: '530000',
        name: '云南就医地网关',
        port,
        callers: nationalCallers(simulated.his.publicKey),
        core: { url: cores.national.url, publicKey: simulated.core530000.publicKey },
        hub,
      }),
    predecessor: (port) =>
      carePlaceConfig({
        region: '440000',
        name: '广东就医地网关',
        port,
        callers: callingHis({
          id: 'his',
          profile: 'predecessor-xml',
          institution: INSTITUTIONS.predecessor.code,
        }),
        core: { url: cores.predecessor.url, publicKey: simulated.core440000.publicKey },
        hub,
      }),
  };
}

function nationalCallers(hisPublicKey: string): string {
  return [
    callingHis({
      id: 'his',
      profile: 'national',
      institution: INSTITUTIONS.national.code,
      publicKey: hisPublicKey,
    }),
    callingHis({
      id: 'his-chongqing-shape',
      profile: 'chongqing',
      institution: INSTITUTIONS.chongqingShape.code,
      publicKey: hisPublicKey,
    }),
    callingHis({ id: 'unsigned', profile: 'national', institution: INSTITUTIONS.unsigned.code }),
  ].join('');
}

function createHises(gateways: World['gateways'], keys: WorldKeys): World['his'] {
  const operator = { number: '0001', name: '测试经办' };
  const signing = { ...keys.simulated.his, peerPublicKey: keys.gateways.g530000.publicHex };
  const national = { gatewayUrl: gateways.national.url, region: '530100', operator, signing };
  return {
    national: createNationalHis({ ...national, institution: INSTITUTIONS.national }),
    chongqingShape: createNationalHis({
      ...national,
      institution: INSTITUTIONS.chongqingShape,
      shape: 'chongqing',
    }),
    predecessor: createPredecessorHis({
      gatewayUrl: gateways.predecessor.url,
      region: '440100',
      operator,
      institution: INSTITUTIONS.predecessor,
    }),
  };
}

/** The port when nobody listens there, else 0 for a free one. */
function freeOr(port: number): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(0));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(port)));
  });
}
