import { checkMap } from '@yiqiao/mapping';
import { parseFen, type CanonicalObject } from '@yiqiao/model';
import { strict as assert } from 'node:assert';
import {
  canonical,
  compiled,
  CONTEXT,
  family,
  mapFile,
  PROFILE,
  read,
  registry,
  request,
  SETTLED,
  stepOf,
  TRANSACTIONS,
} from './predecessor-family.ts';
import { faultsOf } from './refusal.ts';
import { wireBody } from './wire-values.ts';

const PERSON = '43010000000000000000000001';
const CERTIFICATE = '000000199001010018';
const VISIT = 'S4301001906030000001';

describe('the predecessor maps', () => {
  for (const transaction of TRANSACTIONS) {
    it(`${transaction} maps or declares every element and every canonical field`, () => {
      const definition = registry.definition(PROFILE, transaction);
      assert(definition !== undefined);
      const nationalMap = registry.nationalMap;
      assert.deepEqual(checkMap(mapFile(transaction), { family, definition, nationalMap }), []);
    });
  }

  it('0211 asks for the person as 1101 does, with the header taken from the elements', () => {
    const { body, header, notes } = read('0211');
    assert.deepEqual(body, {
      credentialType: '02',
      credentialNumber: CERTIFICATE,
      certificateType: '01',
      certificateNumber: CERTIFICATE,
      beginTime: '2019-06-03 00:00:00',
    });
    assert.deepEqual(header, {
      careRegion: '440600',
      insuredRegion: '430100',
      institutionCode: '000000000000',
      institutionName: '000000000000',
      operator: '0',
      operatorName: '未提供',
      operatorType: '1',
    });
    assert.deepEqual(notes, []);
  });

  it('0211 is answered with the insurance in force', () => {
    const answer = CONTEXT.record?.('person')?.response as CanonicalObject;
    const { body, faults } = stepOf('0211').response.toWire(canonical(answer), CONTEXT);
    assert.deepEqual(body, {
      aab301: '430100',
      aac003: '测试甲',
      aac002: CERTIFICATE,
      aac043: '90',
      aac044: CERTIFICATE,
      aac001: PERSON,
      aac004: '1',
      aac005: '01',
      aac006: '19900101',
      akc023: '29.4',
      ykc021: '11',
      akc026: '0',
      akc252: '900.00',
      aab004: '示例单位',
    });
    assert.deepEqual(faults, []);
  });

  it('0212 becomes a registration and, with its answer, the visit', () => {
    const visit = read('0212', {}, 1).body;
    assert.equal(read('0212').body['insuranceType'], '310');
    assert.equal(read('0212').body['personType'], '1101');
    assert.equal(visit['visitId'], VISIT);
    assert.equal(visit['careType'], '11');
    assert.deepEqual(visit['diagnoses'], [
      {
        diagnosisCode: 'I10.x00',
        diagnosisName: '特发性(原发性)高血压',
        diagnosisType: '1',
        diagnosisSequence: 1,
        diagnosisDepartment: '内科',
        diagnosisDoctorCode: 'D440600000001',
        diagnosisDoctorName: '测试医师',
        diagnosisTime: '2019-06-03 00:00:00',
        valid: '1',
      },
      {
        diagnosisCode: 'E11.900',
        diagnosisName: 'E11.900',
        diagnosisType: '1',
        diagnosisSequence: 2,
        diagnosisDepartment: '内科',
        diagnosisDoctorCode: 'D440600000001',
        diagnosisDoctorName: '测试医师',
        diagnosisTime: '2019-06-03 00:00:00',
        valid: '1',
      },
    ]);
  });

  it('0212 is answered from the registration and the person on record', () => {
    const body = stepOf('0212').response.toWire(
      canonical({ visitId: VISIT, personNumber: PERSON }),
      CONTEXT,
    ).body;
    assert.equal(body?.['ykc700'], VISIT);
    assert.equal(body?.['aac003'], '测试甲');
    assert.equal(body?.['aae140'], '310');
    assert.equal(body?.['akc252'], '900.00');
    assert.equal(stepOf('0212', 1).response.toWire(canonical({}), CONTEXT).body, null);
  });

  it('0212 can be read ahead, so that a fault of the second step is found before the first is done', () => {
    const ahead = { ...CONTEXT, answers: undefined };
    const { answers: _, ...without } = ahead;
    const second = stepOf('0212', 1).request;
    assert.equal(second.toModel(request('0212'), without).body['visitId'], undefined);
    assert.deepEqual(
      faultsOf(() => second.toModel(request('0212', { aka130: '82' }), without)),
      { code: 'MESSAGE_INVALID', faults: ['format /input/aka130'] },
    );
  });

  it('0301 becomes fee lines of the one batch of the visit', () => {
    const { body } = read('0301');
    assert.deepEqual((body['feeLines'] as readonly CanonicalObject[])[1], {
      visitId: VISIT,
      chargeBatch: VISIT,
      personNumber: PERSON,
      prescriptionNumber: 'R1',
      feeLineNumber: '2',
      catalogueCode: '001102000010000',
      institutionCatalogueCode: 'HIS-S-001',
      quantity: '1.5',
      price: '12.3456',
      lineAmount: parseFen('18.52'),
      feeTime: '2019-06-03 00:00:00',
      billingDoctorCode: 'D440600000001',
      billingDoctorName: '测试医师',
      billingDepartmentName: '内科',
      billingDepartmentCode: '内科',
      externalPrescription: '0',
      hospitalApproval: '0',
    });
  });

  it('0304 becomes a settlement request with what the visit on record adds', () => {
    const { body, header } = read('0304', { aka130: '11' });
    assert.deepEqual(body, {
      visitId: VISIT,
      chargeBatch: VISIT,
      personNumber: PERSON,
      insuranceType: '310',
      credentialType: '02',
      credentialNumber: CERTIFICATE,
      certificateType: '01',
      certificateNumber: CERTIFICATE,
      careType: '11',
      total: parseFen('10000.00'),
      selfFunded: parseFen('800.00'),
      overLimitSelfPaid: 0n,
      firstSelfPaid: parseFen('700.00'),
      inScope: parseFen('8500.00'),
      accountUsed: '0',
      settlementMethod: '01',
    });
    assert.equal(header.time, '2019-06-10 10:15:00');
    assert.equal(header.operatorName, '测试经办');
  });

  it('the answer of 0304 is the settlement, its funds in rows', () => {
    const answer: CanonicalObject = {
      ...SETTLED,
      settlementTime: '2019-06-10 10:15:00',
      poolPaid: parseFen('5000.00'),
      largeExpensePaid: parseFen('250.00'),
      criticalIllnessPaid: 0n as never,
      insuranceType: '310',
      fundPayments: [{ fundType: '310100', fundTypeName: '统筹基金', fundAmount: parseFen('5000.00') }],
    };
    const { body, notes } = stepOf('0304').response.toWire(canonical(answer), CONTEXT);
    assert.deepEqual(body, {
      aaz216: 'A4301001906100000001',
      akc194: '20190610101500',
      ykc706: '20190610',
      ake149: '5250.00',
      ake039: '5000.00',
      aae140: '310',
      aae045: '250.00',
      akb067: '4650.00',
      ake038: '100.00',
      ake105: '0',
      detail: { row: [{ aaa157: '310100', aad006: '统筹基金', aae187: '5000.00' }] },
    });
    assert.deepEqual(notes, []);
  });

  it('a hospital part, for which the predecessor has no element, is reported', () => {
    const answer = { ...SETTLED, hospitalPart: parseFen('1.00'), accountMutualAidPaid: 0n as never };
    const { notes } = stepOf('0304').response.toWire(canonical(answer), CONTEXT);
    assert.deepEqual(
      notes.map(({ rule, field }) => [rule, field]),
      [['not-carried', 'hospitalPart']],
    );
  });

  it('reading the answer of 0304 puts the large-expense element where the scheme has its fund', () => {
    const read0304 = (aae140: string) =>
      stepOf('0304').response.toModel(wireBody({ aae045: '250.00', aae140 }), CONTEXT).body;
    assert.equal(read0304('310')['largeExpensePaid'], 25000n);
    assert.equal(read0304('390')['criticalIllnessPaid'], 25000n);
  });

  it('0305 becomes a cancellation and is answered without output', () => {
    assert.deepEqual(read('0305').body, {
      settlementId: 'A4301001906100000001',
      visitId: VISIT,
      personNumber: PERSON,
    });
    assert.equal(stepOf('0305').response.toWire(canonical(SETTLED), CONTEXT).body, null);
  });

  it('reading the empty answer of 0305 draws negative amounts from the settlement on record', () => {
    const { body } = stepOf('0305').response.toModel(null, CONTEXT);
    assert.deepEqual([body['total'], body['fundPaid'], body['cashPaid']], [-1000000n, -525000n, -465000n]);
    assert.equal(body['visitId'], VISIT);
  });

  for (const [otransno, ...national] of [
    ['0304', '2207', '2304'],
    ['0305', '2208', '2305'],
    ['0212', '2201', '2401'],
  ] as const) {
    it(`1301 names ${otransno} as it came, and is written so for ${national.join(' and ')}`, () => {
      const originalMessageId = '4406001906100000000009';
      assert.deepEqual(read('1301', { otransno }).body, { originalTransaction: otransno, originalMessageId });
      for (const originalTransaction of national) {
        const sent = canonical({ originalTransaction, originalMessageId });
        const { body } = stepOf('1301').request.toWire(sent, CONTEXT);
        assert.equal(body?.['otransno'], otransno);
      }
    });
  }

  it('names the records a request refers to', () => {
    assert.deepEqual(compiled('0304').recordKeys(request('0304')), [{ kind: 'visit', key: VISIT }]);
    assert.deepEqual(compiled('0212').recordKeys(request('0212', { aac044: '' })), []);
  });
});
