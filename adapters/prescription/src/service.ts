/** What `yiqiao adapter run` starts: a hospital's or a pharmacy's end of the circulation, as a process of its own. */
import {
  createOutbox,
  defineService,
  keepingSettings,
  openStore,
  readSettings,
  setting,
  startListener,
} from '@yiqiao/sdk';
import type {
  AdapterService,
  AdapterSigning,
  AdapterStore,
  JobHandler,
  Listener,
  ListenerRoute,
  ServiceDefinition,
  ServiceParts,
  SettingsOf,
} from '@yiqiao/sdk';
import { connectCentre } from './centre.ts';
import type { Centre } from './centre.ts';
import { epcDialect, nationalDialect } from './centre-dialect.ts';
import { readCirculationFacts } from './facts.ts';
import type { CirculationFacts } from './facts.ts';
import { createHospitalSide } from './hospital-side.ts';
import { hospitalRoutes, pharmacyRoutes, UPLOAD_JOB } from './http-entry.ts';
import { createNewsDesk } from './news-desk.ts';
import { createPharmacySide } from './pharmacy-side.ts';

const SHAPE = {
  adapter: setting.optional(setting.oneOf('prescription')),
  store: setting.text(),
  ...keepingSettings,
  role: setting.oneOf('hospital', 'pharmacy'),
  listen: setting.section({
    host: setting.withDefault(setting.text(), '127.0.0.1'),
    port: setting.integer({ min: 0, max: 65_535 }),
  }),
  institution: setting.section({ code: setting.text(), name: setting.text() }),
  careRegion: setting.region(),
  operator: setting.section({
    type: setting.withDefault(setting.text(), '1'),
    id: setting.text(),
    name: setting.text(),
  }),
  centre: setting.section({
    url: setting.url(),
    dialect: setting.oneOf('epc', 'national'),
    timeoutMs: setting.withDefault(setting.integer({ min: 100, max: 600_000 }), 30_000),
    /** File with our private key, and the centre's public key as text. */
    privateKeyFile: setting.text(),
    publicKey: setting.text(),
    appId: setting.optional(setting.text({ minLength: 16 })),
    appSecret: setting.optional(setting.secret()),
    /** Of the signature, and how D004 names the doctor. */
    variants: setting.optional(setting.table(setting.text())),
    /** The same 7206 or 7207 again is done once there; else a lost answer is a person's to find out. */
    knowsRepeats: setting.withDefault(setting.flag(), false),
    undoDoctorCode: setting.withDefault(setting.oneOf('drCode', 'undoDrCode'), 'drCode'),
  }),
  /** 医保药师代码 → 电子凭证令牌 of our pharmacists; a pharmacy needs those who audit. */
  pharmacists: setting.withDefault(setting.table(setting.secret()), {}),
  terminal: setting.withDefault(
    setting.section({
      device: setting.withDefault(setting.text(), 'yiqiao'),
      address: setting.withDefault(setting.text(), '127.0.0.1'),
    }),
    { device: 'yiqiao', address: '127.0.0.1' },
  ),
};

type Settings = SettingsOf<typeof SHAPE>;

/** `adapter: prescription`. */
export const prescriptionService: ServiceDefinition = defineService({
  name: 'prescription',
  create(raw, parts) {
    const settings = readSettings(raw, SHAPE);
    return Promise.resolve(createService(settings, parts));
  },
});

function createService(
  settings: Settings,
  { clock, log, readFile, pathOf, storeEncryption }: ServiceParts,
): AdapterService {
  const facts = readCirculationFacts();
  const signing = signingOf(settings, readFile(settings.centre.privateKeyFile));
  const centre = connectCentre(facts.centre, dialectOf(settings, facts), {
    url: settings.centre.url,
    timeoutMs: settings.centre.timeoutMs,
    clock,
    signing,
  });
  const store = openStore(pathOf(settings.store), { clock, encryption: storeEncryption });
  const { routes, jobs } = endOf(settings, { centre, store, facts, clock, signing });
  const outbox = createOutbox({
    store,
    clock,
    keep: settings,
    handlers: jobs,
    onProblem: ({ kind, attempt, reason, withPerson }) =>
      log.warn('prescription.job', { kind, attempt, reason, withPerson }),
  });
  let listener: Listener | undefined;
  return {
    async start() {
      listener = await startListener({
        ...settings.listen,
        routes,
        onError: (error) => log.error('prescription.entry', error),
      });
      outbox.start();
      return { url: listener.url };
    },
    async stop() {
      await listener?.close();
      await outbox.stop();
      await centre.close();
      store.close();
    },
    health() {
      const owed = outbox.list();
      const withPerson = owed.filter(({ state }) => state === 'person').length;
      return Promise.resolve({ ok: withPerson === 0, facts: { owed: owed.length, withPerson } });
    },
  };
}

interface EndParts {
  readonly centre: Centre;
  readonly store: AdapterStore;
  readonly facts: CirculationFacts;
  readonly clock: ServiceParts['clock'];
  readonly signing: readonly AdapterSigning[];
}

interface End {
  readonly routes: readonly ListenerRoute[];
  readonly jobs: Readonly<Record<string, JobHandler>>;
}

function endOf(settings: Settings, parts: EndParts): End {
  return settings.role === 'hospital' ? hospitalEnd(settings, parts) : pharmacyEnd(settings, parts);
}

function hospitalEnd({ centre: { dialect } }: Settings, parts: EndParts): End {
  const side = createHospitalSide(parts);
  const news = createNewsDesk({ ...parts, dialect });
  return {
    routes: [...hospitalRoutes(side, parts.store), ...news.routes],
    jobs: {
      ...news.jobs,
      async [UPLOAD_JOB](job) {
        await side.upload(String(job.body));
        return 'done';
      },
    },
  };
}

function pharmacyEnd(settings: Settings, parts: EndParts): End {
  const { institution, operator, terminal, pharmacists, centre } = settings;
  const side = createPharmacySide({
    ...parts,
    knowsRepeats: centre.knowsRepeats,
    pharmacistToken: (code) => pharmacists[code] ?? '',
    terminal: {
      institution,
      ...terminal,
      operator: { account: operator.id, name: operator.name },
      agency: institution.code,
    },
  });
  return { routes: pharmacyRoutes(side), jobs: {} };
}

function dialectOf({ centre, institution, careRegion, operator }: Settings, facts: CirculationFacts) {
  return centre.dialect === 'epc'
    ? epcDialect(facts.centre, { undoDoctorCode: centre.undoDoctorCode })
    : nationalDialect(facts.centre, { institution, careRegion, operator });
}

function signingOf({ centre }: Settings, privateKey: string): readonly AdapterSigning[] {
  const { dialect, publicKey, appId = '', appSecret = '', variants } = centre;
  const common = { privateKey, publicKeys: [publicKey], ...(variants !== undefined && { variants }) };
  return dialect === 'epc'
    ? [{ ...common, profile: 'gm-envelope', credentials: { appId, appSecret } }]
    : [{ ...common, profile: 'fsi-main-cainfo' }];
}
