import assert from 'node:assert/strict';
import { acceptRequest, createPlatformAdapter, ODD_HEADER, oddHeader } from '@yiqiao/insurance-platform';
import type { CallContext, CanonicalRequest } from '@yiqiao/model';
import type { Transport, TransportReply } from '@yiqiao/transport';
import { connection, NOW, request, settlementData } from './connections.ts';

const BROKEN = { rule: 'identity', at: '/output/setlinfo/medfee_sumamt' };

/** What a caller makes of the headers of an answer. */
async function furtherOn(headers: TransportReply['headers']): Promise<unknown> {
  const parts = connection('national', { mode: 'tolerant' });
  const { calls } = parts.dialect;
  assert(calls !== undefined);
  const body = Buffer.from('{"infcode":0,"inf_refmsgid":"1","err_msg":"","output":{"setlinfo":{}}}');
  const transport: Transport = {
    post: async ({ beforeSend }) => {
      await beforeSend?.();
      return { status: 200, contentType: 'application/json', body, headers };
    },
    close: async () => undefined,
  };
  const context: CallContext = {
    deadline: NOW + 1_000,
    signal: new AbortController().signal,
    resolving: false,
    recordSent: async () => undefined,
    noteReply: () => undefined,
  };
  const settlement = acceptRequest(connection(), request('2207', settlementData())).steps[0]?.build(
    [],
  ) as CanonicalRequest;
  return (await createPlatformAdapter({ ...parts, calls }, transport).execute(settlement, context))
    .oddFurtherOn;
}

describe(`The header ${ODD_HEADER}`, () => {
  it('names rules and places, and is not there where nothing is odd', () => {
    const code = { rule: 'value-set', at: '/output/setldetail/0/fund_pay_type' };
    assert.deepEqual(oddHeader([BROKEN, code]), {
      'x-yiqiao-odd': 'identity /output/setlinfo/medfee_sumamt, value-set /output/setldetail/0/fund_pay_type',
    });
    assert.deepEqual([oddHeader([]), oddHeader()], [{}, {}]);
  });

  it('is short and plain whatever the places are', () => {
    const [told = ''] = Object.values(
      oddHeader(
        Array.from({ length: 30 }, (_, n) => ({ rule: 'value-set', at: `/output/行, ${n}\r\nx: y\ud800` })),
      ),
    );
    assert.match(told, /^[\x21-\x7e ]+, more 10$/);
    assert(told.length < 5_000);
  });

  it('of a gateway further on is read, to be passed on', async () => {
    const places = [BROKEN, { rule: 'value-set', at: '/交易输出/OUTROW[2]/AKA130' }];
    assert.deepEqual(await furtherOn(oddHeader(places)), places);
    assert.equal(await furtherOn({}), undefined);
  });

  const strange = {
    'a value': 'identity /output/x=100.00 y, 100.00',
    'no place': 'identity',
    'a control character': 'identity /output/%1b[31m',
    'what cannot be decoded': 'identity /output/%e4%b8',
    'another form': 'IDENTITY /output/x; <script>',
    'two headers': ['identity /output/x', 'identity /output/y'],
  };
  for (const [title, header] of Object.entries(strange)) {
    it(`is passed over where it holds ${title}`, async () => {
      assert.equal(await furtherOn({ [ODD_HEADER]: header }), undefined);
    });
  }

  it('shows no number of a person that a far side puts into it', async () => {
    const found = JSON.stringify(await furtherOn({ [ODD_HEADER]: 'identity /output/000000199001010018' }));
    assert(!found.includes('000000199001010018'), found);
  });
});
