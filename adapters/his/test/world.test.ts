import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDesk, createHisService, createPolicies, portOf } from '@yiqiao/his';
import type { Desk, HisAction, HisReply, SettledEvent, UndoneEvent } from '@yiqiao/his';
import { formatTime, parseFen, systemClock } from '@yiqiao/model';
import { createClient, openStore } from '@yiqiao/sdk';
import type { AdapterService, AdapterStore, Client } from '@yiqiao/sdk';
import { startWorld } from '../../../packages/cli/src/world.ts';
import type { World } from '../../../packages/cli/src/world.ts';
import { ADMIT, DISCHARGE, REGISTER, SETTINGS, encounterOf, line, stayLine } from './rig.ts';
import { createTableHis } from './table-rig.ts';
import type { TableHis } from './table-rig.ts';
import { CARD, WHO, configured, sumOf } from './world-rig.ts';

/** Gateways, cores, a database and the adapter take a few seconds to start, more on a busy machine. */
const STARTED_MS = 60_000;

describe('A hospital against the sandbox', () => {
  let world: World;
  let his: TableHis;
  let service: AdapterService;
  let url: string;
  let kept: string;
  const folder = mkdtempSync(join(tmpdir(), 'yiqiao-his-'));
  const events: (SettledEvent | UndoneEvent)[] = [];

  before(async function () {
    this.timeout(STARTED_MS);
    his = await createTableHis();
    world = await startWorld({ folder: join(folder, 'sandbox'), ports: 'free', logLevel: 'silent' });
    const note = (event: SettledEvent | UndoneEvent): void => {
      events.push(event);
    };
    const file = await configured(world, his);
    kept = join(file.folder, String(file.settings['store']));
    service = await createHisService({ observers: [{ settled: note, undone: note }] }).create(file.settings, {
      clock: systemClock,
      log: {
        info: () => undefined,
        warn: () => undefined,
        error: (event, error) => assert.fail(`${event} ${String(error)}`),
      },
      readFile: (path) => readFileSync(join(file.folder, path), 'utf8'),
      pathOf: (path) => join(file.folder, path),
      storeEncryption: { algorithm: 'sm4-ctr-hmac-sm3', key: Buffer.alloc(32, 7) },
    });
    url = (await service.start()).url ?? '';
  });
  after(async function () {
    this.timeout(STARTED_MS);
    await service.stop();
    await world.close();
    await his.close();
    rmSync(folder, { recursive: true });
  });

  it('settles a visit through the tables, refunds a part, cancels the rest; the insurer’s books agree', async function () {
    this.timeout(STARTED_MS);
    const now = formatTime(systemClock.now());
    const keys = await his.visit('MZ1', { ...CARD, kssj: now });
    const settled = await his.ended(keys.at(-1) ?? '', '2', '3', '4');
    assert.deepEqual([settled['zt'], settled['fh_zje']], ['2', '84.70'], settled['fhxx'] ?? '');
    for (const key of keys) assert.equal((await his.ended(key, '2', '3', '4'))['zt'], '2');
    const refund = await his.insert(
      { jylx: 'BFTF', jzlsh: 'MZ1', yy: '退药' },
      { yb_request_return: [{ mxh: 'L2' }] },
    );
    const kept = await his.ended(refund, '2', '3', '4');
    assert.deepEqual([kept['zt'], kept['fh_zje']], ['2', '42.35'], kept['fhxx'] ?? '');
    assert.equal(sumOf(world), 4235n);
    const cancel = await his.insert({ jylx: 'JSCX', jzlsh: 'MZ1' });
    const cancelled = await his.ended(cancel, '2', '3', '4');
    assert.equal(cancelled['zt'], '2', cancelled['fhxx'] ?? '');
    assert.equal(sumOf(world), 0n);
    assert.deepEqual(
      events.map((event) => ('how' in event ? event.how : event.total)),
      [8470n, 'refunded-in-part', 4235n, 'cancelled'],
    );
  });

  it('is answered in its own names over HTTP, and told every fault of a bad message', async function () {
    this.timeout(STARTED_MS);
    const bad = await post(url, 'reg', { requestNo: 'R1', visitNo: 'MZ2', patient: { cardType: 'IDD' } });
    assert.deepEqual([bad['code'], bad['errorCode']], [500, 'MESSAGE_INVALID']);
    assert((bad['faults'] as unknown[]).length > 10);
    const missing = await post(url, 'setl', { requestNo: 'R2', visitNo: 'MZ2' });
    assert.deepEqual([missing['code'], missing['errorCode']], [500, 'RECORD_MISSING']);
  });

  it('registers over SOAP in GBK', async function () {
    this.timeout(STARTED_MS);
    const time = formatTime(systemClock.now());
    const inner =
      `<?xml version="1.0" encoding="GBK"?><REQUEST><JIAOYIM>GH01</JIAOYIM><QINGQIUXH>S1</QINGQIUXH>` +
      `<BINGRENID>MZ3</BINGRENID><PINGZHENGLX>ID</PINGZHENGLX><PINGZHENGHM>000000199001010018</PINGZHENGHM>` +
      `<SHENFENZH>000000199001010018</SHENFENZH><XINGMING>测试甲</XINGMING><CANBAODI>330100</CANBAODI><YILIAOLB>11</YILIAOLB>` +
      `<JIUZHENSJ>${time}</JIUZHENSJ><KESHIDM>A03</KESHIDM><KESHIMC>内科</KESHIMC><KEBIE>A03</KEBIE>` +
      `<ZHENDUANMX><ROW><XUHAO>1</XUHAO><DAIMA>I10.x00</DAIMA><MINGCHENG>高血压</MINGCHENG><KESHIMC>内科</KESHIMC>` +
      `<YISHIDM>D530000000001</YISHIDM><YISHIXM>测试医师</YISHIXM><SHIJIAN>${time}</SHIJIAN></ROW></ZHENDUANMX></REQUEST>`;
    const escaped = inner.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
    const soap =
      `<?xml version="1.0" encoding="GBK"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/">` +
      `<soapenv:Body><Call xmlns="http://his.example/"><InXml xmlns="">${escaped}</InXml></Call></soapenv:Body></soapenv:Envelope>`;
    const response = await fetch(`${url}ws`, { method: 'POST', body: gbk(soap) });
    assert.match(response.headers.get('content-type') ?? '', /GBK/);
    const answer = new TextDecoder('gbk').decode(await response.arrayBuffer());
    assert.match(answer, /CallResponse.*OutXml.*&lt;FANHUIDM&gt;0&lt;.*JIUZHENID&gt;\w+/s);
  });

  it('sends GBK as UTF-8 and is told so by name', async () => {
    const bytes = gbk('{"requestNo":"R9","visitNo":"MZ9","reason":"退费"}');
    const response = await fetch(`${url}cancelSetl`, { method: 'POST', body: bytes });
    const answer = (await response.json()) as Record<string, unknown>;
    assert.equal(answer['errorCode'], 'CHARSET_WRONG');
    assert.match(String(answer['message']), /GBK/);
  });

  it('shows nobody in its store, which is sealed', () => {
    const bytes = Buffer.concat([readFileSync(kept), readFileSync(`${kept}-wal`)]);
    assert(bytes.includes('MZ1'), 'visits are found by their numbers');
    const persons = [WHO.personName, WHO.certificateNumber, '测试甲', '000000199001010018', '33010000000000'];
    assert.deepEqual(
      persons.filter((one) => bytes.includes(one)),
      [],
    );
  });

  describe('as a desk in a program', () => {
    let client: Client;
    let store: AdapterStore;
    let desk: Desk;
    let serial = 0;
    const now = formatTime(systemClock.now());

    before(() => {
      const { folder: keys, gateways } = world;
      client = createClient({
        to: gateways.national.url,
        as: { institution: SETTINGS.institution, careRegion: '530100', operator: OPERATOR },
        farSide: 'idempotent',
        signing: {
          privateKey: readFileSync(join(keys, 'his-530000.key.pem'), 'utf8'),
          publicKey: readFileSync(join(keys, '530000.pub.pem'), 'utf8'),
        },
        signIn: { macAddress: '00-00-00-00-00-01', ipAddress: '127.0.0.1' },
        sequences: { first: 8_000, last: 8_700 },
      });
      store = openStore(':memory:');
      desk = createDesk({
        store,
        port: portOf(client),
        clock: systemClock,
        settings: SETTINGS,
        policies: createPolicies(),
      });
    });
    after(async () => {
      await client.close();
      store.close();
    });

    async function ordered(
      visit: string,
      steps: readonly (readonly [HisAction, object])[],
    ): Promise<readonly HisReply[]> {
      const replies: HisReply[] = [];
      for (const [action, body] of steps) {
        const order = { order: `${visit}/${(serial += 1)}`, action, visit, body: body as never };
        replies.push(await desk.perform(order));
      }
      return replies;
    }

    it('admits a patient, settles midway and at the end, and takes all of it back', async function () {
      this.timeout(STARTED_MS);
      const replies = await ordered('ZY1', [
        ['admit', { ...ADMIT, ...WHO, beginTime: now }],
        ['stayFees', { lines: ['L1', 'L2', 'L0'].map((number) => stayLine(number, { feeTime: now })) }],
        ['change', { ...WARD, beginTime: now, visitRecordNumber: 'ZY1', admissionBed: '07' }],
        ['withdrawStay', { feeLineNumbers: ['L0'] }],
        ['presettleStay', { midway: true }],
        ['settleStay', { midway: true }],
        ['stayFees', { lines: [stayLine('L3', { feeTime: now })] }],
        ['discharge', { ...DISCHARGE, endTime: now }],
        ['settleStay', { total: parseFen('42.35') }],
      ]);
      assert.deepEqual(
        replies.filter(({ action }) => action === 'settleStay').map(({ body }) => body['total']),
        [8470n, 4235n],
      );
      assert.equal(sumOf(world), 12705n);
      const { settlements = [] } = desk.findVisit('ZY1') ?? {};
      const ids = settlements.map(({ settlementId }) => settlementId).toReversed();
      for (const settlementId of ids) {
        await desk.perform({
          order: settlementId,
          action: 'cancelStay',
          visit: 'ZY1',
          body: { settlementId },
        });
      }
      assert.equal(sumOf(world), 0n);
      await ordered('ZY1', [
        ['cancelDischarge', {}],
        ['withdrawStay', {}],
        ['cancelAdmission', {}],
      ]);
      assert.equal(desk.findVisit('ZY1')?.state, 'closed');
    });

    it('withdraws, settles, reverses and cancels an outpatient visit', async function () {
      this.timeout(STARTED_MS);
      const lines = ['L1', 'L2'].map((number) => line(number, { feeTime: now }));
      await ordered('MZ7', [
        ['register', { ...REGISTER, ...WHO, beginTime: now }],
        ['fees', { chargeBatch: 'B7', lines }],
        ['withdraw', { feeLineNumbers: ['L1'] }],
        ['settle', { total: parseFen('42.35') }],
      ]);
      assert.equal(sumOf(world), 4235n);
      await ordered('MZ7', [
        ['reverse', {}],
        ['withdraw', {}],
        ['cancelRegistration', {}],
      ]);
      assert.equal(sumOf(world), 0n);
    });

    it('is told before the trial what the insurer’s rules say', async function () {
      this.timeout(STARTED_MS);
      // A drug's code is longer than the 20 characters that 3102 has for it.
      const fee = line('L1', { feeTime: now, catalogueCode: '001102000010000', yuan: '15' });
      const replies = await ordered('MZ8', [
        ['register', { ...REGISTER, ...WHO, beginTime: now }],
        ['fees', { chargeBatch: 'B8', lines: [fee] }],
        ['check', { stage: 'during', encounter: encounterOf(fee, now) }],
        ['presettle', {}],
      ]);
      const hints = replies[2]?.body['hints'] as readonly Readonly<Record<string, unknown>>[];
      assert(hints.length > 0, 'the rules have something to say');
      assert.deepEqual(replies[3]?.body['hints'], hints);
    });
  });

  it('tells how it is', async () => {
    const { ok, facts } = await service.health();
    assert.deepEqual([ok, facts['withPerson'], facts['ordersEnded']], [true, 0, 6]);
  });
});

const { credentialNumber: _, certificateNumber: __, personName: ___, ...WARD } = ADMIT;
const OPERATOR = { type: '1', id: '0001', name: '测试经办' };

async function post(url: string, path: string, body: unknown): Promise<Readonly<Record<string, unknown>>> {
  const response = await fetch(`${url}${path}`, { method: 'POST', body: JSON.stringify(body) });
  assert.equal(response.status, 200);
  return (await response.json()) as Readonly<Record<string, unknown>>;
}

/** Text → GBK: the characters of these messages only. */
function gbk(text: string): Uint8Array<ArrayBuffer> {
  const decoder = new TextDecoder('gbk');
  const codes = new Map<string, readonly [number, number]>();
  for (let high = 0x81; high <= 0xfe; high += 1) {
    for (let low = 0x40; low <= 0xfe; low += 1)
      codes.set(decoder.decode(Uint8Array.of(high, low)), [high, low]);
  }
  return Uint8Array.from(
    text.split('').flatMap((one) => (one < '\u0080' ? [one.charCodeAt(0)] : [...(codes.get(one) ?? [0x3f])])),
  );
}
