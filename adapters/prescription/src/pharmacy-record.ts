/** What a pharmacy keeps: prescriptions it has downloaded, and its claims on them. */
import type { Decimal } from '@yiqiao/model';
import type { Life } from './life.ts';

/** Person, by certificate. */
export interface NamedPerson {
  readonly certificateType: string;
  readonly certificateNumber: string;
  readonly name: string;
}

/** A prescription as it was downloaded. */
export interface SeenPrescription {
  readonly number: string;
  readonly traceCode: string;
  readonly authorization: string;
  readonly token: string;
  /** 处方文件 `rxFile`, base64, for the verification of its signature. */
  readonly document: string;
  readonly documentDigest: string;
  /** Of the certificate number where the centre tells it, else of the name; `AdapterStore.digest`. */
  readonly personDigest: string;
  readonly knownBy: 'certificate' | 'name';
  /** As the centre told it, and what this pharmacy has done since. */
  readonly life: Life;
}

/**
 * A claim. `opening`: the audit was sent, or is about to be, and not answered; `reporting`: the same of the
 * dispensing.
 */
export type ClaimState = 'opening' | 'held' | 'refused' | 'reporting' | 'dispensed' | 'released' | 'undone';

/** What is kept of a claim. */
export interface KeptClaim {
  readonly claimId: string;
  readonly number: string;
  readonly state: ClaimState;
  /** SHA-256 of what was claimed, by which the same again is known. */
  readonly contentDigest: string;
  /** 处方签名验签流水号 `rxSignVerifySn`: one for each claim, so that the centre knows the same audit again. */
  readonly verification: string;
  readonly pharmacist: NamedPerson & { readonly code: string };
  /** 处方审核业务流水号 `rxChkBizSn`. */
  readonly auditNumber?: string;
  /** Epoch milliseconds. */
  readonly expiresAt?: number;
  /** The message that this state waits for has left, and what became of it is not known. */
  readonly inDoubt?: boolean;
  /** What is reported as handed out; `sent` is the body of 7207, for repetition. */
  readonly document?: string;
  readonly sentDigest?: string;
  readonly dispensingNumber?: string;
  readonly lines: readonly { readonly catalogueCode: string; readonly quantity: Decimal }[];
}

/** Kinds of documents in the store. */
export const SEEN = 'seen-prescription';
/** See `SEEN`. */
export const CLAIM = 'prescription-claim';
