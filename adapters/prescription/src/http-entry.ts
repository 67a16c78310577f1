/** What the service answers over HTTP, on the institution's own network: JSON in the names of the model. */
import { ExactNumber, GatewayError, isWireObject } from '@yiqiao/model';
import type { Fen, WireObject, WireValue } from '@yiqiao/model';
import { answerJson, readJsonBody, readMembers } from '@yiqiao/sdk';
import type { AdapterStore, ListenerRequest, ListenerRoute, MemberReader } from '@yiqiao/sdk';
import type { HospitalSide, PrescriptionStanding } from './hospital-side.ts';
import type { ClaimRequest, DispensingReport, PharmacySide } from './pharmacy-side.ts';
import type { NamedPerson } from './pharmacy-record.ts';
import type { HospitalPharmacist, PrescriptionOrder } from './signed-original.ts';

/** Kind of the job that uploads what could not be uploaded at once; its body is the number. */
export const UPLOAD_JOB = 'prescription.upload';

/** The entry of a hospital's system. */
export function hospitalRoutes(side: HospitalSide, store: AdapterStore): readonly ListenerRoute[] {
  return [
    post('/prescriptions', async (request) => answerJson(await side.check(readOrder(request)))),
    post('/prescriptions/:number/sheet', async (request) => {
      const { number = '' } = request.params;
      await side.sign(number, readMembers(readJsonBody(request), readSheet));
      return uploadOrOwe(side, store, number);
    }),
    post('/prescriptions/:number/revoke', async (request) => {
      const revocation = readMembers(readJsonBody(request), (from) => ({
        doctorInsuranceCode: from.text('doctorInsuranceCode'),
        doctorName: from.text('doctorName'),
        certificateType: from.text('certificateType'),
        certificateNumber: from.text('certificateNumber'),
        reason: from.text('reason'),
      }));
      return answerJson(await side.revoke(request.params['number'] ?? '', revocation));
    }),
    {
      method: 'GET',
      path: '/prescriptions/:number',
      handle: ({ params: { number = '' } }) => answerJson(side.standing(number)),
    },
  ];
}

/** The entry of a pharmacy's system. */
export function pharmacyRoutes(side: PharmacySide): readonly ListenerRoute[] {
  return [
    post('/prescriptions/find', async (request) =>
      answerJson(await side.find(readMembers(readJsonBody(request), readPresented))),
    ),
    post('/claims', async (request) =>
      answerJson(await side.claim(readMembers(readJsonBody(request), readClaim))),
    ),
    post('/claims/:id/dispense', async (request) =>
      answerJson(
        await side.dispense(
          readMembers(readJsonBody(request), (from) => readReport(from, request.params['id'] ?? '')),
        ),
      ),
    ),
    post('/claims/:id/undo', async (request) => {
      const claimId = request.params['id'] ?? '';
      const undoing = readMembers(readJsonBody(request), (from) => ({
        claimId,
        prescriptionNumber: from.text('prescriptionNumber'),
        reason: from.text('reason'),
        at: from.text('at'),
      }));
      await side.undo(undoing);
      return answerJson({ claimId, undone: true });
    }),
  ];
}

/** What could not be uploaded for want of an answer is owed: 202, and nobody types it again. */
async function uploadOrOwe(side: HospitalSide, store: AdapterStore, number: string) {
  try {
    return answerJson(await side.upload(number));
  } catch (error) {
    if (!(error instanceof GatewayError) || !WORTH_REPEATING.has(error.code)) throw error;
    store.transact((tx) => tx.enqueue({ id: `${UPLOAD_JOB}/${number}`, kind: UPLOAD_JOB, body: number }));
    const standing: PrescriptionStanding = side.standing(number);
    return answerJson({ ...standing, owed: 'upload', because: error.code }, 202);
  }
}

const WORTH_REPEATING: ReadonlySet<string> = new Set([
  'UPSTREAM_UNREACHABLE',
  'UPSTREAM_TIMEOUT',
  'UPSTREAM_REPLY_UNUSABLE',
  'SIGNER_UNAVAILABLE',
]);

function post(path: string, handle: ListenerRoute['handle']): ListenerRoute {
  return { method: 'POST', path, handle };
}

/** The order as it came; its amounts are 元 as text. What is missing is told by the pre-check's own definition. */
function readOrder(request: ListenerRequest): PrescriptionOrder {
  const order = plain(readJsonBody(request)) as Record<string, unknown>;
  const visit = order['visit'];
  if (typeof visit !== 'object' || visit === null) order['visit'] = {};
  for (const name of ['registrationFee', 'total']) amountIn(order['visit'] as Record<string, unknown>, name);
  for (const list of ['drugs', 'diagnoses']) if (!Array.isArray(order[list])) order[list] = [];
  return order as unknown as PrescriptionOrder;
}

function amountIn(node: Record<string, unknown>, name: string): void {
  const value = node[name];
  if (typeof value !== 'string') return;
  const amount = readMembers({ [name]: value }, (from) => from.amount(name), '/visit');
  node[name] = amount satisfies Fen;
}

/** Counts become numbers, all other numbers text. */
function plain(value: WireValue): unknown {
  if (value instanceof ExactNumber) return /^\d{1,9}$/.test(value.text) ? Number(value.text) : value.text;
  if (Array.isArray(value)) return (value as readonly WireValue[]).map(plain);
  if (!isWireObject(value)) return value;
  const members: WireObject = value;
  return Object.fromEntries(Object.entries(members).map(([name, member]) => [name, plain(member)]));
}

function readSheet(from: MemberReader): { sheet: Uint8Array; pharmacist: HospitalPharmacist } {
  return {
    sheet: Buffer.from(from.text('sheet'), 'base64'),
    pharmacist: from.node('pharmacist', (one) => ({
      departmentCode: one.text('departmentCode'),
      departmentName: one.text('departmentName'),
      insuranceCode: one.text('insuranceCode'),
      name: one.text('name'),
      auditTime: one.text('auditTime'),
      ...present('titleCode', one.optionalText('titleCode')),
      ...present('titleName', one.optionalText('titleName')),
      ...present('certificateType', one.optionalText('certificateType')),
      ...present('certificateNumber', one.optionalText('certificateNumber')),
      ...present('practiceCertificateNumber', one.optionalText('practiceCertificateNumber')),
    })),
  };
}

function readPerson(from: MemberReader): NamedPerson {
  return {
    certificateType: from.text('certificateType'),
    certificateNumber: from.text('certificateNumber'),
    name: from.text('name'),
  };
}

function readPresented(from: MemberReader) {
  return {
    person: from.node('person', readPerson),
    ...present('code', from.optionalText('code')),
    ...present('prescriptionNumber', from.optionalText('prescriptionNumber')),
    ...present('credentialToken', from.optionalText('credentialToken')),
  };
}

function readClaim(from: MemberReader): ClaimRequest {
  return {
    claimId: from.text('claimId'),
    prescriptionNumber: from.text('prescriptionNumber'),
    person: from.node('person', readPerson),
    lines: from.list('lines', (line) => ({
      catalogueCode: line.text('catalogueCode'),
      quantity: line.decimal('quantity'),
    })),
    audit: from.node('audit', (audit) => ({
      pharmacist: audit.node('pharmacist', (one) => ({ ...readPerson(one), code: one.text('code') })),
      opinion: audit.text('opinion'),
      passed: audit.raw('passed') === true,
      at: audit.text('at'),
    })),
  };
}

function readReport(from: MemberReader, claimId: string): DispensingReport {
  return {
    claimId,
    prescriptionNumber: from.text('prescriptionNumber'),
    time: from.text('time'),
    retailDocumentNumber: from.text('retailDocumentNumber'),
    ...present('settlementId', from.optionalText('settlementId')),
    ...present('visitId', from.optionalText('visitId')),
    ...present('cashPaid', from.optionalAmount('cashPaid')),
    lines: from.list('lines', (line) => ({
      catalogueCode: line.text('catalogueCode'),
      institutionCatalogueCode: line.text('institutionCatalogueCode'),
      name: line.text('name'),
      specification: line.text('specification'),
      quantity: line.decimal('quantity'),
      unit: line.text('unit'),
      amount: line.amount('amount'),
      traceCodes: line.list('traceCodes', (code) => code.text('code')),
      ...present('lot', line.optionalText('lot')),
      ...present('approvalNumber', line.optionalText('approvalNumber')),
    })),
  };
}

function present<K extends string, T>(name: K, value: T | undefined): { readonly [P in K]?: T } {
  return value === undefined ? {} : ({ [name]: value } as { readonly [P in K]: T });
}
