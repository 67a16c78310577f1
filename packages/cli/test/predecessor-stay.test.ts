import assert from 'node:assert/strict';
import { join } from 'node:path';
import { furtherScripts } from '@yiqiao/sandbox';
import type { HisVisit, SettledCharge, VisitScript } from '@yiqiao/sandbox';
import { booksAgree, readBooks } from '#internal/ledgers.ts';
import { startWorld } from '#internal/world.ts';
import type { World } from '#internal/world.ts';
import { endAll, makeFolder } from './spoken.ts';

const script = furtherScripts('330000').find(({ id }) => id === 'd-stay') as VisitScript;

/** What a predecessor gateway told: the error code and text, and the output as it stands. */
interface Told {
  readonly status: number;
  readonly errorcode: string;
  readonly errormsg: string;
  readonly text: string;
}

const elementOf = (text: string, name: string): string =>
  new RegExp(`<${name}>([^<]*)</${name}>`).exec(text)?.[1] ?? '';

type Elements = Readonly<Record<string, string>>;

const written = (elements: Elements): string =>
  Object.entries(elements)
    .map(([name, value]) => `<${name}>${value}</${name}>`)
    .join('');

const yuan = (fen: bigint): string => (Number(fen) / 100).toFixed(2);

describe('a stay at a predecessor HIS', function () {
  this.timeout(30_000);
  let world: World;
  before(async () => {
    world = await startWorld({ folder: join(makeFolder(), 'sandbox'), ports: 'free', logLevel: 'silent' });
  });
  after(async () => {
    await world.close();
    endAll();
  });

  const wards = () => world.his.predecessor.inpatient;

  async function done<T>(
    step: Promise<{ readonly state: string; readonly text?: string; readonly value?: T }>,
  ): Promise<T> {
    const told = await step;
    assert.equal(told.state, 'done', told.text);
    return told.value as T;
  }

  const refusal = async (
    step: Promise<{ readonly state: string; readonly text?: string }>,
  ): Promise<string> => {
    const told = await step;
    assert.equal(told.state, 'not-done');
    return told.text ?? '';
  };

  async function admitted(): Promise<HisVisit> {
    const patient = await done(world.his.predecessor.identify(script.credential));
    return done(wards().admit(patient, script.plan));
  }

  async function charged(visit: HisVisit): Promise<SettledCharge> {
    const { told, messageId } = await wards().settleWithCare(visit);
    assert.equal(
      told.state,
      'done',
      JSON.stringify(told, (_, one) => String(one)),
    );
    return { messageId, settlement: told.value };
  }

  async function discharged(): Promise<HisVisit> {
    const visit = await admitted();
    await done(wards().uploadFees(visit, script.items));
    await done(wards().discharge(visit));
    return visit;
  }

  async function assertBooks(visit: HisVisit): Promise<void> {
    await Promise.all(Object.values(world.gateways).map((gateway) => gateway.idle()));
    const his = world.his.predecessor.ledger.rows().filter(({ mdtrtId }) => mdtrtId === visit.id);
    const books = await readBooks(world, 'predecessor', { id: visit.id, his });
    assert.equal(booksAgree(books), true, JSON.stringify(books));
  }

  /** Elements that say where and who. */
  const who = (certno = script.credential.certno): Elements => ({
    aab299: '440100',
    akb026: 'H44010000001',
    aab301: '330100',
    aac002: certno,
    aac043: '90',
    aac044: certno,
  });

  let sent = 0;
  async function post(
    transNo: string,
    elements: Elements,
    options: { transid?: string } = {},
  ): Promise<Told> {
    const transid = options.transid ?? `440100000000000${String((sent += 1)).padStart(5, '0')}`;
    const inner = `<input><sign></sign><transid>${transid}</transid>${written(elements)}</input>`;
    const escaped = inner.replaceAll('<', '&lt;').replaceAll('>', '&gt;');
    const body =
      `<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body><q:STYDJKService ` +
      `xmlns:q="http://pojo.webservice.service.ybdy.sinobest.cn"><q:TransNo>${transNo}</q:TransNo>` +
      `<q:Inxml>${escaped}</q:Inxml></q:STYDJKService></e:Body></e:Envelope>`;
    const response = await fetch(world.gateways.predecessor.url, {
      method: 'POST',
      headers: { 'content-type': 'text/xml; charset=GBK', soapaction: '""' },
      body,
    });
    const text = new TextDecoder('gbk')
      .decode(await response.arrayBuffer())
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>');
    const [errorcode, errormsg] = [elementOf(text, 'errorcode'), elementOf(text, 'errormsg')];
    return { status: response.status, errorcode, errormsg, text };
  }

  it('is cancelled by 0305, and everybody has it back', async () => {
    const visit = await discharged();
    await done(wards().cancel(visit, await charged(visit)));
    await assertBooks(visit);
    const states = world.insuredCore.ledger.rows().filter(({ mdtrtId }) => mdtrtId === visit.id);
    assert.deepEqual(
      states.map(({ state }) => state),
      ['cancelled', 'cancellation'],
    );
  });

  it('is reversed by 1301, which names 0304 and finds 2304', async () => {
    const visit = await discharged();
    const charge = await charged(visit);
    await done(wards().reverse(visit, charge));
    await assertBooks(visit);
    const states = world.insuredCore.ledger.rows().filter(({ mdtrtId }) => mdtrtId === visit.id);
    assert.deepEqual(
      states.map(({ state }) => state),
      ['reversed'],
    );
  });

  it('whose answer to 2304 is lost is taken back and charged again, once', async () => {
    const visit = await discharged();
    world.insuredCore.faults.next({ kind: 'lose-reply', infno: '2304' });
    const { told, charges, messageId } = await wards().settleWithCare(visit);
    assert.deepEqual([told.state, charges], ['done', 2]);
    await assertBooks(visit);
    const rows = world.insuredCore.ledger.rows().filter(({ mdtrtId }) => mdtrtId === visit.id);
    assert.deepEqual(
      rows.map(({ state }) => state),
      ['reversed', 'settled'],
    );
    await done(wards().reverse(visit, { messageId }));
  });

  it('is undone step by step: discharge, fees and admission are taken back', async () => {
    const visit = await admitted();
    await done(wards().changeBed(visit, '12'));
    await done(wards().uploadFees(visit, script.items));
    await done(wards().discharge(visit));
    await done(wards().cancelDischarge(visit));
    assert.match(await refusal(wards().cancelAdmission(visit)), /费用/);
    await done(wards().withdrawFees(visit));
    await done(wards().cancelAdmission(visit));
    assert.notEqual(await refusal(wards().discharge(visit)), '');
  });

  it('withdraws one fee line by its number, and refuses to take the number of a message for all lines', async () => {
    const visit = await admitted();
    await done(wards().uploadFees(visit, script.items));
    const refused = await post('0302', { ...who(), ykc700: visit.id, otransid: '4401000000000000000009' });
    assert.deepEqual([refused.errorcode, /otransid/.test(refused.text)], ['-1', true], refused.text);
    const one = await post('0302', { ...who(), ykc700: visit.id, otransid: '0', ykc610: '1' });
    assert.equal(one.errorcode, '0', one.text);
    const again = await post('0302', { ...who(), ykc700: visit.id, otransid: '0', ykc610: '1' });
    assert.equal(again.errorcode, '-1', 'the line is gone');
    await done(wards().withdrawFees(visit));
    await done(wards().cancelAdmission(visit));
  });

  it('is not known to a gateway that has no admission on record', async () => {
    const visit = await admitted();
    const unknown = { ...visit, id: '44000026010199999999' };
    for (const step of [
      wards().uploadFees(unknown, script.items),
      wards().discharge(unknown),
      wards().cancelAdmission(unknown),
    ]) {
      assert.match(await refusal(step), /\[RECORD_MISSING\]/);
    }
    assert.match(await refusal(wards().changeBed(unknown, '02')), /没有记录/);
    await done(wards().cancelAdmission(visit));
  });

  it('of another person is refused', async () => {
    const visit = await admitted();
    const other = '000000199003070038';
    const told = await post('0216', { ...who(other), ykc700: visit.id, otransid: '0' });
    assert.deepEqual([told.errorcode, /aac044/.test(told.text)], ['-1', true], told.text);
    await done(wards().cancelAdmission(visit));
  });

  it('with parts that do not make the total is refused before anything is settled', async () => {
    const visit = await discharged();
    const { totals } = visit;
    const broken = { ...visit, totals: { ...totals, inScope: totals.inScope + 100n } };
    const { told } = await wards().settle(broken);
    assert.equal(
      told.state,
      'not-done',
      JSON.stringify(told, (_, one) => String(one)),
    );
    assert.deepEqual(
      world.insuredCore.ledger.rows().filter(({ mdtrtId }) => mdtrtId === visit.id),
      [],
    );
  });

  it('is cleared by the month: fetched by 6527, confirmed by 6521, rolled back by 6522', async () => {
    const visit = await discharged();
    const { settlement } = await charged(visit);
    await Promise.all(Object.values(world.gateways).map((gateway) => gateway.idle()));
    const { aab299 = '', akb026 = '' } = who();
    const month = {
      aab299,
      akb026,
      yzz060: settlement.time.slice(0, 4),
      yzz061: settlement.time.slice(4, 6),
    };
    const fetched = await post('6527', { ...month, startrow: '1' });
    const row = fetched.text.split('<row>').find((one) => one.includes(settlement.setlId)) ?? '';
    assert.deepEqual(
      ['aac002', 'ykc700', 'akc194', 'akc264', 'ake149'].map((name) => elementOf(row, name)),
      [script.credential.certno, visit.id, settlement.time, yuan(settlement.total), yuan(settlement.fund)],
      fetched.text,
    );
    const own = ['aac002', 'ykc700', 'akc194', 'aaz216'].map((name) => [name, elementOf(row, name)] as const);
    const detail = `<row>${written({ aab299, akb026, ...Object.fromEntries(own), ykc707: '1' })}</row>`;
    const transid = '44010000000000088888';
    const confirmed = await post('6521', { ...month, totalrow: '1', detail }, { transid });
    assert.equal(confirmed.errorcode, '0', confirmed.text);
    const nobody = detail.replace(settlement.setlId, 'A3301002601010000999');
    const unknown = await post('6521', { ...month, totalrow: '1', detail: nobody });
    assert.deepEqual([unknown.errorcode, /没有记录/.test(unknown.text)], ['-1', true], unknown.text);
    const rolledBack = await post('6522', { ...month, otransid: '0' });
    assert.equal(rolledBack.errorcode, '0', rolledBack.text);
  });

  it('that sends the same 0304 again is told the same settlement', async () => {
    const visit = await discharged();
    const { totals } = visit;
    const time = new Date(Date.now() + 8 * 3_600_000).toISOString().replaceAll(/\D/g, '').slice(0, 14);
    const elements = {
      ...who(),
      ykc700: visit.id,
      aka130: '21',
      akc264: yuan(totals.total),
      ake171: yuan(totals.inScope),
      akc228: yuan(totals.preSelfPaid),
      akc253: yuan(totals.selfPaid),
      akc268: yuan(totals.overLimit),
      ake122: '0',
      aae011: '0001',
      akc194: time,
    };
    const transid = '44010000000000099999';
    const [first, second] = [
      await post('0304', elements, { transid }),
      await post('0304', elements, { transid }),
    ];
    assert.equal(first.errorcode, '0', first.text);
    assert.equal(elementOf(second.text, 'aaz216'), elementOf(first.text, 'aaz216'));
    const rows = world.insuredCore.ledger.rows().filter(({ mdtrtId }) => mdtrtId === visit.id);
    assert.equal(rows.length, 1);
    const changed = await post('0304', { ...elements, ake122: '1' }, { transid });
    assert.equal(changed.errorcode, '-1', 'another content under the same number');
  });
});
