import assert from 'node:assert/strict';
import { message, settlement } from './messages.ts';
import { assertDone, assertRefused, envelopeOf, places } from './posts.ts';
import { admitted, discharged, numbers, openPlace, settled, VISIT } from './predecessor-place.ts';
import { endAll } from './rig.ts';
import { PATIENT, stayMessages } from './stay-messages.ts';

const his = stayMessages('530100');

describe('What a core that speaks the predecessor’s form never gets of a stay', () => {
  afterEach(endAll);

  for (const [what, lines] of [
    ['two lines', ['1', '2']],
    ['all lines and one more', ['0000', '1']],
  ] as const) {
    it(`gets no 2302 of ${what}: 0302 takes one, and the others would stay`, async () => {
      const { say, news, ward } = await admitted({ '1': 100, '2': 50.5 });
      const refusal = assertRefused(await say(his.withdrawal(VISIT, ...lines)), 'FORMAT_LIMIT');
      assert.deepEqual(places(refusal), ['one-row /input/feeLines/feeLineNumber']);
      assert.deepEqual([news(), ward.stays.get(VISIT)?.lines.size], [[], 2]);
    });
  }

  it('gets no 2301 with lines of two visits: 0301 names one', async () => {
    const { say, news } = await admitted();
    const text = his.fees(VISIT, { '1': 100, '2': 50.5 });
    const second = text.lastIndexOf(VISIT);
    const mixed = `${text.slice(0, second)}S0002${text.slice(second + VISIT.length)}`;
    const refusal = assertRefused(await say(mixed), 'FORMAT_LIMIT');
    assert.deepEqual([places(refusal), news()], [['one-row /input/feeLines/visitId'], []]);
  });

  describe('is refused before anything is sent', () => {
    const UNKNOWN = 'S0404';
    for (const [what, text] of [
      ['2301', () => his.fees(UNKNOWN, { '1': 100 })],
      ['2302', () => his.withdrawal(UNKNOWN, '1')],
      ['2302 of all lines', () => his.withdrawal(UNKNOWN, '0000')],
      ['2304', () => his.settlement(UNKNOWN, 100)],
      ['2305', () => his.cancellation(UNKNOWN, 'A0404')],
      ['2404', () => his.admissionUndone(UNKNOWN)],
    ] as const) {
      it(`${what} of what is not on record`, async () => {
        const { say, news } = await admitted({ '1': 100 });
        const refusal = assertRefused(await say(text()), 'RECORD_MISSING');
        assert.deepEqual([places(refusal), news()], [['record-missing /infno'], []]);
        assert.match(refusal.err_msg, /没有查到，未发送/);
      });
    }

    const keys = `"mdtrt_id":"${VISIT}","psn_no":"${PATIENT.personNumber}"`;
    for (const [what, text] of [
      ['2205', () => message('2205', `{"data":{${keys},"chrg_bchno":"0000"}}`)],
      ['2207', () => settlement({ mdtrt_id: `"${VISIT}"` })],
      ['2202', () => message('2202', `{"data":{${keys},"ipt_otp_no":"ZY1"}}`)],
    ] as const) {
      it(`${what} of what is on record as a stay: the number would mean the stay’s`, async () => {
        const { say, news, ward } = await admitted({ '1': 100 });
        const refusal = assertRefused(await say(text()), 'FORMAT_LIMIT');
        assert.deepEqual([places(refusal), news()], [['other-meaning /infno'], []]);
        assert.equal(ward.stays.get(VISIT)?.lines.size, 1);
      });
    }

    it('an admission of a kind that the predecessor has no code for', async () => {
      const { say, news } = await openPlace();
      const refusal = assertRefused(await say(his.admission({ med_type: '28' })), 'FORMAT_LIMIT');
      assert.deepEqual([places(refusal), news()], [['no-equal /input/aka130'], []]);
    });
  });

  describe('of somebody insured elsewhere', () => {
    const insured = '330100';
    const offSite = stayMessages(insured);

    for (const [what, text] of [
      ['2303', () => offSite.trial(VISIT, 150.5)],
      ['2304', () => offSite.settlement(VISIT, 150.5)],
      ['2305', () => offSite.cancellation(VISIT, `A${VISIT}`)],
    ] as const) {
      it(`gets no ${what} decided by the hub: the core could never be told, and 0304 would settle once more`, async () => {
        const { say, news, hub } = await discharged({ insured });
        const refusal = assertRefused(await say(text()), 'FORMAT_LIMIT');
        assert.deepEqual([places(refusal), news(), hub.numbers()], [['no-decision /infno'], [], []]);
        assert.match(refusal.err_msg, /routes/);
      });
    }

    it('has its admission, which the core alone decided, taken back by 1301', async () => {
      const { say, news, hub, ward } = await openPlace();
      const text = offSite.admission();
      assertDone(await say(text));
      assertDone(await say(offSite.reversal('2401', (JSON.parse(text) as { msgid: string }).msgid)));
      const [registered, reversal] = news();
      assert.deepEqual(
        [reversal?.transaction, reversal?.element('otransno'), reversal?.element('otransid'), hub.numbers()],
        ['1301', '0212', registered?.element('transid'), []],
      );
      assert.equal(ward.stays.size, 0);
    });

    it('is settled once, by a core that carries off-site care itself', async () => {
      const { say, news, hub, ward } = await discharged({ insured, route: 'care-place-core' });
      assert.equal(settled(await say(offSite.settlement(VISIT, 150.5)))['fund_pay_sumamt'], 75.25);
      const calls = news();
      assert.deepEqual([numbers(calls), calls[0]?.element('aab301'), hub.numbers()], [['0304'], insured, []]);
      assertDone(await say(offSite.cancellation(VISIT, `A${VISIT}`)));
      assert.deepEqual([numbers(news()), ward.stays.get(VISIT)?.settled], [['0305'], undefined]);
    });
  });

  it('leaves nothing of names and numbers to those who are refused', async () => {
    const { say } = await admitted({ '1': 100 });
    const refused = envelopeOf(await say(his.withdrawal(VISIT, '1', '2')));
    assert(!JSON.stringify(refused).includes(PATIENT.certno));
  });
});
