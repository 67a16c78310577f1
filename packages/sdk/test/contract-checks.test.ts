/** The checks of the kit: a right adapter passes them all, and each wrong one fails where it is wrong. */
import assert from 'node:assert/strict';
import { ExactNumber, fen, formatFen, leafText } from '@yiqiao/model';
import type { Fen, WireObject } from '@yiqiao/model';
import {
  connectAdapter,
  defineAdapter,
  field,
  fieldMap,
  jsonCodec,
  readMembers,
  xmlCodec,
} from '@yiqiao/sdk';
import type { AdapterSpec } from '@yiqiao/sdk';
import { contractChecks, createRecorder, startFarSide, startReplay } from '@yiqiao/sdk/testing';
import type { ContractSamples } from '@yiqiao/sdk/testing';

interface Ops {
  readonly issue: { request: { number: string; amount: Fen }; response: { invoice: string } };
  readonly find: { request: { number: string }; response: { invoice?: string } };
}
interface Events {
  readonly audited: { number: string; passed: boolean };
}

const bill = fieldMap({ number: field.text('busNo'), amount: field.amount('totalAmt', { bare: true }) });
const issued = fieldMap({ invoice: field.text('billNo') });
const found = fieldMap({ invoice: field.optional(field.text('billNo')) });

const spec: AdapterSpec<Ops, Events> = {
  id: 'bills',
  codec: jsonCodec(),
  refusal: ({ code, text }) =>
    code === '0' ? undefined : { code: leafText(code) ?? '', text: leafText(text) ?? '' },
  calls: {
    issue: {
      effect: 'write',
      path: 'issue',
      wayOut: 'query',
      toWire: (request) => bill.toWire(request),
      toModel: (answer) => issued.toModel(answer),
      query: {
        with: 'find',
        toRequest: ({ request }) => ({ number: request.number }),
        outcome: ({ invoice }) =>
          invoice === undefined ? { state: 'not-done' } : { state: 'done', response: { invoice } },
      },
    },
    find: {
      effect: 'read',
      path: 'find',
      toWire: ({ number }) => ({ busNo: number }),
      toModel: (answer) => found.toModel(answer),
    },
  },
  notifications: {
    audited: {
      path: '/audited',
      read: (message) =>
        readMembers(message, (from) => ({
          id: from.text('no'),
          event: { number: from.text('busNo'), passed: from.code('ok', { '1': true, '0': false }) },
        })),
      answer: (result, { now }) => ({ state: result.state, at: String(now) }),
    },
  },
};
const samples: ContractSamples<Ops, Events> = {
  calls: {
    issue: {
      request: { number: 'V1', amount: fen(1250n) },
      wire: { busNo: 'V1', totalAmt: new ExactNumber('12.50') },
      answer: { code: '0', billNo: 'B1' },
      response: { invoice: 'B1' },
      refused: { code: 'E1', text: '票号不足' },
      asked: { done: { code: '0', billNo: 'B1' }, notDone: { code: '0' } },
    },
    find: {
      request: { number: 'V1' },
      answer: { code: '0', billNo: 'B1' },
      response: { invoice: 'B1' },
      refused: { code: 'E1', text: '查无此票' },
    },
  },
  notifications: {
    audited: {
      message: { no: 'N1', busNo: 'V1', ok: '1' },
      id: 'N1',
      event: { number: 'V1', passed: true },
      altered: { no: 'N1', busNo: 'V1', ok: '0' },
    },
  },
};

async function failuresOf(
  changed: Partial<AdapterSpec<Ops, Events>>,
  given: ContractSamples<Ops, Events> = samples,
): Promise<Map<string, string>> {
  const failures = new Map<string, string>();
  const checks = contractChecks(defineAdapter({ ...spec, ...changed }), given);
  await Promise.all(
    checks.map(async ({ title, run }) => {
      try {
        await run();
      } catch (error) {
        failures.set(title, (error as Error).message);
      }
    }),
  );
  return failures;
}

describe('The checks of the kit', () => {
  it('pass for an adapter that is right', async () => {
    assert.deepEqual([...(await failuresOf({}))], []);
  });

  it('pass for one that speaks XML in GBK', async () => {
    const charset = 'GBK';
    const codec = xmlCodec({ request: { root: 'input', charset }, response: { root: 'output', charset } });
    assert.deepEqual([...(await failuresOf({ codec }))], []);
  });

  const { issue } = spec.calls;
  const WRONG: readonly [string, Partial<AdapterSpec<Ops, Events>>, RegExp][] = [
    [
      'writes an amount as a float',
      {
        calls: {
          ...spec.calls,
          issue: {
            ...issue,
            toWire: ({ amount }) => ({ totalAmt: Number(formatFen(amount)) }) as unknown as WireObject,
          },
        },
      },
      /^issue: writes the request, exact numbers/,
    ],
    [
      'writes another number each time',
      { calls: { ...spec.calls, issue: { ...issue, toWire: () => ({ busNo: String(Math.random()) }) } } },
      /^issue: writes the same request the same way/,
    ],
    [
      'reads a good answer out of nothing',
      { calls: { ...spec.calls, issue: { ...issue, toModel: () => ({ invoice: 'B1' }) } } },
      /^issue: reads no answer out of nothing/,
    ],
    [
      'takes a refusal for an answer',
      { refusal: () => undefined },
      /^find: tells a refusal in the far side’s own words/,
    ],
    [
      'finds everything done when it asks',
      {
        calls: {
          ...spec.calls,
          issue: {
            ...issue,
            query: {
              with: 'find',
              toRequest: ({ request }) => ({ number: request.number }),
              outcome: () => ({ state: 'done', response: { invoice: 'B1' } }),
            },
          },
        },
      },
      /^issue: is found not done when it never arrived/,
    ],
    [
      'gives each copy of a notification another number',
      {
        notifications: {
          audited: {
            path: '/audited',
            read: () => ({ id: String(Math.random()), event: { number: 'V1', passed: true } }),
            answer: ({ state }) => ({ state }),
          },
        },
      },
      /^audited: is acted on once/,
    ],
    [
      'acknowledges what it has refused',
      {
        notifications: {
          audited: { ...(spec.notifications?.audited ?? ({} as never)), answer: () => ({ state: 'fine' }) },
        },
      },
      /^audited: is not acted on when it comes again with another content/,
    ],
  ];
  for (const [title, changed, expected] of WRONG) {
    it(`fail for one that ${title}`, async () => {
      const failures = [...(await failuresOf(changed)).keys()];
      assert.ok(
        failures.some((failure) => expected.test(failure)),
        failures.join('\n'),
      );
    });
  }

  it('name every member that a map lacks', async () => {
    const hollow = fieldMap({ number: field.text(''), amount: field.amount('') });
    const toWire = (request: Ops['issue']['request']): WireObject => hollow.toWire(request);
    const failures = await failuresOf({ calls: { ...spec.calls, issue: { ...issue, toWire } } });
    const message = failures.get('issue: writes the same request the same way again') ?? '';
    assert.match(message, /\/number: .*say what the far side calls number/);
    assert.match(message, /\/amount: /);
  });

  it('ask for a sample of everything', async () => {
    const failures = await failuresOf({}, { calls: {} } as unknown as ContractSamples<Ops, Events>);
    assert.deepEqual([...failures.keys()].toSorted(), [
      'calls.find: has a sample',
      'calls.issue: has a sample',
      'notifications.audited: has a sample',
    ]);
  });
});

describe('A map of fields', () => {
  const line = fieldMap({ code: field.text('xmbm'), price: field.decimal('dj') });
  const map = fieldMap({
    type: field.code('lx', { '1': 'outpatient', '2': 'inpatient' }),
    count: field.integer('sl'),
    at: field.time('sj'),
    lines: field.list('mx', line),
    payer: field.optional(field.node('zf', fieldMap({ name: field.text('xm') }))),
  });
  const model = {
    type: 'inpatient',
    count: 2,
    at: Date.parse('2026-01-01T08:00:00+08:00'),
    lines: [{ code: 'a', price: '1.5' as never }],
    payer: { name: '测试甲' },
  } as const;
  const wire = {
    lx: '2',
    sl: '2',
    sj: '2026-01-01 08:00:00',
    mx: [{ xmbm: 'a', dj: '1.5' }],
    zf: { xm: '测试甲' },
  };

  it('runs both ways', () => {
    assert.deepEqual(map.toWire(model), wire);
    assert.deepEqual(map.toModel(wire), model);
    const { payer: _, ...without } = model;
    assert.deepEqual(map.toModel({ ...wire, zf: null }), without);
  });

  it('names everything that is wrong with a message, places below lists included', () => {
    const broken = { lx: '3', sl: 'two', mx: [{ dj: '1e3' }, 'x'], zf: {} };
    assert.throws(
      () => map.toModel(broken),
      (error: unknown) => {
        const { faults = [] } = (error as { details: { faults?: { at: string; rule: string }[] } }).details;
        assert.deepEqual(
          faults.map(({ at, rule }) => `${at} ${rule}`),
          [
            '/lx value-set',
            '/sl format',
            '/sj required',
            '/mx/0/xmbm required',
            '/mx/0/dj format',
            '/mx/1 type',
            '/zf/xm required',
          ],
        );
        return true;
      },
    );
  });

  it('writes nothing that lacks a value or has a code it does not know', () => {
    assert.throws(() => map.toWire({ ...model, count: undefined as never }), { code: 'MESSAGE_INVALID' });
    assert.throws(() => map.toWire({ ...model, type: 'other' as never }), { code: 'ADAPTER_INVALID' });
  });
});

describe('Recorded exchanges', () => {
  it('are played again in place of the platform, persons masked', async () => {
    const far = await startFarSide({
      codec: jsonCodec(),
      answer: () => ({ code: '0', billNo: 'B1', note: '110101199003070038' }),
    });
    const recorder = createRecorder();
    const definition = defineAdapter(spec);
    const first = connectAdapter(definition, { url: far.url, hooks: recorder.hooks });
    await first.call('issue', { number: 'V1', amount: fen(1n) });
    await far.close();
    await first.close();
    const exchanges = recorder.exchanges();
    assert.doesNotMatch(JSON.stringify(exchanges), /110101199003070038/);

    const replay = await startReplay(exchanges);
    const second = connectAdapter(definition, { url: replay.url });
    assert.deepEqual(await second.call('issue', { number: 'V1', amount: fen(1n) }), { invoice: 'B1' });
    assert.deepEqual(replay.unused(), []);
    await assert.rejects(second.call('issue', { number: 'V1', amount: fen(1n) }), {
      code: 'UPSTREAM_REPLY_UNUSABLE',
    });
    assert.deepEqual(replay.unknown(), ['issue']);
    await second.close();
    await replay.close();
  });
});
