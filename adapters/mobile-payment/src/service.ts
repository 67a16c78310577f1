/** What `yiqiao adapter run` starts: the desk with its queue, an HTTP entry for the HIS, and one for the centre's news. */
import {
  connectAdapter,
  createNotificationDesk,
  createOutbox,
  createRelay,
  defineService,
  keepingSettings,
  openStore,
  readSettings,
  setting,
  startListener,
} from '@yiqiao/sdk';
import type {
  AdapterSigning,
  Listener,
  Relay,
  ServiceDefinition,
  ServiceParts,
  SettingsOf,
} from '@yiqiao/sdk';
import { definePaymentCentre, toPaymentPort } from './centre.ts';
import { createCredentialDesk, credentialCentre } from './credentials.ts';
import { paymentRoutes } from './http-entry.ts';
import { createPaymentDesk } from './payment-desk.ts';
import { relayCredentials } from './relay-credentials.ts';

const SHAPE = {
  store: setting.text(),
  ...keepingSettings,
  listen: setting.section({
    host: setting.withDefault(setting.text(), '127.0.0.1'),
    port: setting.integer({ min: 0, max: 65_535 }),
  }),
  centre: setting.section({
    url: setting.url(),
    appId: setting.text({ minLength: 16 }),
    appSecret: setting.secret(),
    /** Files below the configuration's folder: our private key, the centre's public key. */
    privateKeyFile: setting.text(),
    publicKeyFile: setting.text(),
    userId: setting.withDefault(setting.oneOf('appSecret', 'default'), 'appSecret'),
    version: setting.withDefault(setting.text(), '2.0.1'),
    timeoutMs: setting.withDefault(setting.integer({ min: 100, max: 600_000 }), 30_000),
    quietMs: setting.withDefault(setting.integer({ min: 0, max: 86_400_000 }), 120_000),
  }),
  /** A relay beside the scanner decodes e-credentials in place of the centre's 6101. */
  relay: setting.optional(
    setting.section({
      url: setting.url(),
      token: setting.optional(setting.secret()),
      timeoutMs: setting.withDefault(setting.integer({ min: 100, max: 600_000 }), 30_000),
    }),
  ),
  abandonAfterMs: setting.withDefault(setting.integer({ min: 1_000, max: 86_400_000 }), 1_800_000),
  credentialGoodForMs: setting.withDefault(setting.integer({ min: 1_000, max: 86_400_000 }), 3_600_000),
};

type Settings = SettingsOf<typeof SHAPE>;

/** `adapter: mobile-payment`. */
export const mobilePaymentService: ServiceDefinition = defineService({
  name: 'mobile-payment',
  create(raw, parts) {
    return Promise.resolve(createService(readSettings(raw, SHAPE), parts));
  },
});

function createService(
  settings: Settings,
  parts: ServiceParts,
): Awaited<ReturnType<ServiceDefinition['create']>> {
  const { clock, log } = parts;
  const { abandonAfterMs, centre } = settings;
  const signing = signingOf(settings, parts);
  const definition = definePaymentCentre();
  const adapter = connectAdapter(definition, {
    url: centre.url,
    timeoutMs: centre.timeoutMs,
    clock,
    signing,
  });
  const store = openStore(parts.pathOf(settings.store), { clock, encryption: parts.storeEncryption });
  const port = toPaymentPort(adapter);
  const desk = createPaymentDesk({ store, port, clock, abandonAfterMs, quietMs: centre.quietMs });
  const relay = relayOf(settings);
  const credentials = createCredentialDesk({
    source: relay === undefined ? credentialCentre(port) : relayCredentials(relay),
    goodForMs: settings.credentialGoodForMs,
    clock,
  });
  const notices = createNotificationDesk({
    definition,
    store,
    clock,
    signing,
    handlers: { result: desk.notified },
  });
  const outbox = createOutbox({
    store,
    clock,
    keep: settings,
    handlers: { ...desk.handlers, ...notices.jobs },
    onProblem: ({ kind, attempt, reason, withPerson }) =>
      log.warn('mobile-payment.job', { kind, attempt, reason, withPerson }),
  });
  let listener: Listener | undefined;
  return {
    async start() {
      const routes = [...paymentRoutes({ desk, credentials, outbox }), ...notices.routes];
      listener = await startListener({ ...settings.listen, routes });
      outbox.start();
      return { url: listener.url };
    },
    async stop() {
      await listener?.close();
      await outbox.stop();
      await adapter.close();
      await relay?.close();
      store.close();
    },
    health() {
      const jobs = outbox.list();
      const withPerson = jobs.filter(({ state }) => state === 'person').length;
      return Promise.resolve({ ok: withPerson === 0, facts: { owed: jobs.length, withPerson } });
    },
  };
}

function relayOf({ relay }: Settings): Relay | undefined {
  if (relay === undefined) return undefined;
  const { token, ...place } = relay;
  return createRelay({ ...place, ...(token !== undefined && { token }) });
}

function signingOf({ centre }: Settings, { readFile }: ServiceParts): readonly AdapterSigning[] {
  const { appId, appSecret, privateKeyFile, publicKeyFile, userId, version } = centre;
  return [
    {
      profile: 'gm-envelope',
      privateKey: readFile(privateKeyFile),
      publicKeys: [readFile(publicKeyFile)],
      credentials: { appId, appSecret },
      variants: { userId, version },
    },
  ];
}
