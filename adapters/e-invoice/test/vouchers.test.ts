/** Settlement vouchers beside the bills: uploaded once, asked about, renewed. */
import assert from 'node:assert/strict';
import { GatewayError } from '@yiqiao/model';
import { createClient, createOutbox, nationalShape } from '@yiqiao/sdk';
import { createVoucherDesk, throughClient } from '@yiqiao/e-invoice';
import type { VoucherDesk, VoucherPort } from '@yiqiao/e-invoice';
import { charge, hospital, startBillingWorld } from './billing-world.ts';
import type { BillingWorld } from './billing-world.ts';

interface Sent {
  readonly operation: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly messageId: string | undefined;
}

/** The one voucher of a message. */
function voucherIn(body: Sent['body'] = {}): Readonly<Record<string, unknown>> {
  const [voucher, ...more] = body['vouchers'] as readonly Readonly<Record<string, unknown>>[];
  assert.equal(more.length, 0);
  return voucher ?? assert.fail('no voucher in the message');
}

/** The insurance side, by hand: what it has, and what goes wrong with the next upload. */
function createInsuranceSide(): VoucherPort & {
  readonly sent: Sent[];
  next: 'answer' | 'lose-request' | 'lose-reply' | 'refuse';
  failure: string;
} {
  const sent: Sent[] = [];
  const saved = new Map<string, string>();
  const answered = new Set<string>();
  let minted = 0;
  const side = {
    sent,
    next: 'answer' as 'answer' | 'lose-request' | 'lose-reply' | 'refuse',
    failure: '',
    newMessageId: () => `M${(minted += 1)}`,
    resolve: (messageId: string) =>
      Promise.resolve({ state: answered.has(messageId) ? ('answered' as const) : ('unknown' as const) }),
    call(operation: string, body: unknown, options: { readonly messageId?: string } = {}) {
      const members = body as Readonly<Record<string, unknown>>;
      sent.push({ operation, body: members, messageId: options.messageId });
      if (operation === 'findVoucherUpload') {
        const number = saved.get(String(members['uploadBatch']));
        const told = { voucherNumber: number, saveFailureReason: side.failure };
        return Promise.resolve({ body: { vouchers: number === undefined ? [] : [told] } });
      }
      if (operation === 'findVoucherStatus')
        return Promise.resolve({ body: { voucherNumber: members['voucherNumber'], voucherCancelled: '0' } });
      const how = side.next;
      side.next = 'answer';
      if (how === 'refuse')
        return Promise.reject(
          new GatewayError('UPSTREAM_REJECTED', { upstream: { code: '-1', text: '批次已存在' } }),
        );
      if (how !== 'lose-request') {
        saved.set(String(members['uploadBatch']), String(voucherIn(members)['voucherNumber']));
      }
      if (how !== 'answer') return Promise.reject(new GatewayError('UPSTREAM_TIMEOUT'));
      answered.add(options.messageId ?? '');
      return Promise.resolve({ body: null });
    },
  };
  return side as ReturnType<typeof createInsuranceSide>;
}

describe('settlement vouchers', () => {
  let world: BillingWorld;
  let side: ReturnType<typeof createInsuranceSide>;
  let desk: VoucherDesk;
  let drain: (ms: number) => Promise<void>;
  const request = {
    settlementId: 'S1',
    businessPeriod: '202603',
    fileName: 'S1.zip',
    layoutFile: Buffer.from('PK synthetic'),
  };

  beforeEach(async () => {
    world = await startBillingWorld();
    side = createInsuranceSide();
    desk = createVoucherDesk({
      store: world.store,
      client: side,
      institution: { code: hospital.code, name: hospital.name, region: '530100' },
      codes: { type: '1', settlementType: '1', visitTypes: { outpatient: '1', inpatient: '2' } },
      clock: world.clock,
    });
    const outbox = createOutbox({ store: world.store, handlers: desk.handlers, clock: world.clock });
    drain = async (ms) => {
      await world.pass(ms);
      await outbox.drain();
    };
    world.issuer.settled(charge('S1'));
    await world.settle();
  });
  afterEach(() => world.close());

  const uploads = (): readonly Sent[] => side.sent.filter(({ operation }) => operation === 'uploadVouchers');
  const waiting = () => world.store.jobs.list().map(({ state, reason }) => [state, reason]);

  it('are uploaded with the numbers of the bill, and their result is asked for', async () => {
    const batch = desk.upload(request);
    assert.equal(batch.length, 20, '4902 takes a batch of 20 characters at most');
    await drain(0);
    const [sent] = uploads();
    const voucher = voucherIn(sent?.body);
    assert.deepEqual(
      [voucher['voucherNumber'], voucher['total'], voucher['billDate'], voucher['mainDiagnosisCode']],
      ['0000000001', 10_000n, '2026-03-01', 'J06.903'],
    );
    assert.equal(sent?.body['layoutFileArchive'], Buffer.from('PK synthetic').toString('base64'));
    const record = desk.find(batch);
    assert.deepEqual(
      [record?.state, record?.told?.voucherNumber, record?.layoutFile],
      ['uploaded', '0000000001', undefined],
    );
    assert.equal((await desk.status('S1')).voucherCancelled, '0');
  });

  it('stand on the wire in the list that the interface requires, and are read back from it', async () => {
    desk.upload(request);
    await drain(0);
    const shape = nationalShape('uploadVouchers');
    const body = uploads()[0]?.body as unknown as Parameters<typeof shape.writeRequest>[0];
    const nodes = shape.writeRequest(body);
    const { upldDetlList } = nodes['input'] as { upldDetlList: readonly { elecSetlCertNo: string }[] };
    assert.deepEqual(
      upldDetlList.map(({ elecSetlCertNo }) => elecSetlCertNo),
      ['0000000001'],
    );
    assert.equal(nodes['data'], undefined);
    const { body: back, carried } = shape.readRequest(nodes);
    assert.deepEqual([back.vouchers, carried], [body.vouchers, {}]);
  });

  it('need a bill in force', () => {
    world.issuer.settled(charge('S2'));
    for (const settlementId of ['S2', 'S9'])
      assert.throws(() => desk.upload({ ...request, settlementId }), { code: 'VOUCHER_WITHOUT_BILL' });
  });

  it('need what the interface requires: a diagnosis, at once and not when it is sent', async () => {
    world.issuer.settled(charge('S2', { diagnoses: [] }));
    await world.settle();
    const upload = () => desk.upload({ ...request, settlementId: 'S2' });
    assert.throws(upload, (error: { code: string; details: { faults: readonly { field: string }[] } }) => {
      assert.equal(error.code, 'MESSAGE_INVALID');
      assert.deepEqual(
        error.details.faults.map(({ field }) => field),
        ['maindiagCode', 'maindiagName'],
      );
      return true;
    });
    assert.deepEqual(waiting(), []);
  });

  it('are asked about when the answer is lost, never sent again blindly', async () => {
    side.next = 'lose-reply';
    const batch = desk.upload(request);
    await drain(0);
    await drain(60_000);
    assert.equal(uploads().length, 1);
    assert.equal(desk.find(batch)?.state, 'uploaded');
    side.next = 'lose-request';
    desk.upload(request);
    for (let pass = 0; pass < 12; pass += 1) await drain(300_000);
    assert.equal(uploads().length, 2);
    assert.deepEqual(waiting(), [['person', 'UPSTREAM_TIMEOUT']]);
  });

  it('wait without end for a gateway that is not there, by way of the client of the SDK', async () => {
    const client = createClient({
      to: 'http://127.0.0.1:9/',
      as: {
        institution: hospital,
        careRegion: '530100',
        operator: { type: '1', id: '0001', name: '测试经办' },
      },
    });
    const institution = { code: hospital.code, name: hospital.name, region: '530100' };
    const codes = { type: '1', settlementType: '1', visitTypes: { outpatient: '1', inpatient: '2' } };
    const { store, clock } = world;
    const away = createVoucherDesk({ store, clock, client: throughClient(client), institution, codes });
    const outbox = createOutbox({ store, clock, handlers: away.handlers });
    const batch = away.upload(request);
    for (let pass = 0; pass < 20; pass += 1) {
      await world.pass(300_000);
      await outbox.drain();
    }
    assert.deepEqual(waiting(), [['waiting', 'UPSTREAM_UNREACHABLE']]);
    assert.equal(away.find(batch)?.isSent, undefined);
    await client.close();
  });

  it('keep what the insurance side says against them', async () => {
    side.failure = '版式文件无法解析';
    const batch = desk.upload(request);
    await drain(0);
    assert.equal(desk.find(batch)?.state, 'refused');
    assert.equal(desk.find(batch)?.told?.saveFailureReason, '版式文件无法解析');
    side.next = 'refuse';
    const other = desk.upload(request);
    await drain(0);
    assert.equal(desk.find(other)?.state, 'refused');
    assert.deepEqual(waiting(), []);
  });

  it('are renewed with the numbers of the bill that they showed before', async () => {
    world.issuer.settled(charge('S2'));
    await world.settle();
    const renews = { settlementId: 'S1', reason: '部分退费重开', uploadMode: '1', codeWrong: '0' };
    const batch = desk.upload({ ...request, settlementId: 'S2', renews });
    await drain(0);
    const sent = side.sent.find(({ operation }) => operation === 'renewVouchers');
    const voucher = voucherIn(sent?.body);
    assert.deepEqual(
      [voucher['voucherNumber'], voucher['originalVoucherNumber'], voucher['uploadReason']],
      ['0000000002', '0000000001', '部分退费重开'],
    );
    assert.equal(desk.find(batch)?.state, 'uploaded');
  });
});
