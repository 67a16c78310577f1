/** What every simulated HIS can do, whichever format it speaks. */
import type { Clock } from '@yiqiao/model';
import type { Dispatcher } from 'undici';
import type { FeeSplit } from '../fee-split.ts';
import type { Ledger } from '../ledger.ts';
import type { Scheduler } from '../scheduler.ts';
import type { Charged, Told } from './told.ts';

/** 就诊凭证 as shown at the desk. `kind` is 就诊凭证类型: 01 e-credential, 02 identity card, 03 social-security card. */
export interface Credential {
  readonly kind: '01' | '02' | '03';
  /** Token, identity number or card number. */
  readonly number: string;
  /** 卡识别码, needed with a card. */
  readonly cardSerial?: string;
  readonly certno: string;
  readonly name: string;
  /** 参保地医保区划, as the card or the patient says. */
  readonly insuredPlace: string;
}

/** A person as identified by the insured place. */
export interface Patient {
  readonly credential: Credential;
  readonly psnNo: string;
  readonly name: string;
  readonly certno: string;
  /** 险种; empty when not told yet (0211 does not say). */
  readonly scheme: string;
  readonly personType: string;
  readonly insuredPlace: string;
}

/** One thing that was done or given. Price in 元 (up to 6 decimals), quantity up to 4 decimals. */
export interface FeeItem {
  /** 医疗目录编码. */
  readonly code: string;
  /** 医药机构目录编码. */
  readonly ownCode: string;
  readonly name: string;
  readonly price: string;
  readonly quantity: string;
  /** 医院审批标志 `hosp_appr_flag`, 1 when absent. */
  readonly approved?: '0' | '1' | '2';
  /** 外购处方: bought in a pharmacy on a hospital's prescription. */
  readonly prescribed?: boolean;
}

/** What the visit is for. */
export interface VisitPlan {
  /** 医疗类别 `med_type`: 11, 12, 13 or 14; of stays 21 and others, of purchases 41. */
  readonly medType: string;
  /** 门诊慢特病病种 with med_type 14. */
  readonly disease?: { readonly code: string; readonly name: string };
  readonly diagnosis: { readonly code: string; readonly name: string };
  readonly useAccount: boolean;
  /** 急诊: told in `exp_content`, counts as filed. */
  readonly emergency?: boolean;
}

/** A fee line with its split. */
export interface SplitLine {
  readonly item: FeeItem;
  readonly split: FeeSplit;
}

/** A visit at the HIS. */
export interface HisVisit {
  /** 就诊ID; a purchase has none until it is settled. */
  id: string;
  readonly patient: Patient;
  readonly plan: VisitPlan;
  /** 收费批次号. */
  readonly batch: string;
  /** When a stay began, `yyyy-MM-dd HH:mm:ss`. */
  readonly begins?: string;
  lines: readonly SplitLine[];
  totals: FeeSplit;
}

/** A settlement as told to the HIS. Amounts in 分. */
export interface Settlement {
  /** 结算ID; empty for a trial. */
  readonly setlId: string;
  /** 就诊ID as answered, where the format tells it. */
  readonly visitId?: string;
  readonly time: string;
  readonly total: bigint;
  readonly deductible: bigint;
  readonly fund: bigint;
  readonly account: bigint;
  readonly cash: bigint;
  readonly hospital: bigint;
  /** Personal account afterwards; absent when not told. */
  readonly balance?: bigint;
  readonly scheme: string;
  /** Fund items, account row included. */
  readonly items: readonly { readonly type: string; readonly name: string; readonly amount: bigint }[];
}

/** How a HIS is set up. */
export interface HisOptions {
  readonly gatewayUrl: string;
  /** 定点医药机构: `H` + region + serial, 12 characters. */
  readonly institution: { readonly code: string; readonly name: string };
  /** 就医地医保区划, six digits. */
  readonly region: string;
  readonly operator: { readonly number: string; readonly name: string };
  readonly clock?: Clock;
  readonly scheduler?: Scheduler;
  /** 5 asks, 1000 ms apart, when absent. */
  readonly patience?: { readonly asks: number; readonly waitMs: number };
  /** Milliseconds until an answer counts as missing, 120 000 when absent. */
  readonly timeoutMs?: number;
  readonly dispatcher?: Dispatcher;
}

/** Charging for a visit, and taking a charge back. */
export interface MoneySteps {
  /** 2206, 2303, 2101. */
  presettle?(visit: HisVisit): Promise<Told<Settlement>>;
  /** 2207, 2304, 2102, 0304, asked once. The caller looks at `told` itself. */
  settle(visit: HisVisit): Promise<Charged<Settlement>>;
  /** The same as a careful cashier does it. */
  settleWithCare(visit: HisVisit): Promise<Charged<Settlement>>;
  /** 2208, 2305, 2103, 0305; the negative settlement, `undefined` when the format does not tell it. */
  cancel(visit: HisVisit, charged: SettledCharge): Promise<Told<Settlement | undefined>>;
  /** 2601, 1301 of a charge. */
  reverse(visit: HisVisit, charge: { readonly messageId: string }): Promise<Told<null>>;
}

/** The wards of a hospital, with a trial before the charge. */
export type InpatientSteps = WardSteps & Required<MoneySteps>;

/** The wards of a hospital. */
export interface WardSteps extends MoneySteps {
  /** 2401. */
  admit(patient: Patient, plan: VisitPlan): Promise<Told<HisVisit>>;
  /** 2403: another bed. */
  changeBed(visit: HisVisit, bed: string): Promise<Told<null>>;
  /** 2404. */
  cancelAdmission(visit: HisVisit): Promise<Told<null>>;
  /** 2301; adds to the visit's lines and totals. */
  uploadFees(visit: HisVisit, items: readonly FeeItem[]): Promise<Told<readonly SplitLine[]>>;
  /** 2302 of every line. */
  withdrawFees(visit: HisVisit): Promise<Told<null>>;
  /** 2402. */
  discharge(visit: HisVisit): Promise<Told<null>>;
  /** 2405. */
  cancelDischarge(visit: HisVisit): Promise<Told<null>>;
}

/** The counter of a pharmacy. */
export interface PharmacySteps extends Required<MoneySteps> {
  /** Puts a purchase together; nobody is told before the trial. */
  prepare(patient: Patient, plan: VisitPlan, items: readonly FeeItem[]): HisVisit;
}

/** A HIS. Steps that one of the formats does not have are absent. Every step asks until it is told. */
export interface His extends MoneySteps {
  readonly dialect: 'national' | 'predecessor';
  readonly institution: { readonly code: string; readonly name: string };
  readonly region: string;
  /** What this HIS was told of money. */
  readonly ledger: Ledger;
  /** 9001; returns the sign-in number. */
  signIn?(): Promise<Told<string>>;
  /** 1101, 0211. */
  identify(credential: Credential): Promise<Told<Patient>>;
  /** 2001; texts of hindrances, none when entitled. */
  entitlement?(patient: Patient, plan: VisitPlan): Promise<Told<readonly string[]>>;
  /** 2201, 0212. */
  register(patient: Patient, plan: VisitPlan): Promise<Told<HisVisit>>;
  /** 2203. */
  recordVisit?(visit: HisVisit): Promise<Told<null>>;
  /** 2204, 0301; fills in the visit's lines and totals. */
  uploadFees(visit: HisVisit, items: readonly FeeItem[]): Promise<Told<readonly SplitLine[]>>;
  /** 2401-2405, 2301-2305. */
  readonly inpatient?: WardSteps;
  /** 2101-2103. */
  readonly pharmacy?: PharmacySteps;
}

/** A charge that was settled. */
export interface SettledCharge {
  readonly messageId: string;
  readonly settlement: Settlement;
}
