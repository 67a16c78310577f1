/** What a centre tells a hospital of its prescriptions, asked or unasked. */
import type { OperationBodies } from '@yiqiao/model';
import type { NotificationVerdict, StoreTransaction, TraceEvent } from '@yiqiao/sdk';
import { findPrescription, putPrescription } from './hospital-record.ts';
import type { HospitalPrescription, KnownAudit, KnownDispensing } from './hospital-record.ts';

/** Body of the audit notification. */
export type AuditNews = OperationBodies['findPrescriptionAudit']['response'];
/** Body of the dispensing notification. */
export type DispensingNews = OperationBodies['findDispensing']['response'];

/** 审核通过, the only attested code of rx_chk_stas_codg. */
const PASSED = '1';
const BEFORE_UPLOAD = new Set(['checked', 'signed']);

/** Keeps what a pharmacy's pharmacist said. Parked: about a prescription that is unknown here, or before its upload. */
export function noteAudit(tx: StoreTransaction, news: AuditNews, now: number): NotificationVerdict {
  const audit: KnownAudit = {
    passed: news.prescriptionAuditStatusCode === PASSED,
    pharmacist: news.pharmacistName,
    opinion: news.prescriptionAuditOpinion,
    time: news.prescriptionAuditTime,
  };
  return note(tx, news.insurancePrescriptionNumber, {
    isKnown: (known) => JSON.stringify(known.audit) === JSON.stringify(audit),
    change: (known) => ({ ...known, audit }),
    trace: (known) =>
      traceOf(known, audit.passed ? 'prescription.told-audited' : 'prescription.told-refused', now),
  });
}

/** Keeps what a pharmacy handed out, or took back. */
export function noteDispensing(tx: StoreTransaction, news: DispensingNews, now: number): NotificationVerdict {
  const dispensing: KnownDispensing = {
    useStatus: news.prescriptionUseStatusCode,
    settlementTime: news.settlementTime,
    drugs: (news.drugs ?? []).map(({ catalogueCode, quantity }) => ({ catalogueCode, quantity })),
  };
  const step = dispensing.drugs.length > 0 ? 'prescription.told-dispensed' : 'prescription.told-taken-back';
  return note(tx, news.insurancePrescriptionNumber, {
    isKnown: (known) => JSON.stringify(known.dispensing) === JSON.stringify(dispensing),
    change: (known) => ({ ...known, dispensing }),
    trace: (known) => traceOf(known, step, now),
  });
}

/** An event of a prescription of this hospital. */
export function traceOf(
  { number, order, hospitalNumber }: HospitalPrescription,
  step: string,
  at: number,
): TraceEvent {
  const visit = order.visit.visitId;
  return {
    at,
    step,
    refs: { prescription: number, ...(visit === undefined || visit === '' ? {} : { visit }) },
    facts: { hospitalNumber },
  };
}

function note(
  tx: StoreTransaction,
  number: string,
  how: {
    readonly isKnown: (known: HospitalPrescription) => boolean;
    readonly change: (known: HospitalPrescription) => HospitalPrescription;
    readonly trace: (known: HospitalPrescription) => TraceEvent;
  },
): NotificationVerdict {
  const known = findPrescription(tx, number);
  if (known === undefined) return { park: 'unknown prescription' };
  if (BEFORE_UPLOAD.has(known.life.stage)) return { park: 'not uploaded yet' };
  if (how.isKnown(known)) return 'done';
  const changed = how.change(known);
  putPrescription(tx, changed);
  tx.trace(how.trace(changed));
  return 'done';
}
