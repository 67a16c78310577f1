/** A pharmacy as `yiqiao adapter run` starts it: the entry for tills, the outbox, a client to the insurer. */
import {
  createServiceClient,
  defineService,
  insuranceSettings,
  keepingSettings,
  openStore,
  readPeripheral,
  readSettings,
  senderSettings,
  setting,
  startListener,
} from '@yiqiao/sdk';
import type {
  AdapterStore,
  Listener,
  ListenerOptions,
  ServiceDefinition,
  ServiceParts,
  SettingsOf,
} from '@yiqiao/sdk';
import { createCounter } from './counter.ts';
import { entryRoutes } from './entry.ts';
import { createStock } from './goods/stock.ts';
import { createPolicy } from './policy.ts';
import type { MutualAidRegister, PrescriptionPort } from './ports.ts';
import { connectPrescriptions } from './prescriptions-over-http.ts';
import type { PurchaseObserver } from './purchase/events.ts';

const SETTINGS = {
  adapter: setting.optional(setting.oneOf('pharmacy')),
  store: setting.text(),
  ...keepingSettings,
  institution: setting.section({ code: setting.text(), name: setting.text() }),
  ...senderSettings,
  rules: setting.section({
    courses: setting.text(),
    payment: setting.optional(setting.text()),
    traceCodes: setting.optional(setting.text()),
  }),
  insurance: setting.section({
    ...insuranceSettings,
    signing: setting.optional(setting.section({ privateKeyFile: setting.text(), publicKey: setting.text() })),
  }),
  /** The prescription adapter's entry for pharmacies. */
  prescriptions: setting.optional(setting.section({ url: setting.url() })),
  listen: setting.section({
    host: setting.optional(setting.text()),
    port: setting.integer({ min: 0, max: 65_535 }),
    tls: setting.optional(
      setting.section({
        certificateFile: setting.text(),
        keyFile: setting.text(),
        /** Tills must show a certificate that these have signed. */
        clientAnchorsFile: setting.optional(setting.text()),
      }),
    ),
  }),
};

type Settings = SettingsOf<typeof SETTINGS>;

/** Neighbours that a process puts beside the pharmacy. */
export interface PharmacyNeighbours {
  /** In place of the address in the settings; neither: outside prescriptions are not taken. */
  readonly prescriptions?: PrescriptionPort;
  /** Absent: an authorisation is believed as shown. */
  readonly mutualAid?: MutualAidRegister;
  readonly observers?: Readonly<Record<string, PurchaseObserver>>;
}

/** The service with these neighbours. */
export function createPharmacyService(neighbours: PharmacyNeighbours = {}): ServiceDefinition {
  return defineService({
    name: 'pharmacy',
    create: async (raw, parts) => create(readSettings(raw, SETTINGS), parts, neighbours),
  });
}

/** The service alone. */
export const pharmacyService = createPharmacyService();

function create(settings: Settings, parts: ServiceParts, neighbours: PharmacyNeighbours) {
  const { clock, log } = parts;
  const { institution, careRegion, listen } = settings;
  const store = openStore(parts.pathOf(settings.store), { clock, encryption: parts.storeEncryption });
  const client = clientOf(settings, parts, store);
  const policy = createPolicy((name) => readPeripheral('pharmacy', name), settings.rules);
  const base = { institution, careRegion, policy, store, insurance: client, clock };
  const remote =
    settings.prescriptions === undefined
      ? undefined
      : connectPrescriptions({ ...settings.prescriptions, clock });
  const counter = createCounter({
    ...base,
    keep: settings,
    ...(remote !== undefined && { prescriptions: remote }),
    ...neighbours,
    onProblem: ({ id, kind, attempt, reason, withPerson }) =>
      log.warn('owed', { id, kind, attempt, reason, withPerson }),
  });
  const routes = entryRoutes(counter, createStock(base));
  let listener: Listener | undefined;
  return {
    async start() {
      listener = await startListener({
        ...listenerOf(listen, parts),
        routes,
        onError: (error) => log.error('entry', error),
      });
      counter.outbox.start();
      return { url: listener.url };
    },
    async stop() {
      await listener?.close();
      await counter.outbox.stop();
      await client.close();
      await remote?.close();
      store.close();
    },
    health() {
      const jobs = counter.owed();
      const withPerson = jobs.filter(({ state }) => state === 'person').length;
      return Promise.resolve({ ok: withPerson === 0, facts: { owed: jobs.length, withPerson } });
    },
  };
}

function listenerOf(
  { host, port, tls }: Settings['listen'],
  { readFile }: ServiceParts,
): Omit<ListenerOptions, 'routes'> {
  return {
    port,
    ...(host !== undefined && { host }),
    ...(tls !== undefined && {
      tls: {
        certificate: readFile(tls.certificateFile),
        key: readFile(tls.keyFile),
        ...(tls.clientAnchorsFile !== undefined && { clientAnchors: readFile(tls.clientAnchorsFile) }),
      },
    }),
  };
}

function clientOf(
  { institution, careRegion, operator, insurance }: Settings,
  parts: ServiceParts,
  store: AdapterStore,
) {
  const { signing, ...settings } = insurance;
  return createServiceClient({
    settings,
    as: { institution, careRegion, operator },
    parts,
    ...(signing !== undefined && {
      signing: { privateKey: parts.readFile(signing.privateKeyFile), publicKey: signing.publicKey },
    }),
    store,
    recordKind: 'client-request',
  });
}
