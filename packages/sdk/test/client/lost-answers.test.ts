import assert from 'node:assert/strict';
import { describeError } from '@yiqiao/sdk';
import type { ClientRecord, ClientSettings, SavedRequest } from '@yiqiao/sdk';
import { IDENTIFICATION, SETTLED, SETTLEMENT } from './bodies.ts';
import { rejectionOf } from './errors.ts';
import { clientOf, endAll, startPlatform } from './platform.ts';
import type { Came, Told } from './platform.ts';

const GATEWAY: Partial<ClientSettings> = { farSide: 'idempotent' };
const NOT_KNOWN: Told = { status: 504, text: '[UPSTREAM_TIMEOUT] …\n' };
const DONE: Told = { output: SETTLED };

/** A record as a vendor keeps it: text. */
function keepRecord(): ClientRecord & { readonly kept: Map<string, string>; readonly ended: string[] } {
  const kept = new Map<string, string>();
  const ended: string[] = [];
  return {
    kept,
    ended,
    save: (request) => void kept.set(request.messageId, JSON.stringify(request)),
    load: (messageId) => {
      const text = kept.get(messageId);
      return text === undefined ? undefined : (JSON.parse(text) as SavedRequest);
    },
    end: (messageId) => void ended.push(messageId),
  };
}

/** Answers in turn, the last one again and again. */
const inTurn =
  (...told: readonly Told[]) =>
  (_came: Came, index: number): Told =>
    told[Math.min(index, told.length - 1)] ?? 'lost';

describe('An answer that is lost, towards a gateway', () => {
  afterEach(endAll);

  const ways: readonly (readonly [what: string, told: Told])[] = [
    ['a broken connection', 'lost'],
    ['HTTP 504 without envelope', NOT_KNOWN],
    ['an answer that is cut off', { status: 200, text: '{"infcode":' }],
  ];
  for (const [what, first] of ways) {
    it(`is asked for again under the same id after ${what}`, async () => {
      const platform = await startPlatform(inTurn(first, DONE));
      const { body, messageId } = await clientOf(platform.url, GATEWAY).outpatient.settle(SETTLEMENT);
      const [one, other] = platform.came;
      assert.deepEqual([body.settlementId, one?.msgid, other?.msgid], ['J0001', messageId, messageId]);
      assert.equal(one?.text, other?.text);
    });
  }

  it('stays unknown when time is up, though the last attempt was not even connected', async () => {
    const platform = await startPlatform(() => {
      setImmediate(() => void platform.close());
      return 'lost';
    });
    const error = await rejectionOf(
      clientOf(platform.url, GATEWAY).outpatient.settle(SETTLEMENT, { timeoutMs: 250 }),
    );
    assert.equal(error.code, 'UPSTREAM_TIMEOUT');
    assert.equal(describeError(error).mayHaveActed, 'unknown');
  });

  it('is not made a refusal by a gateway that is busy at the moment', async () => {
    const busy: Told = { refusal: '[BUSY] …', yiqiao: { code: 'BUSY' } };
    const platform = await startPlatform(inTurn('lost', busy, busy, DONE));
    const { body } = await clientOf(platform.url, GATEWAY).outpatient.settle(SETTLEMENT);
    assert.deepEqual([body.settlementId, platform.came.length], ['J0001', 4]);
  });

  it('is told as refused when the resend hears so', async () => {
    const reversed: Told = { refusal: '[REVERSED] …', yiqiao: { code: 'REVERSED' } };
    const platform = await startPlatform(inTurn('lost', reversed));
    const error = await rejectionOf(clientOf(platform.url, GATEWAY).outpatient.settle(SETTLEMENT));
    assert.deepEqual([error.code, describeError(error).mayHaveActed], ['REVERSED', 'no']);
  });

  it('waits no longer once a person has it', async () => {
    const platform = await startPlatform(() => ({
      status: 504,
      text: '[HANDED_TO_PERSON] …\nreason=gave-up\n',
    }));
    const client = clientOf(platform.url, GATEWAY);
    const error = await rejectionOf(client.outpatient.settle(SETTLEMENT));
    assert.deepEqual([error.code, platform.came.length], ['HANDED_TO_PERSON', 1]);
    const found = await client.resolve(error);
    assert(found.state === 'unknown');
    assert.deepEqual([found.next, found.reason], ['person', 'HANDED_TO_PERSON']);
  });

  it('is resolved later by the same message', async () => {
    const platform = await startPlatform(inTurn(NOT_KNOWN, NOT_KNOWN, DONE));
    const client = clientOf(platform.url, GATEWAY);
    const error = await rejectionOf(client.outpatient.settle(SETTLEMENT, { timeoutMs: 50 }));
    const found = await client.resolve(error);
    assert(found.state === 'answered');
    assert.equal(new Set(platform.came.map(({ msgid }) => msgid)).size, 1);
    assert.equal((await rejectionOf(client.resolve(error))).code, 'ORIGINAL_NOT_FOUND');
  });

  it('is resolved after a restart of the vendor’s program', async () => {
    const record = keepRecord();
    const platform = await startPlatform(inTurn('lost', DONE));
    const before = clientOf(platform.url, { record });
    const error = await rejectionOf(before.outpatient.settle(SETTLEMENT));
    const messageId = describeError(error).messageId ?? '';
    assert.deepEqual([[...record.kept.keys()], record.ended], [[messageId], []]);
    const found = await clientOf(platform.url, { ...GATEWAY, record }).resolve(messageId);
    assert(found.state === 'answered');
    assert.deepEqual(platform.came[1]?.input, platform.came[0]?.input);
    assert.deepEqual(record.ended, [messageId]);
  });
});

describe('An answer that is lost, towards a platform', () => {
  afterEach(endAll);

  it('is never asked for by sending a write again', async () => {
    const platform = await startPlatform(() => 'lost');
    const error = await rejectionOf(clientOf(platform.url).outpatient.settle(SETTLEMENT));
    const { code, mayHaveActed, whoSpoke, messageId, whatToDo } = describeError(error);
    assert.equal(platform.came.length, 1);
    assert.deepEqual(
      [code, mayHaveActed, whoSpoke, messageId],
      ['UPSTREAM_TIMEOUT', 'unknown', 'nobody', platform.came[0]?.msgid],
    );
    assert.match(whatToDo.en, /client\.resolve/);
  });

  it('is asked for again when it changes nothing', async () => {
    const platform = await startPlatform(inTurn('lost', { output: {} }));
    await clientOf(platform.url).person.identify(IDENTIFICATION);
    assert.deepEqual(
      platform.came.map(({ infno }) => infno),
      ['1101', '1101'],
    );
  });

  it('is resolved by 2601, which names the message', async () => {
    const platform = await startPlatform(inTurn('lost', { output: null }));
    const client = clientOf(platform.url);
    const error = await rejectionOf(client.outpatient.settle(SETTLEMENT));
    assert.deepEqual(await client.resolve(error), { state: 'not-done', how: 'reversed' });
    const [settlement, reversal] = platform.came;
    assert.deepEqual(
      [reversal?.infno, reversal?.input],
      ['2601', { data: { psn_no: SETTLEMENT.personNumber, omsgid: settlement?.msgid, oinfno: '2207' } }],
    );
    assert.notEqual(reversal?.msgid, settlement?.msgid);
  });

  it('is asked about again under the id of the first 2601, also after a restart', async () => {
    const record = keepRecord();
    const platform = await startPlatform(inTurn('lost', 'lost', { output: null }));
    const error = await rejectionOf(clientOf(platform.url, { record }).outpatient.settle(SETTLEMENT));
    const { messageId = '' } = describeError(error);
    const first = await clientOf(platform.url, { record }).resolve(messageId);
    assert.deepEqual([first.state, 'next' in first && first.next], ['unknown', 'wait']);
    const second = await clientOf(platform.url, { record }).resolve(messageId);
    assert.equal(second.state, 'not-done');
    assert.equal(platform.came[1]?.msgid, platform.came[2]?.msgid);
  });

  const NOTHING: Told = { refusal: '未查询到原交易' };
  it('may still be on its way when 2601 finds nothing', async () => {
    const platform = await startPlatform(inTurn('lost', NOTHING));
    const client = clientOf(platform.url, { inFlightMs: 60_000 });
    const found = await client.resolve(await rejectionOf(client.outpatient.settle(SETTLEMENT)));
    assert(found.state === 'unknown');
    assert.equal(found.reason, 'may-be-on-its-way');
    assert((found.retryAfterMs ?? 0) > 50_000);
  });

  it('has never arrived when 2601 finds nothing after the time on the way', async () => {
    const platform = await startPlatform(inTurn('lost', NOTHING));
    const client = clientOf(platform.url, { inFlightMs: 0 });
    const found = await client.resolve(await rejectionOf(client.outpatient.settle(SETTLEMENT)));
    assert.deepEqual(found, { state: 'not-done', how: 'never-arrived' });
  });

  it('goes to a person when 2601 is refused, with the query that shows it and the operation that undoes it', async () => {
    const platform = await startPlatform(inTurn('lost', { refusal: '不允许冲正' }));
    const client = clientOf(platform.url);
    const found = await client.resolve(await rejectionOf(client.outpatient.settle(SETTLEMENT)));
    assert.deepEqual(found, {
      state: 'unknown',
      next: 'person',
      reason: 'reversal-refused',
      askWith: 'reconcileDetails',
      undoWith: 'cancelOutpatientSettlement',
    });
  });

  it('is repeated where that is harmless, and a refusal of the repetition proves nothing', async () => {
    const withdrawal = {
      personNumber: '00000000000000000000000001',
      visitId: 'S0001',
      chargeBatch: 'B0001',
    };
    const platform = await startPlatform(inTurn('lost', { refusal: '无此批次' }));
    const client = clientOf(platform.url, { check: 'off' });
    const error = await rejectionOf(client.outpatient.withdrawFees(withdrawal as never));
    const found = await client.resolve(error);
    assert.deepEqual(
      platform.came.map(({ infno }) => infno),
      ['2205', '2205'],
    );
    assert.equal(found.state, 'unknown');
  });

  it('is not begun when it cannot be kept', async () => {
    const platform = await startPlatform(() => DONE);
    const record = { ...keepRecord(), save: () => Promise.reject(new Error('disk full')) };
    await assert.rejects(clientOf(platform.url, { record }).outpatient.settle(SETTLEMENT), /disk full/);
    assert.equal(platform.came.length, 0);
  });

  it('keeps no reads, and ends what was answered or refused', async () => {
    const record = keepRecord();
    const platform = await startPlatform(inTurn({ output: {} }, DONE, { refusal: 'no' }));
    const client = clientOf(platform.url, { record });
    await client.person.identify(IDENTIFICATION);
    await client.outpatient.settle(SETTLEMENT);
    await rejectionOf(client.outpatient.settle(SETTLEMENT));
    const writes = platform.came.slice(1).map(({ msgid }) => msgid);
    assert.deepEqual([[...record.kept.keys()], record.ended], [writes, writes]);
    assert.equal(
      (await rejectionOf(client.resolve('H53010000001202601010800000001'))).code,
      'ORIGINAL_NOT_FOUND',
    );
  });
});
