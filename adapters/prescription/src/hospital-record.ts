/** What a hospital keeps of its prescriptions. */
import { findTime, GatewayError } from '@yiqiao/model';
import type { AdapterStore, StoreReader, StoreTransaction } from '@yiqiao/sdk';
import { beginLife, sumQuantities } from './life.ts';
import type { Allowance, Life } from './life.ts';
import type { PrescriptionNumbers, PrescriptionOrder, UploadFacts } from './signed-original.ts';

/** A pharmacy's audit, as the centre told it. Source: D006. */
export interface KnownAudit {
  readonly passed: boolean;
  readonly pharmacist: string;
  readonly opinion: string;
  readonly time: string;
}

/** What a pharmacy handed out, as the centre told it. Source: D007. */
export interface KnownDispensing {
  /** 使用状态 `rxUsedStasCodg`; the list is not public. */
  readonly useStatus: string;
  readonly settlementTime: string;
  readonly drugs: readonly { readonly catalogueCode: string; readonly quantity: string }[];
}

/** What was signed, and what came of it. */
export interface SignedSheet {
  readonly facts: UploadFacts;
  /** SHA-256 of the sheet that was handed over. */
  readonly sheetDigest: string;
  /** 处方文件 `rxFile`, base64, and 签名摘要值 `signDigest`. */
  readonly document: string;
  readonly signature: string;
  readonly certificate: { readonly serial: string; readonly name: string };
}

/** A prescription of this hospital. */
export interface HospitalPrescription extends PrescriptionNumbers {
  readonly hospitalNumber: string;
  readonly order: PrescriptionOrder;
  readonly orderDigest: string;
  readonly life: Life;
  readonly signed?: SignedSheet;
  readonly audit?: KnownAudit;
  readonly dispensing?: KnownDispensing;
}

const KIND = 'prescription';
const BY_HOSPITAL_NUMBER = 'prescription-number';

/** @throws GatewayError `PRESCRIPTION_UNKNOWN`. */
export function getPrescription(store: StoreReader, number: string): HospitalPrescription {
  const found = store.get<HospitalPrescription>(KIND, number);
  if (found === undefined)
    throw new GatewayError('PRESCRIPTION_UNKNOWN', { facts: { prescription: number } });
  return found;
}

/** One of this hospital, by the centre's number; `undefined` when there is none. */
export function findPrescription(store: StoreReader, number: string): HospitalPrescription | undefined {
  return store.get<HospitalPrescription>(KIND, number);
}

/** By the hospital's own number 处方编号 `hospRxno`. */
export function findByHospitalNumber(
  store: AdapterStore,
  hospitalNumber: string,
): HospitalPrescription | undefined {
  const number = store.get<string>(BY_HOSPITAL_NUMBER, hospitalNumber);
  return number === undefined ? undefined : findPrescription(store, number);
}

/** Writes one as it is now. */
export function putPrescription(tx: StoreTransaction, prescription: HospitalPrescription): void {
  tx.put(KIND, prescription.number, prescription);
  tx.put(BY_HOSPITAL_NUMBER, prescription.hospitalNumber, prescription.number);
}

/** A prescription that the centre has pre-checked. */
export function newPrescription(
  order: PrescriptionOrder,
  numbers: PrescriptionNumbers,
  orderDigest: string,
): HospitalPrescription {
  return {
    ...numbers,
    hospitalNumber: order.hospitalPrescriptionNumber,
    order,
    orderDigest,
    life: beginLife(allowanceOf(order)),
  };
}

function allowanceOf(order: PrescriptionOrder): Allowance {
  const isReusable = order.reusable === '1';
  return {
    validUntil: findTime(order.validUntil) ?? 0,
    maximumUses: isReusable ? (order.maximumUses ?? 1) : 1,
    minimumIntervalDays: isReusable ? (order.minimumIntervalDays ?? 0) : 0,
    quantities: sumQuantities(
      order.drugs.map(({ catalogueCode, drugQuantity }) => ({ catalogueCode, quantity: drugQuantity })),
    ),
  };
}
