/** What a pharmacy needs of its neighbours; each is given, none is imported. */
import type { Decimal, ExactNumber, Fen, Operation, OperationBodies } from '@yiqiao/model';

/** What a call to the insurer was answered with. */
export interface InsuranceAnswer<Body> {
  readonly body: Body;
  readonly messageId: string;
}

/** What became of a call whose answer was lost. */
export type LostCall =
  | { readonly state: 'answered'; readonly body: unknown }
  | { readonly state: 'not-done' }
  | { readonly state: 'unknown' };

/**
 * The insurance side; the SDK's client is one.
 * `call` throws GatewayError: an outcome `rejected` says that nothing was done, `unknown` that it may have been.
 */
export interface InsurancePort {
  newMessageId(): string;
  call<O extends Operation>(
    operation: O,
    body: NonNullable<OperationBodies[O]['request']>,
    options: {
      readonly messageId?: string;
      readonly insuredRegion: string;
      /** Members beyond the model: pointer below `input` → value. */
      readonly carried?: Readonly<Record<string, ExactNumber>>;
    },
  ): Promise<InsuranceAnswer<unknown>>;
  /** Finds out what became of a message, taking it back where nothing else is possible. */
  resolve(messageId: string): Promise<LostCall>;
}

/** Who stands at the counter, as the prescription must name. */
export interface Named {
  readonly certificateType: string;
  readonly certificateNumber: string;
  readonly name: string;
}

/** What a person shows of a prescription. */
export interface PresentedPrescription {
  readonly prescriptionNumber?: string;
  /** The QR code's text `epcQrcd`. */
  readonly code?: string;
  readonly token?: { readonly epcToken: string; readonly authRxno: string };
  readonly person: Named;
}

/** A prescription as the centre has it. Times `yyyy-MM-dd HH:mm:ss`. */
export interface OutsidePrescription {
  /** 医保处方编号 `hiRxno`. */
  readonly number: string;
  readonly status: 'valid' | 'expired' | 'revoked' | 'void';
  readonly audited: boolean;
  readonly person: Named;
  readonly prescriber: {
    readonly institutionCode: string;
    readonly institutionName: string;
    readonly doctorCode?: string;
    readonly doctorName: string;
    readonly certificateType?: string;
    readonly certificateNumber?: string;
  };
  readonly issuedAt: string;
  readonly validUntil: string;
  readonly diagnoses: readonly { readonly code: string; readonly name: string }[];
  /** Quantities of one use. */
  readonly drugs: readonly {
    readonly catalogueCode: string;
    readonly name: string;
    readonly quantity: Decimal;
    readonly unit: string;
  }[];
  readonly reuse: {
    /** 复用标志 `reptFlag`. */
    readonly reusable: boolean;
    /** `maxReptCnt`; 1 where it is not reusable. */
    readonly maximumUses: number;
    readonly timesUsed: number;
    /** `minInrvDays`. */
    readonly minimumIntervalDays: number;
    readonly lastDispensedAt?: string;
  };
}

/** A reservation of one use of a prescription, exclusive at the centre. */
export interface PrescriptionClaim {
  readonly claimId: string;
  readonly prescriptionNumber: string;
  readonly institutionCode: string;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly person: Named;
  readonly lines: readonly { readonly catalogueCode: string; readonly quantity: Decimal }[];
  readonly audit: {
    readonly pharmacist: Named & { readonly code: string };
    readonly opinion: string;
    readonly passed: boolean;
    /** `yyyy-MM-dd HH:mm:ss`. */
    readonly at: string;
  };
}

/** What was handed over on a claim. */
export interface DispensedGoods {
  readonly claimId: string;
  readonly prescriptionNumber: string;
  readonly settlementId?: string;
  readonly visitId?: string;
  /** `yyyy-MM-dd HH:mm:ss`. */
  readonly time: string;
  readonly cashPaid?: Fen;
  readonly retailDocumentNumber: string;
  readonly lines: readonly {
    readonly catalogueCode: string;
    readonly institutionCatalogueCode: string;
    readonly name: string;
    readonly specification: string;
    readonly quantity: Decimal;
    readonly unit: string;
    readonly price: Decimal;
    readonly amount: Fen;
    readonly lot?: string;
    readonly approvalNumber?: string;
    readonly traceCodes: readonly string[];
  }[];
}

/** The prescription centre. Every call may be repeated with the same claim; errors as of `InsurancePort`. */
export interface PrescriptionPort {
  /** Throws when it is unknown, altered after signing, or another person's. */
  find(presented: PresentedPrescription): Promise<OutsidePrescription>;
  /** Of two pharmacies at one moment one gets it. */
  claim(claim: PrescriptionClaim): Promise<{ readonly claimId: string; readonly expiresAt: number }>;
  dispense(goods: DispensedGoods): Promise<{ readonly dispensingNumber: string }>;
  /** Gives a claim back, or undoes the dispensing; resolves also when there is nothing. */
  undo(request: {
    readonly claimId: string;
    readonly prescriptionNumber: string;
    readonly reason: string;
    readonly at: string;
  }): Promise<void>;
}

/** Confirms a payer's authorisation where a region has a register of them. */
export interface MutualAidRegister {
  isAuthorised(asked: {
    readonly number: string;
    readonly payer: Named;
    readonly insured: Named;
    readonly relation: string;
  }): Promise<boolean>;
}
