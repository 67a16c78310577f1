/** What an adapter's call tells of each way in which an exchange can go. */
import assert from 'node:assert/strict';
import { ExactNumber, fen, formatFen, GatewayError, leafText } from '@yiqiao/model';
import type { Fen } from '@yiqiao/model';
import { connectAdapter, defineAdapter, jsonCodec, readMembers } from '@yiqiao/sdk';
import type { AdapterSpec, ConnectionSettings } from '@yiqiao/sdk';
import { startFarSide } from '@yiqiao/sdk/testing';
import type { FarSideFault, RunningFarSide } from '@yiqiao/sdk/testing';

interface Ops {
  readonly issue: { request: { number: string; amount: Fen }; response: { invoice: string } };
  readonly find: { request: { number: string }; response: { invoice?: string } };
  readonly withdraw: { request: { number: string }; response: object };
}

const spec: AdapterSpec<Ops> = {
  id: 'bills',
  codec: jsonCodec(),
  refusal: (answer) =>
    answer['result'] === 'S0000'
      ? undefined
      : { code: leafText(answer['result']) ?? '', text: leafText(answer['text']) ?? '' },
  calls: {
    issue: {
      effect: 'write',
      path: 'issue',
      wayOut: 'query',
      toWire: ({ number, amount }) => ({ busNo: number, totalAmt: new ExactNumber(formatFen(amount)) }),
      toModel: (answer) => readMembers(answer, (from) => ({ invoice: from.text('billNo') })),
      query: {
        with: 'find',
        toRequest: ({ request }) => ({ number: request.number }),
        outcome: ({ invoice }) =>
          invoice === undefined ? { state: 'not-done' } : { state: 'done', response: { invoice } },
        onRefusal: ({ code }) => (code === 'E404' ? 'not-done' : 'unknown'),
      },
    },
    find: {
      effect: 'read',
      path: ({ number }) => `find/${number}`,
      toWire: () => ({}),
      toModel: (answer) =>
        readMembers(answer, (from) => {
          const invoice = from.optionalText('billNo');
          return invoice === undefined ? {} : { invoice };
        }),
    },
    withdraw: {
      effect: 'write',
      path: 'withdraw',
      wayOut: 'undo',
      toWire: ({ number }) => ({ busNo: number }),
      toModel: () => ({}),
      undo: {
        with: 'issue',
        toRequest: ({ request }) => ({ number: request.number, amount: fen(0n) }),
        onRefusal: () => 'nothing-there',
      },
    },
  },
};
const definition = defineAdapter(spec);
const REQUEST = { number: 'V1', amount: fen(1250n) };

describe('A call of an adapter', () => {
  let far: RunningFarSide;
  let answer: Record<string, string>;
  beforeEach(async () => {
    answer = { result: 'S0000', billNo: 'B1' };
    far = await startFarSide({ codec: jsonCodec(), answer: () => answer });
  });
  afterEach(() => far.close());

  const connect = (more: Partial<ConnectionSettings> = {}): ReturnType<typeof connectAdapter<Ops, object>> =>
    connectAdapter(definition, { url: far.url, timeoutMs: 2_000, ...more });

  it('writes what the map makes of a request and reads what it makes of the answer', async () => {
    const connected = connect();
    assert.deepEqual(await connected.call('issue', REQUEST), { invoice: 'B1' });
    const [request] = far.requests;
    assert.equal(Buffer.from(request?.bytes ?? []).toString(), '{"busNo":"V1","totalAmt":12.50}');
    assert.equal(request?.path, 'issue');
    assert.deepEqual(await connected.call('find', { number: 'V 甲' }), { invoice: 'B1' });
    assert.equal(far.requests[1]?.path, 'find/V%20%E7%94%B2');
    await connected.close();
  });

  const ENDS: readonly [FarSideFault, string, number][] = [
    ['lose-request', 'UPSTREAM_TIMEOUT', 0],
    ['lose-reply', 'UPSTREAM_TIMEOUT', 1],
    ['never-answer', 'UPSTREAM_TIMEOUT', 1],
    ['cut-off', 'UPSTREAM_REPLY_UNUSABLE', 1],
    ['garbage', 'UPSTREAM_REPLY_UNUSABLE', 1],
    ['http-500', 'UPSTREAM_REPLY_UNUSABLE', 1],
    ['http-503', 'UPSTREAM_REPLY_UNUSABLE', 0],
    ['turn-away', 'UPSTREAM_REJECTED', 0],
  ];
  for (const [fault, code, worked] of ENDS) {
    it(`is ${code} after ${fault}, and is never sent again by itself`, async () => {
      const connected = connect({ timeoutMs: 300 });
      far.fail(fault);
      await assert.rejects(
        connected.call('issue', REQUEST, { messageId: 'M1' }),
        (error: unknown) =>
          error instanceof GatewayError &&
          error.code === code &&
          error.details.facts?.['adapter'] === 'bills' &&
          error.details.facts['operation'] === 'issue' &&
          error.details.facts['messageId'] === 'M1',
      );
      assert.equal(far.requests.length, worked);
      await connected.close();
    });
  }

  it('is UPSTREAM_UNREACHABLE when nobody listens, and nothing was sent', async () => {
    const connected = connect();
    await far.close();
    await assert.rejects(connected.call('issue', REQUEST), { code: 'UPSTREAM_UNREACHABLE' });
    await connected.close();
  });

  it('tells a refusal in the far side’s own words', async () => {
    answer = { result: 'E0001', text: '票号不足' };
    const connected = connect();
    await assert.rejects(
      connected.call('issue', REQUEST),
      (error: unknown) =>
        error instanceof GatewayError &&
        error.code === 'UPSTREAM_REJECTED' &&
        error.details.upstream?.code === 'E0001' &&
        error.details.upstream.text === '票号不足',
    );
    await connected.close();
  });

  it('is no answer when the map cannot make sense of it, and every member that is wrong is named', async () => {
    answer = { result: 'S0000' };
    const connected = connect();
    await assert.rejects(
      connected.call('issue', REQUEST),
      (error: unknown) =>
        error instanceof GatewayError &&
        error.code === 'UPSTREAM_REPLY_UNUSABLE' &&
        error.details.faults?.[0]?.at === '/billNo',
    );
    await connected.close();
  });

  it('sends nothing once it is aborted, nor when what is awaited before sending fails', async () => {
    const connected = connect();
    await assert.rejects(connected.call('issue', REQUEST, { signal: AbortSignal.abort() }), {
      code: 'UPSTREAM_UNREACHABLE',
    });
    const beforeSend = (): never => {
      throw new RangeError('not on record');
    };
    await assert.rejects(connected.call('issue', REQUEST, { beforeSend }), RangeError);
    assert.equal(far.requests.length, 0);
    await connected.close();
  });

  it('lets its hooks hear sizes, times and codes, and contents only where that is asked for', async () => {
    const heard: unknown[] = [];
    const raw: string[] = [];
    const connected = connect({
      hooks: {
        onSend: (note) => heard.push(['send', note]),
        onAnswer: ({ ms, ...note }) => heard.push(['answer', note, ms >= 0]),
        onError: ({ ms, ...note }) => heard.push(['error', note, ms >= 0]),
        onRaw: ({ request }) => raw.push(Buffer.from(request.bytes).toString()),
      },
    });
    await connected.call('issue', REQUEST, { messageId: 'M1' });
    far.fail('turn-away');
    await assert.rejects(connected.call('issue', REQUEST, { messageId: 'M2' }));
    const note = { adapter: 'bills', operation: 'issue' };
    assert.deepEqual(heard.slice(0, 2), [
      ['send', { ...note, messageId: 'M1', bytes: 31 }],
      ['answer', { ...note, messageId: 'M1', bytes: 32, status: 200 }, true],
    ]);
    assert.deepEqual(heard.at(-1), ['error', { ...note, messageId: 'M2', code: 'UPSTREAM_REJECTED' }, true]);
    assert.doesNotMatch(JSON.stringify(heard), /V1|B1/);
    assert.equal(raw[0], '{"busNo":"V1","totalAmt":12.50}');
    await connected.close();
  });

  describe('whose answer is missing', () => {
    const sent = { request: REQUEST, messageId: 'M1', sentAt: 0 };
    const CASES: readonly [string, Record<string, string>, unknown][] = [
      [
        'is done when the far side knows it',
        { result: 'S0000', billNo: 'B1' },
        { state: 'done', response: { invoice: 'B1' } },
      ],
      ['is not done when the far side tells so', { result: 'S0000' }, { state: 'not-done' }],
      ['is not done when a refusal of the question says so', { result: 'E404' }, { state: 'not-done' }],
      ['is not known yet after another refusal', { result: 'E500' }, { state: 'unknown' }],
    ];
    for (const [title, told, expected] of CASES) {
      it(title, async () => {
        answer = told;
        const connected = connect();
        assert.deepEqual(await connected.resolve('issue', sent), expected);
        assert.equal(far.requests[0]?.path, 'find/V1');
        await connected.close();
      });
    }

    it('is not known yet when the question is lost, and the far side being away is told as that', async () => {
      const connected = connect();
      far.fail('lose-reply');
      assert.deepEqual(await connected.resolve('issue', sent), { state: 'unknown' });
      await far.close();
      await assert.rejects(connected.resolve('issue', sent), { code: 'UPSTREAM_UNREACHABLE' });
      await connected.close();
    });

    it('is taken back where that is the way out', async () => {
      const connected = connect();
      const withdrawn = { request: { number: 'V1' }, messageId: 'M1', sentAt: 0 };
      assert.deepEqual(await connected.resolve('withdraw', withdrawn), { state: 'undone' });
      answer = { result: 'E1' };
      assert.deepEqual(await connected.resolve('withdraw', withdrawn), { state: 'not-done' });
      await connected.close();
    });
  });
});
