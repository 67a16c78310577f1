/** An adapter of a vendor's as the router takes it. */
import assert from 'node:assert/strict';
import { canQuery, EMPTY_HEADER, isTwoPhase } from '@yiqiao/model';
import type { CallContext, CanonicalObject, CanonicalRequest, OperationBodies } from '@yiqiao/model';
import { connectAdapter, defineAdapter, jsonCodec, leafText, toAdapter } from '@yiqiao/sdk';
import type { WireObject } from '@yiqiao/sdk';
import { startFarSide } from '@yiqiao/sdk/testing';
import type { RunningFarSide } from '@yiqiao/sdk/testing';

type Bodies = OperationBodies['cancelOutpatientSettlement'];
interface Ops {
  readonly cancelOutpatientSettlement: { request: Bodies['request']; response: Bodies['response'] };
  readonly find: { request: string; response: { known: boolean } };
  readonly finish: { request: { number: string; how: string }; response: object };
}

const definition = defineAdapter<Ops>({
  id: 'vendor',
  codec: jsonCodec(),
  refusal: ({ no }) => (no === undefined ? undefined : { code: leafText(no) ?? '', text: '' }),
  calls: {
    cancelOutpatientSettlement: {
      effect: 'write',
      wayOut: 'query',
      path: 'cancel',
      toWire: (request, { messageId }) => ({ id: messageId, of: String(request.settlementId) }),
      toModel: () => ({}) as Bodies['response'],
      query: {
        with: 'find',
        toRequest: ({ messageId }) => messageId,
        outcome: ({ known }) =>
          known ? { state: 'done', response: {} as Bodies['response'] } : { state: 'not-done' },
      },
      twoPhase: {
        commitKey: () => ({ serial: '7' }),
        confirm: {
          with: 'finish',
          toRequest: ({ commitKey = {} }) => ({ number: commitKey['serial'] ?? '', how: 'yes' }),
        },
        cancel: {
          with: 'finish',
          toRequest: ({ messageId }) => ({ number: messageId, how: 'no' }),
          onRefusal: ({ code }) => (code === '404' ? 'nothing-there' : 'refused'),
        },
      },
    },
    find: {
      effect: 'read',
      path: 'find',
      toWire: (id) => ({ id }),
      toModel: ({ known }) => ({ known: known === '1' }),
    },
    finish: {
      effect: 'write',
      wayOut: 'repeat',
      path: 'finish',
      toWire: (request) => request,
      toModel: () => ({}),
    },
  },
});

const request: CanonicalRequest = {
  header: { ...EMPTY_HEADER, messageId: 'M1', transaction: '2208' },
  content: {
    form: 'canonical',
    operation: 'cancelOutpatientSettlement',
    body: { settlementId: 'S1' },
    carried: {},
    dialect: 'vendor',
  },
};

describe('An adapter of a vendor’s for the router', () => {
  let far: RunningFarSide;
  let answer: WireObject;
  let recorded: string[];
  const context = (): CallContext => ({
    deadline: Date.now() + 2_000,
    recordSent: async ({ bytes }) => void recorded.push(Buffer.from(bytes).toString()),
    noteReply: () => {},
    signal: new AbortController().signal,
    resolving: false,
  });
  const connect = (): ReturnType<typeof connectAdapter<Ops, object>> =>
    connectAdapter(definition, { url: far.url });
  beforeEach(async () => {
    recorded = [];
    answer = {};
    far = await startFarSide({ codec: jsonCodec(), answer: () => answer });
  });
  afterEach(() => far.close());

  it('has on record what it sends, and tells the numbers under which it waits for confirmation', async () => {
    const connected = connect();
    const told = await toAdapter(connected).execute(request, context());
    assert.deepEqual(told.commitKey, { serial: '7' });
    assert.deepEqual((told.content as { body: CanonicalObject }).body, {});
    assert.deepEqual(recorded, ['{"id":"M1","of":"S1"}']);
    await connected.close();
  });

  it('refuses what it does not know, sending nothing', async () => {
    const connected = connect();
    const other = {
      ...request,
      content: { ...request.content, operation: 'settleOutpatient' },
    } as CanonicalRequest;
    await assert.rejects(toAdapter(connected).execute(other, context()), {
      code: 'TRANSACTION_UNKNOWN',
    });
    assert.equal(far.requests.length, 0);
    await connected.close();
  });

  const KNOWN: readonly [string, WireObject, unknown][] = [
    ['is staged', { known: '1' }, { state: 'staged', commitKey: { serial: '7' } }],
    ['is not done', { known: '0' }, { state: 'not-done' }],
    ['is not known yet', { no: '500' }, { state: 'unknown' }],
  ];
  for (const [title, told, expected] of KNOWN) {
    it(`finds out that a lost message ${title}`, async () => {
      answer = told;
      const connected = connect();
      const adapter = toAdapter(connected);
      assert(canQuery(adapter, request));
      assert.deepEqual(await adapter.query({ request, sentAt: 0 }, context()), expected);
      await connected.close();
    });
  }

  it('confirms and cancels under the numbers it was told', async () => {
    const connected = connect();
    const adapter = toAdapter(connected);
    assert(isTwoPhase(adapter, request));
    const message = { sent: { request, sentAt: 0 }, messageId: 'M2' };
    assert.equal(await adapter.confirm({ ...message, commitKey: { serial: '7' } }, context()), 'done');
    assert.equal(await adapter.cancel(message, context()), 'done');
    assert.deepEqual(recorded, ['{"number":"7","how":"yes"}', '{"number":"M1","how":"no"}']);
    answer = { no: '404' };
    assert.equal(await adapter.cancel(message, context()), 'nothing-there');
    far.fail('lose-reply');
    assert.equal(await adapter.confirm(message, context()), 'unknown');
    await connected.close();
  });
});
