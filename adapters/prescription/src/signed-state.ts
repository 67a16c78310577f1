/** What a hospital's prescription is by its record: signed, uploaded, as it was signed or altered since. */
import { GatewayError } from '@yiqiao/model';
import type { HospitalPrescription } from './hospital-record.ts';
import type { Stage } from './life.ts';
import { contentDigest, digestOf, originalValue } from './signed-original.ts';
import type { PrescriptionOrder, UploadFacts } from './signed-original.ts';

/** What the hospital has done itself, and then what it was told of pharmacies. */
export function stageOf({ audit, dispensing }: HospitalPrescription, own: Stage): Stage {
  if (dispensing !== undefined && dispensing.drugs.length > 0) return 'dispensed';
  if (own !== 'uploaded') return own;
  if (dispensing !== undefined) return 'undone';
  return audit?.passed === true ? 'audited' : own;
}

const BEFORE_UPLOAD: ReadonlySet<Stage> = new Set(['checked', 'signed']);

/** Whether it was uploaded, whatever time has done to it since. */
export function isUploaded({ life }: HospitalPrescription): boolean {
  return !BEFORE_UPLOAD.has(life.stage);
}

/** Whether just this was signed. */
export function isSigned(
  { signed }: HospitalPrescription,
  { sheetDigest, signing }: { readonly sheetDigest: string; readonly signing: UploadFacts },
): boolean {
  return (
    signed !== undefined &&
    signed.sheetDigest === sheetDigest &&
    originalValue(signed.facts) === originalValue(signing)
  );
}

/**
 * Other content under a known number: altered when it was signed, else the number was used twice.
 * @throws GatewayError `PRESCRIPTION_ALTERED` | `PRESCRIPTION_NUMBER_REUSED`
 */
export function requireSameOrder(known: HospitalPrescription, digest: string): void {
  if (known.orderDigest === digest) return;
  const facts = { prescription: known.number, hospitalNumber: known.hospitalNumber };
  throw new GatewayError(known.signed === undefined ? 'PRESCRIPTION_NUMBER_REUSED' : 'PRESCRIPTION_ALTERED', {
    facts,
  });
}

/** @throws GatewayError `PRESCRIPTION_ALTERED` when order or sheet are not those that were signed. */
export function requireUnaltered(
  { number, orderDigest, signed }: HospitalPrescription,
  { order, sheet }: { readonly order?: PrescriptionOrder; readonly sheet?: Uint8Array },
): void {
  const isOtherOrder = order !== undefined && contentDigest(order) !== orderDigest;
  const isOtherSheet = sheet !== undefined && signed !== undefined && digestOf(sheet) !== signed.sheetDigest;
  if (!isOtherOrder && !isOtherSheet) return;
  const altered = isOtherOrder ? 'order' : 'sheet';
  throw new GatewayError('PRESCRIPTION_ALTERED', { facts: { prescription: number, altered } });
}
