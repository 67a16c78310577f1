/** What `yiqiao adapter run` starts: the issuer with its queue, and an HTTP entry for those who settle. */
import { GatewayError } from '@yiqiao/model';
import type { Fault } from '@yiqiao/model';
import {
  connectAdapter,
  createOutbox,
  defineService,
  keepingSettings,
  openStore,
  readPeripheral,
  readSettings,
  setting,
  startListener,
} from '@yiqiao/sdk';
import type {
  Listener,
  Outbox,
  ServiceDefinition,
  ServiceHealth,
  ServiceParts,
  SettingsOf,
} from '@yiqiao/sdk';
import { createBillIssuer } from './bill-issuer.ts';
import { readBillFacts } from './facts.ts';
import type { BillFacts } from './facts.ts';
import { billRoutes } from './http-entry.ts';
import { INSURANCE } from './insurance-settings.ts';
import { createInsuranceSide } from './insurance-side.ts';
import { defineBillPlatform } from './platform.ts';
import { voucherRoutes } from './voucher-routes.ts';

const MEANINGS = [
  ...(['business-number-used', 'number-used', 'bill-unknown'] as const),
  ...(['already-written-off', 'paper-in-force', 'busy'] as const),
] as const;

const SHAPE = {
  store: setting.text(),
  ...keepingSettings,
  listen: setting.section({
    host: setting.withDefault(setting.text(), '127.0.0.1'),
    port: setting.integer({ min: 0, max: 65_535 }),
  }),
  platform: setting.section({
    url: setting.url(),
    appId: setting.text(),
    key: setting.secret(),
    timeoutMs: setting.withDefault(setting.integer({ min: 100, max: 600_000 }), 30_000),
    quietMs: setting.withDefault(setting.integer({ min: 0, max: 86_400_000 }), 120_000),
    refusalCodes: setting.optional(setting.table(setting.oneOf(...MEANINGS))),
  }),
  institutions: setting.list(
    setting.section({
      code: setting.text(),
      name: setting.text(),
      bills: setting.oneOf('public-finance', 'tax'),
      placeCode: setting.optional(setting.text()),
      kind: setting.optional(setting.text()),
      cashier: setting.optional(setting.text()),
      author: setting.optional(setting.text()),
      checker: setting.optional(setting.text()),
    }),
    { min: 1 },
  ),
  businessTypes: setting.withDefault(
    setting.section({
      outpatient: setting.withDefault(setting.text(), '02'),
      inpatient: setting.withDefault(setting.text(), '01'),
      registration: setting.withDefault(setting.text(), '06'),
    }),
    { outpatient: '02', inpatient: '01', registration: '06' },
  ),
  /** The gateway or platform that proves settlements and takes vouchers. */
  insurance: setting.optional(setting.section(INSURANCE)),
  cardType: setting.text(),
  payChannel: setting.text(),
};

/** A voucher brings its layout file along. */
const MAX_BYTES = 16 * 1024 * 1024;

type Settings = SettingsOf<typeof SHAPE>;

/** Facts about the platform, from `schemas/peripheral/e-invoice`. */
export function loadBillFacts(): BillFacts {
  return readBillFacts({
    operations: readPeripheral('e-invoice', 'operations'),
    codes: readPeripheral('e-invoice', 'codes'),
  });
}

/** `adapter: e-invoice`. */
export const eInvoiceService: ServiceDefinition = defineService({
  name: 'e-invoice',
  create(raw, parts) {
    const settings = readSettings(raw, SHAPE);
    const faults = findInstitutionFaults(settings.institutions);
    if (faults.length > 0) throw new GatewayError('CONFIG_INVALID', { faults });
    return Promise.resolve(createService(settings, parts));
  },
});

/** What bills of public finance need, and that no institution stands twice: told before the first charge is settled. */
function findInstitutionFaults(institutions: Settings['institutions']): readonly Fault[] {
  return institutions.flatMap((one, index) => {
    const needed = one.bills === 'tax' ? [] : (['placeCode', 'kind', 'cashier'] as const);
    const missing = needed.filter((name) => one[name] === undefined);
    const isTwice = institutions.findIndex(({ code }) => code === one.code) < index;
    return [
      ...missing.map((name) =>
        institutionFault(`${index}/${name}`, 'required', {
          zh: '开具财政票据的机构须有此设置。',
          en: 'An institution that issues bills of public finance needs it.',
        }),
      ),
      ...(isTwice
        ? [
            institutionFault(`${index}/code`, 'unique', {
              zh: '机构编码重复。',
              en: 'This code stands twice.',
            }),
          ]
        : []),
    ];
  });
}

function institutionFault(place: string, rule: string, message: Fault['message']): Fault {
  const field = place.slice(place.indexOf('/') + 1);
  return { rule, at: `/institutions/${place}`, field, label: { zh: field, en: field }, message };
}

function createService(
  settings: Settings,
  parts: ServiceParts,
): Awaited<ReturnType<ServiceDefinition['create']>> {
  const { clock, log, pathOf, storeEncryption } = parts;
  const facts = loadBillFacts();
  const { url, appId, key, timeoutMs, quietMs, refusalCodes } = settings.platform;
  const adapter = connectAdapter(defineBillPlatform(facts.success), {
    url,
    timeoutMs,
    clock,
    signing: [{ profile: 'boss-md5', credentials: { appId, key } }],
  });
  const store = openStore(pathOf(settings.store), { clock, encryption: storeEncryption });
  const { institutions, insurance, businessTypes, cardType, payChannel } = settings;
  const ways = {
    quietMs,
    businessTypes,
    cardType,
    payChannel,
    refusalCodes: refusalCodes ?? facts.refusalCodes,
  };
  const side =
    insurance === undefined
      ? undefined
      : createInsuranceSide({ settings: insurance, institutions, store, parts });
  const { proof, vouchers } = side ?? {};
  const issuer = createBillIssuer({
    store,
    platform: adapter,
    institutions,
    ways,
    facts,
    clock,
    ...(proof !== undefined && { proof }),
  });
  const outbox = createOutbox({
    store,
    clock,
    keep: settings,
    handlers: { ...issuer.handlers, ...vouchers?.handlers },
    onProblem: ({ kind, attempt, reason, withPerson }) =>
      log.warn('e-invoice.job', { kind, attempt, reason, withPerson }),
  });
  let listener: Listener | undefined;
  return {
    async start() {
      const routes = [
        ...billRoutes(issuer, outbox),
        ...(vouchers === undefined ? [] : voucherRoutes(vouchers)),
      ];
      listener = await startListener({ ...settings.listen, routes, maxBytes: MAX_BYTES });
      outbox.start();
      return { url: listener.url };
    },
    async stop() {
      await listener?.close();
      await outbox.stop();
      await adapter.close();
      await side?.close();
      store.close();
    },
    health: () => Promise.resolve(healthOf(outbox, clock.now())),
  };
}

function healthOf(outbox: Outbox, now: number): ServiceHealth {
  const jobs = outbox.list();
  const oldest = Math.min(...jobs.map(({ enqueuedAt }) => enqueuedAt));
  const withPerson = jobs.filter(({ state }) => state === 'person').length;
  const oldestSeconds = jobs.length === 0 ? 0 : Math.floor((now - oldest) / 1_000);
  return { ok: withPerson === 0, facts: { owed: jobs.length, withPerson, oldestSeconds } };
}
