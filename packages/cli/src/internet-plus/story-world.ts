/**
 * What the story of a visit over the internet needs: a hospital's gateway in the patient's own pooling area, a
 * pharmacy's gateway in another province, the hub, the insured place, and the platforms around them. One process;
 * everything meets over HTTP on 127.0.0.1.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startGateway } from '@yiqiao/gateway';
import type { Gateway } from '@yiqiao/gateway';
import {
  createSandboxKeys,
  startCarePlaceCore,
  startEInvoicePlatform,
  startPrescriptionCentre,
  startProvinceCore,
} from '@yiqiao/sandbox';
import type {
  EInvoicePlatform,
  PrescriptionCentre,
  ProvinceCore,
  RunningCore,
  SandboxKeys,
} from '@yiqiao/sandbox';
import { createKeyPair } from '@yiqiao/signer';
import { callingHis, carePlaceConfig, hubConfig, insuredPlaceConfig } from '../world-config.ts';

/** The hospital, in the patient's own pooling area. */
export const HOSPITAL = { code: 'H33010000001', name: '示例互联网医院（浙江）', region: '330100' } as const;
/** The pharmacy, in another province: that this is covered is the sandbox's policy. */
export const PHARMACY = { code: 'P53010000001', name: '示例药店（云南）', region: '530100' } as const;

/** Key pair of an institution, and what the prescription centre issued to it. */
export interface InstitutionKeys {
  /** Towards the gateway. */
  readonly gateway: ReturnType<typeof createKeyPair>;
  /** Towards the prescription centre. */
  readonly centre: SandboxKeys;
  readonly appId: string;
  readonly appSecret: string;
}

/** The running world of the story. */
export interface StoryWorld {
  readonly gateways: Readonly<Record<'hospitalSide' | 'pharmacySide' | 'hub' | 'insuredPlace', Gateway>>;
  /** Of the patient's and the hospital's province: care place and insured place in one. */
  readonly province: ProvinceCore;
  /** Of the pharmacy's province. */
  readonly pharmacyCore: RunningCore;
  readonly centre: PrescriptionCentre;
  readonly bills: EInvoicePlatform;
  readonly keys: Readonly<Record<'hospital' | 'pharmacy', InstitutionKeys>>;
  /** Public keys of the two gateways that institutions speak to. */
  readonly gatewayKeys: Readonly<Record<'hospitalSide' | 'pharmacySide', string>>;
  close(): Promise<void>;
}

/** Starts it in an empty folder, on free ports. `notifyUrl`: where the hospital hears of its prescriptions. */
export async function startStoryWorld(options: {
  readonly folder: string;
  readonly notifyUrl: string;
}): Promise<StoryWorld> {
  const closers: (() => Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    for (const closeOne of closers.toReversed()) await closeOne();
  };
  try {
    return { ...(await openAll(options, closers)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

type GatewayName = keyof StoryWorld['gateways'];
type Keys = Readonly<Record<GatewayName, ReturnType<typeof createKeyPair>>>;
type Closers = (() => Promise<void>)[];

async function openAll(
  { folder, notifyUrl }: { readonly folder: string; readonly notifyUrl: string },
  closers: Closers,
): Promise<Omit<StoryWorld, 'close'>> {
  // Both gateways of the province sign as one: its core knows one of them.
  const province = createKeyPair();
  const gatewayKeys: Keys = {
    hospitalSide: province,
    pharmacySide: createKeyPair(),
    hub: createKeyPair(),
    insuredPlace: province,
  };
  const keys = { hospital: institutionKeys('hospital'), pharmacy: institutionKeys('pharmacy') };
  const cores = await openCores(gatewayKeys, closers);
  const gateways = await openGateways({ folder, gatewayKeys, keys, cores, closers });
  const centre = await startPrescriptionCentre({
    callers: [
      { ...callerOf(HOSPITAL.code, keys.hospital), notifyUrl },
      callerOf(PHARMACY.code, keys.pharmacy),
    ],
  });
  closers.push(() => centre.close());
  const bills = await startEInvoicePlatform();
  closers.push(() => bills.close());
  return {
    gateways,
    province: cores.province,
    pharmacyCore: cores.pharmacySide,
    centre,
    bills,
    keys,
    gatewayKeys: {
      hospitalSide: gatewayKeys.hospitalSide.publicKey,
      pharmacySide: gatewayKeys.pharmacySide.publicKey,
    },
  };
}

function institutionKeys(name: string): InstitutionKeys {
  return {
    gateway: createKeyPair(),
    centre: createSandboxKeys(),
    appId: `app-of-the-${name}-0001`,
    appSecret: `secret-of-the-${name}`,
  };
}

function callerOf(institution: string, { centre, appId, appSecret }: InstitutionKeys) {
  return { institution, appId, appSecret, publicKey: centre.publicKey };
}

interface Cores {
  readonly province: ProvinceCore;
  readonly pharmacySide: RunningCore;
  readonly publicKeys: Readonly<Record<'province' | 'pharmacySide', string>>;
}

/** The simulated cores, each expecting the signature of the gateway before it. */
async function openCores(keys: Keys, closers: Closers): Promise<Cores> {
  const own = { province: createSandboxKeys(), pharmacySide: createSandboxKeys() };
  const province = await startProvinceCore({
    region: '330000',
    signing: { ...own.province, peerPublicKey: keys.insuredPlace.publicHex },
  });
  closers.push(() => province.stop());
  const pharmacySide = await startCarePlaceCore({
    region: '530000',
    signing: { ...own.pharmacySide, peerPublicKey: keys.pharmacySide.publicHex },
  });
  closers.push(() => pharmacySide.stop());
  const publicKeys = { province: own.province.publicKey, pharmacySide: own.pharmacySide.publicKey };
  return { province, pharmacySide, publicKeys };
}

interface GatewayParts {
  readonly folder: string;
  readonly gatewayKeys: Keys;
  readonly keys: StoryWorld['keys'];
  readonly cores: Cores;
  readonly closers: Closers;
}

/** The gateways, from the insured place outwards: each needs the address of the next. */
async function openGateways(parts: GatewayParts): Promise<StoryWorld['gateways']> {
  const { gatewayKeys, keys, cores } = parts;
  const hub = gatewayKeys.hub.publicHex;
  const insuredPlace = await startOne(parts, 'insuredPlace', {
    key: '330000',
    yaml: insuredPlaceConfig({
      region: '330000',
      name: '浙江参保地网关',
      port: 0,
      hubPublicKey: hub,
      core: { url: cores.province.url, publicKey: cores.publicKeys.province },
    }),
  });
  const hubGateway = await startOne(parts, 'hub', {
    key: 'hub',
    yaml: hubConfig({
      region: '000000',
      name: '国家异地子系统（沙箱）',
      port: 0,
      callers: [{ id: 'care-530000', region: '530000', publicKey: gatewayKeys.pharmacySide.publicHex }],
      insured: {
        region: '330000',
        url: insuredPlace.url,
        publicKey: gatewayKeys.insuredPlace.publicHex,
      },
    }),
  });
  const hospitalSide = await startOne(parts, 'hospitalSide', {
    key: '330000',
    yaml: carePlaceConfig({
      region: '330000',
      name: '浙江就医地网关',
      port: 0,
      callers: caller('hospital', HOSPITAL.code, keys.hospital),
      // Who is insured in the province is settled there: the hub is never asked.
      core: { url: cores.province.url, publicKey: cores.publicKeys.province },
      hub: { url: hubGateway.url, publicKey: hub },
    }),
  });
  const pharmacySide = await startOne(parts, 'pharmacySide', {
    key: '530000',
    yaml: carePlaceConfig({
      region: '530000',
      name: '云南就医地网关',
      port: 0,
      callers: caller('pharmacy', PHARMACY.code, keys.pharmacy),
      core: { url: cores.pharmacySide.url, publicKey: cores.publicKeys.pharmacySide },
      hub: { url: hubGateway.url, publicKey: hub },
    }),
  });
  return { insuredPlace, hub: hubGateway, hospitalSide, pharmacySide };
}

function caller(id: string, institution: string, { gateway }: InstitutionKeys): string {
  return callingHis({ id, profile: 'national', institution, publicKey: gateway.publicHex });
}

/** Each gateway has a folder: two of them serve one region. */
async function startOne(
  { folder, gatewayKeys, closers }: GatewayParts,
  name: GatewayName,
  { key, yaml }: { readonly key: string; readonly yaml: string },
): Promise<Gateway> {
  const own = join(folder, name);
  mkdirSync(own);
  writeFileSync(join(own, `${key}.key.pem`), gatewayKeys[name].privateKey, { mode: 0o600 });
  const configFile = join(own, 'gateway.yaml');
  writeFileSync(configFile, `${yaml}logLevel: silent\n`);
  const gateway = await startGateway({ configFile });
  closers.push(() => gateway.close());
  return gateway;
}
