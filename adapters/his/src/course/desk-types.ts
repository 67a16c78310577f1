/** What the desk works with. */
import type { Clock } from '@yiqiao/model';
import type { AdapterStore, StoreTransaction } from '@yiqiao/sdk';
import type { EarlierVisitSource } from '../internet/earlier-visits.ts';
import type { InternetPolicies } from '../internet/policy.ts';
import type { HisAction, HisOrder, HisReply, OrderBodies } from '../order.ts';
import type { InsurancePort } from '../insurance-port.ts';
import type { Steps } from './steps.ts';
import type { ShownCredential, VisitRecord } from './visit-record.ts';

/** Gives a token that still holds in place of one that has ended: a scanner, a relay. */
export interface CredentialSource {
  /** @throws GatewayError `CREDENTIAL_ENDED` when the person has to show the code again. */
  renew(visit: string, ended: ShownCredential): Promise<{ readonly credentialNumber: string }>;
}

/** The hospital, and what it may do. */
export interface DeskSettings {
  readonly institution: { readonly code: string; readonly name: string };
  /** 就医地医保区划. */
  readonly careRegion: string;
  /** Most lines in one 2204 or 2301. The specification is silent; project design. */
  readonly mostLines: number;
  /** How long an e-credential's token is taken to hold. The public facts are silent; project design. */
  readonly credentialHoldsMs: number;
  /** How fees of a stay across the year's end are settled: each year by itself, or all at the end. */
  readonly acrossYears: 'midway' | 'together';
  /** Care types 1101 is followed by 2001 for, as a hint; `[]` for none. */
  readonly entitlementFor: readonly string[] | 'all';
  /**
   * Whether a trial (2206) carries how the fees are divided, too: an insured place that computes it needs them (the
   * sandbox's does), the national 2206 has no members for it. Project design.
   */
  readonly trialParts: boolean;
  /** What 3101 and 3102 want to know of the institution. */
  readonly audit?: { readonly type: string; readonly level: string };
  /** Has the supplementary agreement for internet+ care (医保补充协议). */
  readonly internetAgreement: boolean;
  /** Orders whose far side may not get a message twice are found out instead of sent again. */
  readonly resume: 'resend' | 'resolve';
}

/** What is injected. */
export interface DeskParts {
  readonly store: AdapterStore;
  readonly port: InsurancePort;
  readonly clock: Clock;
  readonly settings: DeskSettings;
  readonly policies: InternetPolicies;
  /** Evidence of earlier visits besides those settled here. */
  readonly earlierVisits?: EarlierVisitSource;
  readonly credentials?: CredentialSource;
}

/** What an action is given. */
export interface ActionContext<A extends HisAction = HisAction> {
  readonly parts: DeskParts;
  readonly order: HisOrder<A>;
  readonly body: OrderBodies[A];
  readonly steps: Steps;
  /** The visit as it is now. */
  visit(): VisitRecord | undefined;
  /** Writes the visit anew, inside a transaction. */
  keep(tx: StoreTransaction, visit: Omit<VisitRecord, 'changedAt'>): void;
  /** `yyyy-MM-dd HH:mm:ss`. */
  now(): string;
}

/** What an action does: it asks the insurance side step by step and gives the body of the reply. */
export type Action<A extends HisAction> = (context: ActionContext<A>) => Promise<HisReply['body']>;
