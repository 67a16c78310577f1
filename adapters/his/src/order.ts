/** What a hospital orders, in the model's names, whatever form it came in. */
import type { CanonicalObject, Fen, OperationBodies } from '@yiqiao/model';

type Request<O extends keyof OperationBodies> = OperationBodies[O]['request'];
/** What the adapter fills in by itself. */
type Known = 'personNumber' | 'visitId' | 'insuranceType' | 'personType';

/** Who comes, with which card. Source: 1101. */
export interface Credential {
  /** 就诊凭证类型 `mdtrt_cert_type`. */
  readonly credentialType: string;
  /** 就诊凭证编号 `mdtrt_cert_no`. */
  readonly credentialNumber: string;
  /** 卡识别码 `card_sn`. */
  readonly cardSerial?: string;
  /** 证件类型 `psn_cert_type`; 01 when absent. */
  readonly certificateType?: string;
  /** 证件号码 `certno`. */
  readonly certificateNumber: string;
  readonly personName: string;
  /** 参保地医保区划 as the card tells it; without it only a local person is found. */
  readonly insuredRegion?: string;
}

/** 2201 and 2203: registration and diagnoses of an outpatient visit. */
export interface RegisterOrder
  extends
    Credential,
    Omit<
      Request<'registerOutpatient'>,
      Known | keyof Credential | 'visitRecordNumber' | 'certificateType' | 'cardSerial'
    >,
    Pick<Request<'recordOutpatientVisit'>, 'careType' | 'conditionDescription' | 'diagnoses'> {
  /** 险种 to use; the first one when absent. */
  readonly insuranceType?: string;
  /** 住院/门诊号; the visit's own number when absent. */
  readonly visitRecordNumber?: string;
  readonly diseaseCode?: string;
  readonly diseaseName?: string;
  /** A visit over the internet (“互联网+”复诊); in person when absent. */
  readonly internet?: boolean;
}

/** 2401: admission. */
export interface AdmitOrder
  extends
    Credential,
    Omit<
      Request<'admitInpatient'>,
      | Known
      | keyof Credential
      | 'documentType'
      | 'inpatientNumber'
      | 'insuredRegion'
      | 'careRegion'
      | 'diagnoses'
    > {
  readonly insuranceType?: string;
  /** 住院号; the visit's own number when absent. */
  readonly inpatientNumber?: string;
  readonly diagnoses: readonly Omit<Request<'admitInpatient'>['diagnoses'][number], 'personNumber'>[];
}

type OutpatientLine = Request<'uploadOutpatientFees'>['feeLines'][number];
type StayLine = Request<'uploadInpatientFees'>['feeLines'][number];

/** A fee line of an outpatient visit. */
export interface LineOrder extends Omit<OutpatientLine, 'visitId' | 'personNumber' | 'chargeBatch'> {
  /** 收费批次号; that of the order when absent. */
  readonly chargeBatch?: string;
  /** 医疗收费项目类别 `med_chrgitm_type` as the hospital sees it; not sent. Internet+ visits need it. */
  readonly chargeItemType?: string;
  /** A fee for bringing drugs to the patient; not sent. */
  readonly delivery?: boolean;
  /** Name and unit as they stand on a bill; not sent. */
  readonly name?: string;
  readonly unit?: string;
}

/** A fee line of a stay; a return has a negative quantity and `originalFeeLineNumber`. */
export interface StayLineOrder extends Omit<StayLine, 'visitId' | 'personNumber' | 'careType'> {
  /** Name and unit as they stand on a bill; not sent. */
  readonly name?: string;
  readonly unit?: string;
}

/** How a settlement is asked for, besides what is known of the visit. */
export interface SettleOrder extends Partial<Credential> {
  /** 收费批次号; the only open batch when absent. */
  readonly chargeBatch?: string;
  /** The hospital's own total, compared with the lines. */
  readonly total?: Fen;
  /** 个人账户使用标志 `acct_used_flag`; 1 when absent. */
  readonly accountUsed?: string;
  /** 个人结算方式 `psn_setlway`; 01 when absent. */
  readonly settlementMethod?: string;
  readonly invoiceNumber?: string;
  readonly extension?: string;
}

/** Settlement of a stay. */
export interface SettleStayOrder extends Omit<SettleOrder, 'chargeBatch'> {
  /** 中途结算 `mid_setl_flag` 1: the patient stays in. */
  readonly midway?: boolean;
}

/** Which settlement; the last standing one when absent. */
export interface CancelOrder {
  readonly settlementId?: string;
  readonly reason?: string;
}

/** What is given back of a settled batch; the rest is settled anew. */
export interface RefundOrder extends CancelOrder, Pick<SettleOrder, 'invoiceNumber' | 'accountUsed'> {
  readonly returned: readonly {
    readonly feeLineNumber: string;
    /** How many; the whole line when absent. */
    readonly quantity?: string;
  }[];
}

type AuditEncounter = Request<'auditBeforeCare'>['patients'][number]['encounters'][number];

/** 3101 or 3102: what the insurer's rules say before the order or the settlement. */
export interface CheckOrder {
  /** 3101 `before` care, 3102 `during` it. */
  readonly stage: 'before' | 'during';
  readonly triggerScene?: string;
  readonly encounter: Omit<
    AuditEncounter,
    'visitId' | 'careType' | 'insuranceType' | 'admissionDate' | 'dischargeDate'
  > &
    Partial<Pick<AuditEncounter, 'admissionDate' | 'dischargeDate'>>;
}

/** Bodies by action. */
export interface OrderBodies {
  readonly register: RegisterOrder;
  readonly cancelRegistration: Record<never, never>;
  readonly fees: { readonly chargeBatch: string; readonly lines: readonly LineOrder[] };
  readonly withdraw: { readonly chargeBatch?: string; readonly feeLineNumbers?: readonly string[] };
  readonly check: CheckOrder;
  readonly answerHints: Request<'reportAuditHandling'>;
  readonly presettle: SettleOrder;
  readonly settle: SettleOrder;
  readonly cancel: CancelOrder;
  readonly refund: RefundOrder;
  readonly reverse: Record<never, never>;
  readonly admit: AdmitOrder;
  readonly change: Omit<Request<'changeAdmission'>, 'visitId' | 'personNumber' | 'diagnoses'> & {
    readonly diagnoses: readonly Omit<
      Request<'changeAdmission'>['diagnoses'][number],
      'visitId' | 'personNumber'
    >[];
  };
  readonly stayFees: { readonly lines: readonly StayLineOrder[] };
  readonly withdrawStay: { readonly feeLineNumbers?: readonly string[] };
  readonly discharge: Omit<
    Request<'dischargeInpatient'>,
    'visitId' | 'personNumber' | 'insuranceType' | 'diagnoses'
  > & {
    readonly diagnoses: readonly Omit<
      Request<'dischargeInpatient'>['diagnoses'][number],
      'visitId' | 'personNumber'
    >[];
  };
  readonly cancelAdmission: Record<never, never>;
  readonly cancelDischarge: Record<never, never>;
  readonly presettleStay: SettleStayOrder;
  readonly settleStay: SettleStayOrder;
  readonly cancelStay: CancelOrder;
  readonly settlementList: Omit<
    Request<'uploadSettlementList'>,
    'personNumber' | 'visitId' | 'settlementId'
  > & { readonly settlementId?: string };
}

/** What can be ordered. */
export type HisAction = keyof OrderBodies;

/** One order. */
export interface HisOrder<A extends HisAction = HisAction> {
  /** The hospital's number of this order: the same number again is the same order. */
  readonly order: string;
  readonly action: A;
  /** The hospital's number of the visit or stay. */
  readonly visit: string;
  readonly body: OrderBodies[A];
}

/** What came of an order; refusals and unknown outcomes are thrown. */
export interface HisReply {
  readonly order: string;
  readonly action: HisAction;
  readonly visit: string;
  readonly body: CanonicalObject;
}
