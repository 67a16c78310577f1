import assert from 'node:assert/strict';
import { formatTime } from '@yiqiao/model';
import type { Answer, Arrived } from './far-side.ts';
import { settled, wellBehaved } from './far-side.ts';
import { identification, message, newMessageId, settlement } from './messages.ts';
import { assertDone, assertRefused, assertUnknown, post } from './posts.ts';
import { endAll, startRig } from './rig.ts';

const settlementsOnly =
  (how: (message: Arrived) => Answer | undefined | Promise<Answer>) =>
  (arrived: Arrived): Answer | undefined | Promise<Answer> =>
    arrived.infno === '2207' ? how(arrived) : undefined;

/** A gate that a far side waits at. */
function gate(): { readonly opened: Promise<void>; open(): void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { opened: promise, open: () => resolve() };
}

describe('A message that is sent again', () => {
  afterEach(endAll);

  it('gets the same answer byte for byte, and runs once', async () => {
    const { gateway, far, journal } = await startRig();
    const body = settlement();
    const first = await post(gateway.url, body);
    assertDone(first);
    const again = await post(gateway.url, body);
    assert.deepEqual(again.bytes, first.bytes);
    assert.deepEqual(far.numbers(), ['2207']);
    assert.equal((await journal()).length, 1);
  });

  it('gets it after a restart, too', async () => {
    const { gateway, far, restart } = await startRig();
    const body = settlement();
    const first = await post(gateway.url, body);
    const again = await post((await restart()).url, body);
    assert.deepEqual([again.bytes, far.numbers()], [first.bytes, ['2207']]);
  });

  it('gets the same refusal, in the far side’s own words', async () => {
    const { gateway, far } = await startRig();
    far.behave(settlementsOnly(() => ({ refused: '参保状态异常' })));
    const body = settlement();
    const first = await post(gateway.url, body);
    assert.equal(assertRefused(first, 'UPSTREAM_REJECTED').err_msg, '参保状态异常');
    far.behave(() => undefined);
    assert.deepEqual((await post(gateway.url, body)).bytes, first.bytes);
    assert.deepEqual(far.numbers(), ['2207']);
  });

  it('runs once when ten arrive at the same time', async () => {
    const { gateway, far, journal } = await startRig();
    const body = settlement();
    const answers = await Promise.all(Array.from({ length: 10 }, () => post(gateway.url, body)));
    assert.equal(new Set(answers.map(({ bytes }) => bytes.toString())).size, 1);
    assert.deepEqual(far.numbers(), ['2207']);
    assert.equal((await journal()).length, 1);
  });

  it('is the same message when only its time differs, as a HIS stamps it anew', async () => {
    const { gateway, far } = await startRig();
    const envelope = { msgid: JSON.stringify(newMessageId()) };
    const earlier = { ...envelope, inf_time: JSON.stringify(formatTime(Date.now() - 60_000)) };
    const batch = { chrg_bchno: '"B0001"' };
    const first = await post(gateway.url, settlement(batch, earlier));
    assertDone(first);
    assert.deepEqual((await post(gateway.url, settlement(batch, envelope))).bytes, first.bytes);
    assert.deepEqual(far.numbers(), ['2207']);
  });

  it('is refused when another content stands under its message id', async () => {
    const { gateway, far, journal } = await startRig();
    const envelope = { msgid: JSON.stringify(newMessageId()) };
    assertDone(await post(gateway.url, settlement({}, envelope)));
    const reused = await post(gateway.url, settlement({ medfee_sumamt: '99.00' }, envelope));
    assertRefused(reused, 'MESSAGE_ID_REUSED');
    assert.deepEqual(far.numbers(), ['2207']);
    assert.equal((await journal()).length, 1);
  });
});

describe('A resend that fails a check', () => {
  afterEach(endAll);

  const invalid = { insutype: undefined };
  const own = (): { msgid: string } => ({ msgid: JSON.stringify(newMessageId()) });

  it('is told neither the answer nor that nothing was done, once the message is done', async () => {
    const { gateway } = await startRig();
    const envelope = own();
    assertDone(await post(gateway.url, settlement({}, envelope)));
    const resent = await post(gateway.url, settlement(invalid, envelope));
    assertUnknown(resent, 'RESEND_REFUSED');
    assert(!resent.bytes.includes('setl_id'));
  });

  it('is told the same while the outcome is not known, and what is wrong with it once nothing stands', async () => {
    const { gateway, far } = await startRig({
      change: (yaml) => yaml.replace('callerDeadlineMs: 3000', 'callerDeadlineMs: 100'),
    });
    far.behave(() => 'lost');
    const envelope = own();
    assertUnknown(await post(gateway.url, settlement({}, envelope)), 'UPSTREAM_TIMEOUT');
    assertUnknown(await post(gateway.url, settlement(invalid, envelope)), 'RESEND_REFUSED');
    far.behave(() => undefined);
    await gateway.idle();
    assertRefused(await post(gateway.url, settlement(invalid, envelope)), 'MESSAGE_INVALID');
  });

  it('is refused as what it is when its message was never taken', async () => {
    const { gateway } = await startRig();
    assertRefused(await post(gateway.url, settlement(invalid)), 'MESSAGE_INVALID');
  });
});

describe('An answer that is lost', () => {
  afterEach(endAll);

  it('is reversed before the caller’s deadline, and the caller may charge again', async () => {
    const { gateway, far, journal } = await startRig();
    far.behave(settlementsOnly(() => 'lost'));
    assertRefused(await post(gateway.url, settlement()), 'REVERSED');
    const [original, reversal] = far.arrived;
    assert.deepEqual([reversal?.data['oinfno'], reversal?.data['omsgid']], ['2207', original?.msgid]);
    far.behave(() => undefined);
    assertDone(await post(gateway.url, settlement()));
    assert.deepEqual(far.numbers(), ['2207', '2601', '2207']);
    assert.deepEqual(
      (await journal()).map(({ state }) => state),
      ['reversed', 'answered'],
    );
  });

  it('is told as not known when the reversal is not answered either; the same message hears the end later', async () => {
    const change = (yaml: string): string => yaml.replace('callerDeadlineMs: 3000', 'callerDeadlineMs: 300');
    const { gateway, far, journal } = await startRig({ change });
    far.behave(() => 'lost');
    const body = settlement();
    assertUnknown(await post(gateway.url, body), 'UPSTREAM_TIMEOUT');
    assertUnknown(await post(gateway.url, body), 'EXCHANGE_IN_PROGRESS');
    far.behave(() => undefined);
    const end = await post(gateway.url, body);
    assertRefused(end, 'REVERSED');
    assert.deepEqual((await post(gateway.url, body)).bytes, end.bytes);
    assert.equal(far.numbers().filter((number) => number === '2207').length, 1);
    assert.deepEqual(
      (await journal()).map(({ state }) => state),
      ['reversed'],
    );
  });

  it('has never been asked for when the far side knows nothing of it', async () => {
    const { gateway, far } = await startRig();
    far.behave(({ infno }) => (infno === '2207' ? 'lost' : { refused: '未查询到原交易' }));
    assertRefused(await post(gateway.url, settlement()), 'NEVER_ARRIVED');
  });

  it('tells a cashier who charges again which message to ask with, and sends nothing a second time', async () => {
    const { gateway, far } = await startRig();
    far.behave(({ infno }) => (infno === '2207' ? 'lost' : { refused: '已日结，不能冲正' }));
    const batch = { chrg_bchno: '"B0001"' };
    const first = settlement(batch);
    assertUnknown(await post(gateway.url, first), 'HANDED_TO_PERSON');
    const again = await post(gateway.url, settlement(batch));
    assertUnknown(again, 'EXCHANGE_IN_PROGRESS');
    const { msgid } = JSON.parse(first.toString()) as { msgid: string };
    assert.ok(again.bytes.toString().includes(`originalMessageId=${msgid}\n`));
    assert.equal(far.numbers().filter((number) => number === '2207').length, 1);
  });

  it('goes to a person where the far side refuses the reversal, and is never told as failed', async () => {
    const { gateway, far, journal } = await startRig();
    far.behave(({ infno }) => (infno === '2207' ? 'lost' : { refused: '已日结，不能冲正' }));
    const body = settlement();
    for (let times = 0; times < 2; times += 1) {
      const told = await post(gateway.url, body);
      assertUnknown(told, 'HANDED_TO_PERSON');
      assert.match(told.bytes.toString(), /^reason=person$/m);
    }
    assert.deepEqual(
      (await journal()).map(({ state }) => state),
      ['handed-to-person'],
    );
  });

  it('of a reading message is told at once: nothing was done, nothing is on record, it may be asked again', async () => {
    const { gateway, far, journal } = await startRig();
    far.behave(() => 'lost');
    const body = identification();
    const told = await post(gateway.url, body);
    assert.deepEqual([told.status, told.contentType], [504, 'text/plain; charset=utf-8']);
    assert.match(told.bytes.toString(), /^\[READ_UNANSWERED\] /);
    far.behave(() => undefined);
    assertDone(await post(gateway.url, body));
    assert.deepEqual([far.numbers(), await journal()], [['1101', '1101'], []]);
  });
});

describe('An answer that cannot be the answer', () => {
  afterEach(endAll);

  const foreign: readonly (readonly [string, (arrived: Arrived) => Answer])[] = [
    [
      'speaks of another visit',
      ({ data }) => ({ output: settled({ mdtrt_id: 'S9999', psn_no: data['psn_no'], total: '12.50' }) }),
    ],
    [
      'speaks of another person',
      ({ data }) => ({ output: settled({ mdtrt_id: data['mdtrt_id'], psn_no: '9', total: '12.50' }) }),
    ],
    [
      'is cut off',
      (arrived) => ({ raw: `{"infcode":0,"output":${JSON.stringify(arrived.data)}`.slice(0, 60) }),
    ],
    ['has no status', () => ({ raw: '{"output":{"setlinfo":{"mdtrt_id":"S0001"}}}' })],
    ['is a page of some proxy', () => ({ raw: '<html>502 Bad Gateway</html>' })],
    ['is empty', () => ({ raw: '' })],
    [
      'is a success in a wrapper that tells a failure',
      (arrived) => {
        const { output } = wellBehaved(arrived) as { readonly output: string };
        return { raw: `{"code":500,"message":"fail","data":{"infcode":0,"output":${output}}}` };
      },
    ],
  ];
  for (const [title, how] of foreign) {
    it(`is no answer when it ${title}: the settlement is taken back`, async () => {
      const { gateway, far, journal } = await startRig();
      far.behave(settlementsOnly(how));
      assertRefused(await post(gateway.url, settlement()), 'REVERSED');
      assert.deepEqual(far.numbers(), ['2207', '2601']);
      assert.deepEqual(
        (await journal()).map(({ state, settlement: line }) => [state, line]),
        [['reversed', undefined]],
      );
    });
  }

  it('is delivered all the same when it is merely odd', async () => {
    const { gateway, far } = await startRig();
    far.behave(
      settlementsOnly((arrived) => {
        const answer = wellBehaved(arrived) as { readonly output: string };
        return {
          output: answer.output.replace('"psn_part_amt":12.50', '"psn_part_amt":12.49,"new_member":"x"'),
        };
      }),
    );
    const text = JSON.stringify(assertDone(await post(gateway.url, settlement())));
    assert(text.includes('"psn_part_amt":12.49') && text.includes('"new_member":"x"'), text);
    const metrics = await (await fetch(`${gateway.base}/metrics`)).text();
    assert.match(
      metrics,
      /yiqiao_deviations_total\{peer="care-place-core",transaction="2207",rule="identity"\} [1-9]/,
    );
  });
});

describe('A message while its original is still at work', () => {
  afterEach(endAll);

  it('waits for its end when it is the same, and is refused when it is another', async () => {
    const { gateway, far } = await startRig();
    const held = gate();
    const arrived = gate();
    far.behave(async (message_) => {
      arrived.open();
      await held.opened;
      return wellBehaved(message_);
    });
    const envelope = { msgid: JSON.stringify(newMessageId()) };
    const body = message('2201', registration, envelope);
    const first = post(gateway.url, body);
    await arrived.opened;
    const again = post(gateway.url, body);
    assertRefused(await post(gateway.url, settlement({}, envelope)), 'MESSAGE_ID_REUSED');
    held.open();
    assert.deepEqual((await again).bytes, (await first).bytes);
    assertDone(await first);
    assert.deepEqual(far.numbers(), ['2201']);
  });
});

const registration =
  '{"data":{"psn_no":"00000000000000000000000001","insutype":"310","begntime":"2026-01-01 08:00:00","mdtrt_cert_type":"02","mdtrt_cert_no":"000000199001010018","psn_cert_type":"01","certno":"000000199001010018","psn_type":"11","psn_name":"测试甲","ipt_otp_no":"MZ1","atddr_no":"D1","dr_name":"测试医师","dept_code":"A03","dept_name":"内科","caty":"A03"}}';
