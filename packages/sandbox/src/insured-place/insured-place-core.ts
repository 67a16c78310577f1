/** A simulated insured-place core (参保地): computes benefits from totals and keeps the money. */
import { startCoreServer } from '../core-server.ts';
import type { CoreOptions, RunningCore } from '../core-server.ts';
import { createLedger } from '../ledger.ts';
import { DEFAULT_RULES } from './benefit-rules.ts';
import type { BenefitRules } from './benefit-rules.ts';
import { personHandlers } from './person-handlers.ts';
import { sandboxPersons } from './persons.ts';
import type { Person } from './persons.ts';
import { createRegister } from './register.ts';
import { settlementHandlers } from './settlement-handlers.ts';

/** Options of an insured-place core. */
export interface InsuredPlaceOptions extends CoreOptions {
  /** `sandboxPersons(region)` when absent. */
  readonly persons?: readonly Person[];
  readonly rules?: BenefitRules;
}

/** A running insured-place core. */
export interface InsuredPlaceCore extends RunningCore {
  /** Personal account of a person in 分, and what was used up in a year. */
  balanceOf(
    psnNo: string,
    year: string,
  ): { readonly account: bigint; readonly deductiblePaid: bigint; readonly poolPaid: bigint } | undefined;
}

/**
 * Starts an insured-place core. It answers 1101, 2001, 2206, 2207, 2208 and 2601; 2203, 2204 and all else that
 * stays at the care place is refused with infcode -1.
 */
export async function startInsuredPlaceCore(options: InsuredPlaceOptions): Promise<InsuredPlaceCore> {
  const register = createRegister(options.persons ?? sandboxPersons(options.region));
  const rules = options.rules ?? DEFAULT_RULES;
  const ledger = createLedger();
  const core = await startCoreServer(options, {
    ledger,
    handlers: { ...personHandlers(register, rules), ...settlementHandlers({ register, rules, ledger }) },
    elsewhere: (infno) => `交易 ${infno} 由就医地办理，参保地不受理`,
  });
  return {
    ...core,
    balanceOf(psnNo, year) {
      const found = register.byNumber(psnNo);
      return (
        found && {
          account: found.account,
          deductiblePaid: found.deductiblePaid.get(year) ?? 0n,
          poolPaid: found.poolPaid.get(year) ?? 0n,
        }
      );
    },
  };
}
