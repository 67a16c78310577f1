/** The hospital's part: pre-check, signature, upload, revocation, and what becomes of the prescription afterwards. */
import assert from 'node:assert/strict';
import { formatTime, GatewayError } from '@yiqiao/model';
import type { Clock, OperationBodies } from '@yiqiao/model';
import type { AdapterStore } from '@yiqiao/sdk';
import type { Centre } from './centre.ts';
import type { CirculationFacts } from './facts.ts';
import {
  findByHospitalNumber,
  getPrescription,
  newPrescription,
  putPrescription,
} from './hospital-record.ts';
import type { HospitalPrescription } from './hospital-record.ts';
import { noteAudit, noteDispensing, traceOf } from './hospital-news.ts';
import { createLifeCycle } from './life-cycle.ts';
import type { LifeCycle } from './life-cycle.ts';
import type { Life, LifeEvent, Stage } from './life.ts';
import { isSigned, isUploaded, requireSameOrder, requireUnaltered, stageOf } from './signed-state.ts';
import { hindranceError } from './refusals.ts';
import { contentDigest, digestOf, originalValue, uploadFacts } from './signed-original.ts';
import type { HospitalPharmacist, PrescriptionNumbers, PrescriptionOrder } from './signed-original.ts';

/** What a hospital side is made with. */
export interface HospitalSideOptions {
  readonly centre: Centre;
  readonly store: AdapterStore;
  readonly facts: CirculationFacts;
  readonly clock: Clock;
}

/** The sheet (PDF or OFD) and who audited it in the hospital. */
export interface SheetToSign {
  readonly sheet: Uint8Array;
  readonly pharmacist: HospitalPharmacist;
}

/** Who revokes, and why. Source: D004. */
export interface Revocation {
  readonly doctorInsuranceCode: string;
  readonly doctorName: string;
  readonly certificateType: string;
  readonly certificateNumber: string;
  readonly reason: string;
}

/** Where a prescription stands, for the hospital. */
export interface PrescriptionStanding extends PrescriptionNumbers {
  /** As far as the hospital has done it or heard of it. */
  readonly stage: Stage;
  readonly audit?: HospitalPrescription['audit'];
  readonly dispensing?: HospitalPrescription['dispensing'];
}

/** The hospital's part. Every step may be asked again: what was done is told, what was not is done. */
export interface HospitalSide {
  /**
   * D001: the centre checks the order and gives it its numbers.
   * @throws GatewayError `PRESCRIPTION_ALTERED` | `PRESCRIPTION_NUMBER_REUSED` for other content under a known number;
   *   those of `Centre.ask`.
   */
  check(order: PrescriptionOrder): Promise<PrescriptionStanding>;
  /** D002. @throws GatewayError `PRESCRIPTION_STATE_WRONG`, `PRESCRIPTION_EXPIRED`; those of `Centre.ask`. */
  sign(number: string, sheet: SheetToSign): Promise<PrescriptionStanding>;
  /**
   * D003, with the bytes that the signature gave. `presented`: what the hospital now holds of it, compared with what
   * was signed.
   * @throws GatewayError `PRESCRIPTION_ALTERED` (nothing was sent); as `sign`.
   */
  upload(
    number: string,
    presented?: { readonly order?: PrescriptionOrder; readonly sheet?: Uint8Array },
  ): Promise<PrescriptionStanding>;
  /** All three; `render` makes the sheet once the numbers are known. Goes on where an earlier attempt ended. */
  issue(
    order: PrescriptionOrder,
    render: (numbers: PrescriptionNumbers) => Promise<SheetToSign> | SheetToSign,
  ): Promise<PrescriptionStanding>;
  /** D004. */
  revoke(number: string, revocation: Revocation): Promise<PrescriptionStanding>;
  /** D005. */
  find(number: string): Promise<OperationBodies['findPrescription']['response']>;
  /** D006, and keeps what it tells; `undefined` while nobody has audited it. */
  findAudit(number: string): Promise<HospitalPrescription['audit']>;
  /** D007, and keeps what it tells; `undefined` while nothing was handed out. */
  findDispensing(number: string): Promise<HospitalPrescription['dispensing']>;
  /** What is known here, without asking. */
  standing(number: string): PrescriptionStanding;
}

/** Makes the hospital's part over a centre and a store. */
export function createHospitalSide(options: HospitalSideOptions): HospitalSide {
  const parts: Parts = { ...options, cycle: createLifeCycle(options.facts.life) };
  const { store, clock } = parts;
  const side: HospitalSide = {
    check: (order) => check(parts, order),
    sign: (number, sheet) => sign(parts, number, sheet),
    upload: (number, presented = {}) => upload(parts, number, presented),
    revoke: (number, revocation) => revoke(parts, number, revocation),
    async issue(order, render) {
      const { number, traceCode, stage } = await side.check(order);
      if (stage === 'checked') await side.sign(number, await render({ number, traceCode }));
      return side.upload(number, { order });
    },
    find: async (number) =>
      (await parts.centre.ask('findPrescription', questionOf(getPrescription(store, number)))).body,
    async findAudit(number) {
      const question = questionOf(getPrescription(store, number));
      const body = await orNothing(parts.centre.ask('findPrescriptionAudit', question));
      if (body !== undefined) store.transact((tx) => noteAudit(tx, body, clock.now()));
      return getPrescription(store, number).audit;
    },
    async findDispensing(number) {
      const question = questionOf(getPrescription(store, number));
      const body = await orNothing(parts.centre.ask('findDispensing', question));
      if (body !== undefined) store.transact((tx) => noteDispensing(tx, body, clock.now()));
      return getPrescription(store, number).dispensing;
    },
    standing: (number) => standingOf(parts, getPrescription(store, number)),
  };
  return side;
}

interface Parts extends HospitalSideOptions {
  readonly cycle: LifeCycle;
}

async function check(parts: Parts, order: PrescriptionOrder): Promise<PrescriptionStanding> {
  const { store, clock } = parts;
  const digest = contentDigest(order);
  const known = findByHospitalNumber(store, order.hospitalPrescriptionNumber);
  if (known !== undefined) {
    requireSameOrder(known, digest);
    return standingOf(parts, known);
  }
  const { body } = await parts.centre.ask('checkPrescription', order);
  const numbers = { number: body.insurancePrescriptionNumber, traceCode: body.prescriptionTraceCode };
  const made = newPrescription(order, numbers, digest);
  store.transact((tx) => {
    putPrescription(tx, made);
    tx.trace(traceOf(made, 'prescription.checked', clock.now()));
  });
  return standingOf(parts, made);
}

async function sign(
  parts: Parts,
  number: string,
  { sheet, pharmacist }: SheetToSign,
): Promise<PrescriptionStanding> {
  const prescription = getPrescription(parts.store, number);
  const sheetDigest = digestOf(sheet);
  const signing = uploadFacts(prescription.order, prescription, pharmacist);
  if (isSigned(prescription, { sheetDigest, signing })) return standingOf(parts, prescription);
  after(parts, prescription, 'sign');
  const { body } = await parts.centre.ask('signPrescription', {
    institutionCode: signing.institutionCode,
    originalPrescriptionText: Buffer.from(originalValue(signing)).toString('base64'),
    originalPrescriptionFile: Buffer.from(sheet).toString('base64'),
  });
  return keep(parts, number, 'prescription.signed', (current) => ({
    ...current,
    life: after(parts, current, 'sign'),
    signed: {
      facts: signing,
      sheetDigest,
      document: body.prescriptionDocument,
      signature: body.signatureDigest,
      certificate: { serial: body.signingCertificateSerial, name: body.signingCertificateName },
    },
  }));
}

async function upload(
  parts: Parts,
  number: string,
  presented: { readonly order?: PrescriptionOrder; readonly sheet?: Uint8Array },
): Promise<PrescriptionStanding> {
  const prescription = getPrescription(parts.store, number);
  const { signed } = prescription;
  requireUnaltered(prescription, presented);
  if (isUploaded(prescription)) return standingOf(parts, prescription);
  after(parts, prescription, 'upload');
  assert(signed !== undefined, 'the life cycle lets only what is signed be uploaded');
  await parts.centre.ask('uploadPrescription', {
    ...signed.facts,
    prescriptionDocument: signed.document,
    signatureDigest: signed.signature,
  });
  return keep(parts, number, 'prescription.uploaded', (current) => ({
    ...current,
    life: isUploaded(current) ? current.life : after(parts, current, 'upload'),
  }));
}

async function revoke(parts: Parts, number: string, revocation: Revocation): Promise<PrescriptionStanding> {
  const { store, clock, cycle, facts } = parts;
  const prescription = getPrescription(store, number);
  const { stage } = cycle.at(prescription.life, clock.now());
  if (stage === 'revoked') return standingOf(parts, prescription);
  // What pharmacies have done since is the centre's to say: here only what was never uploaded is refused.
  if (!isUploaded(prescription)) throw hindranceError(facts, 'state', { stage, event: 'revoke' });
  await parts.centre.ask('revokePrescription', {
    insurancePrescriptionNumber: number,
    institutionCode: prescription.order.visit.institutionCode ?? '',
    doctorInsuranceCode: revocation.doctorInsuranceCode,
    revokingDoctorName: revocation.doctorName,
    revokingDoctorCertificateType: revocation.certificateType,
    revokingDoctorCertificateNumber: revocation.certificateNumber,
    revocationReason: revocation.reason,
    revocationTime: formatTime(clock.now()),
  });
  return keep(parts, number, 'prescription.revoked', (current) => ({
    ...current,
    life: { ...current.life, stage: 'revoked' },
  }));
}

/** What the event leads to. @throws GatewayError when it cannot be. */
function after(
  { cycle, clock, facts }: Parts,
  { life }: HospitalPrescription,
  kind: 'sign' | 'upload',
): Life {
  const now = clock.now();
  const result = cycle.apply(life, { kind }, now);
  if ('life' in result) return result.life;
  const event: LifeEvent['kind'] = kind;
  throw hindranceError(facts, result.refused, { stage: cycle.at(life, now).stage, event });
}

/** Puts on record what a step came to, read anew: a notification may have come meanwhile. */
function keep(
  parts: Parts,
  number: string,
  step: string,
  change: (current: HospitalPrescription) => HospitalPrescription,
): PrescriptionStanding {
  return parts.store.transact((tx) => {
    const changed = change(getPrescription(tx, number));
    putPrescription(tx, changed);
    tx.trace(traceOf(changed, step, parts.clock.now()));
    return standingOf(parts, changed);
  });
}

function standingOf({ cycle, clock }: Parts, prescription: HospitalPrescription): PrescriptionStanding {
  const { number, traceCode, life, audit, dispensing } = prescription;
  return {
    number,
    traceCode,
    stage: stageOf(prescription, cycle.at(life, clock.now()).stage),
    ...(audit !== undefined && { audit }),
    ...(dispensing !== undefined && { dispensing }),
  };
}

function questionOf({ number, order: { visit } }: HospitalPrescription) {
  return {
    insurancePrescriptionNumber: number,
    institutionCode: visit.institutionCode ?? '',
    visitId: visit.visitId ?? '',
    personName: visit.patientName,
    certificateType: visit.certificateType ?? '',
    certificateNumber: visit.certificateNumber ?? '',
  };
}

/** The body of an answer; `undefined` when the centre says that it has not come so far. */
async function orNothing<T>(answer: Promise<{ readonly body: T }>): Promise<T | undefined> {
  try {
    return (await answer).body;
  } catch (error) {
    if (error instanceof GatewayError && error.code === 'PRESCRIPTION_STATE_WRONG') return undefined;
    throw error;
  }
}
