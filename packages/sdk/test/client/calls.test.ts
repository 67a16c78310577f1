import assert from 'node:assert/strict';
import { createRegistry } from '@yiqiao/registry';
import { createClient, fen } from '@yiqiao/sdk';
import type { Client, ClientSettings, GatewayError, MessageEvent } from '@yiqiao/sdk';
import { rejectionOf } from './errors.ts';
import { IDENTIFICATION, SETTLED, SETTLEMENT } from './bodies.ts';
import { clientOf, endAll, startPlatform } from './platform.ts';

const places = (error: GatewayError): string[] =>
  (error.details.faults ?? []).map(({ rule, at, field }) => `${rule} ${at} ${field}`);

describe('A call of the client', () => {
  afterEach(endAll);

  it('sends the national message and tells the answer in the model', async () => {
    const platform = await startPlatform(() => ({ output: SETTLED }));
    const client = clientOf(platform.url);
    const answer = await client.outpatient.settle(SETTLEMENT, { insuredRegion: '330100' });
    const [came] = platform.came;
    assert.equal(came?.infno, '2207');
    assert.equal(came.insuplc_admdvs, '330100');
    assert.match(came.text, /"medfee_sumamt":12\.50,/);
    assert.match(came.msgid, /^H53010000001\d{18}$/);
    assert.equal(answer.messageId, came.msgid);
    assert.equal(answer.referenceId, '530000202601010800000000000001');
    assert.deepEqual(
      [
        answer.body.settlementId,
        answer.body.total,
        answer.body.fundPaid,
        answer.body.fundPayments[0]?.fundAmount,
      ],
      ['J0001', 1250n, 750n, 750n],
    );
    assert.deepEqual(answer.carried['/setlinfo/region_own'], 'x');
    assert(answer.warnings.some(({ at }) => at === '/output/setlinfo/region_own'));
  });

  it('tells what a gateway listed for a person', async () => {
    const at = '/output/setlinfo/medfee_sumamt';
    const platform = await startPlatform((_, index) => ({
      output: SETTLED,
      ...(index === 0 && { headers: { 'x-yiqiao-odd': `identity ${at}` } }),
    }));
    const { outpatient } = clientOf(platform.url);
    const told = [await outpatient.settle(SETTLEMENT), await outpatient.settle(SETTLEMENT)];
    assert.deepEqual(
      told.map(({ oddFurtherOn }) => oddFurtherOn),
      [[{ rule: 'identity', at }], []],
    );
  });

  it('takes an amount as Fen or as text in 元, and writes the same number', async () => {
    const platform = await startPlatform(() => ({ output: SETTLED }));
    const client = clientOf(platform.url);
    const { call } = client;
    await call('settleOutpatient', { ...SETTLEMENT, total: fen(1250n), inScope: fen(1250n) });
    await call('settleOutpatient', { ...SETTLEMENT, total: '12.5', inScope: '12.5' });
    const [one, other] = platform.came.map(({ input }) => input);
    assert.deepEqual(one, other);
  });

  it('sends fields of a region that the model does not have', async () => {
    const platform = await startPlatform(() => ({ output: SETTLED }));
    await clientOf(platform.url).outpatient.settle(SETTLEMENT, { carried: { '/data/region_own': 'x' } });
    assert.match(platform.came[0]?.text ?? '', /"input":\{"data":\{.*"region_own":"x"/);
  });

  it('refuses every amount that is a number or no plain decimal at once, each where it was written', async () => {
    const platform = await startPlatform(() => ({ output: SETTLED }));
    const given = {
      ...SETTLEMENT,
      total: 12.5,
      selfFunded: '1e2',
      overLimitSelfPaid: '１',
      inScope: '0.005',
    };
    const error = await rejectionOf(clientOf(platform.url).outpatient.settle(given as never));
    assert.equal(error.code, 'AMOUNT_INVALID');
    assert.deepEqual(places(error), [
      'amount /total medfee_sumamt',
      'amount /selfFunded fulamt_ownpay_amt',
      'amount /overLimitSelfPaid overlmt_selfpay',
      'amount /inScope inscp_scp_amt',
    ]);
    assert.equal(platform.came.length, 0);
  });

  it('refuses unknown members, null and wrong kinds at once', async () => {
    const platform = await startPlatform(() => ({ output: {} }));
    const lines = [null, { quantity: 2, note: 'x', feeLineNumber: 7 }];
    const given = { feeLines: lines, personNumer: '1' };
    const { code, details } = await rejectionOf(
      clientOf(platform.url).call('uploadOutpatientFees', given as never),
    );
    assert.equal(code, 'MESSAGE_INVALID');
    assert.deepEqual(
      details.faults?.map(({ rule, at, found }) => `${rule} ${at} ${found}`),
      [
        'type /feeLines/0 null',
        'amount /feeLines/1/quantity number',
        'unknown-member /feeLines/1/note string',
        'type /feeLines/1/feeLineNumber number',
        'unknown-member /personNumer string',
      ],
    );
    assert.equal(platform.came.length, 0);
  });

  it('tells what the definition forbids where the vendor wrote it, before anything leaves', async () => {
    const platform = await startPlatform(() => ({ output: SETTLED }));
    const { visitId: _, ...without } = SETTLEMENT;
    const given = { ...without, credentialType: 'much too long', total: '12.51' };
    const error = await rejectionOf(clientOf(platform.url).outpatient.settle(given as never));
    assert.deepEqual(
      places(error).filter((place) => !place.startsWith('identity')),
      ['required /visitId mdtrt_id', 'length /credentialType mdtrt_cert_type'],
    );
    assert.equal(platform.came.length, 0);
  });

  it('is refused in the far side’s own words', async () => {
    const platform = await startPlatform(() => ({ refusal: '收费批次已结算' }));
    const error = await rejectionOf(clientOf(platform.url).outpatient.settle(SETTLEMENT));
    assert.equal(error.code, 'UPSTREAM_REJECTED');
    assert.deepEqual(error.details.upstream, { code: '-1', text: '收费批次已结算' });
  });

  it('ends with the caller’s signal', async () => {
    const stop = new AbortController();
    const platform = await startPlatform(() => {
      stop.abort();
      return 'silent';
    });
    const error = await rejectionOf(
      clientOf(platform.url).outpatient.settle(SETTLEMENT, { signal: stop.signal }),
    );
    assert.deepEqual([error.code, platform.came.length], ['UPSTREAM_TIMEOUT', 1]);
  });

  it('ends with its time, and says that nobody knows', async () => {
    const platform = await startPlatform(() => 'silent');
    const error = await rejectionOf(clientOf(platform.url).outpatient.settle(SETTLEMENT, { timeoutMs: 60 }));
    assert.deepEqual([error.code, error.details.facts?.['reason']], ['UPSTREAM_TIMEOUT', 'deadline']);
  });

  it('tells hooks what leaves and what comes, without a person in it', async () => {
    const events: (MessageEvent & { kind: string })[] = [];
    const raw: string[] = [];
    const note = (kind: string) => (event: MessageEvent) => void events.push({ ...event, kind });
    const platform = await startPlatform((_came, index) =>
      index === 0 ? { output: SETTLED } : { refusal: 'no' },
    );
    const hooks: ClientSettings['hooks'] = {
      onSend: note('send'),
      onAnswer: note('answer'),
      onError: note('error'),
      onRaw: ({ bytes }) => void raw.push(Buffer.from(bytes).toString()),
    };
    const client = clientOf(platform.url, { hooks });
    await client.outpatient.settle(SETTLEMENT);
    await rejectionOf(client.outpatient.settle(SETTLEMENT));
    assert.deepEqual(
      events.map(({ kind, operation, transaction, attempt }) =>
        [kind, operation, transaction, attempt].join(' '),
      ),
      ['send', 'answer', 'send', 'error'].map((kind) => `${kind} settleOutpatient 2207 1`),
    );
    assert.doesNotMatch(JSON.stringify(events), /000000199001010018|00000000000000000000000001/);
    assert.match(raw[0] ?? '', /000000199001010018/);
  });

  it('is answered though a hook throws', async () => {
    const platform = await startPlatform(() => ({ output: SETTLED }));
    const warned = new Promise<Error>((resolve) => process.once('warning', resolve));
    const throws = (): never => {
      throw new Error('disk full');
    };
    const client = clientOf(platform.url, { hooks: { onAnswer: throws } });
    assert.equal((await client.outpatient.settle(SETTLEMENT)).body.settlementId, 'J0001');
    assert.match((await warned).message, /onAnswer.*disk full/);
  });

  it('mints another id when another process of the institution has used it', async () => {
    const refusal = { refusal: '[MESSAGE_ID_REUSED] …', yiqiao: { code: 'MESSAGE_ID_REUSED' } };
    const platform = await startPlatform((_came, index) => (index < 2 ? refusal : { output: SETTLED }));
    const { messageId } = await clientOf(platform.url).outpatient.settle(SETTLEMENT);
    const ids = platform.came.map(({ msgid }) => msgid);
    assert.deepEqual([new Set(ids).size, ids[2]], [3, messageId]);
  });

  it('keeps the id it was given, even when that is refused', async () => {
    const refusal = { refusal: '[MESSAGE_ID_REUSED] …', yiqiao: { code: 'MESSAGE_ID_REUSED' } };
    const platform = await startPlatform(() => refusal);
    const client = clientOf(platform.url);
    const messageId = client.newMessageId();
    const error = await rejectionOf(client.outpatient.settle(SETTLEMENT, { messageId }));
    assert.deepEqual(
      [error.code, platform.came.map(({ msgid }) => msgid)],
      ['MESSAGE_ID_REUSED', [messageId]],
    );
  });

  it('writes in the names of a profile', async () => {
    const platform = await startPlatform(() => ({ output: {} }));
    await clientOf(platform.url, { profile: 'cross-province' }).person.identify(IDENTIFICATION);
    assert.equal(platform.came[0]?.infno, '1101');
  });
});

describe('A client of the predecessor', () => {
  afterEach(endAll);

  it('writes its form, with nothing missing that its codec adds', async () => {
    const platform = await startPlatform(() => 'lost');
    await platform.close();
    const client = clientOf(platform.url, { profile: 'predecessor-xml' });
    const error = await rejectionOf(client.person.identify(IDENTIFICATION));
    assert.equal(error.code, 'UPSTREAM_UNREACHABLE');
  });
});

describe('The methods of the client', () => {
  afterEach(endAll);

  it('are one for each operation of the registry, none missing', async () => {
    const registry = createRegistry();
    const platform = await startPlatform(() => ({ refusal: 'no' }));
    const client: Client = clientOf(platform.url, { check: 'off', farSide: 'platform' });
    const families = Object.values(client as unknown as Readonly<Record<string, unknown>>);
    const methods = families.flatMap((family) =>
      typeof family === 'object' && family !== null
        ? Object.values(family as Readonly<Record<string, (body: unknown) => Promise<unknown>>>)
        : [],
    );
    for (const method of methods) await rejectionOf(method({}));
    const called = platform.came.map(({ infno }) => infno).toSorted();
    const known = registry.operations().map((operation) => registry.operation(operation).transaction);
    assert.deepEqual(called, [...known].toSorted());
  });
});

describe('Settings of the client', () => {
  const AS = {
    institution: { code: 'H53010000001', name: '示例医院' },
    careRegion: '530100',
    operator: { type: '1', id: '0001', name: '测试经办' },
  };
  const refusals: readonly (readonly [what: string, ClientSettings, places: readonly string[]])[] = [
    [
      'each wrong one at once',
      { to: 'ftp://x', as: { ...AS, careRegion: '53', operator: { type: '', id: '', name: 'x' } } },
      ['/to', '/as/careRegion', '/as/operator/type', '/as/operator/id'],
    ],
    [
      'a range of no numbers',
      { to: 'http://127.0.0.1', as: AS, sequences: { first: 5, last: 4 } },
      ['/sequences'],
    ],
    [
      'a signing profile that is none',
      { to: 'http://127.0.0.1', as: AS, signing: { profile: 'none-such' } },
      ['/signing/profile'],
    ],
    [
      'a profile whose settlements have to be confirmed',
      { to: 'http://127.0.0.1', as: AS, profile: 'guizhou-yinhai' },
      ['/profile'],
    ],
  ];
  for (const [what, settings, expected] of refusals) {
    it(`are refused: ${what}`, () => {
      assert.throws(
        () => createClient(settings),
        (error: GatewayError) => {
          assert.equal(error.code, 'CONFIG_INVALID');
          assert.deepEqual(
            error.details.faults?.map(({ at }) => at),
            expected,
          );
          return true;
        },
      );
    });
  }
});
