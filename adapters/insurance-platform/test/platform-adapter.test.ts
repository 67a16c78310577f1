import assert from 'node:assert/strict';
import { acceptRequest, createPlatformAdapter } from '@yiqiao/insurance-platform';
import type { ConnectionAtOnce } from '@yiqiao/insurance-platform';
import { canReverse, GatewayError } from '@yiqiao/model';
import type { AdapterWithReversal, CallContext, CanonicalRequest } from '@yiqiao/model';
import type { Transport } from '@yiqiao/transport';
import { connection, NOW, places, protectedBy, rejectionOf, request, settlementData } from './connections.ts';

/** What a far side answers: a body, or how the call fails. */
type Reply = { readonly status?: number; readonly body: string } | GatewayError;

interface Call {
  readonly adapter: AdapterWithReversal;
  readonly context: CallContext;
  /** What happened, in order. */
  readonly events: string[];
  sent(): Record<string, unknown>;
}

function calling(reply: Reply, changes: Partial<ConnectionAtOnce> = {}): Call {
  const events: string[] = [];
  let bytes: Uint8Array = new Uint8Array();
  const transport: Transport = {
    async post({ body, beforeSend }) {
      bytes = body;
      await beforeSend?.();
      events.push('sent');
      if (reply instanceof GatewayError) throw reply;
      return {
        status: reply.status ?? 200,
        contentType: 'application/json',
        body: Buffer.from(reply.body),
        headers: {},
      };
    },
    close: async () => undefined,
  };
  const parts = connection('national', { mode: 'tolerant', ...changes });
  const { calls } = parts.dialect;
  assert(calls !== undefined, 'the national family can call');
  const adapter = createPlatformAdapter({ ...parts, calls }, transport);
  assert(canReverse(adapter));
  const context: CallContext = {
    deadline: NOW + 1_000,
    signal: new AbortController().signal,
    resolving: false,
    recordSent: async (transcript) => {
      assert.deepEqual(transcript.bytes, bytes);
      events.push('recorded');
    },
    noteReply: () => events.push('noted'),
  };
  return {
    adapter,
    context,
    events,
    sent: () => JSON.parse(Buffer.from(bytes).toString()) as Record<string, unknown>,
  };
}

const settlement = acceptRequest(connection(), request('2207', settlementData())).steps[0]?.build(
  [],
) as CanonicalRequest;
const reversal = acceptRequest(
  connection(),
  request('2601', {
    psn_no: '00000000000000000000000001',
    omsgid: 'H53010000001202601010800000001',
    oinfno: '2207',
  }),
).steps[0]?.build([]) as CanonicalRequest;

const output = (members: string): string =>
  `{"infcode":"0","inf_refmsgid":"1","err_msg":"","output":{"setlinfo":{${members}}}}`;

describe('A call to a platform', () => {
  it('is on record before it leaves, and its reply is noted before it is read', async () => {
    const { adapter, context, events, sent } = calling({ body: output('"mdtrt_id":"S0001"') });
    await adapter.execute(settlement, context);
    assert.deepEqual(events, ['recorded', 'sent', 'noted']);
    const {
      infno,
      insuplc_admdvs: insured,
      input,
    } = sent() as { infno: string; insuplc_admdvs: string; input: { data: object } };
    assert.deepEqual([infno, insured], ['2207', '330100']);
    assert.deepEqual(Object.keys(input.data).toSorted(), Object.keys(settlementData()).toSorted());
  });

  it('does not leave when it cannot be put on record', async () => {
    const { adapter, context, events } = calling({ body: output('') });
    const full = new GatewayError('JOURNAL_FAILED');
    const error = await rejectionOf(
      adapter.execute(settlement, { ...context, recordSent: () => Promise.reject(full) }),
    );
    assert.deepEqual([error, events], [full, []]);
  });

  it('delivers an odd answer and names what is odd', async () => {
    const odd =
      '"mdtrt_id":"S0001","medfee_sumamt":12.50,"psn_part_amt":1,"fund_pay_sumamt":1,"setl_id":5,"new":"x"';
    const { adapter, context } = calling({ body: output(odd) });
    const { content, deviations } = await adapter.execute(settlement, context);
    assert(content.form === 'canonical');
    assert.equal(content.body['visitId'], 'S0001');
    assert.equal(content.carried['/setlinfo/new'], 'x');
    const found = places(deviations);
    for (const place of ['identity /output/setlinfo/medfee_sumamt', 'unknown-member /output/setlinfo/new']) {
      assert(found.includes(place), found.join('\n'));
    }
  });

  it('reads what can mean one thing only as that, and names what was put right', async () => {
    const odd =
      '"mdtrt_id":"S0001","medfee_sumamt":1.25e1,"fund_pay_sumamt":3.9999999999999996,"act_pay_dedc":"null"';
    const { adapter, context } = calling({ body: output(odd) });
    const { content, deviations } = await adapter.execute(settlement, context);
    assert(content.form === 'canonical');
    const { total, fundPaid } = content.body;
    assert.deepEqual([total, fundPaid], [1250n, 400n]);
    const found = places(deviations);
    for (const place of ['exponent /medfee_sumamt', 'float-noise /fund_pay_sumamt', 'no-value /act_pay_dedc'])
      assert(found.includes(place.replace(' ', ' /output/setlinfo')), found.join('\n'));
    assert.deepEqual(
      found.filter((place) => place.startsWith('not-convertible')),
      [],
    );
  });

  it('delivers a settlement over another total than was asked for, and flags it with the difference', async () => {
    const { adapter, context } = calling({ body: output('"mdtrt_id":"S0001","medfee_sumamt":99.00') });
    const { content, deviations } = await adapter.execute(settlement, context);
    assert(content.form === 'canonical');
    assert.equal(content.body['total'], 9_900n);
    const [flagged] = deviations.filter(({ rule }) => rule === 'total-differs');
    assert.match(flagged?.message.en ?? 'not flagged', /12\.50 asked for by 86\.50/);
  });

  it('does not flag a total that is the one asked for', async () => {
    const { adapter, context } = calling({ body: output('"mdtrt_id":"S0001","medfee_sumamt":12.5') });
    const { deviations } = await adapter.execute(settlement, context);
    assert.deepEqual(
      deviations.filter(({ rule }) => rule === 'total-differs'),
      [],
    );
  });

  const refusals: readonly (readonly [string, Reply, string, string])[] = [
    ['an infcode of -1', { body: '{"infcode":-1,"err_msg":"拒绝"}' }, '-1', '拒绝'],
    ['an infcode in quotes', { body: '{"infcode":"-1","err_msg":"拒绝","output":null}' }, '-1', '拒绝'],
    ['HTTP 400 with an envelope', { status: 400, body: '{"infcode":-1,"err_msg":"拒绝"}' }, '-1', '拒绝'],
    ['HTTP 404 without envelope', { status: 404, body: 'not found' }, '404', 'HTTP 404'],
  ];
  for (const [title, reply, code, text] of refusals) {
    it(`is refused in the far side’s words: ${title}`, async () => {
      const { adapter, context } = calling(reply);
      const { code: own, details } = await rejectionOf(adapter.execute(settlement, context));
      assert.deepEqual([own, details.upstream], ['UPSTREAM_REJECTED', { code, text }]);
    });
  }

  const invalid = protectedBy({
    verifyBody: () => {
      throw new GatewayError('SIGNATURE_INVALID');
    },
  });
  const unusable: readonly (readonly [string, Reply, string, Partial<ConnectionAtOnce>?])[] = [
    ['an answer that is cut off', { body: '{"infcode":0,"outp' }, 'UPSTREAM_REPLY_UNUSABLE'],
    ['an answer without status', { body: '{"output":{}}' }, 'UPSTREAM_REPLY_UNUSABLE'],
    ['HTTP 500 without envelope', { status: 500, body: 'error' }, 'UPSTREAM_REPLY_UNUSABLE'],
    ['HTTP 504', { status: 504, body: 'outcome unknown' }, 'UPSTREAM_TIMEOUT'],
    [
      'HTTP 504 of a gateway that has given it to a person',
      { status: 504, body: '[HANDED_TO_PERSON] 无法自动查明结果\nreason=gave-up\n' },
      'HANDED_TO_PERSON',
    ],
    ['another visit', { body: output('"mdtrt_id":"S9"') }, 'UPSTREAM_REPLY_UNUSABLE'],
    ['another person', { body: output('"psn_no":"9"') }, 'UPSTREAM_REPLY_UNUSABLE'],
    ['a signature that fails', { body: output('') }, 'UPSTREAM_REPLY_UNUSABLE', { protection: invalid }],
  ];
  for (const [title, reply, code, changes] of unusable) {
    it(`leaves the outcome unknown: ${title}`, async () => {
      const { adapter, context } = calling(reply, changes);
      const error = await rejectionOf(adapter.execute(settlement, context));
      assert.deepEqual([error.code, error.kind.outcome], [code, 'unknown']);
    });
  }

  it('takes lines that were asked for for its answer, and no line for foreign that was never sent', async () => {
    const query = acceptRequest(
      connection('national', { mode: 'tolerant' }),
      request('5204', { psn_no: '00000000000000000000000001', setl_id: 'J1', mdtrt_id: 'S0001' }),
    ).steps[0]?.build([]) as CanonicalRequest;
    const { adapter, context } = calling({
      body: '{"infcode":0,"inf_refmsgid":"1","err_msg":"","output":[{"feedetl_sn":"L1","mdtrt_id":"S0001"}]}',
    });
    const { content } = await adapter.execute(query, context);
    assert(content.form === 'canonical');
    assert.equal((content.body['feeLines'] as unknown as unknown[]).length, 1);
  });

  it('tells why a gateway further on has given it to a person', async () => {
    const body = '[HANDED_TO_PERSON] 无法自动查明结果\n结果待人工核实\nreason=gave-up\n';
    const { adapter, context } = calling({ status: 504, body });
    const error = await rejectionOf(adapter.execute(settlement, context));
    assert.equal(error.details.facts?.['reason'], 'gave-up');
  });

  it('marks a refusal of one that cannot take it now, so that it may be sent again', async () => {
    for (const [text, notNow] of [
      ['[SIGNATURE_INVALID] 签名验证失败', true],
      ['[SIGNER_UNAVAILABLE] 签名服务未给出签名', true],
      ['已日结', undefined],
    ] as const) {
      const { adapter, context } = calling({ body: `{"infcode":-1,"err_msg":"${text}"}` });
      const error = await rejectionOf(adapter.execute(settlement, context));
      assert.equal(error.details.facts?.['notNow'], notNow);
    }
  });

  it('passes on what the transport says of itself', async () => {
    for (const code of ['UPSTREAM_UNREACHABLE', 'UPSTREAM_TIMEOUT'] as const) {
      const { adapter, context } = calling(new GatewayError(code));
      assert.equal((await rejectionOf(adapter.execute(settlement, context))).code, code);
    }
  });
});

describe('A reversal', () => {
  const results: readonly (readonly [string, Reply, string])[] = [
    ['success', { body: '{"infcode":0,"err_msg":"","output":null}' }, 'reversed'],
    [
      'words of the profile for a missing original',
      { body: '{"infcode":-1,"err_msg":"未查询到原交易信息"}' },
      'nothing-to-reverse',
    ],
    ['any other refusal', { body: '{"infcode":-1,"err_msg":"已日结"}' }, 'refused'],
    ['HTTP 504', { status: 504, body: '' }, 'unknown'],
    ['an answer that cannot be read', { body: '<html>' }, 'unknown'],
    ['no answer', new GatewayError('UPSTREAM_TIMEOUT'), 'unknown'],
    ['words of a far side that is busy', { body: '{"infcode":-1,"err_msg":"[BUSY] 网关繁忙"}' }, 'unknown'],
    [
      'words of a far side that could not verify it',
      { body: '{"infcode":-1,"err_msg":"[SIGNATURE_INVALID] 签名验证失败"}' },
      'unknown',
    ],
    ['HTTP 404 without envelope', { status: 404, body: 'not found' }, 'unknown'],
  ];
  for (const [title, reply, result] of results) {
    it(`is ${result} after ${title}`, async () => {
      const { adapter, context, sent } = calling(reply);
      assert.equal(await adapter.reverse(reversal, context), result);
      assert.deepEqual((sent()['input'] as { data: object }).data, {
        psn_no: '00000000000000000000000001',
        omsgid: 'H53010000001202601010800000001',
        oinfno: '2207',
      });
    });
  }

  it('that never left is told as such', async () => {
    const { adapter, context } = calling(new GatewayError('UPSTREAM_UNREACHABLE'));
    assert.equal((await rejectionOf(adapter.reverse(reversal, context))).code, 'UPSTREAM_UNREACHABLE');
  });

  for (const code of ['HANDED_TO_PERSON', 'CONFIRMED_BY_PERSON'] as const) {
    it(`that a gateway further on tells ${code} of is neither refused nor unknown`, async () => {
      const { adapter, context } = calling({ status: 504, body: `[${code}] 转人工处理\n` });
      assert.equal((await rejectionOf(adapter.reverse(reversal, context))).code, code);
    });
  }

  it('that breaks on an error of ours is not taken for an answer', async () => {
    const { adapter, context } = calling({ body: '' });
    const broken = adapter.reverse(reversal, {
      ...context,
      recordSent: () => Promise.reject(new TypeError('ours')),
    });
    await assert.rejects(broken, TypeError);
  });
});
