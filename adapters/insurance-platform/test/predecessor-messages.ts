/** A predecessor's messages and what a gateway has on record of a person, a stay and an outpatient visit. */
import assert from 'node:assert/strict';
import { acceptRequest } from '@yiqiao/insurance-platform';
import { fen } from '@yiqiao/model';
import type { CanonicalObject, CanonicalResponse, Operation, WireObject } from '@yiqiao/model';
import type { KeptRecord, RecordKind } from '@yiqiao/registry';
import type { WireRequest } from '@yiqiao/wire';
import { connection } from './connections.ts';

/** Identity number of the person. */
export const CERTNO = '000000199001010018';
/** Visit id of the stay on record. */
export const STAY = 'S4301002601010000001';
/** Visit id of the outpatient visit on record. */
export const VISIT = 'S4301002601010000002';
/** Settlement of the stay. */
export const SETTLED_STAY = 'A4301002601010000001';
/** Settlement of the outpatient visit. */
export const SETTLED_VISIT = 'A4301002601010000002';
/** Person number. */
export const PERSON = '43010000000000000000000001';

/** What earlier exchanges left. */
export const records: readonly KeptRecord[] = [
  {
    kind: 'person',
    key: CERTNO,
    request: { credentialType: '02', credentialNumber: CERTNO },
    response: {
      person: {
        personNumber: PERSON,
        certificateType: '01',
        certificateNumber: CERTNO,
        personName: '测试甲',
      },
      insurances: [
        { insuranceType: '310', insuranceStatus: '1', insuredRegion: '430100', personType: '1101' },
      ],
    },
  },
  {
    kind: 'visit',
    key: STAY,
    request: {
      personNumber: PERSON,
      insuranceType: '310',
      credentialType: '02',
      credentialNumber: CERTNO,
      documentType: '01',
      certificateNumber: CERTNO,
      careType: '21',
      inpatientNumber: 'ZY1',
      medicalRecordNumber: 'BL1',
    },
    response: { visitId: STAY },
  },
  {
    kind: 'visit',
    key: VISIT,
    request: {
      personNumber: PERSON,
      insuranceType: '310',
      credentialType: '02',
      credentialNumber: CERTNO,
      certificateType: '01',
      certificateNumber: CERTNO,
      visitRecordNumber: 'MZ1',
    },
    response: { visitId: VISIT },
  },
  {
    kind: 'settlement',
    key: SETTLED_STAY,
    request: { personNumber: PERSON, visitId: STAY, midwaySettlement: '0' },
    response: { settlementId: SETTLED_STAY, total: fen(10000n), fundPaid: fen(6000n) },
  },
  {
    kind: 'settlement',
    key: SETTLED_VISIT,
    request: { personNumber: PERSON, visitId: VISIT },
    response: { settlementId: SETTLED_VISIT, total: fen(200n), fundPaid: fen(100n) },
  },
];

const findRecord = (_: string, kind: RecordKind, key: string): KeptRecord | undefined =>
  records.find((one) => one.kind === kind && one.key === key);

/** A connection of a predecessor HIS. */
export const parts = connection('predecessor-xml', { mode: 'tolerant', findRecord });

/** Elements that say where. */
export const PLACE = { aab299: '440600', akb026: 'H44060000001', aab301: '430100' };
/** Elements that say where and who. */
export const WHO = { ...PLACE, aac002: CERTNO, aac043: '90', aac044: CERTNO };
function message(transaction: string, body: WireObject): WireRequest {
  const signedBytes = Buffer.from(JSON.stringify(body));
  const envelope = { TransNo: transaction, sign: '', transid: '44060020260101000001' };
  return { transaction, envelope, body, signedBytes, deviations: [] };
}

/** Operations of a message, and the body of the first. */
export function read(transaction: string, body: WireObject): readonly [readonly string[], CanonicalObject] {
  const { steps } = acceptRequest(parts, message(transaction, body));
  const content = steps[0]?.build([]).content;
  assert(content?.form === 'canonical');
  return [steps.map(({ operation = '' }) => operation), content.body];
}

/** The output a message is answered with, when its first operation has this answer. */
export function told(
  transaction: string,
  elements: WireObject,
  { operation, body }: { readonly operation: Operation; readonly body: CanonicalObject },
): WireObject | null {
  const accepted = acceptRequest(parts, message(transaction, elements));
  accepted.steps[0]?.build([]);
  const content = { form: 'canonical', operation, body, carried: {}, dialect: 'national' } as const;
  const response: CanonicalResponse = { referenceId: 'R1', content, deviations: [] };
  return accepted.answer([response]);
}
