/** A pharmacy on the adapter against the running sandbox: gateways, cores and clearing platform. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { GatewayError, systemClock } from '@yiqiao/model';
import { createCounter, createPolicy, createStock, pharmacyService } from '@yiqiao/pharmacy';
import type { Counter, OutsidePrescription, PrescriptionPort, Stock } from '@yiqiao/pharmacy';
import { sandboxPersons } from '@yiqiao/sandbox';
import { createClient, openStore, readPeripheral } from '@yiqiao/sdk';
import { parse } from 'yaml';
import { INSTITUTIONS, startWorld } from '#internal/world.ts';
import type { World } from '#internal/world.ts';
import { buyer, personOf, prescribedPurchase, purchase } from './pharmacy-samples.ts';
import { endAll, makeFolder } from './spoken.ts';

/** A sandbox of its own takes a few seconds, more on a machine that does other things besides. */
const A_WORLD_MS = 30_000;

const TABLET = 'XA02BCA215N001010100001';

/** A centre that has one prescription for everybody. */
function centre(log: string[]): PrescriptionPort {
  return {
    find: ({ person }) =>
      Promise.resolve<OutsidePrescription>({
        number: 'RX0001',
        status: 'valid',
        audited: false,
        person,
        prescriber: { institutionCode: 'H53010000001', institutionName: '示例医院', doctorName: '测试医师' },
        issuedAt: '2026-01-01 08:00:00',
        validUntil: '2099-12-31 23:59:59',
        diagnoses: [{ code: 'I10.x00', name: '特发性(原发性)高血压' }],
        drugs: [{ catalogueCode: TABLET, name: '甲类降压片', quantity: '3' as never, unit: '盒' }],
        reuse: { reusable: false, maximumUses: 1, timesUsed: 0, minimumIntervalDays: 0 },
      }),
    claim: ({ claimId }) => {
      log.push('claim');
      return Promise.resolve({ claimId, expiresAt: 0 });
    },
    dispense: () => {
      log.push('dispense');
      return Promise.resolve({ dispensingNumber: 'D1' });
    },
    undo: () => {
      log.push('undo');
      return Promise.resolve();
    },
  };
}

const PHARMACY = new URL('../../../adapters/pharmacy/', import.meta.url);

async function post(url: string, body: string): Promise<Record<string, unknown>> {
  const answer = await fetch(url, { method: 'POST', body });
  return (await answer.json()) as Record<string, unknown>;
}

describe('a pharmacy against the running sandbox', function () {
  this.timeout(A_WORLD_MS);
  let world: World;
  const log: string[] = [];
  const closers: (() => Promise<void> | void)[] = [];
  before(async () => {
    world = await startWorld({ folder: join(makeFolder(), 'sandbox'), ports: 'free', logLevel: 'silent' });
  });
  after(async () => {
    for (const close of closers) await close();
    await world.close();
    endAll();
  });

  const open = (
    courses: string,
    region: { payment?: string } = { payment: 'sandbox' },
    clock = systemClock,
  ): { counter: Counter; stock: Stock } => {
    const store = openStore(':memory:', { clock });
    const institution = INSTITUTIONS.unsigned;
    const insurance = createClient({
      to: world.gateways.national.url,
      as: { institution, careRegion: '530100', operator: { type: '1', id: '0001', name: '测试收银员' } },
      farSide: 'idempotent',
      signIn: { macAddress: '00-00-00-00-00-00', ipAddress: '127.0.0.1' },
    });
    const policy = createPolicy((name) => readPeripheral('pharmacy', name), { courses, ...region });
    const parts = { institution, careRegion: '530100', policy, store, insurance, clock };
    closers.push(
      () => insurance.close(),
      () => store.close(),
    );
    return { counter: createCounter({ ...parts, prescriptions: centre(log) }), stock: createStock(parts) };
  };

  /** Settlements in force at the insured place. */
  const standing = (): readonly string[] =>
    world.insuredCore.ledger
      .effective()
      .filter(({ state }) => state === 'settled')
      .map(({ setlId }) => setlId);

  it('settles a purchase from the account, uploads the sale and cancels it again', async () => {
    const { counter, stock } = open('national');
    const receipt = await counter.purchase(purchase('100001'));
    assert.deepEqual(
      [receipt.state, receipt.settlement?.fundPaid, receipt.settlement?.ownAccountPaid],
      ['settled', '0.00', '79.60'],
    );
    assert.deepEqual(standing(), [receipt.settlement?.settlementId]);
    await counter.outbox.drain();
    assert.equal(stock.find('100001-1000011-S').state, 'uploaded');
    const question = {
      institutionItemCode: 'YD-D-001',
      institutionBatchNumber: 'PC100001',
      beginDate: '2020-01-01',
      endDate: '2099-12-31',
    };
    assert.deepEqual(await stock.compare(question), []);
    assert.equal((await counter.cancel('100001')).state, 'cancelled');
    await counter.outbox.drain();
    assert.equal(stock.find('100001-1000011-R').state, 'uploaded');
    assert.deepEqual(counter.owed(), []);
    assert.deepEqual(standing(), []);
  });

  it('settles once when the answer of the insured place is lost', async () => {
    const { counter } = open('national');
    world.insuredCore.faults.next({ kind: 'lose-reply', infno: '2102' });
    const codes = await Promise.allSettled([counter.purchase(purchase('100002'))]);
    await counter.outbox.drain();
    const state = counter.find('100002').state;
    assert.deepEqual(standing().length, state === 'settled' ? 1 : 0, JSON.stringify(codes));
    if (state !== 'settled') await counter.purchase(purchase('100003'));
    assert.equal(standing().length, 1);
    await counter.cancel(state === 'settled' ? '100002' : '100003');
    assert.deepEqual(standing(), []);
  });

  it('has the pooled fund pay an outside prescription as the policy of equal benefit says', async () => {
    const { counter } = open('national');
    const told = prescribedPurchase('100004', 'QR0001');
    const receipt = await counter.purchase(told);
    assert.deepEqual(
      [receipt.state, receipt.benefit, receipt.prescriptionNumber],
      ['settled', 'equal', 'RX0001'],
    );
    await counter.outbox.drain();
    await counter.cancel('100004');
    await counter.outbox.drain();
    assert.deepEqual(log, ['claim', 'dispense', 'undo']);
    assert.deepEqual(counter.owed(), []);
    assert.deepEqual(standing(), []);
  });

  it('orders a purchase of somebody from elsewhere, finds it paid and refunds it', async () => {
    let ahead = 0;
    const { counter, stock } = open('hunan', undefined, { now: () => systemClock.now() + ahead });
    const balance = (): bigint => world.insuredCore.balanceOf(buyer.psnNo, '2026')?.account ?? 0n;
    const before = balance();
    assert.equal((await counter.purchase(purchase('100005'))).state, 'ordered');
    await post(`${world.careCores.national.url}payments`, '');
    ahead = 20_000;
    await counter.outbox.drain();
    const receipt = counter.find('100005');
    const day = receipt.settlement?.time.slice(0, 10) ?? '';
    assert.deepEqual(await stock.compareOffSiteDay(day), { day, orders: 1, owed: '79.60', differences: [] });
    assert.deepEqual(
      [receipt.course, receipt.state, receipt.settlement?.ownAccountPaid],
      ['off-site-order', 'settled', '79.60'],
    );
    assert.equal(balance(), before - 7960n, 'the account is the one that the insured place keeps');
    assert.equal((await counter.cancel('100005')).state, 'cancelled');
    assert.equal(balance(), before);
    await counter.outbox.drain();
    assert.deepEqual(counter.owed(), []);
  });

  it('has a relative pay by mutual aid, whose credential the insured place verifies', async () => {
    const { counter } = open('national');
    const [, , , payer, aided] = sandboxPersons('330000');
    assert(payer !== undefined && aided !== undefined);
    const told = (number: string, credential: string): Record<string, unknown> =>
      purchase(number, {
        person: personOf(aided),
        payment: {
          fund: false,
          account: 'mutual-aid',
          payer: {
            certificateType: '01',
            certificateNumber: payer.certno,
            name: payer.name,
            insuredRegion: payer.insuredPlace,
            relation: 'parent',
            credential: { type: '01', number: credential },
            authorisation: { number: 'GJ0001', validUntil: '2099-12-31' },
          },
        },
      });
    const receipt = await counter.purchase(told('100006', payer.token));
    const { ownAccountPaid, mutualAidPaid, cashPaid } = receipt.settlement ?? {};
    assert.deepEqual([ownAccountPaid, mutualAidPaid, cashPaid], ['0.00', '79.60', '0.00']);
    assert.deepEqual([receipt.insured, receipt.payer], ['测**', { name: '测**', relation: 'parent' }]);
    assert.equal((await counter.cancel('100006')).state, 'cancelled');
    const stranger = counter.purchase(told('100007', buyer.token));
    await assert.rejects(stranger, { code: 'MUTUAL_AID_NOT_AUTHORISED' });
    assert.deepEqual(standing(), []);
  });

  it('settles as an outpatient visit where the region does so', async () => {
    // The sandbox pays a visit by the level of the institution, not by the policy of equal benefit.
    const { counter } = open('visit', {});
    const told = prescribedPurchase('100008', 'QR0001');
    const receipt = await counter.purchase(told);
    assert.deepEqual([receipt.course, receipt.state], ['visit', 'settled']);
    assert.equal((await counter.cancel('100008')).state, 'cancelled');
    assert.deepEqual(standing(), []);
  });

  it('runs with the configuration of its README, and takes the bodies of its examples', async () => {
    const readme = readFileSync(fileURLToPath(new URL('README.md', PHARMACY)), 'utf8');
    const [, yaml = ''] = /```yaml\n([\s\S]*?)```/.exec(readme) ?? [];
    const printed = parse(yaml) as { insurance: { url: string }; listen: { port: number } };
    const path = new URL(printed.insurance.url).pathname;
    const folder = makeFolder();
    const service = await pharmacyService.create(
      {
        ...printed,
        insurance: { ...printed.insurance, url: `${world.gateways.national.base}${path}` },
        listen: { ...printed.listen, port: 0 },
      },
      {
        clock: systemClock,
        log: {
          info: () => {},
          warn: () => {},
          error: (event, error) => assert.fail(`${event} ${String(error)}`),
        },
        readFile: (name) => readFileSync(join(folder, name), 'utf8'),
        pathOf: (name) => join(folder, name),
      },
    );
    const { url = '' } = await service.start();
    closers.push(() => service.stop());
    const example = (name: string): string =>
      readFileSync(fileURLToPath(new URL(`examples/${name}.json`, PHARMACY)), 'utf8');
    const sold = await post(`${url}purchases`, example('purchase'));
    assert.deepEqual([sold['state'], sold['total']], ['settled', '79.60']);
    const taken = await post(`${url}goods`, example('goods'));
    assert.equal((taken['records'] as unknown[]).length, 2);
    const number = String(sold['number']);
    assert.equal((await post(`${url}purchases/${number}/cancel`, '{}'))['state'], 'cancelled');
    assert.equal((await service.health()).facts['withPerson'], 0);
    assert.deepEqual(standing(), []);
  });

  it('tells every fault of a configuration at once', async () => {
    const parts = { clock: systemClock, readFile: () => '', pathOf: (path: string) => path };
    const log = { info: () => {}, warn: () => {}, error: () => {} };
    const wrong = {
      adapter: 'pharmacy',
      careRegion: 530100,
      insurance: { url: 'x', farSide: 'idempotent' },
      extra: 1,
    };
    await assert.rejects(pharmacyService.create(wrong, { ...parts, log }), (error) => {
      assert(error instanceof GatewayError);
      const places = new Set((error.details.faults ?? []).map(({ at }) => at));
      for (const place of ['/careRegion', '/extra', '/insurance/url', '/store', '/rules', '/listen']) {
        assert(places.has(place), place);
      }
      return true;
    });
  });
});
