/** What a pharmacy tells its neighbours: purchases that are settled and purchases that are undone. */
import { formatTime } from '@yiqiao/model';
import type { Fen } from '@yiqiao/model';
import type { IdentifiedPerson, SettledEvent, UndoneEvent } from '@yiqiao/sdk';
import type { Institution } from '../courses/course-form.ts';
import type { PharmacyPolicy } from '../policy.ts';
import { careTypeOf } from './payment-rules.ts';
import type { PurchaseRecord, Settlement } from './record.ts';

/** A purchase that is settled, in the form in which a hospital's settlements are told. Amounts in 分. */
export interface SettledPurchase extends SettledEvent {
  /** Retail document number. */
  readonly visit: string;
  readonly course: 'purchase';
  readonly midway: boolean;
  readonly internet: boolean;
  readonly person: IdentifiedPerson;
  readonly institutionCode: string;
  /** Message id of the settlement. */
  readonly messageId: string;
  /** 医疗类别 `med_type`. */
  readonly careType: string;
  readonly diagnoses: NonNullable<SettledEvent['diagnoses']>;
  readonly poolPaid: Fen;
  readonly mutualAidPaid: Fen;
}

/** A purchase that no longer stands. */
export interface UndonePurchase extends UndoneEvent {
  readonly visit: string;
  readonly visitId: string;
  readonly how: 'cancelled';
}

/** Somebody who acts on purchases, an invoice issuer for one. Told in order, at least once, also after a restart. */
export interface PurchaseObserver {
  settled(event: SettledPurchase): void | Promise<void>;
  undone(event: UndonePurchase): void | Promise<void>;
}

/** A settled purchase as observers hear of it. */
export function settledEvent(
  { purchase, claim, number, steps, course }: PurchaseRecord,
  settlement: Settlement,
  parts: { readonly institution: Institution; readonly policy: PharmacyPolicy; readonly settleStep: string },
): SettledPurchase {
  const { person } = purchase;
  const { total, fundPaid, poolPaid, accountPaid, mutualAidPaid, cashPaid, hospitalPart } = settlement;
  return {
    visit: number,
    visitId: settlement.visitId,
    settlementId: settlement.settlementId,
    course: 'purchase',
    midway: false,
    internet: false,
    person: {
      number: person.personNumber,
      name: person.name,
      certificateType: person.certificateType,
      certificateNumber: person.certificateNumber,
      insuranceType: person.insuranceType,
      insuredRegion: person.insuredRegion,
    },
    institutionCode: parts.institution.code,
    messageId: steps[parts.settleStep]?.messageId ?? '',
    careType: careTypeOf(purchase, parts.policy.payment, parts.policy.course(course)),
    diagnoses: claim?.diagnoses ?? [],
    time: settlement.time,
    total,
    fundPaid,
    poolPaid,
    accountPaid,
    mutualAidPaid,
    cashPaid,
    ...(hospitalPart !== undefined && { hospitalPart }),
    lines: purchase.lines.map((line) => ({
      feeLineNumber: line.number,
      catalogueCode: line.catalogueCode,
      institutionCatalogueCode: line.itemCode,
      quantity: line.quantity,
      price: line.price,
      amount: line.amount,
      name: line.name,
      unit: line.unit,
      ...(line.prescribed === true &&
        claim !== undefined && { prescriptionNumber: claim.prescriptionNumber }),
    })),
  };
}

/** A cancelled purchase as observers hear of it. */
export function undoneEvent({ number }: PurchaseRecord, settlement: Settlement, now: number): UndonePurchase {
  const { visitId, settlementId } = settlement;
  return { visit: number, visitId, settlementId, how: 'cancelled', time: formatTime(now) };
}
