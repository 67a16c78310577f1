/** Platforms of the sandbox as systems under test: the change of a faulty one bends them. */
import {
  createSandboxKeys,
  startEInvoicePlatform,
  startPaymentPlatform,
  startPrescriptionCentre,
} from '@yiqiao/sandbox';
import type { Registry } from '@yiqiao/registry';
import type { PlatformBend, SandboxKeys } from '@yiqiao/sandbox';
import { bendOfPlatform } from '../faulty/platforms/bend.ts';
import type { PlatformChange } from '../faulty/platforms/bend.ts';
import { readPlatform } from '../kits/platform-definitions.ts';
import type { Template } from '../kits/types.ts';
import { follow } from '../run/exchanges.ts';
import { textOf } from '../run/own-reading.ts';
import type { OwnObject } from '../run/own-reading.ts';
import { billObjections, orderObjections, withPlatformEntrance } from './platforms-entrance.ts';
import type { PlatformRules } from './platforms-entrance.ts';
import type { StartSystem, SystemWorld } from './system.ts';

/** The bend of a sandbox's platform that refuses what the definitions forbid, as a kit wants it. */
export function soundPlatformBend(registry: Registry, platform: PlatformName): PlatformBend {
  return { around: withPlatformEntrance(platformRules(registry, platform)) };
}

const FURTHER = {
  'e-invoice': { further: billObjections, code: 'E0001' },
  prescription: { further: () => [], code: '1014' },
  'mobile-payment': { further: orderObjections },
} satisfies Readonly<Record<string, Omit<PlatformRules, 'operations'>>>;

/** A platform of the sandbox for which there is a kit. */
export type PlatformName = keyof typeof FURTHER;

/** What a platform is held against, as its kit has it. */
export function platformRules(registry: Registry, platform: PlatformName): PlatformRules {
  return { operations: readPlatform(registry, platform), ...FURTHER[platform] };
}

/** The platform of electronic bills. */
export const startEInvoiceSystem: StartSystem = async (world, change) => {
  const rules = platformRules(world.registry, 'e-invoice');
  const platform = await startEInvoicePlatform({
    clock: world.clock,
    appId: valueOf(world, 'account.appId'),
    key: valueOf(world, 'account.key'),
    placeCodes: [valueOf(world, 'place.code')],
    bend: bendOf(world, { rules, change }),
  });
  return { url: platform.url, stop: () => platform.close() };
};

/** The prescription centre, with the institutions of the inputs. */
export const startPrescriptionSystem: StartSystem = async (world, change) => {
  const names = ['hospital', 'other_hospital', 'pharmacy', 'other_pharmacy'];
  const keys = new Map(names.map((name) => [name, createSandboxKeys()]));
  const rules = platformRules(world.registry, 'prescription');
  const centre = await startPrescriptionCentre({
    clock: world.clock,
    notifications: 'by-request',
    callers: [...keys].map(([name, { publicKey }]) => ({
      institution: valueOf(world, `${name}.code`),
      appId: valueOf(world, `${name}.appId`),
      appSecret: valueOf(world, `${name}.appSecret`),
      publicKey,
    })),
    bend: bendOf(world, { rules, change }),
  });
  const values = valuesWith(world, { keys, publicKey: centre.publicKey });
  return { url: centre.url, inputs: { values }, stop: () => centre.close() };
};

/** The centre of mobile payment. */
export const startPaymentSystem: StartSystem = async (world, change) => {
  const keys = new Map([['institution', createSandboxKeys()]]);
  const rules = platformRules(world.registry, 'mobile-payment');
  const centre = await startPaymentPlatform({
    clock: world.clock,
    appId: valueOf(world, 'institution.appId'),
    appSecret: valueOf(world, 'institution.appSecret'),
    peerPublicKey: keys.get('institution')?.publicKey ?? '',
    bend: bendOf(world, { rules, change }),
  });
  const values = valuesWith(world, { keys, publicKey: centre.publicKey });
  return { url: centre.url, inputs: { values }, stop: () => centre.close() };
};

/** The inputs with what a tester would be told: own keys, and the key of the centre. */
function valuesWith(
  { inputs: { values } }: SystemWorld,
  { keys, publicKey }: { readonly keys: ReadonlyMap<string, SandboxKeys>; readonly publicKey: string },
): SystemWorld['inputs']['values'] {
  const withKeys = (name: string, more: Readonly<Record<string, Template>>): Template => ({
    ...(values[name] as Readonly<Record<string, Template>> | undefined),
    ...more,
  });
  const accounts = [...keys].map(([name, pair]) => [name, withKeys(name, { ...pair })] as const);
  return { ...values, ...Object.fromEntries(accounts), centre: withKeys('centre', { publicKey }) };
}

function bendOf(
  { kit, inputs }: SystemWorld,
  { rules, change }: { readonly rules: PlatformRules; readonly change: unknown },
): ReturnType<typeof bendOfPlatform> {
  const usual = { rules, messages: kit.messages, values: inputs.values };
  return bendOfPlatform(change as PlatformChange | undefined, usual);
}

/** A text of the inputs; empty where there is none. */
function valueOf({ inputs }: SystemWorld, name: string): string {
  return textOf(follow(inputs.values as OwnObject, name));
}
