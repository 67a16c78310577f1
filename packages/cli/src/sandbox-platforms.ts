/** The simulated platforms that `yiqiao sandbox` starts. Whoever writes one adds a line. */
import type { soundPlatformBend } from '@yiqiao/conformance';
import type { Faults, PlatformBend } from '@yiqiao/sandbox';

/** A platform that runs. */
export interface StartedPlatform {
  readonly url: string;
  readonly faults: Faults;
  close(): Promise<void>;
  /** What whoever connects has to know: accounts, keys. All of the sandbox. */
  readonly facts: Readonly<Record<string, string>>;
}

/** One platform. */
export interface SandboxPlatform {
  readonly about: { readonly zh: string; readonly en: string };
  readonly start: (options: { readonly port: number }) => Promise<StartedPlatform>;
}

/** By name. */
export const SANDBOX_PLATFORMS: Readonly<Record<string, SandboxPlatform>> = {
  'e-invoice': {
    about: { zh: '财政电子票据平台', en: 'public-finance e-bill platform' },
    async start({ port }) {
      const { startEInvoicePlatform } = await import('@yiqiao/sandbox');
      const bend = await checking('e-invoice');
      const platform = await startEInvoicePlatform({ port, placeCodes: ['001'], bend });
      return { ...platform, facts: { appId: platform.appId, key: platform.key } };
    },
  },
  'care-place': {
    about: { zh: '就医地经办系统', en: 'care-place system' },
    async start({ port }) {
      const { startSoundFor } = await import('@yiqiao/conformance');
      const { createRegistry } = await import('@yiqiao/registry');
      const core = await startSoundFor('care-place', { registry: createRegistry(), port });
      return { url: core.url, faults: core.faults, close: () => core.stop(), facts: { region: '530000' } };
    },
  },
  'care-place-codes': {
    about: { zh: '就医地经办系统（核对编码）', en: 'care-place system that checks codes' },
    async start({ port }) {
      const { startSoundFor } = await import('@yiqiao/conformance');
      const { createRegistry } = await import('@yiqiao/registry');
      const core = await startSoundFor('codes', { registry: createRegistry(), port });
      return { url: core.url, faults: core.faults, close: () => core.stop(), facts: { region: '530000' } };
    },
  },
  province: {
    about: {
      zh: '一省经办系统（就医地与参保地合一）',
      en: 'a province, care place and insured place in one',
    },
    async start({ port }) {
      const { startSoundFor } = await import('@yiqiao/conformance');
      const { createRegistry } = await import('@yiqiao/registry');
      const core = await startSoundFor('province', { registry: createRegistry(), port });
      return { url: core.url, faults: core.faults, close: () => core.stop(), facts: { region: '330000' } };
    },
  },
  'insured-place': {
    about: { zh: '参保地经办系统', en: 'insured-place system' },
    async start({ port }) {
      const { startSoundInsuredPlace } = await import('@yiqiao/conformance');
      const { createRegistry } = await import('@yiqiao/registry');
      const core = await startSoundInsuredPlace({ registry: createRegistry(), port });
      return { url: core.url, faults: core.faults, close: () => core.stop(), facts: { region: '330000' } };
    },
  },
  'insured-place-signed': {
    about: { zh: '参保地经办系统（验签）', en: 'insured-place system that signs and verifies' },
    async start({ port }) {
      const { startSoundInsuredPlace } = await import('@yiqiao/conformance');
      const { createRegistry } = await import('@yiqiao/registry');
      const { createSandboxKeys } = await import('@yiqiao/sandbox');
      const [own, caller] = [createSandboxKeys(), createSandboxKeys()];
      const signing = { ...own, peerPublicKey: caller.publicKey };
      const core = await startSoundInsuredPlace({ registry: createRegistry(), port, signing });
      const facts = { ...caller, peerPublicKey: own.publicKey };
      return { url: core.url, faults: core.faults, close: () => core.stop(), facts };
    },
  },
  'mobile-payment': {
    about: { zh: '医保移动支付中心', en: 'mobile payment centre' },
    async start({ port }) {
      const { createSandboxKeys, startPaymentPlatform } = await import('@yiqiao/sandbox');
      const keys = createSandboxKeys();
      const bend = await checking('mobile-payment');
      const platform = await startPaymentPlatform({ port, peerPublicKey: keys.publicKey, bend });
      const { appId, appSecret, publicKey } = platform;
      return {
        ...platform,
        facts: { appId, appSecret, ...keys, centrePublicKey: publicKey },
      };
    },
  },
  prescription: {
    about: { zh: '处方流转中心', en: 'prescription circulation centre' },
    async start({ port }) {
      const { createSandboxKeys, startPrescriptionCentre } = await import('@yiqiao/sandbox');
      const keys = createSandboxKeys();
      const { privateKey, publicKey } = keys;
      const callers = CENTRE_CALLERS.map((one) => ({ ...one, publicKey }));
      const platform = await startPrescriptionCentre({ port, callers, bend: await checking('prescription') });
      const facts = {
        accounts: CENTRE_CALLERS.map(({ appId, appSecret }) => `${appId} ${appSecret}`).join(', '),
        privateKey,
        publicKey,
        centrePublicKey: platform.publicKey,
      };
      return { ...platform, facts };
    },
  },
  relay: {
    about: { zh: '读卡与电子凭证前置替身', en: 'stand-in for the relay of card reader and e-credential' },
    async start({ port }) {
      const { startRelayStandIn } = await import('@yiqiao/sandbox');
      const relay = await startRelayStandIn({ port });
      relay.insertCard({
        region: '330100',
        identityNumber: '000000199001010018',
        cardNumber: 'T00000001',
        cardSerial: '0000000000000001',
        name: '测试甲',
      });
      relay.showCode({ identityNumber: '000000199001010018', name: '测试甲', region: '330100' });
      return {
        ...relay,
        facts: { functions: 'HeaSecReadInfo.dll/ReadCardBas, NationECCode.dll/NationEcTrans' },
      };
    },
  },
};

/** What a platform refuses beyond its books: what the definitions forbid. */
async function checking(platform: Parameters<typeof soundPlatformBend>[1]): Promise<PlatformBend> {
  const { soundPlatformBend: bendOf } = await import('@yiqiao/conformance');
  const { createRegistry } = await import('@yiqiao/registry');
  return bendOf(createRegistry(), platform);
}

/** Institutions that the prescription centre knows, as the preset of the conformance kit has them. */
const CENTRE_CALLERS = (
  [
    ['H53010000001', 'hospital'],
    ['H53010000002', 'other-hospital'],
    ['P53010000001', 'pharmacy'],
    ['P53010000002', 'other-pharmacy'],
  ] as const
).map(([institution, who]) => ({
  institution,
  appId: `app-${institution}-0001`,
  appSecret: `secret-of-the-${who}`,
}));
