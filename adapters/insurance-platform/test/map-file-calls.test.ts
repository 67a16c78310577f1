import assert from 'node:assert/strict';
import { acceptRequest, createPlatformAdapter } from '@yiqiao/insurance-platform';
import type { ConnectionParts } from '@yiqiao/insurance-platform';
import { canReverse, ExactNumber, GatewayError } from '@yiqiao/model';
import type { AdapterWithReversal, CallContext, CanonicalRequest } from '@yiqiao/model';
import type { Transport, TransportRequest } from '@yiqiao/transport';
import { createPredecessorXml } from '@yiqiao/wire';
import type { OutgoingResponse, WireRequest } from '@yiqiao/wire';
import { connection, NOW, places, rejectionOf, request, settlementData } from './connections.ts';

/** How the far side answers: success unless told otherwise. */
type Answer = Partial<OutgoingResponse> | { readonly raw: string };

const far = createPredecessorXml();

interface Call {
  readonly adapter: AdapterWithReversal;
  readonly context: CallContext;
  /** What the far side read. */
  arrived(): WireRequest;
}

/** An adapter of a peer that speaks the predecessor's form; the far side writes with a codec of its own charset. */
function calling(
  answer: Answer,
  {
    charset = 'GBK',
    findRecord = () => undefined,
  }: { charset?: 'GBK' | 'GB18030'; findRecord?: ConnectionParts['findRecord'] } = {},
): Call {
  let asked: TransportRequest | undefined;
  const parts = { ...connection('predecessor-xml', { mode: 'tolerant' }), findRecord };
  const transport: Transport = {
    async post(message) {
      await message.beforeSend?.();
      asked = message;
      const success = { success: true, code: '0', text: '', envelope: {}, body: null };
      const body =
        'raw' in answer
          ? Buffer.from(answer.raw)
          : createPredecessorXml({ charset }).writeResponse({ ...success, ...answer });
      return { status: 200, contentType: `text/xml; charset=${charset}`, body, headers: {} };
    },
    close: async () => undefined,
  };
  const { calls } = parts.dialect;
  assert(calls !== undefined, 'a family with map files can call');
  const adapter = createPlatformAdapter({ ...parts, calls }, transport);
  assert(canReverse(adapter));
  return {
    adapter,
    context: {
      deadline: NOW + 1_000,
      signal: new AbortController().signal,
      resolving: false,
      recordSent: async () => undefined,
      noteReply: () => undefined,
    },
    arrived() {
      assert(asked !== undefined, 'nothing was sent');
      return far.readRequest(asked.body);
    },
  };
}

function canonical(number: string, data: Parameters<typeof request>[1]): CanonicalRequest {
  const built = acceptRequest(connection('national', { mode: 'tolerant' }), request(number, data)).steps[0];
  assert(built !== undefined);
  return built.build([]);
}

const settlement = canonical('2207', settlementData());
const reversal = canonical('2601', {
  psn_no: '00000000000000000000000001',
  omsgid: 'H53010000001202601010800000001',
  oinfno: '2207',
});

describe('A call to a far side whose family has map files', () => {
  it('becomes the transaction that is this operation alone, with header and message id where the family has them', async () => {
    const { adapter, context, arrived } = calling({
      body: { aaz216: 'J1', ake149: '10.50', akb067: '2.00' },
    });
    const told = await adapter.execute(settlement, context);
    const { transaction, envelope, body } = arrived();
    assert.equal(transaction, '0304');
    assert.deepEqual({ ...envelope }, { TransNo: '0304', transid: 'H53010000001202601010800000001' });
    assert.deepEqual(
      [body['ykc700'], body['akc264'], body['aab299'], body['akb026'], body['aab301']],
      ['S0001', '12.50', '530100', 'H53010000001', '330100'],
    );
    assert(told.content.form === 'canonical');
    const { settlementId, fundPaid, cashPaid, visitId } = told.content.body;
    assert.deepEqual([settlementId, fundPaid, cashPaid, visitId], ['J1', 1050n, 200n, 'S0001']);
  });

  it('remarks on an answer whose parts are not the total that was asked for', async () => {
    const parts = { aaz216: 'J1', ake149: '10.50', ake038: '0.00', akb067: '1.99' };
    const { adapter, context } = calling({ body: parts });
    const { deviations } = await adapter.execute(settlement, context);
    assert(places(deviations).includes('identity /output/ake149'), places(deviations).join('\n'));
    const { adapter: other } = calling({ body: { ...parts, akb067: '2.00' } });
    const fitting = await other.execute(settlement, context);
    assert(!places(fitting.deviations).includes('identity /output/ake149'));
  });

  it('tells the lines of an upload in rows', async () => {
    const line = {
      feedetl_sn: 'L1',
      mdtrt_id: 'S0001',
      psn_no: '00000000000000000000000001',
      chrg_bchno: 'B0001',
      med_list_codg: '001101000010000',
      medins_list_codg: 'X1',
      det_item_fee_sumamt: new ExactNumber('12.50'),
      cnt: new ExactNumber('1'),
      pric: new ExactNumber('12.50'),
      fee_ocur_time: '2026-01-01 07:00:00',
      rx_circ_flag: '0',
      bilg_dept_codg: '01',
      bilg_dept_name: '内科',
      bilg_dr_codg: 'D0001',
      bilg_dr_name: '测试医师',
      hosp_appr_flag: '0',
    };
    const { adapter, context, arrived } = calling({});
    const upload = acceptRequest(connection('national', { mode: 'tolerant' }), {
      ...request('2204', {}),
      body: { feedetail: [line] },
    });
    const built = upload.steps[0]?.build([]);
    assert(built !== undefined);
    await adapter.execute(built, context);
    const { transaction, body } = arrived();
    assert.equal(transaction, '0301');
    const { row } = body['detail'] as unknown as { row: readonly Record<string, string>[] };
    assert.deepEqual([row.length, body['ykc700']], [1, 'S0001']);
  });

  it('is read whatever charset the answer declares', async () => {
    const answer = { body: { aaz216: 'J1', aac003: '测试𠮷' } };
    const { adapter, context } = calling(answer, { charset: 'GB18030' });
    const { content } = await adapter.execute(settlement, context);
    assert(content.form === 'canonical');
    assert.equal(content.body['personName'], '测试𠮷');
  });

  it('is refused in the far side’s own words', async () => {
    const { adapter, context } = calling({ success: false, code: '-1', text: '余额不足' });
    const error = await rejectionOf(adapter.execute(settlement, context));
    assert.deepEqual(
      [error.code, error.details.upstream],
      ['UPSTREAM_REJECTED', { code: '-1', text: '余额不足' }],
    );
  });

  for (const [title, raw] of [
    ['cut off', '<?xml version="1.0" encoding="GBK"?><result><errorco'],
    ['in no known form', '<html>502</html>'],
  ] as const) {
    it(`leaves the outcome unknown when its answer is ${title}`, async () => {
      const { adapter, context } = calling({ raw });
      assert.equal((await rejectionOf(adapter.execute(settlement, context))).code, 'UPSTREAM_REPLY_UNUSABLE');
    });
  }

  it('is not made for an operation that no transaction is alone: nothing leaves, and the error says which', async () => {
    const trial: CanonicalRequest = {
      header: { ...settlement.header, transaction: '2206' },
      content: { ...settlement.content, form: 'canonical', operation: 'preSettleOutpatient' } as never,
    };
    const { adapter, context, arrived } = calling({});
    const error = await rejectionOf(adapter.execute(trial, context));
    assert.deepEqual(
      [error.code, places(error.details.faults), error.details.facts?.['operation']],
      ['FORMAT_LIMIT', ['no-transaction /infno'], 'preSettleOutpatient'],
    );
    assert.throws(arrived, /nothing was sent/);
  });

  it('is not made to tell what another place decided: the form has no room for it, and would do it once more', async () => {
    const told: CanonicalRequest = {
      header: settlement.header,
      content: { ...settlement.content, form: 'canonical', result: { settlementId: 'J1' } } as never,
    };
    const { adapter, context, arrived } = calling({});
    const error = await rejectionOf(adapter.execute(told, context));
    assert.deepEqual([error.code, places(error.details.faults)], ['FORMAT_LIMIT', ['no-decision /infno']]);
    assert.throws(arrived, /nothing was sent/);
  });

  it('has its answer completed from the record, also from one that takes time to find', async () => {
    const cancellation = canonical('2208', {
      setl_id: 'J1',
      mdtrt_id: 'S0001',
      psn_no: '00000000000000000000000001',
    });
    const record = {
      kind: 'settlement',
      key: 'J1',
      request: { visitId: 'S0001', certificateNumber: '000000199001010018', certificateType: '01' },
      response: { total: 1250n, fundPaid: 1050n, cashPaid: 200n, settlementTime: '2026-01-01 07:59:00' },
      messageId: 'H53010000001202601010759000001',
    } as const;
    const { adapter, context, arrived } = calling({}, { findRecord: async () => record as never });
    const { content } = await adapter.execute(cancellation, context);
    const { transaction, body } = arrived();
    assert.deepEqual(
      [transaction, ...['aaz216', 'otransid', 'aac044', 'akc194', 'ykc706'].map((name) => body[name])],
      ['0305', 'J1', record.messageId, '000000199001010018', '20260101075900', '20260101'],
    );
    assert(content.form === 'canonical');
    const { total, fundPaid, cashPaid, visitId } = content.body;
    assert.deepEqual([total, fundPaid, cashPaid, visitId], [-1250n, -1050n, -200n, 'S0001']);
  });

  it('is not made with a value that the charset lacks', async () => {
    const rare = canonical('2207', settlementData({ invono: '票𠮷' }));
    const { adapter, context } = calling({});
    const error = await rejectionOf(adapter.execute(rare, context));
    assert.equal(error.code, 'FORMAT_LIMIT');
    assert.match(error.details.faults?.[0]?.at ?? '', /aae072/);
  });
});

describe('A reversal at a far side whose family has map files', () => {
  for (const [title, answer, result] of [
    ['is made by the number of the original', {}, 'reversed'],
    ['is refused', { success: false, code: '-1', text: '不允许冲正' }, 'refused'],
    ['is unknown after an answer that cannot be read', { raw: '<html/>' }, 'unknown'],
  ] as const) {
    it(title, async () => {
      const { adapter, context, arrived } = calling(answer);
      assert.equal(await adapter.reverse(reversal, context), result);
      const { transaction, body } = arrived();
      assert.equal(transaction, '1301');
      assert.deepEqual([body['otransno'], body['otransid']], ['0304', 'H53010000001202601010800000001']);
    });
  }

  it('finds nothing to reverse in the words of the profile', async () => {
    const parts = connection('predecessor-xml');
    const profile = { ...parts.profile, data: { ...parts.profile.data, originalNotFound: ['无此交易'] } };
    const transport: Transport = {
      post: async () => ({
        status: 200,
        contentType: 'text/xml',
        headers: {},
        body: far.writeResponse({ success: false, code: '-1', text: '无此交易', envelope: {}, body: null }),
      }),
      close: async () => undefined,
    };
    const { calls } = parts.dialect;
    assert(calls !== undefined);
    const adapter = createPlatformAdapter({ ...parts, profile, calls }, transport);
    const { context } = calling({});
    assert.equal(await adapter.reverse(reversal, context), 'nothing-to-reverse');
  });

  it('that breaks on an error of ours is told as such', async () => {
    const { adapter, context } = calling({});
    const broken = { ...context, recordSent: () => Promise.reject(new GatewayError('JOURNAL_FAILED')) };
    const result = await adapter.reverse(reversal, broken);
    assert.equal(result, 'unknown');
  });
});
