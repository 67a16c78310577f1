/** What the adapter tells its neighbours: settlements that stand and settlements that are undone. */
import type { IdentifiedPerson, SettledEvent as Settled, UndoneEvent as Undone } from '@yiqiao/sdk';

/** A settlement that stands. */
export interface SettledEvent extends Settled {
  /** The hospital's number of the visit. */
  readonly visit: string;
  readonly course: 'outpatient' | 'inpatient';
  /** 中途结算: the stay goes on. */
  readonly midway: boolean;
  readonly internet: boolean;
  readonly chargeBatch?: string;
  readonly person: IdentifiedPerson;
  readonly institutionCode: string;
  /** Message id of 2207 or 2304. */
  readonly messageId: string;
  /** 医疗类别 `med_type`. */
  readonly careType: string;
  readonly diagnoses: NonNullable<Settled['diagnoses']>;
}

/** A settlement that no longer stands. */
export interface UndoneEvent extends Undone {
  readonly visit: string;
  readonly visitId: string;
}

/**
 * Somebody who acts on settlements: an invoice issuer, a prescription's side. Called in order per visit, at least
 * once, also after a restart; what it throws is tried again later.
 */
export interface SettlementObserver {
  settled(event: SettledEvent): void | Promise<void>;
  undone(event: UndoneEvent): void | Promise<void>;
}
