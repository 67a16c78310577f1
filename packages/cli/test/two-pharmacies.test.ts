/** Two pharmacies, one prescription: the adapters against the sandbox's prescription centre, gateways and cores. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatTime, systemClock } from '@yiqiao/model';
import { createCounter, createPolicy, pharmacyService } from '@yiqiao/pharmacy';
import type { Counter } from '@yiqiao/pharmacy';
import {
  connectCentre,
  createHospitalSide,
  createPharmacySide,
  epcDialect,
  prescriptionService,
  readCirculationFacts,
} from '@yiqiao/prescription';
import type { Centre, HospitalSide } from '@yiqiao/prescription';
import { createSandboxKeys, sandboxPersons, startPrescriptionCentre } from '@yiqiao/sandbox';
import type { PrescriptionCentre } from '@yiqiao/sandbox';
import { createClient, openStore, readPeripheral } from '@yiqiao/sdk';
import type { AdapterStore, ServiceDefinition } from '@yiqiao/sdk';
import { INSTITUTIONS, startWorld } from '#internal/world.ts';
import type { World } from '#internal/world.ts';
import { buyer, HOSPITAL, orderOf, prescribedPurchase } from './pharmacy-samples.ts';
import { endAll, makeFolder } from './spoken.ts';

const A_WORLD_MS = 30_000;
const SHOPS = [
  { code: 'P53010000001', name: '示例药店一' },
  { code: 'P53010000002', name: '示例药店二' },
] as const;

const parties = [HOSPITAL, ...SHOPS].map((institution) => ({ institution, keys: createSandboxKeys() }));
const credentialsOf = (code: string) => ({
  appId: `app-${code}-000000000000000`,
  appSecret: `secret-of-${code}`,
});

const facts = readCirculationFacts();

describe('a prescription that two pharmacies dispense', function () {
  this.timeout(A_WORLD_MS);
  let world: World;
  let platform: PrescriptionCentre;
  let hospital: HospitalSide;
  let counters: readonly Counter[];
  const closers: (() => Promise<void> | void)[] = [];

  before(async () => {
    world = await startWorld({ folder: join(makeFolder(), 'sandbox'), ports: 'free', logLevel: 'silent' });
    platform = await startPrescriptionCentre({
      notifications: 'by-request',
      callers: parties.map(({ institution: { code }, keys }) => ({
        institution: code,
        ...credentialsOf(code),
        publicKey: keys.publicKey,
      })),
    });
    closers.push(() => platform.close());
    const centreOf = ({ institution: { code }, keys }: (typeof parties)[number]): Centre => {
      const centre = connectCentre(facts.centre, epcDialect(facts.centre), {
        url: platform.url,
        signing: [
          {
            profile: 'gm-envelope',
            privateKey: keys.privateKey,
            publicKeys: [platform.publicKey],
            credentials: credentialsOf(code),
          },
        ],
      });
      closers.push(() => centre.close());
      return centre;
    };
    const [first, ...shops] = parties;
    assert(first !== undefined);
    hospital = createHospitalSide({ centre: centreOf(first), store: memory(), facts, clock: systemClock });
    counters = shops.map((party) => openCounter(party.institution, centreOf(party)));
  });
  after(async () => {
    for (const close of closers.toReversed()) await close();
    await world.close();
    endAll();
  });

  const memory = (): AdapterStore => {
    const store = openStore(':memory:', { clock: systemClock });
    closers.push(() => store.close());
    return store;
  };

  const openCounter = (shop: { readonly code: string; readonly name: string }, centre: Centre): Counter => {
    // The sandbox's gateway knows the institution; which shop it is matters to the prescription centre.
    const institution = INSTITUTIONS.unsigned;
    const insurance = createClient({
      to: world.gateways.national.url,
      as: { institution, careRegion: '530100', operator: { type: '1', id: '0001', name: '测试收银员' } },
      farSide: 'idempotent',
      signIn: { macAddress: '00-00-00-00-00-00', ipAddress: '127.0.0.1' },
      sequences: shop.code.endsWith('1') ? { first: 1, last: 4_999 } : { first: 5_000, last: 9_999 },
    });
    closers.push(() => insurance.close());
    const prescriptions = createPharmacySide({
      centre,
      store: memory(),
      facts,
      clock: systemClock,
      pharmacistToken: (code) => `token-of-${code}`,
      terminal: {
        institution: shop,
        device: 'POS-1',
        address: '127.0.0.1',
        operator: { account: '0001', name: '测试收银员' },
        agency: shop.code,
      },
    });
    return createCounter({
      institution: shop,
      careRegion: '530100',
      policy: createPolicy((name) => readPeripheral('pharmacy', name), {
        courses: 'national',
        payment: 'sandbox',
      }),
      store: memory(),
      insurance,
      clock: systemClock,
      prescriptions,
    });
  };

  const issue = async (number: string): Promise<string> => {
    const issued = await hospital.issue(orderOf(number), () => ({
      sheet: Buffer.from('%PDF-1.7 示例处方笺'),
      pharmacist: {
        departmentCode: 'A01',
        departmentName: '药剂科',
        insuranceCode: 'YS530100000001',
        name: '测试药师甲',
        auditTime: formatTime(systemClock.now()),
      },
    }));
    return issued.traceCode;
  };

  const standing = (): number =>
    world.insuredCore.ledger.effective().filter(({ state }) => state === 'settled').length;

  const settleUp = async (): Promise<void> => {
    for (const { outbox } of counters) await outbox.drain();
    assert.deepEqual(
      counters.flatMap((counter) => counter.owed()),
      [],
    );
  };

  it('is sold by one of them when both try at the same moment, and by the other after it was undone', async () => {
    const code = await issue('RX-0001');
    const results = await Promise.allSettled(
      counters.map((counter, at) => counter.purchase(prescribedPurchase(`20000${at}`, code))),
    );
    const won = results.findIndex(({ status }) => status === 'fulfilled');
    const lost = results.find((result) => result.status === 'rejected');
    assert.deepEqual(results.map(({ status }) => status).toSorted(), ['fulfilled', 'rejected']);
    assert.match(String(lost?.reason), /PRESCRIPTION_TAKEN/);
    assert.equal(standing(), 1);
    await settleUp();
    await counters[won]?.cancel(`20000${won}`);
    await settleUp();
    const other = await counters[1 - won]?.purchase(prescribedPurchase('200002', code));
    assert.deepEqual([other?.state, other?.benefit], ['settled', 'equal']);
    assert.equal(standing(), 1);
    await settleUp();
    const again = counters[won]?.purchase(prescribedPurchase('200003', code));
    await assert.rejects(again ?? Promise.resolve(), { code: /^PRESCRIPTION_/ } as never);
    await counters[1 - won]?.cancel('200002');
    await settleUp();
    assert.equal(standing(), 0);
  });

  it('is sold by a pharmacy whose parts are processes of their own', async () => {
    const [, party] = parties;
    assert(party !== undefined);
    const { code: shop } = party.institution;
    const folder = makeFolder();
    writeFileSync(join(folder, 'centre.key'), party.keys.privateKey);
    const parts = {
      clock: systemClock,
      log: { info: () => {}, warn: () => {}, error: (event: string) => assert.fail(event) },
      readFile: (path: string) => readFileSync(join(folder, path), 'utf8'),
      pathOf: (path: string) => join(folder, path),
      storeEncryption: { algorithm: 'aes-256-gcm', key: Buffer.alloc(32, 7) },
    } as const;
    const start = async (definition: ServiceDefinition, settings: unknown): Promise<string> => {
      const service = await definition.create(settings, parts);
      const { url = '' } = await service.start();
      closers.push(() => service.stop());
      return url;
    };
    const base = {
      careRegion: '530100',
      operator: { type: '1', id: '0001', name: '测试收银员' },
      listen: { port: 0 },
    };
    const prescriptions = await start(prescriptionService, {
      ...base,
      role: 'pharmacy',
      store: 'prescriptions.sqlite',
      institution: party.institution,
      centre: {
        url: platform.url,
        dialect: 'epc',
        privateKeyFile: 'centre.key',
        publicKey: platform.publicKey,
        ...credentialsOf(shop),
      },
      pharmacists: { YS530100000002: 'token-of-the-pharmacist' },
    });
    const till = await start(pharmacyService, {
      ...base,
      store: 'pharmacy.sqlite',
      institution: INSTITUTIONS.unsigned,
      rules: { courses: 'national', payment: 'sandbox' },
      insurance: {
        url: world.gateways.national.url,
        farSide: 'idempotent',
        signIn: { macAddress: '00-00-00-00-00-00', ipAddress: '127.0.0.1' },
      },
      prescriptions: { url: prescriptions },
    });
    const post = async (path: string, body: unknown): Promise<Record<string, unknown>> => {
      const answer = await fetch(`${till}${path}`, { method: 'POST', body: JSON.stringify(body) });
      return (await answer.json()) as Record<string, unknown>;
    };
    const code = await issue('RX-0003');
    const receipt = await post('purchases', prescribedPurchase('200020', code));
    assert.deepEqual([receipt['state'], receipt['benefit']], ['settled', 'equal'], JSON.stringify(receipt));
    const again = await post('purchases', prescribedPurchase('200021', code));
    assert.match(String(again['code']), /^PRESCRIPTION_/, JSON.stringify(again));
    assert.equal((await post('purchases/200020/cancel', {}))['state'], 'cancelled');
    assert.equal(standing(), 0);
    for (const store of ['prescriptions.sqlite', 'pharmacy.sqlite']) {
      const bytes = Buffer.concat(['', '-wal'].map((part) => readFileSync(join(folder, store + part))));
      const persons = [buyer.name, buyer.certno, buyer.psnNo].filter((one) => bytes.includes(one));
      assert.deepEqual(persons, [], `${store} is sealed`);
    }
  });

  it('is not dispensed to another person', async () => {
    const code = await issue('RX-0002');
    const [, other] = sandboxPersons('330000');
    assert(other !== undefined);
    const told = prescribedPurchase('200010', code, other);
    const [counter] = counters;
    await assert.rejects(counter?.purchase(told) ?? Promise.resolve(), { code: 'PRESCRIPTION_OTHER_PERSON' });
    assert.equal(standing(), 0);
  });
});
