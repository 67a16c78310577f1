import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { parseRecordings, readInputs, readKit, runKit } from '@yiqiao/conformance';
import type { Recording, RunResults } from '@yiqiao/conformance';
import { createRegistry } from '@yiqiao/registry';
import { judgeSeries } from '#internal/series/judge-series.ts';
import { toExchange } from '#internal/series/recordings.ts';
import type { SeriesRule } from '#internal/series/types.ts';
import { createTongue } from '#internal/tongues/create-tongue.ts';

const registry = createRegistry();
const kit = readKit(registry, 'his', '2026-11');
const inputs = readInputs('national');
const clock = { now: () => Date.UTC(2026, 10, 20, 2, 0, 0) };
const tongue = createTongue({ registry, kit, inputs, clock });

/** A message: transaction, last digits of its msgid, body; and the answer's body, a refusal or nothing. */
type Sent = readonly [
  infno: string,
  serial: string,
  input: object,
  output?: object | 'refused' | 'none',
  time?: string,
];

const MSGID = 'H5301000000120261120100000';

function lines(sent: readonly Sent[]): string {
  return sent
    .map(([infno, serial, input, output = {}, time = '10:00']) => {
      const request = JSON.stringify({
        infno,
        msgid: `${MSGID}${serial}`,
        mdtrtarea_admvs: '530100',
        insuplc_admdvs: '330100',
        inf_time: `2026-11-20 ${time}:00`,
        fixmedins_code: 'H53010000001',
        input,
      });
      const answer = JSON.stringify({
        infcode: output === 'refused' ? -1 : 0,
        inf_refmsgid: '530000202611201000000000000001',
        err_msg: output === 'refused' ? '不予受理' : '',
        output: output === 'refused' ? null : output,
      });
      return JSON.stringify({
        at: `2026-11-20 ${time}:00`,
        request,
        ...(output !== 'none' && { answer }),
      });
    })
    .join('\n');
}

function outcomeOf(rule: Record<string, unknown>, sent: readonly Sent[], excerpt = false): string {
  const exchanges = parseRecordings(lines(sent)).map((one) => toExchange(one, tongue));
  const shown = judgeSeries(exchanges, {
    registry,
    profile: 'national',
    excerpt,
    rules: [{ requirement: 'r', ...rule } as unknown as SeriesRule],
  });
  return (shown.find(({ outcome: one }) => one !== 'pass') ?? shown[0])?.outcome ?? 'no occasion';
}

const SETTLE = { mdtrt_id: 'V1', chrg_bchno: 'B1', psn_no: 'P1', medfee_sumamt: '25.00' };
const settle = (serial: string, output: Sent[3] = { setlinfo: { setl_id: 'S1' } }): Sent => [
  '2207',
  serial,
  { data: SETTLE },
  output,
];
const reversal = (serial: string, of: string): Sent => [
  '2601',
  serial,
  { data: { psn_no: 'P1', omsgid: `${MSGID}${of}`, oinfno: '2207' } },
];
const fee = (serial: string, amount: string, row = 'L1'): Sent => [
  '2204',
  serial,
  { feedetail: [{ mdtrt_id: 'V1', chrg_bchno: 'B1', feedetl_sn: row, det_item_fee_sumamt: amount }] },
  { result: [{ feedetl_sn: row, preselfpay_amt: '3.00' }] },
];
const withdrawn = (serial: string, batch: string): Sent => [
  '2205',
  serial,
  { data: { mdtrt_id: 'V1', chrg_bchno: batch } },
];
const cancelled = (serial: string, setl: string): Sent => ['2208', serial, { data: { setl_id: setl } }];

const resolved = (before: string): Record<string, unknown> => ({
  rule: 'resolved',
  of: ['2207'],
  state: 'unanswered',
  before,
  matter: ['data.mdtrt_id'],
  by: [{ of: ['2601'], match: [[':msgid', 'data.omsgid']] }],
});
const total = {
  rule: 'sum',
  of: ['2207'],
  total: 'data.medfee_sumamt',
  lines: {
    of: ['2204'],
    list: 'feedetail',
    member: 'det_item_fee_sumamt',
    match: [['data.mdtrt_id', 'mdtrt_id']],
    withdrawn: { of: '2205', match: [['data.chrg_bchno', 'chrg_bchno']], all: '0000' },
  },
};
const own = {
  rule: 'preceded',
  of: ['2208'],
  by: { of: ['2207'], match: [['data.setl_id', 'answer.setlinfo.setl_id']] },
};
const once = {
  rule: 'not-after',
  of: ['2207'],
  state: 'accepted',
  by: { of: ['2207'], match: ['data.mdtrt_id'] },
  until: [{ of: ['2208'], state: 'accepted', match: [['answer.setlinfo.setl_id', 'data.setl_id']] }],
};

const CASES: readonly (readonly [
  title: string,
  rule: Record<string, unknown>,
  sent: readonly Sent[],
  outcome: string,
])[] = [
  [
    'a settlement sent anew without asking',
    resolved('next'),
    [settle('0001', 'none'), settle('0002')],
    'fail',
  ],
  [
    'a settlement that was reversed first',
    resolved('next'),
    [settle('0001', 'none'), reversal('0002', '0001'), settle('0003')],
    'pass',
  ],
  [
    'a settlement whose same bytes were repeated',
    resolved('next'),
    [settle('0001', 'none'), settle('0001'), settle('0003')],
    'pass',
  ],
  [
    'a reversal of another message',
    resolved('next'),
    [settle('0001', 'none'), reversal('0002', '0009'), settle('0003')],
    'fail',
  ],
  ['a settlement that nobody looked after', resolved('end'), [settle('0001', 'none')], 'fail'],
  ['a settlement that was answered', resolved('end'), [settle('0001')], 'no occasion'],
  [
    'a total that is the sum of its lines',
    total,
    [fee('0001', '20.00'), fee('0002', '5.00', 'L2'), settle('0003')],
    'pass',
  ],
  [
    'a total of lines of which some were withdrawn',
    total,
    [fee('0001', '20.00'), withdrawn('0002', 'B1'), fee('0003', '25.00'), settle('0004')],
    'pass',
  ],
  [
    'a total with lines that were withdrawn by 0000',
    total,
    [fee('0001', '25.00'), withdrawn('0002', '0000'), fee('0003', '5.00'), settle('0004')],
    'fail',
  ],
  ['a total that is off by a fen', total, [fee('0001', '24.99'), settle('0002')], 'fail'],
  ['a total without lines', total, [settle('0001')], 'no occasion'],
  [
    'a column of the answers',
    { ...total, lines: { ...total.lines, answered: 'result', member: 'preselfpay_amt' }, total: 'data.x' },
    [fee('0001', '1.00'), ['2207', '0002', { data: { ...SETTLE, x: '3.00' } }]],
    'pass',
  ],
  ['a cancellation of what was settled', own, [settle('0001'), cancelled('0002', 'S1')], 'pass'],
  ['a cancellation of something else', own, [settle('0001'), cancelled('0002', 'S9')], 'fail'],
  [
    'a cancellation by the wrong person',
    { ...own, same: ['data.psn_no'] },
    [settle('0001'), ['2208', '0002', { data: { setl_id: 'S1', psn_no: 'P2' } }]],
    'fail',
  ],
  ['a second settlement', once, [settle('0001'), settle('0002', { setlinfo: { setl_id: 'S2' } })], 'fail'],
  [
    'a second settlement after a cancellation',
    once,
    [settle('0001'), cancelled('0002', 'S1'), settle('0003', { setlinfo: { setl_id: 'S2' } })],
    'pass',
  ],
  ['the same settlement once more', once, [settle('0001'), settle('0001')], 'pass'],
  [
    'a msgid of two messages',
    { rule: 'unique', of: ['*'], place: ':msgid' },
    [settle('0001'), cancelled('0001', 'S1')],
    'fail',
  ],
  [
    'a msgid of a repetition',
    { rule: 'unique', of: ['*'], place: ':msgid' },
    [settle('0001', 'none'), settle('0001')],
    'pass',
  ],
  [
    'four refusals in a row',
    { rule: 'at-most', of: ['2207'], state: 'refused', times: 3, matter: ['data.mdtrt_id'] },
    ['0001', '0002', '0003', '0004'].map((one) => settle(one, 'refused')),
    'fail',
  ],
  [
    'three refusals in a row',
    { rule: 'at-most', of: ['2207'], state: 'refused', times: 3, matter: ['data.mdtrt_id'] },
    ['0001', '0002', '0003'].map((one) => settle(one, 'refused')),
    'pass',
  ],
  [
    'what has to follow and does',
    {
      rule: 'followed',
      of: ['2207'],
      by: { of: ['2208'], match: [['answer.setlinfo.setl_id', 'data.setl_id']] },
    },
    [settle('0001'), cancelled('0002', 'S1')],
    'pass',
  ],
  [
    'what has to follow and does not',
    {
      rule: 'followed',
      of: ['2207'],
      by: { of: ['2208'], match: [['answer.setlinfo.setl_id', 'data.setl_id']] },
    },
    [settle('0001')],
    'fail',
  ],
  [
    'a msgid built as it must be',
    { rule: 'matches', of: ['*'], place: ':msgid', pattern: '^{:fixmedins_code}\\d{18}$' },
    [settle('0001')],
    'pass',
  ],
  [
    'a msgid of another institution',
    { rule: 'matches', of: ['*'], place: ':msgid', pattern: '^{:mdtrtarea_admvs}\\d{18}$' },
    [settle('0001')],
    'fail',
  ],
  [
    'parts that add up',
    { rule: 'parts', of: ['2207'], total: 'data.t', plus: ['data.a', 'data.b'] },
    [['2207', '0001', { data: { t: '0.30', a: '0.10', b: '0.20' } }]],
    'pass',
  ],
  [
    'parts that do not',
    { rule: 'parts', of: ['2207'], total: 'data.t', plus: ['data.a', 'data.b'] },
    [['2207', '0001', { data: { t: '0.31', a: '0.10', b: '0.20' } }]],
    'fail',
  ],
  [
    'rows that add up',
    { rule: 'row-sum', of: ['2102'], total: 'data.t', list: 'rows', member: 'a' },
    [['2102', '0001', { data: { t: '0.30' }, rows: [{ a: '0.10' }, { a: '0.20' }] }]],
    'pass',
  ],
  [
    'price times quantity, rounded half up',
    { rule: 'line-amount', of: ['2204'], list: 'rows', amount: 'm', factors: ['c', 'p'] },
    [['2204', '0001', { rows: [{ m: '0.02', c: '0.5', p: '0.03' }] }]],
    'pass',
  ],
  [
    'price times quantity, rounded down',
    { rule: 'line-amount', of: ['2204'], list: 'rows', amount: 'm', factors: ['c', 'p'] },
    [['2204', '0001', { rows: [{ m: '0.01', c: '0.5', p: '0.03' }] }]],
    'fail',
  ],
  [
    'a required member that is absent',
    { rule: 'fits', of: ['2208'], misfits: ['required'] },
    [cancelled('0001', 'S1')],
    'fail',
  ],
  [
    'a time that is near',
    { rule: 'near', of: ['*'], place: ':inf_time', seconds: 300 },
    [settle('0001')],
    'pass',
  ],
];

describe('Rules over a series of messages', () => {
  for (const [title, rule, sent, outcome] of CASES)
    it(`${title}: ${outcome}`, () => {
      assert.equal(outcomeOf(rule, sent), outcome);
    });

  it('judges in the order of time, whatever the order of lines', () => {
    const [first, second] = lines([
      [...settle('0001'), '10:01'] as unknown as Sent,
      cancelled('0002', 'S1'),
    ]).split('\n');
    const [one] = parseRecordings(`${first}\n${second}`);
    assert.match(String(one?.request), /"2208"/);
  });
});

describe('An excerpt of a series', () => {
  const trial = { rule: 'preceded', of: ['2207'], by: { of: ['2206'], match: ['data.mdtrt_id'] } };
  const opened: Sent = ['2201', '0009', { data: {} }, { data: { mdtrt_id: 'V1' } }];
  const later: Sent = ['1101', '0010', {}, {}, '11:30'];
  const day = { rule: 'preceded', of: ['2207'], by: { of: ['9001'], match: [], sameDay: true } };
  for (const [title, rule, sent, outcome] of [
    ['a settlement whose visit began before it', trial, [settle('0001')], 'no occasion'],
    ['a settlement of a visit that was opened in it, without trial', trial, [opened, settle('0001')], 'fail'],
    ['a cancellation of what was settled before it', own, [cancelled('0001', 'S1')], 'no occasion'],
    [
      'a total whose lines may have come before it',
      total,
      [fee('0001', '5.00'), settle('0002')],
      'no occasion',
    ],
    ['a message without answer at its end', resolved('end'), [settle('0001', 'none')], 'no occasion'],
    [
      'a message without answer an hour before its end',
      resolved('end'),
      [settle('0001', 'none'), later],
      'fail',
    ],
    ['a day whose beginning it does not hold', day, [settle('0001')], 'no occasion'],
  ] as const satisfies typeof CASES)
    it(`judges ${title}: ${outcome}`, () => {
      assert.equal(outcomeOf(rule, sent, true), outcome);
    });
});

describe('A run over recordings', () => {
  const judge = (recordings: readonly Recording[]): Promise<RunResults> =>
    runKit({
      registry,
      kit,
      rules: '2026-11',
      target: 'from:log',
      aimed: '--from log',
      inputs,
      clock,
      seed: 1,
      recordings,
      counterparts: { of: {}, close: () => Promise.resolve() },
    });
  const statusOf = ({ requirements }: RunResults, id: string): string | undefined =>
    requirements.find((one) => one.id === id)?.status;

  it('names what is wrong with its message, and how to see it again', async () => {
    const results = await judge(parseRecordings(lines([settle('0001', 'none'), settle('0002')])));
    const found = results.requirements.find(({ id }) => id === 'his/2207/unanswered');
    assert.deepEqual([results.verdict, found?.status], ['fail', 'fail']);
    assert.equal(found?.findings[0]?.exchange?.msgid, `${MSGID}0001`);
    assert.equal(
      found?.again,
      'yiqiao conformance run --kit his --from log --only his/2207/unanswered --seed 1',
    );
  });

  it('skips what recordings cannot show and what had no occasion, and says which', async () => {
    const results = await judge(parseRecordings(lines([settle('0001')])));
    assert.deepEqual(
      ['his/screen/refusal', 'his/2305/settlement', 'his/readable'].map((id) => statusOf(results, id)),
      ['skip', 'skip', 'pass'],
    );
  });

  it('has no verdict without a message', async () => {
    assert.equal((await judge([])).verdict, 'error');
  });

  it('tells every line that is none, by its number', () => {
    const wrong = ['{"at":"2026-11-20","request":"{}"}', 'x', '{"at":"2026-11-20 10:00:00"}'].join('\n');
    assert.throws(() => parseRecordings(wrong), /line 1: .*\n.*line 2: .*\n.*line 3: /);
  });

  it('reads bytes as base64, and HAR files with times of China', () => {
    const request = Buffer.from('{"infno":"2207"}');
    const [line] = parseRecordings(
      JSON.stringify({ at: '2026-11-20 10:00:00', request: { base64: request.toString('base64') } }),
    );
    assert.deepEqual(line?.request, request);
    const entry = {
      startedDateTime: '2026-11-20T02:00:00.000Z',
      request: { postData: { text: '{}' } },
      response: { status: 200, content: { text: 'e30=', encoding: 'base64' } },
    };
    const [har] = parseRecordings(JSON.stringify({ log: { entries: [entry, { request: {} }] } }));
    assert.deepEqual([har?.at, String(har?.answer), har?.status], ['2026-11-20 10:00:00', '{}', 200]);
  });

  it('takes what the schema of recordings describes', () => {
    const text = readFileSync(new URL('../recordings.schema.json', import.meta.url), 'utf8');
    const { required } = JSON.parse(text) as { required: readonly string[] };
    assert.deepEqual(required, ['at', 'request']);
  });
});
