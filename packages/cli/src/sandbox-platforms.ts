/** The simulated platforms that `yiqiao sandbox` starts. Whoever writes one adds a line. */
import type { soundPlatformBend } from '@yiqiao/conformance';
import type { Faults, PlatformBend, SandboxSigning } from '@yiqiao/sandbox';

/** Platforms whose messages the conformance suite has definitions of. */
type Checked = Parameters<typeof soundPlatformBend>[1];

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
  'care-place': core('care-place', '530000', { zh: '就医地经办系统', en: 'care-place system' }),
  'care-place-codes': core('codes', '530000', {
    zh: '就医地经办系统（核对编码）',
    en: 'care-place system that checks codes',
  }),
  province: core('province', '330000', {
    zh: '一省经办系统（就医地与参保地合一）',
    en: 'a province, care place and insured place in one',
  }),
  'insured-place': core('insured-place', '330000', { zh: '参保地经办系统', en: 'insured-place system' }),
  'insured-place-signed': {
    about: { zh: '参保地经办系统（验签）', en: 'insured-place system that signs and verifies' },
    async start({ port }) {
      const { createSandboxKeys } = await import('@yiqiao/sandbox');
      const [own, caller] = [createSandboxKeys(), createSandboxKeys()];
      const started = await startCore('insured-place', {
        port,
        signing: { ...own, peerPublicKey: caller.publicKey },
      });
      return { ...started, facts: { ...caller, peerPublicKey: own.publicKey } };
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

/** A core of the sandbox by its name in the conformance suite, and the region that it is at home in. */
function core(name: string, region: string, about: SandboxPlatform['about']): SandboxPlatform {
  return { about, start: async ({ port }) => ({ ...(await startCore(name, { port })), facts: { region } }) };
}

async function startCore(
  name: string,
  options: { readonly port: number; readonly signing?: SandboxSigning },
): Promise<Omit<StartedPlatform, 'facts'>> {
  const { startSoundFor } = await import('@yiqiao/conformance');
  const { createRegistry } = await import('@yiqiao/registry');
  const started = await startSoundFor(name, { registry: createRegistry(), ...options });
  return { url: started.url, faults: started.faults, close: () => started.stop() };
}

/** What a platform refuses beyond its books: what the definitions forbid. */
async function checking(platform: Checked): Promise<PlatformBend> {
  const { soundPlatformBend } = await import('@yiqiao/conformance');
  const { createRegistry } = await import('@yiqiao/registry');
  return soundPlatformBend(createRegistry(), platform);
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
