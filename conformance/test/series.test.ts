import assert from 'node:assert/strict';
import { parseRecordings, readInputs, readKit } from '@yiqiao/conformance';
import { createRegistry } from '@yiqiao/registry';
import { judgeSeries } from '#internal/series/judge-series.ts';
import { toExchange } from '#internal/series/recordings.ts';
import type { SeriesRule } from '#internal/series/types.ts';
import { createTongue } from '#internal/tongues/create-tongue.ts';
import { cancelled, fee, lines, reversal, SETTLE, settle, withdrawn } from './recorded-messages.ts';
import type { Sent } from './recorded-messages.ts';

const registry = createRegistry();
const kit = readKit(registry, 'his', '2026-11');
const inputs = readInputs('national');
const clock = { now: () => Date.UTC(2026, 10, 20, 2, 0, 0) };
const tongue = createTongue({ registry, kit, inputs, clock });

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
    'a good code that the definition gives too little room',
    { rule: 'fits', of: ['1304'], misfits: ['length'] },
    [['1304', '0001', { data: { med_list_codg: 'XR05CBA198A001010100863' } }]],
    'pass',
  ],
  [
    'a code that is too long',
    { rule: 'fits', of: ['1304'], misfits: ['length'] },
    [['1304', '0001', { data: { med_list_codg: 'XR05CBA198A0010101008631' } }]],
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
