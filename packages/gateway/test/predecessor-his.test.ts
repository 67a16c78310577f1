import assert from 'node:assert/strict';
import { formatTime } from '@yiqiao/model';
import type { Answer, Arrived } from './far-side.ts';
import { UNSIGNED } from './messages.ts';
import { endAll, startRig } from './rig.ts';
import type { Rig } from './rig.ts';

type Elements = Readonly<Record<string, string>>;

const CERTNO = '000000198511210035';
const PERSON = '53010000000000000000000003';
const VISIT = 'S5301002601010000001';

/** Where, and who. */
const WHO: Elements = {
  aab299: '530100',
  akb026: UNSIGNED,
  aab301: '530100',
  aac002: CERTNO,
  aac043: '90',
  aac044: CERTNO,
};

const written = (elements: Elements): string =>
  Object.entries(elements)
    .map(([name, value]) => `<${name}>${value}</${name}>`)
    .join('');

/** What the HIS was told. */
interface Told {
  readonly code: string;
  readonly text: string;
  element(name: string): string | undefined;
}

/** `setlinfo` of a settlement over 100.00: 60.00 by the pool, 40.00 in cash; negative for its cancellation. */
function account({ data }: Arrived, sign: 1 | -1): Answer {
  const { mdtrt_id, psn_no } = data;
  const amounts = {
    medfee_sumamt: 100,
    fund_pay_sumamt: 60,
    hifp_pay: 60,
    psn_part_amt: 40,
    psn_cash_pay: 40,
  };
  const signed = Object.fromEntries(Object.entries(amounts).map(([name, value]) => [name, sign * value]));
  const setlinfo = {
    mdtrt_id,
    psn_no,
    setl_id: 'A1',
    insutype: '310',
    acct_pay: 0,
    hosp_part_amt: 0,
    ...signed,
  };
  return { output: JSON.stringify({ setlinfo, setldetail: [] }) };
}

/** A national core that takes a stay. */
function national(message: Arrived): Answer | undefined {
  switch (message.infno) {
    case '1101':
      return {
        output: JSON.stringify({
          baseinfo: { psn_no: PERSON, psn_cert_type: '01', certno: CERTNO, psn_name: '测试丙', gend: '2' },
          insuinfo: [{ insutype: '310', psn_type: '11', psn_insu_stas: '1', insuplc_admdvs: '530100' }],
        }),
      };
    case '2401':
      return { output: JSON.stringify({ result: { mdtrt_id: VISIT } }) };
    case '2301':
      return { output: '{"result":[]}' };
    case '2303':
    case '2304':
      return account(message, 1);
    case '2305':
      return account(message, -1);
    default:
      return undefined;
  }
}

describe('A stay of a predecessor HIS at a national core', () => {
  let rig: Rig;
  let sent = 0;

  beforeEach(async () => {
    rig = await startRig({
      change: (yaml) => yaml.replace('  - id: plain\n', '  - id: plain\n    profile: predecessor-xml\n'),
    });
    rig.far.behave(national);
  });
  afterEach(endAll);

  async function tell(transaction: string, elements: Elements): Promise<Told> {
    const transid = `530100202601010000${String((sent += 1)).padStart(2, '0')}`;
    const inner = `<input><sign></sign><transid>${transid}</transid>${written(elements)}</input>`;
    const body =
      `<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body><q:STYDJKService ` +
      `xmlns:q="http://pojo.webservice.service.ybdy.sinobest.cn"><q:TransNo>${transaction}</q:TransNo>` +
      `<q:Inxml>${inner.replaceAll('<', '&lt;').replaceAll('>', '&gt;')}</q:Inxml>` +
      `</q:STYDJKService></e:Body></e:Envelope>`;
    const response = await fetch(rig.gateway.url, {
      method: 'POST',
      headers: { 'content-type': 'text/xml; charset=utf-8', soapaction: '""' },
      body,
    });
    const text = new TextDecoder('gbk')
      .decode(await response.arrayBuffer())
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>');
    const element = (name: string): string | undefined =>
      new RegExp(`<${name}>([^<]*)</${name}>`).exec(text)?.[1];
    return { code: element('errorcode') ?? '', text, element };
  }

  async function done(transaction: string, elements: Elements): Promise<Told> {
    const told = await tell(transaction, { ...WHO, ...elements });
    assert.equal(told.code, '0', told.text);
    return told;
  }

  /** The newest message that the core got. */
  function asked(infno: string): Record<string, unknown> {
    const found = rig.far.arrived.findLast((message) => message.infno === infno);
    assert(found !== undefined, `no ${infno} in ${rig.far.numbers().join(' ')}`);
    return (JSON.parse(found.bytes.toString()) as { input: Record<string, unknown> }).input;
  }

  const day = (): string => formatTime(Date.now()).slice(0, 10).replaceAll('-', '');
  const moment = (): string => formatTime(Date.now()).replaceAll(/\D/g, '');

  async function admit(): Promise<void> {
    await done('0211', { ake007: day() });
    const told = await done('0212', {
      akc190: 'ZY1',
      akf001: 'A03',
      ykc012: '12',
      aka130: '21',
      akc193: 'K35.900',
      akc050: '急性阑尾炎',
      akc056: 'D530100000001',
      ake022: '测试医师',
      ykc701: day(),
    });
    assert.equal(told.element('ykc700'), VISIT);
  }

  async function bill(...numbers: string[]): Promise<void> {
    const rows = numbers.map((ykc610) =>
      written({
        ykc610,
        ake001: '003310020040000',
        ake005: 'L1',
        akc226: '1',
        akc225: '50.00',
        akc264: '50.00',
        akc221: day(),
        akc056: 'D530100000001',
        akc273: '测试医师',
        aae386: 'A03',
      }),
    );
    await done('0301', { ykc700: VISIT, detail: rows.map((row) => `<row>${row}</row>`).join('') });
  }

  const charge = (): Elements => ({
    ykc700: VISIT,
    aka130: '21',
    akc264: '100.00',
    akc253: '0.00',
    akc268: '0.00',
    akc228: '0.00',
    ake171: '100.00',
    akc194: moment(),
  });

  it('is admitted by 2401 and billed by 2301, for the person whom 0211 identified', async () => {
    await admit();
    await bill('7', '8');
    const { mdtrtinfo } = asked('2401') as { mdtrtinfo: Record<string, unknown> };
    assert.deepEqual(
      ['psn_no', 'insutype', 'ipt_no', 'med_type', 'certno'].map((name) => mdtrtinfo[name]),
      [PERSON, '310', 'ZY1', '21', CERTNO],
    );
    const { feedetail } = asked('2301') as { feedetail: readonly Record<string, unknown>[] };
    assert.deepEqual(
      feedetail.map(({ feedetl_sn, mdtrt_id, psn_no }) => [String(feedetl_sn), mdtrt_id, psn_no]),
      [
        ['7', VISIT, PERSON],
        ['8', VISIT, PERSON],
      ],
    );
  });

  for (const [what, elements, line] of [
    ['one line', { otransid: '0', ykc610: '7' }, '7'],
    ['all lines', { otransid: '0', ykc610: '' }, '0000'],
  ] as const) {
    it(`has ${what} taken back by 2302 with ${line}`, async () => {
      await admit();
      await bill('7', '8');
      await done('0302', { ykc700: VISIT, ...elements });
      assert.deepEqual(asked('2302'), { data: [{ feedetl_sn: line, mdtrt_id: VISIT, psn_no: PERSON }] });
    });
  }

  it('gets no 2302 for a line that bears the number of all lines', async () => {
    await admit();
    const before = rig.far.arrived.length;
    const told = await tell('0302', { ...WHO, ykc700: VISIT, otransid: '0', ykc610: '0000' });
    assert.deepEqual([told.code, /\/input\/ykc610/.test(told.text)], ['-1', true], told.text);
    assert.equal(rig.far.arrived.length, before);
  });

  it('is tried by 2303, settled by 2304 and cancelled by 2305', async () => {
    await admit();
    await bill('7', '8');
    const trial = await done('0303', { ykc700: VISIT, akc264: '100.00' });
    assert.deepEqual(
      ['akc264', 'akb068', 'ake039', 'ykc624'].map((name) => trial.element(name)),
      ['100.00', '60.00', '60.00', '40.00'],
    );
    const settled = await done('0304', charge());
    assert.deepEqual(
      ['aaz216', 'ake149', 'akb067'].map((name) => settled.element(name)),
      ['A1', '60.00', '40.00'],
    );
    const { data } = asked('2304') as { data: Record<string, unknown> };
    assert.deepEqual(
      ['mdtrt_id', 'psn_no', 'psn_name', 'psn_type', 'mid_setl_flag', 'mdtrt_cert_no'].map(
        (name) => data[name],
      ),
      [VISIT, PERSON, '测试丙', '11', '0', CERTNO],
    );
    await done('0305', { aaz216: 'A1', ykc700: VISIT });
    assert.deepEqual(asked('2305'), { data: { mdtrt_id: VISIT, setl_id: 'A1', psn_no: PERSON } });
  });

  it('is discharged by 2402, and undone by 2405, 2302 and 2404', async () => {
    await admit();
    await bill('7', '8');
    await done('0215', {
      ykc700: VISIT,
      ykc702: day(),
      akf002: 'A03',
      akc196: 'K35.900',
      akc185: '急性阑尾炎',
      akc056: 'D530100000001',
      ake021: '测试医师',
    });
    await done('0216', { ykc700: VISIT, otransid: '0' });
    await done('0302', { ykc700: VISIT, otransid: '0' });
    await done('0214', { ykc700: VISIT, otransid: '0' });
    assert.deepEqual(rig.far.numbers().slice(-4), ['2402', '2405', '2302', '2404']);
  });

  it('whose 2304 is not answered is taken back by 2601', async () => {
    await admit();
    await bill('7', '8');
    rig.far.behave((message) => (message.infno === '2304' ? 'lost' : national(message)));
    const told = await tell('0304', { ...WHO, ...charge() });
    assert.deepEqual([told.code, /REVERSED/.test(told.text)], ['-1', true], told.text);
    assert.equal((asked('2601') as { data: Record<string, unknown> }).data['oinfno'], '2304');
  });

  it('gets none of what no national transaction is, and is told why', async () => {
    const told = await tell('0707', { ...WHO, ykc700: VISIT, startrow: '1' });
    assert.deepEqual([told.code, /0707/.test(told.text), rig.far.numbers()], ['-1', true, []], told.text);
    assert.match(told.text, /请走原有渠道/);
  });
});
