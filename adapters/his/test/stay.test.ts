import assert from 'node:assert/strict';
import { parseDecimal, parseFen } from '@yiqiao/model';
import { ADMIT, DISCHARGE, createRig, refusalOf, stayLine } from './rig.ts';
import type { Rig } from './rig.ts';

async function admitted(rig: Rig): Promise<Rig> {
  await rig.desk.perform(rig.order('1', 'admit', ADMIT, 'ZY1'));
  return rig;
}

describe('A stay in hospital', () => {
  it('is admitted, charged, discharged, tried, settled, cancelled and reopened', async () => {
    const { desk, order, insurer } = await admitted(createRig({ mostLines: 2 }));
    const lines = ['L1', 'L2', 'L3'].map((number) => stayLine(number));
    await desk.perform(order('2', 'stayFees', { lines }, 'ZY1'));
    await desk.perform(order('3', 'discharge', DISCHARGE, 'ZY1'));
    await desk.perform(order('4', 'presettleStay', { total: parseFen('127.05') }, 'ZY1'));
    const settled = await desk.perform(order('5', 'settleStay', { invoiceNumber: 'F1' }, 'ZY1'));
    const again = await desk.perform(order('6', 'settleStay', {}, 'ZY1'));
    assert.deepEqual([settled.body['total'], again.body], [parseFen('127.05'), settled.body]);
    await desk.perform(
      order('7', 'settlementList', { billCode: 'a', billNumber: 'b', businessNumber: 'c' } as never, 'ZY1'),
    );
    await refusalOf(desk.perform(order('8', 'cancelDischarge', {}, 'ZY1')), 'VISIT_STATE_WRONG');
    await desk.perform(order('9', 'cancelStay', {}, 'ZY1'));
    await desk.perform(order('10', 'cancelDischarge', {}, 'ZY1'));
    assert.deepEqual(insurer.done.slice(2), [
      'admitInpatient',
      'uploadInpatientFees',
      'uploadInpatientFees',
      'dischargeInpatient',
      'presettleInpatient',
      'settleInpatient',
      'uploadSettlementList',
      'cancelInpatientSettlement',
      'cancelDischarge',
    ]);
  });

  it('that is admitted twice is answered the same; with another content it is refused', async () => {
    const { desk, order } = await admitted(createRig());
    await desk.perform(order('2', 'admit', ADMIT, 'ZY1'));
    const error = await refusalOf(
      desk.perform(order('3', 'admit', { ...ADMIT, admissionBed: '02' }, 'ZY1')),
      'VISIT_CHANGED',
    );
    assert.deepEqual(
      error.details.faults?.map(({ at }) => at),
      ['/admissionBed'],
    );
  });

  it('takes returns as negative lines, and withdrawals of single lines', async () => {
    const { desk, order, insurer } = await admitted(createRig());
    const back = stayLine('L2', {
      originalFeeLineNumber: 'L1',
      quantity: parseDecimal('-1'),
      lineAmount: parseFen('-42.35'),
    });
    await desk.perform(order('2', 'stayFees', { lines: [stayLine('L1'), back, stayLine('L3')] }, 'ZY1'));
    await desk.perform(order('3', 'withdrawStay', { feeLineNumbers: ['L3'] }, 'ZY1'));
    const { body } = await desk.perform(order('4', 'withdrawStay', {}, 'ZY1'));
    assert.equal(body['total'], 0n);
    const numbers = insurer.bodies
      .filter(({ operation }) => operation === 'withdrawInpatientFees')
      .map((one) => (one.body['feeLines'] as { feeLineNumber: string }[]).map((line) => line.feeLineNumber));
    assert.deepEqual(numbers, [['L3'], ['0000']]);
    await refusalOf(
      desk.perform(order('5', 'withdrawStay', { feeLineNumbers: ['L9'] }, 'ZY1')),
      'RECORD_MISSING',
    );
  });

  it('is settled at its end only after the discharge, and midway only before', async () => {
    const { desk, order } = await admitted(createRig());
    await desk.perform(order('2', 'stayFees', { lines: [stayLine('L1')] }, 'ZY1'));
    await refusalOf(desk.perform(order('3', 'settleStay', {}, 'ZY1')), 'VISIT_STATE_WRONG');
    await desk.perform(order('4', 'discharge', DISCHARGE, 'ZY1'));
    await refusalOf(desk.perform(order('5', 'settleStay', { midway: true }, 'ZY1')), 'VISIT_STATE_WRONG');
  });

  it('is changed, and cancelled while nothing is settled', async () => {
    const { desk, order, insurer } = await admitted(createRig());
    const { credentialNumber: _, certificateNumber: __, personName: ___, ...ward } = ADMIT;
    await desk.perform(
      order('2', 'change', { ...ward, admissionBed: '02', visitRecordNumber: 'ZY1' }, 'ZY1'),
    );
    await desk.perform(order('3', 'cancelAdmission', {}, 'ZY1'));
    assert.deepEqual(insurer.done.slice(-2), ['changeAdmission', 'cancelAdmission']);
    await refusalOf(
      desk.perform(order('4', 'stayFees', { lines: [stayLine('L1')] }, 'ZY1')),
      'VISIT_STATE_WRONG',
    );
  });
});

describe('A stay across the year’s end', () => {
  const OLD = stayLine('L1', { feeTime: '2025-12-31 10:00:00' });
  const NEW = stayLine('L2', { feeTime: '2026-01-01 10:00:00', yuan: '10' });

  it('has its old year settled midway before fees of the new one are taken', async () => {
    const { desk, order, insurer } = await admitted(createRig());
    await desk.perform(order('2', 'stayFees', { lines: [OLD] }, 'ZY1'));
    const due = await refusalOf(
      desk.perform(order('3', 'stayFees', { lines: [NEW] }, 'ZY1')),
      'YEAR_END_SETTLEMENT_DUE',
    );
    assert.deepEqual([due.details.facts?.['year'], due.details.facts?.['openLines']], ['2025', 1]);
    await desk.perform(order('4', 'settleStay', { midway: true }, 'ZY1'));
    await desk.perform(order('5', 'stayFees', { lines: [NEW] }, 'ZY1'));
    await desk.perform(order('6', 'discharge', DISCHARGE, 'ZY1'));
    await desk.perform(order('7', 'settleStay', {}, 'ZY1'));
    const flags = insurer.bodies
      .filter(({ operation }) => operation === 'settleInpatient')
      .map(({ body }) => [body['midwaySettlement'], body['total']]);
    assert.deepEqual(flags, [
      ['1', parseFen('42.35')],
      ['0', parseFen('10')],
    ]);
    await refusalOf(desk.perform(order('8', 'cancelStay', {}, 'ZY1')), 'VISIT_STATE_WRONG');
  });

  it('may come with both years at once where a region settles them together', async () => {
    const { desk, order } = await admitted(createRig({ acrossYears: 'together' }));
    await desk.perform(order('2', 'stayFees', { lines: [OLD, NEW] }, 'ZY1'));
  });
});

describe('Hints of the insurer’s rules', () => {
  it('are asked for, shown with the next trial, answered, and hinder nothing', async () => {
    const { desk, order, insurer } = await admitted(createRig());
    insurer.violations = [
      {
        violationId: 'V1',
        ruleName: '限性别用药',
        violationContent: '与性别不符',
        severity: '1',
        violationAmount: 4235n,
      },
    ];
    await desk.perform(order('2', 'stayFees', { lines: [stayLine('L1')] }, 'ZY1'));
    const encounter = { encounterOrders: [], encounterDiagnoses: [], total: parseFen('42.35') } as never;
    const { body } = await desk.perform(order('3', 'check', { stage: 'during', encounter }, 'ZY1'));
    const hint = { hintId: 'V1', rule: '限性别用药', text: '与性别不符', severity: '1', amount: 4235n };
    assert.deepEqual(body['hints'], [hint]);
    await desk.perform(order('4', 'discharge', DISCHARGE, 'ZY1'));
    const trial = await desk.perform(order('5', 'presettleStay', {}, 'ZY1'));
    assert.deepEqual(trial.body['hints'], [hint]);
    await desk.perform(
      order(
        '6',
        'answerHints',
        { warningType: '1', warnings: [{ warningResultId: 'V1', handling: '1' }] },
        'ZY1',
      ),
    );
    await desk.perform(order('7', 'settleStay', {}, 'ZY1'));
  });
});
