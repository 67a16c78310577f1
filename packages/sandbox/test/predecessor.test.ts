import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createPredecessorHis, furtherScripts, runVisit, visitScripts } from '@yiqiao/sandbox';
import type { PredecessorHis, VisitScript } from '@yiqiao/sandbox';
import { clock, impatient } from './world.ts';

const script = (id: string): VisitScript => {
  const found = [...visitScripts('330000'), ...furtherScripts('330000')].find((one) => one.id === id);
  assert(found !== undefined);
  return found;
};

/** 507.15 by the catalogue of 440000: 30.00 + 48.00 + 30.86 + 398.29; (398.29 - 100.00) * 0.7 = 208.80. */
const SETTLED =
  '<output><aaz216>A3301002611200000001</aaz216><akc194>20261120100000</akc194><aka151>100.00</aka151>' +
  '<ake149>208.80</ake149><ake038>200.00</ake038><akb067>98.35</akb067><aae140>310</aae140>' +
  '<detail><row><aaa157>310100</aaa157><aad006>pool</aad006><aae187>208.80</aae187></row></detail></output>';

const ANSWERS: Readonly<Record<string, string>> = {
  '0211': `<output><aac001>P1</aac001><aac003>ji</aac003><aac044>${script('d').credential.certno}</aac044><aab301>330100</aab301></output>`,
  '0212': '<output><ykc700>44010026112000000001</ykc700><aae140>310</aae140></output>',
  '0304': SETTLED,
};

interface Received {
  readonly transNo: string;
  readonly xml: string;
  readonly contentType: string | undefined;
}

describe('the predecessor HIS', () => {
  let received: Received[];
  let his: PredecessorHis;
  let failing: Map<string, (number | string)[]>;
  let close: () => void;

  /** Answers each transaction with success, unless `failing` has an HTTP status or an error text for it. */
  beforeEach(async () => {
    received = [];
    failing = new Map();
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const text = new TextDecoder('gbk', { fatal: true }).decode(Buffer.concat(chunks));
        const transNo = /TransNo>(\d+)</.exec(text)?.[1] ?? '';
        const xml = (/Inxml>(.*)<\/q:Inxml/s.exec(text)?.[1] ?? '')
          .replaceAll('&lt;', '<')
          .replaceAll('&gt;', '>');
        received.push({ transNo, xml, contentType: request.headers['content-type'] });
        const failure = failing.get(transNo)?.shift();
        if (typeof failure === 'number') return response.writeHead(failure).end();
        const said =
          failure === undefined
            ? `<errorcode>0</errorcode><errormsg></errormsg>${ANSWERS[transNo] ?? ''}`
            : `<errorcode>-1</errorcode><errormsg>${failure}</errormsg>`;
        const result = `<?xml version="1.0" encoding="GBK"?><result><sign></sign>${said}</result>`;
        return response.end(
          `<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body><x><return><![CDATA[${result}]]></return></x></e:Body></e:Envelope>`,
        );
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    close = () => server.close();
    his = createPredecessorHis({
      gatewayUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
      institution: { code: 'H44010000001', name: '示例人民医院' },
      region: '440100',
      operator: { number: '0001', name: '测试经办' },
      clock,
      scheduler: impatient(),
    });
  });
  afterEach(() => close());

  const element = (at: number, name: string): string | undefined =>
    new RegExp(`<${name}>([^<]*)</${name}>`).exec(received[at]?.xml ?? '')?.[1];

  it('goes 0211, 0212, 0301, 0304 and tells who pays', async () => {
    const receipt = await runVisit(his, script('d'));
    assert.equal(receipt.outcome.zh, '已结算，应收现金 98.35 元');
    assert.deepEqual(
      received.map(({ transNo }) => transNo),
      ['0211', '0212', '0301', '0304'],
    );
    assert.deepEqual(
      [receipt.payment?.fundPaid, receipt.payment?.accountPaid, receipt.payment?.deductible],
      ['208.80', '200.00', '100.00'],
    );
    assert.equal(receipt.trial, undefined);
  });

  it('sends the split of its own catalogue with 0304, under a transid of its own', async () => {
    await runVisit(his, script('d'));
    const sent = ['akc264', 'akc253', 'akc268', 'akc228', 'ake171', 'aab299', 'aab301'].map((name) =>
      element(3, name),
    );
    assert.deepEqual(sent, ['507.15', '30.00', '48.00', '30.86', '398.29', '440100', '330100']);
    const transids = received.map((_one, at) => element(at, 'transid'));
    assert.equal(new Set(transids).size, 4);
    for (const transid of transids) assert.match(transid ?? '', /^440100261120\d{10}$/);
    assert.equal(received[3]?.contentType, 'text/xml; charset=GBK');
  });

  it('sends every fee line as a row', async () => {
    await runVisit(his, script('d'));
    const rows = received[2]?.xml.match(/<row>.*?<\/row>/gs) ?? [];
    assert.equal(rows.length, 5);
    assert.match(
      rows[1] ?? '',
      /<ake002>甲类降压片<\/ake002>.*<akc226>3<\/akc226><akc225>42.35<\/akc225><akc264>127.05</,
    );
  });

  it('goes through a stay, its fee lines numbered on from one day to the next', async () => {
    await runVisit(his, script('d-stay'));
    assert.deepEqual(
      received.slice(0, 7).map(({ transNo }) => transNo),
      ['0211', '0212', '0213', '0301', '0301', '0215', '0304'],
    );
    assert.deepEqual([element(1, 'aka130'), element(1, 'ykc012'), element(2, 'ykc012')], ['21', '01', '02']);
    const numbers = [3, 4].map((at) =>
      [...(received[at]?.xml ?? '').matchAll(/<ykc610>(\d+)</g)].map(([, number]) => number),
    );
    assert.deepEqual(numbers, [
      ['1', '2', '3'],
      ['4', '5', '6'],
    ]);
    assert.equal(element(6, 'akc264'), '5093.84');
  });

  it('takes fee lines, discharge and admission back by otransid 0', async () => {
    const { credential, plan, items } = script('d-stay');
    const patient = await his.identify(credential);
    assert(patient.state === 'done');
    const admitted = await his.inpatient.admit(patient.value, plan);
    assert(admitted.state === 'done');
    const visit = admitted.value;
    await his.inpatient.uploadFees(visit, items);
    await his.inpatient.cancelDischarge(visit);
    await his.inpatient.withdrawFees(visit);
    await his.inpatient.cancelAdmission(visit);
    assert.deepEqual([visit.lines, visit.totals.total], [[], 0n]);
    for (const [at, transNo] of [
      [3, '0216'],
      [4, '0302'],
      [5, '0214'],
    ] as const) {
      assert.deepEqual(
        [received[at]?.transNo, element(at, 'otransid'), element(at, 'ykc700')],
        [transNo, '0', visit.id],
      );
    }
  });

  const UNDONE = [
    ['d-cancelled', '0305', ['cancelled', 'cancellation']],
    ['d-reversed', '1301', ['reversed']],
  ] as const;
  for (const [id, transNo, states] of UNDONE) {
    it(`undoes a settlement by ${transNo}, naming the transid of the charge`, async () => {
      const receipt = await runVisit(his, script(id));
      assert.equal(received[4]?.transNo, transNo);
      assert.equal(element(4, 'otransid'), element(3, 'transid'));
      assert.deepEqual(
        receipt.ledger.map(({ state }) => state),
        states,
      );
    });
  }

  it('asks again with the same transid after 504, and charges anew after it was taken back', async () => {
    failing.set('0304', [504, 'REVERSED']);
    const receipt = await runVisit(his, script('d'));
    assert.deepEqual([receipt.outcome.code, receipt.charges], ['settled', 2]);
    const [first, second, third] = [3, 4, 5].map((at) => element(at, 'transid'));
    assert.equal(first, second);
    assert.notEqual(second, third);
  });

  it('ends a visit with the text of a negative errorcode', async () => {
    failing.set('0212', ['refused here']);
    const receipt = await runVisit(his, script('d'));
    assert.equal(receipt.outcome.zh, '就诊登记未成功：refused here');
  });
});
