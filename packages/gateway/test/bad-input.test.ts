import assert from 'node:assert/strict';
import { formatTime } from '@yiqiao/model';
import type { ErrorCode } from '@yiqiao/model';
import { message, settlement, settlementInput, UNSIGNED } from './messages.ts';
import type { Leaves } from './messages.ts';
import { assertRefused, places, post } from './posts.ts';
import { endAll, startRig } from './rig.ts';
import type { Rig } from './rig.ts';

interface BadInput {
  readonly title: string;
  readonly body: () => string | Uint8Array<ArrayBuffer>;
  readonly code: ErrorCode;
  /** `rule place` of every fault. */
  readonly faults: readonly string[];
}

/** A settlement whose institution name is in another charset. */
function inGbk(): Uint8Array<ArrayBuffer> {
  const [before = '', after = ''] = settlement({}, { fixmedins_name: '"@"' }).split('@');
  const name = [0xb2, 0xe2, 0xca, 0xd4];
  return Uint8Array.from([...Buffer.from(before), ...name, ...Buffer.from(after)]);
}

const YEARS_MS = 10 * 365.25 * 24 * 3_600_000;
const total =
  (text: string): (() => string) =>
  () =>
    settlement({ medfee_sumamt: text });
const withEnvelope =
  (envelope: Leaves): (() => string) =>
  () =>
    settlement({}, envelope);
const AMOUNT = 'amount /input/data/medfee_sumamt';

const BAD: readonly BadInput[] = [
  {
    title: 'a message that is cut off',
    body: () => settlement().slice(0, 200),
    code: 'MESSAGE_NOT_READABLE',
    faults: ['syntax /opter_name'],
  },
  { title: 'text that is no JSON', body: () => '你好', code: 'MESSAGE_NOT_READABLE', faults: ['syntax '] },
  { title: 'an empty body', body: () => '', code: 'MESSAGE_NOT_READABLE', faults: ['syntax '] },
  { title: 'GBK where UTF-8 is agreed', body: inGbk, code: 'CHARSET_WRONG', faults: ['charset '] },
  {
    title: 'duplicate members, each named',
    body: () => settlement({ psn_no: '"1","psn_no":"2"' }, { infver: '"1.0.0","infver":"1.0.1"' }),
    code: 'DUPLICATE_MEMBER',
    faults: ['duplicate /infver', 'duplicate /input/data/psn_no'],
  },
  {
    title: '10,000 levels',
    body: () => message('2207', `${'['.repeat(10_000)}${']'.repeat(10_000)}`),
    code: 'MESSAGE_TOO_DEEP',
    faults: ['depth '],
  },
  {
    title: 'a million list items',
    body: () => message('2207', `{"data":[${'1,'.repeat(1_000_000)}1]}`),
    code: 'MESSAGE_TOO_DEEP',
    faults: ['nodes /input/data/199985'],
  },
  { title: 'the amount 1e400', body: total('1e400'), code: 'AMOUNT_INVALID', faults: [AMOUNT] },
  { title: 'the amount 9.995', body: total('9.995'), code: 'AMOUNT_INVALID', faults: [AMOUNT] },
  { title: 'the amount -0', body: total('-0'), code: 'AMOUNT_INVALID', faults: [AMOUNT] },
  {
    title: 'an amount of more than 14 digits',
    body: total('123456789012345.00'),
    code: 'AMOUNT_INVALID',
    faults: [AMOUNT],
  },
  {
    title: 'an amount in full-width digits',
    body: total('"１２.５０"'),
    code: 'AMOUNT_INVALID',
    faults: ['number-form /input/data/medfee_sumamt', AMOUNT],
  },
  {
    title: 'full-width digits without quotes',
    body: total('１２.５０'),
    code: 'MESSAGE_NOT_READABLE',
    faults: ['syntax /input/data/medfee_sumamt'],
  },
  {
    title: 'a bad amount beside another fault',
    body: () => settlement({ medfee_sumamt: '9.995', insutype: undefined }),
    code: 'MESSAGE_INVALID',
    faults: [AMOUNT, 'required /input/data/insutype'],
  },
  {
    title: 'every fault at once, of the envelope and of the fields',
    body: () => settlement({ psn_no: undefined, mdtrt_id: '""', chrg_bchno: '5' }, { opter: '""' }),
    code: 'MESSAGE_INVALID',
    faults: [
      'required /opter',
      'required /input/data/psn_no',
      'required /input/data/mdtrt_id',
      'number-form /input/data/chrg_bchno',
    ],
  },
  {
    title: 'amounts that break an attested identity',
    body: () => settlement({ fund_pay_sumamt: '1.00', psn_part_amt: '1.00' }),
    code: 'IDENTITY_BROKEN',
    faults: ['identity /input/data/medfee_sumamt'],
  },
  {
    title: 'an unknown transaction',
    body: () => message('9998', '{}'),
    code: 'TRANSACTION_UNKNOWN',
    faults: ['transaction /infno'],
  },
  {
    title: 'an unknown insured place',
    body: withEnvelope({ insuplc_admdvs: '"999999"' }),
    code: 'REGION_UNKNOWN',
    faults: [],
  },
  {
    title: 'an unknown place of care',
    body: withEnvelope({ mdtrtarea_admvs: '"999999"' }),
    code: 'REGION_UNKNOWN',
    faults: [],
  },
  {
    title: 'an institution that this gateway does not serve',
    body: withEnvelope({ fixmedins_code: '"H99999999999"' }),
    code: 'OPERATION_NOT_ALLOWED',
    faults: [],
  },
  {
    title: 'a clock ten years behind',
    body: withEnvelope({ inf_time: JSON.stringify(formatTime(Date.now() - YEARS_MS)) }),
    code: 'CLOCK_SKEWED',
    faults: [],
  },
  {
    title: 'a clock ten years ahead',
    body: withEnvelope({ inf_time: JSON.stringify(formatTime(Date.now() + YEARS_MS)) }),
    code: 'CLOCK_SKEWED',
    faults: [],
  },
];

describe('A message that must not be taken', () => {
  let rig: Rig;
  before(async () => {
    rig = await startRig();
  });
  after(endAll);

  for (const { title, body, code, faults } of BAD) {
    it(`is refused as ${code}: ${title}`, async () => {
      const refusal = assertRefused(await post(rig.gateway.url, body()), code);
      assert.deepEqual(places(refusal).toSorted(), faults.toSorted());
    });
  }

  it('tells in err_msg what is wrong where, as a HIS shows nothing else', async () => {
    const { err_msg: text } = assertRefused(
      await post(rig.gateway.url, settlement({ insutype: undefined })),
      'MESSAGE_INVALID',
    );
    assert.match(text, /^\[MESSAGE_INVALID\] .*\/input\/data\/insutype 险种类型：必填项缺失/);
  });

  const facts = [
    ['which region', { insuplc_admdvs: '"999999"' }, 'REGION_UNKNOWN', 'region', '999999'],
    ['which institution', { fixmedins_code: '"H9"' }, 'OPERATION_NOT_ALLOWED', 'institution', 'H9'],
  ] as const;
  for (const [title, envelope, code, name, value] of facts) {
    it(`tells ${title} it does not know`, async () => {
      const { yiqiao } = assertRefused(await post(rig.gateway.url, settlement({}, envelope)), code);
      assert.equal((yiqiao.facts ?? {})[name], value);
    });
  }

  it('is neither sent on nor put on record', async () => {
    const fresh = await startRig();
    for (const { body } of BAD) await post(fresh.gateway.url, body());
    assert.deepEqual(fresh.far.numbers(), []);
    assert.deepEqual(await fresh.journal(), []);
    // All of them once more: on a busy machine that takes long, and what it had left would meet a stopped gateway.
  }).timeout(60_000);

  it('leaves its message id free for the corrected message', async () => {
    const envelope = { msgid: `"${UNSIGNED}202601010000009999"` };
    const input = settlementInput({ insutype: undefined });
    assertRefused(await post(rig.gateway.url, message('2207', input, envelope)), 'MESSAGE_INVALID');
    const corrected = await post(rig.gateway.url, settlement({}, envelope));
    assert.match(corrected.bytes.toString(), /"infcode":0,/);
  });
});
