/** What is remembered of a visit, its fee lines and its settlements. */
import type { CanonicalObject, Fen } from '@yiqiao/model';
import type { StoreReader, StoreTransaction } from '@yiqiao/sdk';
import type { AdmitOrder, Credential, RegisterOrder } from '../order.ts';

/** Who the visit is of, as 1101 told. */
export interface VisitPerson {
  readonly number: string;
  readonly name: string;
  readonly certificateType: string;
  readonly certificateNumber: string;
  readonly gender: string;
  readonly birthDate: string;
  readonly personType: string;
  readonly insuranceType: string;
  readonly insuredRegion: string;
}

/** The card in use, and since when: an e-credential's token ends. */
export interface ShownCredential extends Credential {
  readonly certificateType: string;
  /** Epoch milliseconds. */
  readonly shownAt: number;
}

/** A settlement of a visit. */
export interface SettlementRecord {
  readonly settlementId: string;
  readonly chargeBatch?: string;
  readonly midway: boolean;
  /** Message id and transaction by which it was made; 2601 names them. */
  readonly messageId: string;
  readonly body: CanonicalObject;
  readonly total: Fen;
  readonly replaces?: string;
  /** How it ended; it stands while absent. */
  readonly undone?: {
    readonly how: 'cancelled' | 'refunded-in-part' | 'reversed';
    readonly body: CanonicalObject;
  };
}

/** A visit or stay. */
export interface VisitRecord {
  /** The hospital's own number. */
  readonly visit: string;
  readonly course: 'outpatient' | 'inpatient';
  readonly internet: boolean;
  /** `closed`: the registration or admission was cancelled. */
  readonly state: 'open' | 'discharged' | 'closed';
  /** 就诊ID `mdtrt_id`. */
  readonly visitId: string;
  readonly person: VisitPerson;
  readonly credential: ShownCredential;
  readonly careType: string;
  readonly diagnoses: readonly { readonly code: string; readonly name: string }[];
  readonly diseaseCode?: string;
  readonly begins: string;
  /** When the patient was discharged. */
  readonly ends?: string;
  /** As the hospital ordered it, and what it was answered: the same order again gets the same answer. */
  readonly ordered: RegisterOrder | AdmitOrder;
  readonly told: CanonicalObject;
  readonly settlements: readonly SettlementRecord[];
  /** Epoch milliseconds of its last change. */
  readonly changedAt: number;
  /** The diagnoses are with the insurer (2203). */
  readonly recorded?: boolean;
  /** What the insurer's rules said last, shown with the next trial. */
  readonly hints?: readonly CanonicalObject[];
}

/** How the platform divided a line. */
export interface LineSplit {
  readonly selfFunded: Fen;
  readonly overLimit: Fen;
  readonly firstSelfPaid: Fen;
  readonly inScope: Fen;
  readonly chargeItemType: string;
}

/** A fee line on the visit's account. */
export interface LineRecord {
  readonly number: string;
  /** 收费批次号; `''` at a stay. */
  readonly batch: string;
  readonly line: CanonicalObject & { readonly lineAmount: Fen; readonly feeTime: string };
  readonly split: LineSplit;
  /** As it was answered. */
  readonly told: CanonicalObject;
  /** The settlement it is in at present. */
  readonly settledBy?: string;
}

/** A text of a body; `''` when it is absent or no text. */
export function textIn(body: CanonicalObject, name: string): string {
  const value = body[name];
  return typeof value === 'string' ? value : '';
}

/** Kinds of documents. */
export const VISIT = 'his.visit';
export const LINE = 'his.line';

/** Key of a line; lines of a visit stand together. */
export function lineKey(visit: string, number: string): string {
  return `${visit}\n${number}`;
}

const PAGE = 1000;

/** All lines of a visit. */
export function linesOf(store: StoreReader, visit: string): readonly LineRecord[] {
  const lines: LineRecord[] = [];
  let after: string | undefined;
  for (;;) {
    const page = store.list<LineRecord>(LINE, {
      prefix: lineKey(visit, ''),
      limit: PAGE,
      ...(after !== undefined && { after }),
    });
    lines.push(...page.map(({ body }) => body));
    if (page.length < PAGE) return lines;
    after = page.at(-1)?.key;
  }
}

/** Forgets all lines of a visit. */
export function forgetLines(tx: StoreTransaction, visit: string): void {
  for (const { number } of linesOf(tx, visit)) tx.remove(LINE, lineKey(visit, number));
}

/** The settlements that stand. */
export function standing({ settlements }: VisitRecord): readonly SettlementRecord[] {
  return settlements.filter(({ undone }) => undone === undefined);
}
