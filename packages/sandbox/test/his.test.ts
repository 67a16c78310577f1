import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  createNationalHis,
  createSandboxKeys,
  credentialOf,
  sandboxPersons,
  verifyText,
} from '@yiqiao/sandbox';
import type { HisVisit, NationalHis, NationalHisOptions, Person } from '@yiqiao/sandbox';
import { rawMember } from '#internal/national-message.ts';
import { clock, impatient } from './world.ts';

const [person] = sandboxPersons('330000') as [Person];
const his = { institution: { code: 'H53010000001', name: '示例医院' }, region: '530100' };

/** A gateway of a few prepared answers; the last one is repeated. A number is an HTTP status, 0 breaks the connection. */
async function startScripted(...answers: (string | number)[]): Promise<{
  readonly url: string;
  readonly received: string[];
  close(): void;
}> {
  const received: string[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      received.push(Buffer.concat(chunks).toString());
      const answer = answers.length > 1 ? answers.shift() : answers[0];
      if (answer === 0) response.destroy();
      else if (typeof answer === 'number') response.writeHead(answer).end();
      else response.end(answer);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/`, received, close: () => server.close() };
}

const visit: HisVisit = {
  id: 'V1',
  patient: {
    credential: credentialOf(person, '03'),
    psnNo: person.psnNo,
    name: person.name,
    certno: person.certno,
    scheme: '310',
    personType: '11',
    insuredPlace: '330100',
  },
  plan: { medType: '11', diagnosis: { code: 'I10.x00', name: '高血压' }, useAccount: true },
  batch: '202611201000000001',
  lines: [],
  totals: { total: 900n, selfPaid: 0n, overLimit: 0n, preSelfPaid: 50n, inScope: 850n },
};

const settled = (mdtrtId = 'V1'): string =>
  JSON.stringify({
    infcode: '0',
    output: {
      setlinfo: { mdtrt_id: mdtrtId, setl_id: 'A1', medfee_sumamt: '9.00', fund_pay_sumamt: 5, acct_pay: 4 },
      setldetail: [],
    },
  });
const refused = (text: string): string => JSON.stringify({ infcode: -1, err_msg: text, output: null });

describe('the national HIS', () => {
  let gateway: Awaited<ReturnType<typeof startScripted>> | undefined;
  afterEach(() => gateway?.close());

  async function open(
    answers: (string | number)[],
    options: Partial<NationalHisOptions> = {},
  ): Promise<{ readonly desk: NationalHis; readonly received: readonly string[] }> {
    gateway = await startScripted(...answers);
    const desk = createNationalHis({
      ...his,
      gatewayUrl: gateway.url,
      operator: { number: '0001', name: '测试经办' },
      clock,
      scheduler: impatient(),
      ...options,
    });
    return { desk, received: gateway.received };
  }

  it('sends the envelope of the specification with a message id of institution, time and serial', async () => {
    const { desk, received } = await open([settled()]);
    await desk.settle(visit);
    const envelope = JSON.parse(received[0] ?? '') as Record<string, unknown>;
    assert.equal(envelope['msgid'], 'H53010000001202611201000000002');
    assert.deepEqual(Object.keys(envelope), [
      'infno',
      'msgid',
      'mdtrtarea_admvs',
      'insuplc_admdvs',
      'recer_sys_code',
      'dev_no',
      'dev_safe_info',
      'cainfo',
      'signtype',
      'infver',
      'opter_type',
      'opter',
      'opter_name',
      'inf_time',
      'fixmedins_code',
      'fixmedins_name',
      'sign_no',
      'input',
    ]);
  });

  it('sends a 2207 with exactly the members and order observed in Chongqing', async () => {
    const { desk, received } = await open([settled()], { shape: 'chongqing' });
    await desk.settle(visit);
    const text = received[0] ?? '';
    const members = [...text.matchAll(/"(\w+)":/g)].map(([, name]) => name);
    const observed =
      'cainfo dev_no dev_safe_info fixmedins_code fixmedins_name inf_time infno infver input data medfee_sumamt ' +
      'mdtrt_id med_type fulamt_ownpay_amt mdtrt_cert_no chrg_bchno insutype inscp_scp_amt invono psn_setlway ' +
      'return_invono psn_no mdtrt_cert_type overlmt_selfpay preselfpay_amt acct_used_flag return_date ' +
      'insuplc_admdvs mdtrtarea_admvs msgid opter opter_name opter_type recer_sys_code serv_code serv_sign ' +
      'sign_no signtype';
    assert.deepEqual(members, observed.split(' '));
    assert.match(text, /"infver":"1"/);
    assert.match(text, /"medfee_sumamt":9,.*"inscp_scp_amt":8.5,.*"preselfpay_amt":0.5,/);
  });

  for (const trialSplit of ['sent', 'omitted'] as const) {
    it(`has the split ${trialSplit} with a trial, as set up`, async () => {
      const { desk, received } = await open([settled()], { trialSplit });
      await desk.presettle(visit);
      assert.equal(/"inscp_scp_amt":8.5/.test(received[0] ?? ''), trialSplit === 'sent');
      assert.deepEqual(desk.ledger.rows(), []);
    });
  }

  it('signs the bytes of input as sent', async () => {
    const signing = createSandboxKeys();
    const { desk, received } = await open([settled()], { signing });
    await desk.settle(visit);
    const text = received[0] ?? '';
    const { cainfo, signtype } = JSON.parse(text) as { cainfo: string; signtype: string };
    assert.equal(signtype, 'SM2');
    const from = { ...signing, peerPublicKey: signing.publicKey };
    assert.equal(verifyText(rawMember(text, 'input') ?? '', cainfo, from), true);
  });

  it('takes an answer with a wrong signature for no answer', async () => {
    const signing = { ...createSandboxKeys(), peerPublicKey: createSandboxKeys().publicKey };
    const forged = settled().replace('{', `{"cainfo":"${Buffer.alloc(64, 7).toString('base64')}",`);
    const { desk } = await open([forged], { signing });
    const { told } = await desk.settle(visit);
    assert.equal(told.state === 'unknown' && told.reason, '应答验签失败');
    assert.deepEqual(desk.ledger.rows(), []);
  });

  const UNKNOWN: readonly [string, string | number][] = [
    ['HTTP 504 without envelope', 504],
    ['a broken connection', 0],
    ['half an answer', settled().slice(0, 40)],
    ['an answer without infcode', '{"output":{}}'],
    ['the answer to another visit', settled('V2')],
  ];
  for (const [title, answer] of UNKNOWN) {
    it(`asks again with the same bytes after ${title}, and books once`, async () => {
      const { desk, received } = await open([answer, answer, settled()]);
      const { told, charges, wasUnknown } = await desk.settleWithCare(visit);
      assert.deepEqual([told.state, charges, wasUnknown], ['done', 1, true]);
      assert.equal(received.length, 3);
      assert.equal(new Set(received).size, 1);
      assert.equal(desk.ledger.rows().length, 1);
    });
  }

  it('never charges anew as long as it is not told', async () => {
    const { desk, received } = await open([504]);
    const { told } = await desk.settleWithCare(visit);
    assert.equal(told.state, 'unknown');
    assert.equal(received.length, 5);
    assert.equal(new Set(received).size, 1);
    assert.deepEqual(desk.ledger.rows(), []);
  });

  for (const answers of [
    [refused('应答丢失，本交易已自动冲正，未结算。'), settled()],
    [504, refused('REVERSED'), settled()],
    [504, refused('未受理'), settled()],
  ]) {
    it(`charges the same batch again with a new message after: ${answers.slice(0, -1).join(', ')}`, async () => {
      const { desk, received } = await open(answers);
      const { told, charges } = await desk.settleWithCare(visit);
      assert.deepEqual([told.state, charges], ['done', 2]);
      const sent = received.map(
        (text) => JSON.parse(text) as { msgid: string; input: { data: { chrg_bchno: string } } },
      );
      assert.equal(new Set(sent.map(({ msgid }) => msgid)).size, 2);
      assert.deepEqual([...new Set(sent.map(({ input }) => input.data.chrg_bchno))], [visit.batch]);
      assert.equal(desk.ledger.rows().length, 1);
    });
  }

  it('does not charge again after a plain refusal', async () => {
    const { desk, received } = await open([refused('余额不足')]);
    const { told } = await desk.settleWithCare(visit);
    assert.equal(told.state === 'not-done' && told.text, '余额不足');
    assert.equal(received.length, 1);
  });

  it('gives up after three charges that were all taken back', async () => {
    const { desk, received } = await open([refused('已冲正')]);
    assert.equal((await desk.settleWithCare(visit)).charges, 3);
    assert.equal(received.length, 3);
  });
});
