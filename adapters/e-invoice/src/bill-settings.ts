/** What the issuer is configured with, once it is read. */

/** An institution and what it may issue. */
export interface BillingInstitution {
  /** `fixmedins_code`. */
  readonly code: string;
  readonly name: string;
  /** `public-finance`: entitled to bills of public finance; `tax`: for-profit, a pharmacy: makes out tax invoices. */
  readonly bills: 'public-finance' | 'tax';
  /** 开票点编码 `placeCode`; needed for bills of public finance. */
  readonly placeCode?: string;
  /** 医疗机构类型 `medicalInstitution`, as the platform wants it. */
  readonly kind?: string;
  /** Who is named where an event names nobody: 收费员 and 票据编制人. */
  readonly cashier?: string;
  readonly author?: string;
  /** 票据复核人. */
  readonly checker?: string;
}

/** What of the platform's ways is a matter of agreement. */
export interface PlatformWays {
  /** Code of the platform → what it means; see `codes.json`, results. */
  readonly refusalCodes: Readonly<Record<string, RefusalMeaning>>;
  /** 业务标识 `busType` by course. */
  readonly businessTypes: Readonly<Record<'outpatient' | 'inpatient' | 'registration', string>>;
  /** 卡类型 `cardType`. */
  readonly cardType: string;
  /** 交费渠道 `payChannelCode` of what was paid in cash or otherwise at the counter. */
  readonly payChannel: string;
  /** How long after a lost answer the platform may still be at work on its message. */
  readonly quietMs: number;
}

/** What a refusal means, as far as it decides what comes next. */
export type RefusalMeaning =
  'business-number-used' | 'number-used' | 'bill-unknown' | 'already-written-off' | 'paper-in-force' | 'busy';
