import assert from 'node:assert/strict';
import { createSandboxKeys, sandboxPersons, startInsuredPlaceCore, verifyText } from '@yiqiao/sandbox';
import type { FaultKind, InsuredPlaceCore, Person } from '@yiqiao/sandbox';
import { rawMember } from '#internal/national-message.ts';
import { call, clock, impatient, message, send } from './world.ts';

const [person] = sandboxPersons('330000') as [Person];
const keys = createSandboxKeys();

const bill = {
  data: {
    psn_no: person.psnNo,
    insutype: '310',
    med_type: '11',
    mdtrt_id: 'V1',
    chrg_bchno: 'B1',
    medfee_sumamt: 100,
    fulamt_ownpay_amt: 0,
    overlmt_selfpay: 0,
    preselfpay_amt: 0,
    inscp_scp_amt: 100,
  },
};
const ask = { data: { mdtrt_cert_type: '02', mdtrt_cert_no: person.certno } };

describe('faults on request', () => {
  let core: InsuredPlaceCore;
  const scheduler = impatient();

  beforeEach(async () => {
    scheduler.waits.length = 0;
    core = await startInsuredPlaceCore({ region: '330000', clock, scheduler, signing: keys });
  });
  afterEach(() => core.stop());

  const post = (body: unknown, signal?: AbortSignal): Promise<Response> =>
    fetch(core.url, { method: 'POST', body: JSON.stringify(body), ...(signal !== undefined && { signal }) });
  const settled = (): number => core.ledger.rows().length;

  const CONNECTION_LOST: readonly [FaultKind, number][] = [
    ['lose-request', 0],
    ['lose-reply', 1],
  ];
  for (const [kind, rows] of CONNECTION_LOST) {
    it(`${kind} destroys the connection ${rows === 0 ? 'before' : 'after'} the work`, async () => {
      core.faults.next({ kind, infno: '2207' });
      await assert.rejects(post(message('2207', bill)), /fetch failed/);
      assert.equal(settled(), rows);
    });
  }

  const STATUS: readonly [FaultKind, number][] = [
    ['http-500', 0],
    ['http-500-after-work', 1],
  ];
  for (const [kind, rows] of STATUS) {
    it(`${kind} answers 500 without envelope`, async () => {
      core.faults.next({ kind });
      const response = await post(message('2207', bill));
      assert.equal(response.status, 500);
      assert.equal((await response.text()).includes('infcode'), false);
      assert.equal(settled(), rows);
    });
  }

  it('never-answer does the work and leaves the caller waiting', async () => {
    core.faults.next({ kind: 'never-answer' });
    const leaving = new AbortController();
    const waiting = post(message('2207', bill), leaving.signal);
    while (settled() === 0) await call(core, '1101', ask);
    leaving.abort();
    await assert.rejects(waiting, { name: 'AbortError' });
  });

  it('refuse answers infcode -1 and does nothing', async () => {
    core.faults.next({ kind: 'refuse', text: '系统停机' });
    const answer = await call(core, '2207', bill);
    assert.deepEqual([answer.infcode, answer.err_msg, settled()], [-1, '系统停机', 0]);
  });

  it('delay waits before the work', async () => {
    core.faults.next({ kind: 'delay', ms: 5_000 });
    assert.equal((await call(core, '2207', bill)).infcode, 0);
    assert.deepEqual(scheduler.waits, [5_000]);
  });

  it('slow lets the answer trickle in eight pieces and complete', async () => {
    core.faults.next({ kind: 'slow', ms: 250 });
    assert.equal((await call(core, '2207', bill)).infcode, 0);
    assert.deepEqual(
      scheduler.waits,
      Array.from({ length: 8 }, () => 250),
    );
  });

  it('wrong-signature does the work and signs with a stranger’s key', async () => {
    const signedByCore = async (): Promise<boolean> => {
      const text = await (await post(message('1101', ask))).text();
      const { cainfo } = JSON.parse(text) as { cainfo: string };
      return verifyText(rawMember(text, 'output') ?? '', cainfo, { ...keys, peerPublicKey: keys.publicKey });
    };
    assert.equal(await signedByCore(), true);
    core.faults.next({ kind: 'wrong-signature' });
    assert.equal(await signedByCore(), false);
    assert.equal(await signedByCore(), true);
  });

  it('corrupt-bytes cuts the answer and ends it in no UTF-8', async () => {
    core.faults.next({ kind: 'corrupt-bytes' });
    const bytes = await (await post(message('2207', bill))).arrayBuffer();
    assert.throws(() => new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    assert.equal(settled(), 1);
  });

  it('duplicate-answer-of-another-request waits for an earlier answer, then repeats its bytes', async () => {
    core.faults.next({ kind: 'duplicate-answer-of-another-request' });
    const earlier = await (await post(message('1101', ask))).text();
    assert.equal(await (await post(message('2207', bill))).text(), earlier);
    assert.equal(settled(), 1);
  });

  it('counts, keeps to its transaction, and tells what was injected', async () => {
    core.faults.next({ kind: 'refuse', infno: '2207', times: 2 });
    assert.equal((await call(core, '1101', ask)).infcode, 0);
    const first = message('2207', bill);
    assert.equal((await send(core, first)).infcode, -1);
    assert.equal((await call(core, '2207', bill)).infcode, -1);
    assert.equal((await call(core, '2207', bill)).infcode, 0);
    assert.deepEqual(core.faults.injected()[0], { kind: 'refuse', infno: '2207', msgid: first.msgid });
    assert.equal(core.faults.injected().length, 2);
    assert.deepEqual(core.faults.armed(), []);
  });

  it('are armed, listed and cleared over HTTP, and the ledger is read there', async () => {
    const control = async (method: string, path: string, body?: string): Promise<[number, unknown]> => {
      const response = await fetch(`${core.url}${path}`, { method, ...(body !== undefined && { body }) });
      return [response.status, await response.json()];
    };
    const fault = { kind: 'refuse', infno: '2207', times: 3 };
    assert.deepEqual(await control('POST', 'faults', JSON.stringify(fault)), [200, { armed: [fault] }]);
    for (const wrong of ['{', '{"kind":"explode"}', 'null']) {
      assert.equal((await control('POST', 'faults', wrong))[0], 400);
    }
    assert.deepEqual(await control('GET', 'faults'), [200, { armed: [fault], injected: [] }]);
    assert.deepEqual(await control('DELETE', 'faults'), [200, { armed: [] }]);
    await call(core, '2207', bill);
    assert.deepEqual(await control('GET', 'ledger'), [200, { rows: core.ledger.rows() }]);
    assert.equal(settled(), 1);
  });
});

describe('a core that expects signatures', () => {
  it('refuses unsigned and wrongly signed messages, and what is no JSON', async () => {
    const signing = { ...createSandboxKeys(), peerPublicKey: keys.publicKey };
    const core = await startInsuredPlaceCore({ region: '330000', clock, signing });
    assert.equal((await call(core, '1101', ask)).err_msg, '签名验证失败');
    const forged = message('1101', ask, { cainfo: Buffer.alloc(64, 1).toString('base64'), signtype: 'SM2' });
    assert.equal((await send(core, forged)).err_msg, '签名验证失败');
    const response = await fetch(core.url, { method: 'POST', body: 'infno=1101' });
    assert.equal(((await response.json()) as { infcode: number }).infcode, -1);
    await core.stop();
  });
});
