/** The pharmacy's part: find, audit and claim, report what was handed out, take it back. */
import type { Clock, Decimal, Fen } from '@yiqiao/model';
import type { AdapterStore } from '@yiqiao/sdk';
import type { Centre } from './centre.ts';
import { openClaim } from './claim.ts';
import { reportDispensing, takeBack } from './dispensing.ts';
import type { CirculationFacts } from './facts.ts';
import { findCirculating } from './find-circulating.ts';
import type { FoundCirculating, Presented } from './find-circulating.ts';
import { createLifeCycle } from './life-cycle.ts';
import type { LifeCycle } from './life-cycle.ts';
import type { NamedPerson } from './pharmacy-record.ts';
import type { SoldLine } from './sold-drugs.ts';

/** Where and by whom a pharmacy asks. Source: 7203, 7204. */
export interface PharmacyTerminal {
  readonly institution: { readonly code: string; readonly name: string };
  /** 终端信息 `devInfo`, 终端IP `ipInfo`. */
  readonly device: string;
  readonly address: string;
  readonly operator: { readonly account: string; readonly name: string };
  /** 操作机构 `optinsNo`. */
  readonly agency: string;
}

/** What a pharmacy side is made with. */
export interface PharmacySideOptions {
  readonly centre: Centre;
  readonly store: AdapterStore;
  readonly facts: CirculationFacts;
  readonly clock: Clock;
  readonly terminal: PharmacyTerminal;
  /**
   * The centre does a message once however often the same is sent (7206 by `rxSignVerifySn`, 7207 by `rtalDocno`), so
   * that a lost answer is asked for by sending it again. `false` when absent: a person has to find out.
   */
  readonly knowsRepeats?: boolean;
  /** 审方药师电子凭证令牌 `ecToken` of a pharmacist, by 医保药师代码. */
  readonly pharmacistToken: (code: string) => Promise<string> | string;
}

/** A claim on one use of a prescription. */
export interface ClaimRequest {
  /** Chosen by whoever claims, durable before: the same again is told the same. */
  readonly claimId: string;
  readonly prescriptionNumber: string;
  readonly person: NamedPerson;
  readonly lines: readonly { readonly catalogueCode: string; readonly quantity: Decimal }[];
  readonly audit: {
    readonly pharmacist: NamedPerson & { readonly code: string };
    readonly opinion: string;
    readonly passed: boolean;
    /** `yyyy-MM-dd HH:mm:ss`. */
    readonly at: string;
  };
}

/** What was handed out on a claim. */
export interface DispensingReport {
  readonly claimId: string;
  readonly prescriptionNumber: string;
  /** 结算ID, when the insurer settled it. */
  readonly settlementId?: string;
  readonly visitId?: string;
  /** `yyyy-MM-dd HH:mm:ss`. */
  readonly time: string;
  readonly cashPaid?: Fen;
  /** 零售单据号 `rtalDocno`. */
  readonly retailDocumentNumber: string;
  readonly lines: readonly SoldLine[];
}

/**
 * The pharmacy's part. Every call may be repeated: what was done is told. What is not known is sent again where the
 * centre knows repetitions, else it is `HANDED_TO_PERSON`.
 */
export interface PharmacySide {
  /**
   * Downloads what is presented and has its signature verified; nothing that others see changes.
   * @throws GatewayError `PRESCRIPTION_UNKNOWN`, `_EXPIRED`, `_REVOKED`, `_OTHER_PERSON`, `_ALTERED`; of `Centre.ask`.
   */
  find(presented: Presented): Promise<FoundCirculating>;
  /**
   * The pharmacist's audit (7206), which keeps the prescription for this pharmacy.
   * @throws GatewayError `PRESCRIPTION_TAKEN`, `_LIMIT`, `_EXPIRED`, `_REVOKED`, `_OTHER_PERSON`, `_UNKNOWN` (find it
   *   first), `_STATE_WRONG`, `_NUMBER_REUSED` (another claim under this id); of `Centre.ask`.
   */
  claim(request: ClaimRequest): Promise<{ readonly claimId: string; readonly expiresAt: number }>;
  /** Reports what was handed out (7207). @throws GatewayError as `claim`. */
  dispense(report: DispensingReport): Promise<{ readonly dispensingNumber: string }>;
  /** Gives a claim back (7206, not passed), or takes back what was handed out (7208); nothing there: resolves. */
  undo(request: {
    readonly claimId: string;
    readonly prescriptionNumber: string;
    readonly reason: string;
    readonly at: string;
  }): Promise<void>;
}

/** What the steps of a pharmacy side share. */
export interface PharmacyParts extends PharmacySideOptions {
  readonly cycle: LifeCycle;
}

/** Makes the pharmacy's part over a centre and a store. */
export function createPharmacySide(options: PharmacySideOptions): PharmacySide {
  const parts: PharmacyParts = { ...options, cycle: createLifeCycle(options.facts.life) };
  return {
    find: (presented) => findCirculating(parts, presented),
    claim: (request) => openClaim(parts, request),
    dispense: (report) => reportDispensing(parts, report),
    undo: (request) => takeBack(parts, request),
  };
}
