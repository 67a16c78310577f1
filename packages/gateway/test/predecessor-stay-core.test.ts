import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startGateway } from '@yiqiao/gateway';
import { assertDone, assertRefused, assertUnknown, post } from './posts.ts';
import type { Posted } from './posts.ts';
import { admitted, discharged, numbers, openPlace, settled, VISIT } from './predecessor-place.ts';
import type { Place } from './predecessor-place.ts';
import { endAll, makeFolder, onEnd, usualConfig } from './rig.ts';
import { PATIENT, stayMessages } from './stay-messages.ts';

const his = stayMessages('530100');

describe('A stay of a national HIS at a core that speaks the predecessor’s form', () => {
  afterEach(endAll);

  it('is admitted, billed, discharged, tried and settled, and the core’s books hold the same', async () => {
    const { say, news, ward } = await openPlace();
    for (const text of [
      his.admission(),
      his.fees(VISIT, { '1': 100, '2': 50.5 }),
      his.discharge(VISIT),
      his.trial(VISIT, 150.5),
      his.settlement(VISIT, 150.5),
    ])
      assertDone(await say(text));
    const calls = news();
    assert.deepEqual(numbers(calls), ['0212', '0301', '0215', '0303', '0304']);
    const [, fees, discharge, , charge] = calls;
    assert.deepEqual(
      fees?.rows().map(({ ykc610, akc264 }) => [ykc610, akc264]),
      [
        ['1', '100.00'],
        ['2', '50.50'],
      ],
    );
    for (const call of [fees, discharge, charge])
      assert.deepEqual(
        [call?.element('ykc700'), call?.element('aac002'), call?.element('aac043'), call?.element('aac044')],
        [VISIT, PATIENT.certno, '90', PATIENT.certno],
      );
    assert.deepEqual(
      [discharge?.element('akc056'), discharge?.element('ake021'), charge?.element('aka130')],
      ['D530100000001', '测试医师', '21'],
    );
    assert.equal(ward.stays.get(VISIT)?.settled?.id, `A${VISIT}`);
  });

  it('is told the core’s amounts by 2303 and 2304, with what only the record knows', async () => {
    const { say } = await discharged();
    const trial = settled(await say(his.trial(VISIT, 150.5)));
    assert.deepEqual(
      [trial['mdtrt_id'], trial['medfee_sumamt'], trial['fund_pay_sumamt'], trial['psn_cash_pay']],
      [VISIT, 150.5, 75.25, 75.25],
    );
    const told = settled(await say(his.settlement(VISIT, 150.5)));
    assert.deepEqual(
      [told['setl_id'], told['mdtrt_id'], told['med_type'], told['fund_pay_sumamt'], told['psn_cash_pay']],
      [`A${VISIT}`, VISIT, '21', 75.25, 75.25],
    );
  });

  it('has one line taken back by 2302: 0302 names it, and no message', async () => {
    const { say, news, ward } = await admitted({ '1': 100, '2': 50.5 });
    assertDone(await say(his.withdrawal(VISIT, '1')));
    const [call, ...others] = news();
    assert.deepEqual(others, []);
    assert.deepEqual(
      [call?.transaction, call?.element('ykc610'), call?.element('otransid'), call?.element('aac044')],
      ['0302', '1', undefined, PATIENT.certno],
    );
    assert.deepEqual([...(ward.stays.get(VISIT)?.lines.keys() ?? [])], ['2']);
  });

  it('has all lines taken back by 2302 with 0000: 0302 says otransid 0, and names no line', async () => {
    const { say, news, ward } = await admitted({ '1': 100, '2': 50.5 });
    assertDone(await say(his.withdrawal(VISIT, '0000')));
    const [call] = news();
    assert.deepEqual(
      [call?.transaction, call?.element('otransid'), call?.element('ykc610')],
      ['0302', '0', undefined],
    );
    assert.equal(ward.stays.get(VISIT)?.lines.size, 0);
  });

  it('is cancelled by 2305, which tells the amounts on record the other way round', async () => {
    const { say, news, ward } = await discharged();
    const { setl_time: time } = settled(await say(his.settlement(VISIT, 150.5)));
    const [charge] = news();
    const told = settled(await say(his.cancellation(VISIT, `A${VISIT}`)));
    assert.deepEqual(
      [told['mdtrt_id'], told['medfee_sumamt'], told['fund_pay_sumamt'], told['psn_cash_pay']],
      [VISIT, -150.5, -75.25, -75.25],
    );
    const [call] = news();
    const at = String(time).replaceAll(/\D/g, '');
    assert.deepEqual(
      ['aaz216', 'otransid', 'ykc700', 'aac044', 'akc194', 'ykc706'].map((name) => call?.element(name)),
      [`A${VISIT}`, charge?.element('transid'), VISIT, PATIENT.certno, at, at.slice(0, 8)],
    );
    assert.deepEqual([call?.transaction, ward.stays.get(VISIT)?.settled], ['0305', undefined]);
  });

  it('is undone step by step, until the core has nothing of it', async () => {
    const { say, news, ward } = await discharged();
    assertDone(await say(his.settlement(VISIT, 150.5)));
    news();
    for (const text of [
      his.cancellation(VISIT, `A${VISIT}`),
      his.dischargeUndone(VISIT),
      his.withdrawal(VISIT, '0000'),
      his.admissionUndone(VISIT),
    ])
      assertDone(await say(text));
    assert.deepEqual(numbers(news()), ['0305', '0216', '0302', '0214']);
    assert.equal(ward.stays.size, 0);
  });

  it('is told in the core’s own words what does not fit its books', async () => {
    const { say } = await admitted({ '1': 100 });
    assert.equal(
      assertRefused(await say(his.withdrawal(VISIT, '9')), 'UPSTREAM_REJECTED').err_msg,
      '没有明细 9',
    );
    assertRefused(await say(his.admissionUndone(VISIT)), 'UPSTREAM_REJECTED');
  });

  it('goes on after a restart: what was admitted is on record', async () => {
    const { say, news, restart } = await admitted({ '1': 100 });
    await restart();
    assertDone(await say(his.withdrawal(VISIT, '1')));
    assert.deepEqual(numbers(news()), ['0302']);
  });

  describe('when an answer is lost', () => {
    /** Loses the answers to the next messages of a transaction, each of which is done all the same. */
    function lose({ behave, ward }: Place, transaction: string, times = 1): void {
      let left = times;
      behave((call) => {
        if (call.transaction !== transaction || left === 0) return undefined;
        left -= 1;
        ward.answer(call);
        return 'lost';
      });
    }

    it('2304 is taken back by 1301, and can be sent anew', async () => {
      const place = await discharged();
      const { say, news, ward } = place;
      lose(place, '0304');
      assertRefused(await say(his.settlement(VISIT, 150.5)), 'REVERSED');
      const [charge, reversal] = news();
      assert.deepEqual(
        [charge?.transaction, reversal?.transaction, reversal?.element('otransno')],
        ['0304', '1301', '0304'],
      );
      assert.equal(reversal?.element('otransid'), charge?.element('transid'));
      assert.equal(ward.stays.get(VISIT)?.settled, undefined);
      assertDone(await say(his.settlement(VISIT, 150.5)));
    });

    it('2302 of all lines is repeated as it was', async () => {
      const place = await admitted({ '1': 100, '2': 50.5 });
      lose(place, '0302');
      assertDone(await place.say(his.withdrawal(VISIT, '0000')));
      const [first, second, ...others] = place.news();
      assert.deepEqual(others, []);
      assert.equal(second?.element('transid'), first?.element('transid'));
    });

    it('2301 of one line is undone by 0302', async () => {
      const place = await admitted();
      lose(place, '0301');
      assertRefused(await place.say(his.fees(VISIT, { '1': 100 })), 'REVERSED');
      const [, undo] = place.news();
      assert.deepEqual([undo?.transaction, undo?.element('ykc610')], ['0302', '1']);
      assert.equal(place.ward.stays.get(VISIT)?.lines.size, 0);
    });

    it('2301 of several lines goes to a person: no 0302 names them all, and one of them alone is not taken back', async () => {
      const place = await admitted({ '1': 100 });
      lose(place, '0301');
      assertUnknown(await place.say(his.fees(VISIT, { '2': 50.5, '3': 20 })), 'HANDED_TO_PERSON');
      assert.deepEqual(numbers(place.news()), ['0301']);
      assert.equal(place.ward.stays.get(VISIT)?.lines.size, 3);
    });
  });

  it('is reversed by the caller’s 2601', async () => {
    const { say, news, ward } = await discharged();
    const text = his.settlement(VISIT, 150.5);
    assertDone(await say(text));
    news();
    assertDone(await say(his.reversal('2304', (JSON.parse(text) as { msgid: string }).msgid)));
    const [call] = news();
    assert.deepEqual([call?.transaction, call?.element('otransno')], ['1301', '0304']);
    assert.equal(ward.stays.get(VISIT)?.settled, undefined);
  });

  it('is the same through a gateway in between: admitted, one line and all lines taken back, settled, cancelled', async () => {
    const place = await openPlace();
    const configFile = join(makeFolder(), 'gateway.yaml');
    writeFileSync(configFile, usualConfig({ core: place.url(), hub: place.hub.url }));
    const outer = await startGateway({ configFile });
    onEnd(() => outer.close());
    const say = (text: string): Promise<Posted> => post(outer.url, text);
    for (const text of [
      his.admission(),
      his.fees(VISIT, { '1': 100, '2': 50.5 }),
      his.withdrawal(VISIT, '1'),
      his.withdrawal(VISIT, '0000'),
      his.fees(VISIT, { '3': 20 }),
      his.discharge(VISIT),
      his.trial(VISIT, 20),
    ])
      assertDone(await say(text));
    assert.equal(settled(await say(his.settlement(VISIT, 20)))['fund_pay_sumamt'], 10);
    assert.equal(settled(await say(his.cancellation(VISIT, `A${VISIT}`)))['fund_pay_sumamt'], -10);
    const transactions = '0212 0301 0302 0302 0301 0215 0303 0304 0305';
    assert.equal(numbers(place.news()).join(' '), transactions);
    const refusal = assertRefused(await say(his.withdrawal(VISIT, '3', '4')), 'UPSTREAM_REJECTED');
    assert.match(refusal.err_msg, /\[FORMAT_LIMIT\].*请分开发送/);
    assert.deepEqual(place.news(), []);
  });
});
