import assert from 'node:assert/strict';
import { acceptRequest } from '@yiqiao/insurance-platform';
import { fen } from '@yiqiao/model';
import type { CanonicalObject, Operation, WireObject } from '@yiqiao/model';
import type { KeptRecord } from '@yiqiao/registry';
import { createPredecessorXml } from '@yiqiao/wire';
import { connection, errorOf } from './connections.ts';
import {
  parts,
  PERSON,
  PLACE,
  read,
  records,
  SETTLED_STAY,
  SETTLED_VISIT,
  STAY,
  told,
  VISIT,
  WHO,
} from './predecessor-messages.ts';

const COMPLAINT = {
  akc190: 'ZY1',
  akf001: 'A03',
  ykc012: '12',
  aka130: '21',
  akc193: 'K35.900',
  akc050: '急性阑尾炎',
  ykc601: 'I10.x00',
  akc056: 'D440600000001',
  ake022: '测试医师',
  ykc701: '20260101',
};
const LINE = {
  ykc610: '7',
  ake001: 'XA02BCA215N001010100001',
  ake005: 'HIS-D-001',
  akc226: '3',
  akc225: '42.35',
  akc264: '127.05',
  akc221: '20260101',
};
const SPLIT = { akc264: '100.00', akc253: '10.00', akc268: '5.00', akc228: '5.00', ake171: '80.00' };

/** Transaction, what it says besides where and who, operations, and part of the first body. */
const READ: readonly (readonly [string, string, WireObject, readonly Operation[], CanonicalObject])[] = [
  [
    'an admission',
    '0212',
    { ...COMPLAINT, ykc009: 'BL1', aae004: '测试乙' },
    ['admitInpatient'],
    {
      personNumber: PERSON,
      insuranceType: '310',
      careType: '21',
      inpatientNumber: 'ZY1',
      medicalRecordNumber: 'BL1',
      contactName: '测试乙',
      beginTime: '2026-01-01 00:00:00',
      admissionBed: '12',
      admissionDiagnosisDescription: '急性阑尾炎',
      dischargeMainDiagnosisCode: 'K35.900',
      insuredRegion: '430100',
      careRegion: '440600',
    },
  ],
  [
    'the registration of an outpatient',
    '0212',
    { ...COMPLAINT, aka130: '11' },
    ['registerOutpatient', 'recordOutpatientVisit'],
    { personNumber: PERSON, visitRecordNumber: 'ZY1' },
  ],
  [
    'a change of a stay',
    '0213',
    { ...COMPLAINT, ykc700: STAY },
    ['changeAdmission'],
    { visitId: STAY, visitRecordNumber: 'ZY1', admissionBed: '12', medicalRecordNumber: 'BL1' },
  ],
  [
    'a change of outpatient care',
    '0213',
    { ...COMPLAINT, ykc700: VISIT, aka130: '11' },
    ['recordOutpatientVisit'],
    { visitId: VISIT, careType: '11', diseaseCode: 'K35.900' },
  ],
  [
    'the rollback of an admission',
    '0214',
    { ykc700: STAY, otransid: '1' },
    ['cancelAdmission'],
    { visitId: STAY, personNumber: PERSON },
  ],
  [
    'the rollback of a registration',
    '0214',
    { ykc700: VISIT, otransid: '1' },
    ['cancelOutpatientRegistration'],
    { visitId: VISIT, personNumber: PERSON, visitRecordNumber: 'MZ1' },
  ],
  [
    'a discharge',
    '0215',
    {
      ykc700: STAY,
      ykc702: '20260105',
      akf002: 'A03',
      ykc016: '12',
      akc196: 'K35.900',
      akc185: '急性阑尾炎',
      akc056: 'D440600000001',
      ake021: '测试医师',
      ykc195: '4',
      ykc018: '20260101080000',
    },
    ['dischargeInpatient'],
    { visitId: STAY, insuranceType: '310', endTime: '2026-01-05 00:00:00', dischargeMethod: '9' },
  ],
  [
    'the rollback of a discharge',
    '0216',
    { ykc700: STAY, otransid: '0' },
    ['cancelDischarge'],
    { visitId: STAY },
  ],
  [
    'the trial of a stay',
    '0303',
    { ykc700: STAY, akc264: '100.00' },
    ['presettleInpatient'],
    { visitId: STAY, total: fen(10000n), personName: '测试甲', personType: '1101', certificateType: '01' },
  ],
  [
    'the settlement of a stay',
    '0304',
    { ykc700: STAY, aka130: '21', ...SPLIT, ake170: '1' },
    ['settleInpatient'],
    {
      visitId: STAY,
      total: fen(10000n),
      inScope: fen(8000n),
      selfFunded: fen(1000n),
      midwaySettlement: '1',
      personName: '测试甲',
      personType: '1101',
      insuredRegion: '430100',
    },
  ],
  [
    'the settlement of outpatient care',
    '0304',
    { ykc700: VISIT, aka130: '11', ...SPLIT },
    ['settleOutpatient'],
    { visitId: VISIT, chargeBatch: VISIT, careType: '11' },
  ],
  [
    'the cancellation of a stay’s settlement',
    '0305',
    { aaz216: SETTLED_STAY, ykc700: STAY },
    ['cancelInpatientSettlement'],
    { settlementId: SETTLED_STAY, visitId: STAY, personNumber: PERSON },
  ],
  [
    'the cancellation of another settlement',
    '0305',
    { aaz216: SETTLED_VISIT, ykc700: VISIT },
    ['cancelOutpatientSettlement'],
    { settlementId: SETTLED_VISIT, visitId: VISIT },
  ],
  [
    'the withdrawal of outpatient fees',
    '0302',
    { ykc700: VISIT, otransid: '0' },
    ['withdrawOutpatientFees'],
    { visitId: VISIT, chargeBatch: '0000', personNumber: PERSON },
  ],
];

describe('what the predecessor says of stays', () => {
  for (const [what, transaction, elements, operations, expected] of READ) {
    it(`${transaction} is read as ${what}: ${operations.join(', ')}`, () => {
      const [found, body] = read(transaction, { ...WHO, ...elements });
      assert.deepEqual(found, operations);
      for (const [name, value] of Object.entries(expected)) assert.deepEqual(body[name], value, name);
    });
  }

  it('0301 uploads the lines of a stay with its care class, and of outpatient care with its batch', () => {
    const lines = (ykc700: string) =>
      read('0301', { ...WHO, ykc700, detail: { row: [LINE, { ...LINE, ykc610: '8', akc220: 'R1' }] } });
    const [ward, stay] = lines(STAY);
    assert.deepEqual(ward, ['uploadInpatientFees']);
    const [first, second] = stay['feeLines'] as readonly CanonicalObject[];
    assert.deepEqual(
      [first?.['feeLineNumber'], first?.['careType'], first?.['lineAmount'], first?.['visitId']],
      ['7', '21', fen(12705n), STAY],
    );
    assert.equal(second?.['medicalOrderNumber'], 'R1');
    const [desk, outpatient] = lines(VISIT);
    assert.deepEqual(desk, ['uploadOutpatientFees']);
    assert.equal((outpatient['feeLines'] as readonly CanonicalObject[])[0]?.['chargeBatch'], VISIT);
  });

  const WITHDRAWN = [
    [{ otransid: '0', ykc610: '' }, '0000'],
    [{ otransid: '0', ykc610: '7' }, '7'],
    [{ otransid: '44060020260101000009', ykc610: '7' }, '7'],
  ] as const;
  for (const [elements, feeLineNumber] of WITHDRAWN) {
    it(`0302 with ${JSON.stringify(elements)} withdraws ${feeLineNumber} of a stay`, () => {
      const [operations, body] = read('0302', { ...WHO, ykc700: STAY, ...elements });
      assert.deepEqual(operations, ['withdrawInpatientFees']);
      assert.deepEqual(body['feeLines'], [{ visitId: STAY, feeLineNumber, personNumber: PERSON }]);
    });
  }

  const REFUSED = [
    ['0302', { ykc700: STAY, otransid: '44060020260101000009' }, 'otransid', 'MESSAGE_INVALID'],
    ['0302', { ykc700: VISIT, otransid: '44060020260101000009' }, 'otransid', 'MESSAGE_INVALID'],
    ['0302', { ykc700: VISIT, otransid: '0', ykc610: '7' }, 'ykc610', 'MESSAGE_INVALID'],
    ['0212', { ...COMPLAINT, aka130: '82' }, 'aka130', 'MESSAGE_INVALID'],
    ['0212', { ...COMPLAINT, ykc012: '' }, 'ykc012', 'MESSAGE_INVALID'],
    ['0303', { ykc700: 'S4301002601019999999', akc264: '1.00' }, 'insuranceType', 'RECORD_MISSING'],
    ['0216', { ykc700: 'S4301002601019999999', otransid: '0' }, 'personNumber', 'RECORD_MISSING'],
    ['0304', { ykc700: STAY, ...SPLIT, akc264: '1,00' }, 'akc264', 'AMOUNT_INVALID'],
    ['0304', { ykc700: STAY, ...SPLIT, ake170: '9' }, 'ake170', 'MESSAGE_INVALID'],
    ['0215', { ykc700: STAY }, 'ykc702', 'MESSAGE_INVALID'],
    ['0214', { ykc700: STAY, otransid: '1', aac044: '000000199003070038' }, 'aac044', 'MESSAGE_INVALID'],
  ] as const;
  for (const [transaction, elements, field, code] of REFUSED) {
    it(`${transaction} is refused with ${code} for its ${field}: ${JSON.stringify(elements).slice(0, 60)}`, () => {
      const error = errorOf(() => read(transaction, { ...WHO, ...elements }));
      assert.equal(error.code, code);
      assert(
        (error.details.faults ?? []).some((fault) => fault.field === field),
        JSON.stringify(error.details),
      );
    });
  }

  for (const transaction of ['0521', '0522', '0534', '0535', '0536', '0537', '0707', '3105', '3202']) {
    it(`${transaction} has no national counterpart, is refused, and the profile says why`, () => {
      const { notMapped } = parts.profile.data['maps'] as { notMapped: Record<string, string> };
      assert.equal(typeof notMapped[transaction], 'string');
      const { code, details } = errorOf(() => read(transaction, PLACE));
      assert.equal(code, 'TRANSACTION_NOT_CARRIED');
      const [fault] = details.faults ?? [];
      assert.equal(fault?.rule, 'not-mapped');
      assert(fault.message.en.includes(notMapped[transaction] ?? '?'), fault.message.en);
    });
  }

  it('gd-0302, as observed, withdraws every line of the stay that is on record', () => {
    const bytes = Buffer.from(
      'PD94bWwgdmVyc2lvbj0iMS4wIiBlbmNvZGluZz0iR0JLIj8+PGlucHV0PjxvdHJhbnNpZD4wPC9vdHJhbnNpZD48YWFiMjk5PjQ0MDgwMDwvYWFiMjk5Pjx5YWI2MDA+PC95YWI2MDA+PGFrYjAyNj4wMDAwMDAwMDAwMDA8L2FrYjAyNj48YWtiMDIxPsq+wP3SvdS6PC9ha2IwMjE+PHlrYzcwMD5TNDQxNDAwMTkwODMwMDAwMDAwMTwveWtjNzAwPjxhYWIzMDE+NDQxNDAwPC9hYWIzMDE+PHlhYjA2MD48L3lhYjA2MD48YWFjMDAyPjAwMDAwMDE5NTkwMTEyMTAxNDwvYWFjMDAyPjxhYWMwNDM+OTA8L2FhYzA0Mz48YWFjMDQ0PjAwMDAwMDE5NTkwMTEyMTAxNDwvYWFjMDQ0Pjx5a2M2MTA+PC95a2M2MTA+PGFhZTAxMT4xMTE8L2FhZTAxMT48YWFlMDM2PjIwMTkwODI2PC9hYWUwMzY+PC9pbnB1dD4=',
      'base64',
    );
    const visit = 'S4414001908300000001';
    const [stay] = records.filter(({ key }) => key === STAY) as [KeptRecord];
    const known = { ...stay.request, certificateNumber: '000000195901121014' };
    const gateway = connection('predecessor-xml', {
      mode: 'tolerant',
      findRecord: (_, kind, key) =>
        kind === 'visit' && key === visit ? { kind, key, request: known, response: {} } : undefined,
    });
    const observed = createPredecessorXml().readRequest(bytes, { transaction: '0302' });
    const [step] = acceptRequest(gateway, observed).steps;
    const content = step?.build([]).content;
    assert(content?.form === 'canonical');
    assert.equal(content.operation, 'withdrawInpatientFees');
    assert.deepEqual(content.body['feeLines'], [
      { visitId: visit, feeLineNumber: '0000', personNumber: PERSON },
    ]);
  });
});

describe('what the predecessor is told of stays', () => {
  it('0212 tells the visit id of a stay, and the person as identified', () => {
    const output = told(
      '0212',
      { ...WHO, ...COMPLAINT },
      {
        operation: 'admitInpatient',
        body: { visitId: STAY },
      },
    );
    assert.deepEqual([output?.['ykc700'], output?.['aac003'], output?.['aae140']], [STAY, '测试甲', '310']);
  });

  it('0303 tells the sums of a trial', () => {
    const output = told(
      '0303',
      { ...WHO, ykc700: STAY, akc264: '100.00' },
      {
        operation: 'presettleInpatient',
        body: {
          insuranceType: '310',
          total: fen(10000n),
          fundPaid: fen(6000n),
          poolPaid: fen(5000n),
          largeExpensePaid: fen(1000n),
          accountPaid: fen(1500n),
          cashPaid: fen(2500n),
        },
      },
    );
    assert.deepEqual(
      ['akc264', 'akb068', 'ake039', 'ykc630', 'akb066', 'ykc624', 'aae140'].map((name) => output?.[name]),
      ['100.00', '60.00', '50.00', '10.00', '15.00', '25.00', '310'],
    );
  });

  it('0305 of a stay is answered without output', () => {
    const asked = { ...WHO, aaz216: SETTLED_STAY, ykc700: STAY };
    assert.equal(
      told('0305', asked, { operation: 'cancelInpatientSettlement', body: { total: fen(-10000n) } }),
      null,
    );
  });
});
