/** The simulated platforms that `yiqiao sandbox` starts. Whoever writes one adds a line. */
import type { Faults } from '@yiqiao/sandbox';

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
      const platform = await startEInvoicePlatform({ port });
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
      const platform = await startPaymentPlatform({ port, peerPublicKey: keys.publicKey });
      const { appId, appSecret, publicKey } = platform;
      return {
        ...platform,
        facts: { appId, appSecret, privateKey: keys.privateKey, centrePublicKey: publicKey },
      };
    },
  },
  prescription: {
    about: { zh: '处方流转中心', en: 'prescription circulation centre' },
    async start({ port }) {
      const { createSandboxKeys, startPrescriptionCentre } = await import('@yiqiao/sandbox');
      const keys = createSandboxKeys();
      const { privateKey, publicKey } = keys;
      const hospital = {
        institution: 'H53010000001',
        appId: 'app-H53010000001-0001',
        appSecret: 'secret-of-the-hospital',
        publicKey,
      };
      const pharmacy = {
        institution: 'P53010000001',
        appId: 'app-P53010000001-0001',
        appSecret: 'secret-of-the-pharmacy',
        publicKey,
      };
      const platform = await startPrescriptionCentre({ port, callers: [hospital, pharmacy] });
      const facts = {
        hospital: hospital.institution,
        hospitalAppId: hospital.appId,
        hospitalAppSecret: hospital.appSecret,
        pharmacy: pharmacy.institution,
        pharmacyAppId: pharmacy.appId,
        pharmacyAppSecret: pharmacy.appSecret,
        privateKey,
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
