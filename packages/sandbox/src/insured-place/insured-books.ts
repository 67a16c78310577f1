/** What the handlers of an insured place work on. */
import type { Catalogue } from '../catalogue.ts';
import type { Ledger } from '../ledger.ts';
import type { BenefitRules } from './benefit-rules.ts';
import type { Declarations } from './declarations.ts';
import type { Register } from './register.ts';

/** The books of an insured place. */
export interface InsuredBooks {
  readonly register: Register;
  readonly rules: BenefitRules;
  readonly ledger: Ledger;
  readonly declarations: Declarations;
  /** The published catalogue of a place of care, by its 医保区划. */
  catalogueOf(region: string): Catalogue;
}
