import assert from 'node:assert/strict';
import { acceptRequest, writeAnswer, writeError } from '@yiqiao/insurance-platform';
import { ERRORS, GatewayError } from '@yiqiao/model';
import type { ErrorCode, Fault, MessageHeader } from '@yiqiao/model';
import { connection, NOW, protectedBy, request, settlementData } from './connections.ts';

const accepted = acceptRequest(connection(), request('2207', settlementData()));

function fault(number: number): Fault {
  return {
    rule: 'required',
    at: `/input/data/field_${number}`,
    field: `field_${number}`,
    label: { zh: '字段', en: 'field' },
    message: { zh: '必填项缺失或为空，请填写后重发。', en: 'Required.' },
  };
}

async function errorEnvelope(
  error: GatewayError,
  header: MessageHeader = accepted.header,
): Promise<Record<string, unknown>> {
  const { bytes } = await writeError({ parts: connection(), header, error, receivedAt: NOW });
  return JSON.parse(Buffer.from(bytes).toString()) as Record<string, unknown>;
}

describe('What a caller is told', () => {
  it('of success is the envelope of an answer with its times and the output', async () => {
    const content = {
      form: 'canonical',
      operation: 'settleOutpatient',
      body: {},
      carried: {},
      dialect: 'national',
    } as const;
    const { bytes, contentType } = await writeAnswer({
      parts: connection(),
      accepted,
      reply: { ok: true, responses: [{ referenceId: '', content, deviations: [] }] },
      receivedAt: NOW - 1,
    });
    assert.equal(contentType, 'application/json; charset=utf-8');
    const envelope = JSON.parse(Buffer.from(bytes).toString()) as Record<string, unknown>;
    assert.deepEqual(
      [envelope['infcode'], envelope['inf_refmsgid'], envelope['refmsg_time'], envelope['respond_time']],
      [0, 'R'.repeat(30), '20260101075959999', '20260101080000000'],
    );
  });

  it('of an error fits into err_msg; every fault stands beside it', async () => {
    const faults = Array.from({ length: 40 }, (_, index) => fault(index));
    const envelope = await errorEnvelope(new GatewayError('MESSAGE_INVALID', { faults }));
    const text = String(envelope['err_msg']);
    assert(text.length <= 200 && text.endsWith('…') && text.startsWith('[MESSAGE_INVALID]'), text);
    const { faults: told } = envelope['yiqiao'] as { faults: unknown[] };
    assert.deepEqual(told, JSON.parse(JSON.stringify(faults)));
  });

  it('of the far side’s refusal is its own text, whole', async () => {
    const upstream = { code: '-1', text: '参保状态异常：暂停参保' };
    const envelope = await errorEnvelope(new GatewayError('UPSTREAM_REJECTED', { upstream }));
    assert.equal(envelope['err_msg'], upstream.text);
    assert.deepEqual((envelope['yiqiao'] as { upstream: unknown }).upstream, upstream);
  });

  it('of an error says who is responsible, what the cashier says and the facts', async () => {
    const facts = { region: '999999', skewSeconds: 5, late: true };
    const { yiqiao } = await errorEnvelope(new GatewayError('REGION_UNKNOWN', { facts }));
    const { cause, cashier, responsible, kind } = ERRORS.REGION_UNKNOWN;
    assert.deepEqual(yiqiao, {
      code: 'REGION_UNKNOWN',
      outcome: 'not-done',
      responsible,
      kind,
      cause,
      cashier,
      facts,
      faults: [],
    });
  });

  it('of an error is signed where the connection signs', async () => {
    const parts = connection('national', {
      protection: protectedBy({ signBody: () => ({ cainfo: 'signature', signtype: 'SM2' }) }),
    });
    const error = new GatewayError('BUSY');
    const { bytes } = await writeError({ parts, header: accepted.header, error, receivedAt: NOW });
    assert.match(Buffer.from(bytes).toString(), /"cainfo":"signature","signtype":"SM2"/);
  });

  it('in the predecessor’s form has code and text only, in GBK', async () => {
    const parts = connection('predecessor-xml');
    const header = { ...accepted.header, messageId: '5301002601010800000001' };
    const error = new GatewayError('MESSAGE_INVALID', { faults: [fault(1)] });
    const { bytes, contentType } = await writeError({ parts, header, error, receivedAt: NOW });
    const text = new TextDecoder('gbk').decode(bytes);
    assert.equal(contentType, 'text/xml; charset=GBK');
    assert.match(text, /transid&gt;5301002601010800000001&lt;.*errorcode&gt;-1&lt;.*\[MESSAGE_INVALID\]/);
    assert(!text.includes('yiqiao'));
  });

  it('is never infcode -1 for an outcome that is not known', async () => {
    const unknown = (Object.keys(ERRORS) as ErrorCode[]).filter((code) => ERRORS[code].outcome === 'unknown');
    assert(unknown.length >= 5);
    assert(unknown.every((code) => ERRORS[code].infcode === null));
  });
});
