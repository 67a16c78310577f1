import assert from 'node:assert/strict';
import { acceptRequest, createPlatformAdapter, createProtection } from '@yiqiao/insurance-platform';
import { canQuery, isTwoPhase } from '@yiqiao/model';
import type { Adapter, AdapterWithQuery, AdapterWithTwoPhase, CallContext, CommitKey } from '@yiqiao/model';
import type { ConnectionParts } from '@yiqiao/insurance-platform';
import type { Transport, TransportRequest } from '@yiqiao/transport';
import type { OutgoingRequest } from '@yiqiao/wire';
import { connection, NOW, request, settlementData } from './connections.ts';

const context: CallContext = {
  deadline: NOW + 1_000,
  signal: new AbortController().signal,
  resolving: true,
  recordSent: async () => undefined,
  noteReply: () => undefined,
};

const settlement = (() => {
  const national = request('2207', settlementData());
  const [step] = acceptRequest(connection('national', { mode: 'tolerant' }), national).steps;
  assert(step !== undefined);
  return step.build([]);
})();

type CallingDialect = NonNullable<ConnectionParts['dialect']['calls']>;

interface Side {
  readonly adapter: AdapterWithQuery & AdapterWithTwoPhase;
  readonly sent: TransportRequest[];
}

/** A far side of a region that answers each call with these bytes. */
function side(region: string, answer: string, outgoing?: OutgoingRequest): Side {
  const sent: TransportRequest[] = [];
  const transport: Transport = {
    async post(message) {
      await message.beforeSend?.();
      sent.push(message);
      return { status: 200, contentType: 'text/plain', body: Buffer.from(answer), headers: {} };
    },
    close: async () => undefined,
  };
  const protection = createProtection([], { codec: region });
  const parts = { ...connection(region), protection };
  const { calls } = parts.dialect;
  assert(calls !== undefined);
  const written: CallingDialect =
    outgoing === undefined
      ? calls
      : {
          ...calls,
          outgoing: () => ({ message: outgoing, notes: [] }),
          content: () => ({ content: settlement.content, notes: [] }),
        };
  const adapter: Adapter = createPlatformAdapter({ ...parts, calls: written }, transport);
  assert(isTwoPhase(adapter, settlement));
  return { adapter: adapter as Side['adapter'], sent };
}

const gbk = new TextDecoder('gbk');
const staged = (commitKey: CommitKey) => ({
  sent: { request: settlement, sentAt: NOW },
  commitKey,
  messageId: 'M1',
});

const TRADE = { 事务控制号: '000000000000000007', 顺序号: 'S0001', transaction: 'int_feebalance' };
const ROWS = { YBKH: 'C1', CFBH: 'B1', transaction: 'MZ' };
const SERIAL = { 医保交易流水号: 'JS1', transaction: '30' };

describe('What a two-phase region is told about a message that was computed', () => {
  for (const [region, does, key, answer, bytes] of [
    ['zhejiang', 'confirm', SERIAL, '$$0~~~~~JS1~$$', '$$~~~~30~JS1~1~~$$'],
    ['zhejiang', 'cancel', SERIAL, '$$0~~~~~JS1~$$', '$$~~~~30~JS1~-1~~$$'],
    [
      'yunnan',
      'confirm',
      TRADE,
      '{"out":[],"error_code":"0000"}',
      '{"call":"int_transaction","in":["2","S0001","000000000000000007","1"]}',
    ],
    [
      'yunnan',
      'cancel',
      TRADE,
      '{"out":[],"error_code":"0000"}',
      '{"call":"int_transaction","in":["2","S0001","000000000000000007","0"]}',
    ],
    [
      'shaanxi-shenmu',
      'confirm',
      ROWS,
      '{"state":"taken","tables":{"rows":"cleared"}}',
      '{"exchange":"TAKE","tables":{"of":"MZ","YBKH":"C1","CFBH":"B1"}}',
    ],
    [
      'shaanxi-shenmu',
      'cancel',
      ROWS,
      '{"state":"taken","tables":{"rows":"cleared"}}',
      '{"exchange":"CLEAR","tables":{"of":"MZ","YBKH":"C1","CFBH":"B1"}}',
    ],
  ] as const) {
    it(`is a ${does} in the words of ${region}`, async () => {
      const { adapter, sent } = side(region, answer);
      assert.equal(await adapter[does](staged(key), context), 'done');
      assert.deepEqual(
        sent.map(({ body }) => gbk.decode(body)),
        [bytes],
      );
    });
  }

  for (const [region, does, key, answer, result] of [
    ['zhejiang', 'confirm', SERIAL, '$$-1~x$$', 'refused'],
    ['yunnan', 'confirm', TRADE, '{"out":[],"error_code":"9005"}', 'nothing-there'],
    ['yunnan', 'cancel', TRADE, '{"out":[],"error_code":"9004"}', 'nothing-there'],
    ['yunnan', 'cancel', TRADE, '{"out":[],"error_code":"1101"}', 'refused'],
    ['shaanxi-shenmu', 'confirm', ROWS, '{"state":"taken","tables":{"rows":"none"}}', 'done'],
    ['shaanxi-shenmu', 'confirm', ROWS, '{"state":"taken","tables":{"rows":"staged"}}', 'refused'],
    ['shaanxi-shenmu', 'cancel', ROWS, '{"state":"taken","tables":{"rows":"none"}}', 'nothing-there'],
    ['shaanxi-shenmu', 'cancel', ROWS, '{"state":"taken","tables":{"rows":"settled"}}', 'refused'],
    // A success that does not say what became of the rows tells nothing.
    ['shaanxi-shenmu', 'cancel', ROWS, '{"state":"taken","tables":{}}', 'unknown'],
    ['shaanxi-shenmu', 'cancel', ROWS, '{"state":"waiting","tables":{}}', 'unknown'],
  ] as const) {
    it(`comes to ${result} when ${region} answers a ${does} with ${answer}`, async () => {
      assert.equal(await side(region, answer).adapter[does](staged(key), context), result);
    });
  }

  for (const [rows, state] of [
    ['staged', 'staged'],
    ['none', 'not-done'],
    ['something else', 'unknown'],
  ] as const) {
    it(`is asked of shared tables by the message’s own numbers, and ${rows} means ${state}`, async () => {
      const { adapter, sent } = side('shaanxi-shenmu', `{"state":"taken","tables":{"rows":"${rows}"}}`);
      assert(canQuery(adapter, settlement));
      const asked = { request: settlement, sentAt: NOW, commitKey: ROWS };
      assert.equal((await adapter.query(asked, context)).state, state);
      assert.match(gbk.decode(sent[0]?.body), /^\{"exchange":"LOOK"/);
    });
  }

  it('leaves under the number that is on record, without asking for another', async () => {
    const outgoing = { transaction: 'int_feebalance', envelope: {}, body: { 顺序号: 'S0001' } };
    const { adapter, sent } = side('yunnan', '{"out":[],"error_code":"0000"}', outgoing);
    const recorded: unknown[] = [];
    const response = await adapter.execute(settlement, {
      ...context,
      commitKey: TRADE,
      recordSent: async (_, commitKey) => void recorded.push(commitKey),
    });
    const bytes = sent.map(({ body }) => gbk.decode(body));
    assert.equal(bytes.length, 1);
    assert.match(bytes[0] ?? '', /"int_feebalance","in":\["S0001",.*"000000000000000007"\]/);
    assert.deepEqual([recorded, response.commitKey], [[TRADE], TRADE]);
  });

  for (const [region, answer, transaction, body, expected] of [
    [
      'yunnan',
      '{"out":["1.00"],"error_code":"0000"}',
      'int_feebalance',
      { 顺序号: 'S0001' },
      /^fields \/output\//,
    ],
    ['zhejiang', '$$0~~~~~~~~JS1$$', '30', {}, /^fields \/output\//],
    ['zhejiang', '$$0~~~~~~~~JS1~1%%2~~$$', '30', {}, /^items \/output\//],
  ] as const) {
    it(`is done, delivered and flagged when its answer lacks what the form has: ${region} ${answer}`, async () => {
      const { adapter } = side(region, answer, { transaction, envelope: {}, body });
      const { content, deviations } = await adapter.execute(settlement, { ...context, commitKey: TRADE });
      assert.equal(content.form, 'canonical');
      const found = deviations.map(({ rule, at }) => `${rule} ${at}`);
      assert(
        found.some((one) => expected.test(one)),
        found.join(),
      );
    });
  }

  it('cannot be asked without a number, and is not asked of a region that has no such question', async () => {
    const { adapter, sent } = side('shaanxi-shenmu', '');
    assert.equal((await adapter.query({ request: settlement, sentAt: NOW }, context)).state, 'unknown');
    assert.equal(sent.length, 0);
    for (const region of ['zhejiang', 'yunnan', 'guizhou-yinhai'])
      assert.equal(canQuery(side(region, '').adapter, settlement), false);
  });
});
