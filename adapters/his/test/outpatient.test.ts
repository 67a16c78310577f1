import assert from 'node:assert/strict';
import { fen, parseFen } from '@yiqiao/model';
import type { SettledEvent } from '@yiqiao/his';
import { findTrace } from '@yiqiao/sdk';
import { REGISTER, createRig, eventsOf, line, refusalOf, settledVisit } from './rig.ts';

describe('An outpatient visit of a hospital', () => {
  it('is identified, registered, recorded, charged, tried and settled', async () => {
    const rig = createRig();
    const { desk, order, insurer } = rig;
    await desk.perform(order('1', 'register', REGISTER));
    const fees = await desk.perform(
      order('2', 'fees', { chargeBatch: 'B1', lines: [line('L1'), line('L2')] }),
    );
    assert.equal(fees.body['total'], parseFen('84.70'));
    await desk.perform(order('3', 'presettle', { total: parseFen('84.70') }));
    const settled = await desk.perform(order('4', 'settle', { invoiceNumber: 'F1' }));
    assert.equal(settled.body['fundPaid'], parseFen('59.29'));
    assert.deepEqual(insurer.done, [
      'identifyPerson',
      'checkEntitlement',
      'registerOutpatient',
      'recordOutpatientVisit',
      'uploadOutpatientFees',
      'presettleOutpatient',
      'settleOutpatient',
    ]);
  });

  it('is answered the same when the HIS sends it twice, under the same number and under another', async () => {
    const { desk, order, insurer } = createRig();
    const first = await desk.perform(order('1', 'register', REGISTER));
    const again = await desk.perform(order('1', 'register', REGISTER));
    const other = await desk.perform(order('9', 'register', REGISTER));
    assert.deepEqual([again.body, other.body], [first.body, first.body]);
    assert.equal(insurer.done.filter((name) => name === 'registerOutpatient').length, 1);
  });

  it('comes again with another content: each difference is named and nothing is sent', async () => {
    const { desk, order, insurer } = createRig();
    await desk.perform(order('1', 'register', REGISTER));
    const before = insurer.calls.length;
    const changed = { ...REGISTER, departmentCode: 'A04', careType: '14' };
    const error = await refusalOf(desk.perform(order('2', 'register', changed)), 'VISIT_CHANGED');
    assert.deepEqual(
      error.details.faults?.map(({ at }) => at),
      ['/careType', '/departmentCode'],
    );
    assert.equal(insurer.calls.length, before);
  });

  it('does not take an order number for another content', async () => {
    const { desk, order } = createRig();
    await desk.perform(order('1', 'register', REGISTER));
    await refusalOf(
      desk.perform(order('1', 'register', { ...REGISTER, careType: '14' })),
      'ORDER_NUMBER_REUSED',
    );
  });

  it('takes a corrected order under the number of one that was refused', async () => {
    const { desk, order } = createRig();
    const stranger = { ...REGISTER, certificateNumber: '000000199001019999' };
    const error = await refusalOf(desk.perform(order('1', 'register', stranger)), 'UPSTREAM_REJECTED');
    assert.equal(error.details.upstream?.text, '查无此人');
    await desk.perform(order('1', 'register', REGISTER));
  });

  it('names the step that is missing', async () => {
    const { desk, order } = createRig();
    const error = await refusalOf(desk.perform(order('1', 'settle', {})), 'RECORD_MISSING');
    assert.equal(error.details.facts?.['needed'], 'register');
    await desk.perform(order('2', 'register', REGISTER));
    const empty = await refusalOf(desk.perform(order('3', 'settle', {})), 'VISIT_STATE_WRONG');
    assert.match(empty.details.faults?.[0]?.message.zh ?? '', /没有可结算的收费批次/);
  });

  it('is not settled for another total than its lines have', async () => {
    const { desk, order, insurer } = createRig();
    await desk.perform(order('1', 'register', REGISTER));
    await desk.perform(order('2', 'fees', { chargeBatch: 'B1', lines: [line('L1')] }));
    const error = await refusalOf(
      desk.perform(order('3', 'settle', { total: parseFen('42.34') })),
      'TOTAL_DIFFERS',
    );
    assert.deepEqual([error.details.facts?.['sent'], error.details.facts?.['lines']], ['42.34', '42.35']);
    assert.equal(insurer.settled.size, 0);
  });

  it('leaves no registration behind that is cancelled, and can be registered anew', async () => {
    const { desk, order, insurer } = createRig();
    await desk.perform(order('1', 'register', REGISTER));
    await desk.perform(order('2', 'fees', { chargeBatch: 'B1', lines: [line('L1')] }));
    await desk.perform(order('3', 'cancelRegistration', {}));
    await desk.perform(order('4', 'cancelRegistration', {}));
    await refusalOf(desk.perform(order('5', 'settle', {})), 'VISIT_STATE_WRONG');
    await desk.perform(order('6', 'register', { ...REGISTER, careType: '14' }));
    assert.equal(insurer.done.filter((name) => name === 'registerOutpatient').length, 2);
  });
});

describe('Fees of an outpatient visit', () => {
  it('go in as few calls as the limit allows, whole batches each', async () => {
    const { desk, order, insurer } = createRig({ mostLines: 4 });
    await desk.perform(order('1', 'register', REGISTER));
    const lines = ['A', 'A', 'B', 'B', 'C', 'C', 'C'].map((chargeBatch, at) =>
      line(`L${at}`, { chargeBatch }),
    );
    await desk.perform(order('2', 'fees', { chargeBatch: '-', lines }));
    const sent = insurer.bodies
      .filter(({ operation }) => operation === 'uploadOutpatientFees')
      .map(({ body }) =>
        (body['feeLines'] as { chargeBatch: string }[]).map((one) => one.chargeBatch).join(''),
      );
    assert.deepEqual(sent, ['AABB', 'CCC']);
  });

  it('of a batch beyond the limit are refused: a batch may not be divided', async () => {
    const { desk, order, insurer } = createRig({ mostLines: 1 });
    await desk.perform(order('1', 'register', REGISTER));
    const lines = [line('L1'), line('L2')];
    const error = await refusalOf(
      desk.perform(order('2', 'fees', { chargeBatch: 'B1', lines })),
      'FEE_BATCH_TOO_LARGE',
    );
    assert.deepEqual(error.details.facts, { batch: 'B1', lines: 2, limit: 1 });
    assert.equal(insurer.done.includes('uploadOutpatientFees'), false);
  });

  it('that are on the account already are not sent again; changed ones have to be withdrawn first', async () => {
    const { desk, order, insurer } = createRig();
    await desk.perform(order('1', 'register', REGISTER));
    await desk.perform(order('2', 'fees', { chargeBatch: 'B1', lines: [line('L1')] }));
    await desk.perform(order('3', 'fees', { chargeBatch: 'B1', lines: [line('L1')] }));
    assert.equal(insurer.done.filter((name) => name === 'uploadOutpatientFees').length, 1);
    const changed = [line('L1', { yuan: '1' })];
    const error = await refusalOf(
      desk.perform(order('4', 'fees', { chargeBatch: 'B1', lines: changed })),
      'FEE_LINE_CHANGED',
    );
    assert.deepEqual(
      error.details.faults?.map(({ at }) => at),
      ['/lines/L1'],
    );
    await desk.perform(order('5', 'withdraw', { chargeBatch: 'B1' }));
    await desk.perform(order('6', 'fees', { chargeBatch: 'B1', lines: changed }));
  });

  it('that change after the settlement are refused by name', async () => {
    const rig = createRig();
    await settledVisit(rig);
    const lines = [line('L1', { yuan: '41' }), line('L2', { yuan: '10' })];
    const error = await refusalOf(
      rig.desk.perform(rig.order('8', 'fees', { chargeBatch: 'B1', lines })),
      'FEE_CHANGED_AFTER_SETTLEMENT',
    );
    assert.deepEqual(
      error.details.faults?.map(({ at }) => at),
      ['/lines/L1'],
    );
  });

  it('with a number twice in one order are refused', async () => {
    const { desk, order } = createRig();
    await desk.perform(order('1', 'register', REGISTER));
    await refusalOf(
      desk.perform(order('2', 'fees', { chargeBatch: 'B1', lines: [line('L1'), line('L1')] })),
      'MESSAGE_INVALID',
    );
  });

  it('are withdrawn in part by withdrawing the batch and uploading the rest', async () => {
    const { desk, order, insurer } = createRig();
    await desk.perform(order('1', 'register', REGISTER));
    await desk.perform(
      order('2', 'fees', { chargeBatch: 'B1', lines: [line('L1'), line('L2', { yuan: '10' })] }),
    );
    const { body } = await desk.perform(order('3', 'withdraw', { feeLineNumbers: ['L1'] }));
    assert.equal(body['total'], parseFen('10'));
    assert.deepEqual(insurer.done.slice(-2), ['withdrawOutpatientFees', 'uploadOutpatientFees']);
    await desk.perform(order('4', 'settle', { total: parseFen('10') }));
  });

  it('that are settled are not withdrawn', async () => {
    const rig = createRig();
    await settledVisit(rig);
    await refusalOf(rig.desk.perform(rig.order('8', 'withdraw', { chargeBatch: 'B1' })), 'VISIT_STATE_WRONG');
  });
});

describe('A settlement', () => {
  it('is made once, however often it is ordered', async () => {
    const rig = createRig();
    const id = await settledVisit(rig);
    const again = await rig.desk.perform(rig.order('8', 'settle', { chargeBatch: 'B1' }));
    assert.equal(again.body['settlementId'], id);
    assert.equal(rig.insurer.settled.size, 1);
    assert.equal((await eventsOf(rig)).length, 1);
  });

  it('whose answer is lost holds the visit until the same order finds it, under the same message id', async () => {
    const { desk, order, insurer } = createRig();
    await desk.perform(order('1', 'register', REGISTER));
    await desk.perform(order('2', 'fees', { chargeBatch: 'B1', lines: [line('L1')] }));
    insurer.trouble('settleOutpatient', 'lost');
    await refusalOf(desk.perform(order('3', 'settle', {})), 'UPSTREAM_TIMEOUT');
    const busy = await refusalOf(desk.perform(order('4', 'settle', {})), 'VISIT_BUSY');
    assert.equal(busy.details.facts?.['holder'], '3');
    await desk.perform(order('3', 'settle', {}));
    const sent = insurer.calls.filter(({ operation }) => operation === 'settleOutpatient');
    assert.equal(new Set(sent.map(({ messageId }) => messageId)).size, 1);
    assert.deepEqual([sent.length, insurer.settled.size], [2, 1]);
  });

  it('whose question before it was not answered leaves the visit free: nothing was sent that writes', async () => {
    const { desk, order, insurer } = createRig();
    await desk.perform(order('1', 'register', REGISTER));
    await desk.perform(order('2', 'fees', { chargeBatch: 'B1', lines: [line('L1')] }));
    insurer.trouble('identifyPerson', 'READ_UNANSWERED');
    await refusalOf(desk.perform(order('3', 'settle', { credentialType: '03' })), 'READ_UNANSWERED');
    await desk.perform(order('4', 'settle', {}));
    assert.equal(insurer.settled.size, 1);
  });

  it('towards a far side that may not get it twice is found out instead of sent again', async () => {
    const { desk, order, insurer } = createRig({ resume: 'resolve' });
    await desk.perform(order('1', 'register', REGISTER));
    await desk.perform(order('2', 'fees', { chargeBatch: 'B1', lines: [line('L1')] }));
    insurer.trouble('settleOutpatient', 'lost');
    await refusalOf(desk.perform(order('3', 'settle', {})), 'UPSTREAM_TIMEOUT');
    await desk.perform(order('3', 'settle', {}));
    assert.equal(insurer.calls.filter(({ operation }) => operation === 'settleOutpatient').length, 1);
  });

  for (const [found, outcome] of [
    ['not done', 'not-done'],
    [
      'done',
      { answer: { settlementId: 'S9', total: parseFen('42.35'), settlementTime: '2026-01-05 10:00:00' } },
    ],
  ] as const) {
    it(`that a person has found to be ${found} lets the order go on`, async () => {
      const rig = createRig();
      const { desk, order, insurer } = rig;
      await desk.perform(order('1', 'register', REGISTER));
      await desk.perform(order('2', 'fees', { chargeBatch: 'B1', lines: [line('L1')] }));
      insurer.trouble('settleOutpatient', 'HANDED_TO_PERSON');
      await refusalOf(desk.perform(order('3', 'settle', {})), 'HANDED_TO_PERSON');
      assert.equal(desk.resolve('2', outcome), false);
      assert.equal(desk.resolve('3', outcome), true);
      const { body } = await desk.perform(order('3', 'settle', {}));
      assert.equal(body['settlementId'] === 'S9', outcome !== 'not-done');
      assert.equal(insurer.settled.size, outcome === 'not-done' ? 1 : 0);
      assert.equal((await eventsOf(rig)).length, 1);
    });
  }

  it('is cancelled once, and its lines can be settled again', async () => {
    const rig = createRig();
    const id = await settledVisit(rig);
    const cancelled = await rig.desk.perform(rig.order('4', 'cancel', { reason: '退费' }));
    const again = await rig.desk.perform(rig.order('5', 'cancel', { settlementId: id }));
    assert.deepEqual(again.body, cancelled.body);
    await rig.desk.perform(rig.order('6', 'settle', { chargeBatch: 'B1' }));
    const events = await eventsOf(rig);
    assert.deepEqual(
      events.map((event) => ('how' in event ? event.how : 'settled')),
      ['settled', 'cancelled', 'settled'],
    );
  });

  for (const [hospitalPart, told] of [
    [0n, undefined],
    [1_00n, 1_00n],
  ] as const)
    it(`tells its neighbours parts that add up to the total, when the hospital bears ${hospitalPart} 分 itself`, async () => {
      const rig = createRig();
      rig.insurer.hospitalPart = fen(hospitalPart);
      await settledVisit(rig);
      const [event] = (await eventsOf(rig)) as readonly SettledEvent[];
      assert(event !== undefined);
      const { total, fundPaid, accountPaid, cashPaid } = event;
      assert.equal(event.hospitalPart, told);
      assert.equal(fundPaid + accountPaid + cashPaid + (event.hospitalPart ?? 0n), total);
    });

  it('is reversed by 2601 under the message id it was made with', async () => {
    const rig = createRig();
    await settledVisit(rig);
    await rig.desk.perform(rig.order('4', 'reverse', {}));
    assert.equal(rig.insurer.settled.size, 0);
    assert.deepEqual(
      (await eventsOf(rig)).map((event) => ('how' in event ? event.how : 'settled')),
      ['settled', 'reversed'],
    );
  });

  it('is traced from registration to its end', async () => {
    const rig = createRig();
    const id = await settledVisit(rig);
    await rig.desk.perform(rig.order('4', 'cancel', {}));
    const steps = findTrace([rig.store], id).map(({ step }) => step);
    for (const step of [
      'his.registered',
      'his.visit-opened',
      'his.fees-uploaded',
      'his.settled',
      'his.cancelled',
    ]) {
      assert(steps.includes(step), step);
    }
  });
});
