/** Holds the elements of a bill that somebody shows against the platform. Source: e-invoice.json, verificationElements. */
import { findFen } from '@yiqiao/model';
import type { AdapterStore } from '@yiqiao/sdk';
import { findRecord, KINDS } from './bill-record.ts';
import type { BillRecord } from './bill-record.ts';
import { refusalCode } from './platform.ts';
import type { BillPlatform, BillStanding } from './platform.ts';
import type { RefusalMeaning } from './bill-settings.ts';

/** What stands on the bill that is shown. */
export interface BillElements {
  readonly code: string;
  readonly number: string;
  readonly checkCode: string;
  /** 元; absent: not looked at. */
  readonly total?: string;
  /** Day of issue, `yyyy-MM-dd`; absent: not looked at. */
  readonly date?: string;
}

/** `not-told`: neither the platform nor our own records tell it. */
export type ElementFinding = 'same' | 'differs' | 'not-told';

/** What was found out about a bill. */
export interface ElementReport {
  /** There is such a bill, every element agrees, and it is neither void nor written off. */
  readonly valid: boolean;
  readonly state: 'in-force' | 'written-off' | 'void' | 'unknown-bill';
  readonly hasPaper: boolean;
  readonly elements: Readonly<Partial<Record<'checkCode' | 'total' | 'date', ElementFinding>>>;
}

/** What a check is made with. */
export interface ElementCheckParts {
  readonly platform: BillPlatform;
  readonly store: AdapterStore;
  readonly refusalCodes: Readonly<Record<string, RefusalMeaning>>;
}

/** Asks the platform; total and date it does not tell are held against our own record, if the bill is ours. */
export async function checkElements(parts: ElementCheckParts, shown: BillElements): Promise<ElementReport> {
  const standing = await findStanding(parts, shown);
  if (standing === undefined) return { valid: false, state: 'unknown-bill', hasPaper: false, elements: {} };
  const holder = parts.store.get<string>(KINDS.number, `${shown.code}/${shown.number}`);
  const record = holder === undefined ? undefined : findRecord(parts.store, holder);
  const elements = compare(shown, standing, record);
  const state = standing.isVoid ? 'void' : standing.redBill === undefined ? 'in-force' : 'written-off';
  const valid = state === 'in-force' && Object.values(elements).every((finding) => finding === 'same');
  return { valid, state, hasPaper: standing.paper !== undefined, elements };
}

async function findStanding(
  { platform, refusalCodes }: ElementCheckParts,
  { code, number }: BillElements,
): Promise<BillStanding | undefined> {
  try {
    return await platform.call('findStanding', { code, number });
  } catch (error) {
    if (refusalCodes[refusalCode(error) ?? ''] === 'bill-unknown') return undefined;
    throw error;
  }
}

function compare(
  shown: BillElements,
  { bill }: BillStanding,
  record: BillRecord | undefined,
): ElementReport['elements'] {
  const { checkCode = record?.bill?.checkCode, issuedAt = record?.bill?.issuedAt } = bill;
  const total = record?.settled?.total;
  return {
    checkCode: finding(checkCode?.toLowerCase(), shown.checkCode.toLowerCase()),
    ...(shown.total === undefined ? {} : { total: finding(total, findFen(shown.total)) }),
    ...(shown.date === undefined
      ? {}
      : { date: finding(issuedAt?.replace(/\D/g, '').slice(0, 8), shown.date.replaceAll('-', '')) }),
  };
}

function finding<T>(known: T | undefined, shown: T | undefined): ElementFinding {
  if (known === undefined) return 'not-told';
  return known === shown ? 'same' : 'differs';
}
