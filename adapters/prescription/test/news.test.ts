/** What the centre tells a hospital unasked: taken once, parked when it comes before its cause, refused when forged. */
import assert from 'node:assert/strict';
import { createNewsDesk } from '@yiqiao/prescription';
import { createOutbox, openStore, startListener } from '@yiqiao/sdk';
import type { Listener, ListenerRoute, NotificationDesk, Outbox } from '@yiqiao/sdk';
import {
  appIdOf,
  claimOf,
  facts,
  HOSPITAL,
  HOSPITAL_PHARMACIST,
  issue,
  makeOrder,
  MORNING,
  openWorld,
  PATIENT,
  reportOf,
  secretOf,
  SHEET,
} from './circulation-world.ts';
import type { CirculationWorld } from './circulation-world.ts';

for (const dialect of ['epc', 'national'] as const) {
  describe(`News from the centre (${dialect})`, () => {
    let world: CirculationWorld;
    let listener: Listener;
    let desk: NotificationDesk | undefined;
    let outbox: Outbox;

    beforeEach(async () => {
      // The centre must know where to call before it starts, the desk the centre's key: routes are looked up late.
      const late = (path: string): ListenerRoute => ({
        method: 'POST',
        path,
        handle: (request) => {
          const route = desk?.routes.find((one) => one.path === path);
          assert(route !== undefined);
          return route.handle(request);
        },
      });
      const { notifications, dialects } = facts.centre;
      const { notificationPath } = dialects.national;
      const paths =
        dialect === 'epc' ? Object.values(notifications).map(({ path }) => path) : [notificationPath];
      listener = await startListener({ port: 0, routes: paths.map((path) => late(`/${path}`)) });
      const notifyUrl = dialect === 'epc' ? listener.url : `${listener.url}${notificationPath}`;
      world = await openWorld({ dialect, notifyUrl });
      desk = createNewsDesk({
        facts,
        dialect,
        store: world.hospitalStore,
        clock: world.clock,
        signing: [signing(world.platform.publicKey)],
      });
      outbox = createOutbox({ store: world.hospitalStore, clock: world.clock, handlers: desk.jobs });
    });
    afterEach(async () => {
      await listener.close();
      await world.close();
    });

    const signing = (publicKey: string) => {
      const common = { privateKey: world.hospitalKeys.privateKey, publicKeys: [publicKey] };
      const credentials = { appId: appIdOf(HOSPITAL.code), appSecret: secretOf(HOSPITAL.code) };
      return dialect === 'epc'
        ? { ...common, profile: 'gm-envelope', credentials }
        : { ...common, profile: 'fsi-main-cainfo' };
    };
    const told = () => world.platform.ledger.told().map(({ kind, acknowledged }) => [kind, acknowledged]);

    async function dispensed(): Promise<string> {
      const [{ side }] = world.pharmacies;
      const { number, code } = await issue(world);
      await side.find({ code, person: PATIENT });
      await side.claim(claimOf('C1', number));
      await side.dispense(reportOf('C1', number));
      return number;
    }

    it('says who audited and what was handed out, without being asked', async () => {
      const number = await dispensed();
      await world.platform.notify();
      const { audit, dispensing } = world.hospital.standing(number);
      assert.equal(audit?.passed, true);
      assert.equal(dispensing?.useStatus, '3');
      assert.deepEqual(told(), [
        ['rxChkInfoNotify', true],
        ['rxSetlInfoNotify', true],
      ]);
      assert.deepEqual(
        world.hospitalStore
          .eventsWith(number)
          .map(({ step }) => step)
          .slice(3),
        ['prescription.told-audited', 'prescription.told-dispensed'],
      );
    });

    it('is told until it is heard, and told again changes nothing', async () => {
      const number = await dispensed();
      const whole = desk;
      desk = undefined;
      await world.platform.notify();
      assert.deepEqual(told(), [
        ['rxChkInfoNotify', false],
        ['rxSetlInfoNotify', false],
      ]);
      desk = whole;
      await world.platform.notify();
      await world.hospital.findAudit(number);
      const count = world.hospitalStore.eventsWith(number).length;
      await world.platform.notify();
      assert.equal(world.hospitalStore.eventsWith(number).length, count);
      assert.deepEqual(
        told().map(([, acknowledged]) => acknowledged),
        [true, true],
      );
    });

    it('is kept when it comes before its cause, and acted on when the cause is there', async () => {
      const number = await dispensed();
      type Kept = { life: { stage: string } };
      const kept = world.hospitalStore.get<Kept>('prescription', number);
      world.hospitalStore.transact((tx) => tx.remove('prescription', number));
      await world.platform.notify();
      assert.deepEqual(
        told().map(([, acknowledged]) => acknowledged),
        [true, true],
        'it is durable here, so the centre need not keep it',
      );
      assert.equal(outbox.list().length, 2);
      // The answer to the pre-check comes now, as it were.
      world.hospitalStore.transact((tx) => tx.put('prescription', number, kept));
      world.clock.pass(60_000);
      await outbox.drain();
      assert.equal(world.hospital.standing(number).dispensing?.useStatus, '3');
      assert.equal(outbox.list().length, 0);
    });

    it('lies with a person when nobody here ever wrote such a prescription', async () => {
      await dispensed();
      world.hospitalStore.transact((tx) => {
        for (const { key } of tx.list('prescription')) tx.remove('prescription', key);
      });
      await world.platform.notify();
      for (let round = 0; round < 25; round += 1) {
        world.clock.pass(60_000);
        await outbox.drain();
      }
      assert.deepEqual(
        outbox.list().map(({ state }) => state),
        ['person', 'person'],
      );
    });

    it('is refused when somebody else has signed it', async () => {
      const number = await dispensed();
      desk = createNewsDesk({
        facts,
        dialect,
        store: world.hospitalStore,
        clock: world.clock,
        signing: [signing(world.hospitalKeys.publicKey)],
      });
      await world.platform.notify();
      assert.deepEqual(
        told().map(([, acknowledged]) => acknowledged),
        [false, false],
      );
      assert.equal(world.hospital.standing(number).audit, undefined);
    });

    it('is parked while the prescription is signed and not yet uploaded here', async () => {
      const order = makeOrder('RX-0001');
      const { number } = await world.hospital.check(order);
      await world.hospital.sign(number, { sheet: SHEET, pharmacist: HOSPITAL_PHARMACIST });
      world.platform.faults.next({ kind: 'lose-reply', infno: '7103' });
      await assert.rejects(world.hospital.upload(number));
      // The centre has it, a pharmacy audits it, and the news overtakes the answer.
      const [{ side }] = world.pharmacies;
      const code = world.hospital.standing(number).traceCode;
      await side.find({ code, person: PATIENT });
      await side.claim(claimOf('C1', number));
      await world.platform.notify();
      assert.equal(world.hospital.standing(number).audit, undefined);
      await world.hospital.upload(number, { order });
      world.clock.pass(60_000);
      await outbox.drain();
      assert.equal(world.hospital.standing(number).audit?.passed, true);
    });
  });
}

describe('News that is not right', () => {
  const BAD: readonly [string, object, string][] = [
    ['a transaction that is none', { infno: '7110', input: { data: {} } }, 'TRANSACTION_UNKNOWN'],
    [
      'nothing of its subject',
      { infno: '7108', input: { data: { pharName: '测试药师' } } },
      'MESSAGE_INVALID',
    ],
    ['no input at all', { infno: '7109' }, 'MESSAGE_INVALID'],
  ];
  for (const [name, message, code] of BAD) {
    it(`is refused for ${name}, in the form in which it came`, async () => {
      const store = openStore(':memory:', { clock: { now: () => MORNING } });
      const { routes } = createNewsDesk({
        facts,
        dialect: 'national',
        store,
        clock: { now: () => MORNING },
        signing: [{ profile: 'fsi-main-cainfo', peerUnsigned: true }],
      });
      const body = Buffer.from(JSON.stringify({ msgid: 'M1', ...message }));
      const [route] = routes;
      assert(route !== undefined);
      const { signal } = new AbortController();
      const request = { method: 'POST', path: route.path, params: {}, query: new URLSearchParams() };
      const answer = await route.handle({ ...request, headers: {}, body, signal });
      const told = JSON.parse(Buffer.from(answer.body).toString()) as { infcode: number; err_msg: string };
      assert.equal(told.infcode, -1);
      assert.match(told.err_msg, new RegExp(`^${code}`));
      assert.deepEqual(store.list('notification'), []);
      store.close();
    });
  }
});
