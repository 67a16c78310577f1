/** What is known of prescription centres, as data. Source: schemas/peripheral/prescription. */
import type { ErrorCode, OperationBodies } from '@yiqiao/model';
import { readPeripheral } from '@yiqiao/sdk';
import type { WayOut } from '@yiqiao/sdk';
import type { Hindrance } from './life.ts';
import type { LifeTable } from './life-cycle.ts';

/** What a centre can be asked. */
export type PrescriptionOperation = keyof Pick<
  OperationBodies,
  | 'checkPrescription'
  | 'signPrescription'
  | 'uploadPrescription'
  | 'revokePrescription'
  | 'findPrescription'
  | 'findPrescriptionAudit'
  | 'findDispensing'
  | 'authorizeCirculation'
  | 'findOnlineCirculation'
  | 'decodePrescriptionCode'
  | 'downloadPrescription'
  | 'verifyPrescription'
  | 'uploadPrescriptionAudit'
  | 'uploadDispensing'
  | 'cancelDispensing'
  | 'synchronizeDelivery'
  | 'confirmDelivery'
  | 'findCirculatingDrugs'
>;

/** What is known of one operation. */
export interface OperationFacts {
  /** National number: 7101 for D001. */
  readonly transaction: string;
  /** Below the base path, where the form has paths. */
  readonly path: string;
  readonly effect: 'read' | 'write';
  readonly wayOut?: WayOut;
  /** Wire names that 7101 requires and D001 does not. */
  readonly relaxed?: readonly string[];
  /** Wire names without which an answer is of no use. */
  readonly needs?: readonly string[];
  /** Node → name in D001 to D007 → name in 7101 to 7107. */
  readonly spelled?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Where senders differ in a name: setting → name in 7101 to 7107 and what else it may be called. */
  readonly variants?: Readonly<
    Record<string, { readonly values: readonly string[]; readonly default: string }>
  >;
}

/** What is known of a notification. */
export interface NotificationFacts {
  /** Where it is posted in the gm-envelope form. */
  readonly path: string;
  /** National number: 7108, 7109. */
  readonly transaction: string;
}

/** operations.json. */
export interface CentreFacts {
  readonly dialects: {
    readonly epc: { readonly basePath: string; readonly version: string };
    readonly national: { readonly refusalCode: string; readonly notificationPath: string };
  };
  readonly operations: Readonly<Record<PrescriptionOperation, OperationFacts>>;
  readonly notifications: Readonly<Record<'audited' | 'dispensed', NotificationFacts>>;
  /** The centre's number of a refusal → our code. Numbers of real centres are not public. */
  readonly refusals: {
    readonly codes: Readonly<Record<string, ErrorCode>>;
    readonly limits: Readonly<Record<string, string>>;
  };
}

/** All facts. */
export interface CirculationFacts {
  readonly life: LifeTable & { readonly refusals: Readonly<Record<Hindrance, ErrorCode>> };
  readonly centre: CentreFacts;
}

/** What the data files say. @throws GatewayError `PROFILE_BROKEN` when they cannot be read. */
export function readCirculationFacts(): CirculationFacts {
  return {
    life: readPeripheral<CirculationFacts['life']>('prescription', 'life-cycle'),
    centre: readPeripheral<CentreFacts>('prescription', 'operations'),
  };
}
