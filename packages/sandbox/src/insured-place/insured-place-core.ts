/** A simulated insured-place core (参保地): computes benefits from totals and keeps the money. */
import assert from 'node:assert/strict';
import { createAccounts } from '../accounts.ts';
import { careCatalogue } from '../catalogue.ts';
import { startCoreServer } from '../core-server.ts';
import type { CoreBehaviour, CoreOptions, RunningCore } from '../core-server.ts';
import { createLedger } from '../ledger.ts';
import { DEFAULT_RULES } from './benefit-rules.ts';
import type { BenefitRules } from './benefit-rules.ts';
import { declarationHandlers } from './declaration-handlers.ts';
import { createDeclarations } from './declarations.ts';
import type { InsuredBooks } from './insured-books.ts';
import { personHandlers } from './person-handlers.ts';
import { personQueryHandlers } from './person-queries.ts';
import { cityOf, sandboxPersons } from './persons.ts';
import type { Filing, Person } from './persons.ts';
import { createPostedSettlements } from './posted-settlements.ts';
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
  /** Personal account of a person in 分, and what was used up in a year by outpatient care. */
  balanceOf(
    psnNo: string,
    year: string,
  ): { readonly account: bigint; readonly deductiblePaid: bigint; readonly poolPaid: bigint } | undefined;
  /** Files care away from home for a person, as the insured place's own counter would. */
  file(psnNo: string, filing: Filing): void;
}

/**
 * Starts an insured-place core. What it answers stands in the README; registration, fee lines and all else that
 * stays at the care place is refused with infcode -1.
 */
export async function startInsuredPlaceCore(options: InsuredPlaceOptions): Promise<InsuredPlaceCore> {
  const { behaviour, people } = insuredBehaviour(options);
  return { ...(await startCoreServer(options, behaviour)), ...people };
}

/** What makes a server an insured-place core, and what its own counter can do; its books are its own. */
export function insuredBehaviour(options: InsuredPlaceOptions): {
  readonly behaviour: CoreBehaviour;
  readonly people: Pick<InsuredPlaceCore, 'balanceOf' | 'file'>;
} {
  const register = createRegister(
    options.persons ?? sandboxPersons(options.region),
    options.accounts ?? createAccounts(),
  );
  const ledger = createLedger();
  const books: InsuredBooks = {
    register,
    rules: options.rules ?? DEFAULT_RULES,
    ledger,
    declarations: createDeclarations(cityOf(options.region)),
    catalogueOf: careCatalogue,
  };
  const posted = createPostedSettlements(books);
  const behaviour: CoreBehaviour = {
    ledger,
    handlers: {
      ...personHandlers(books),
      ...settlementHandlers(posted),
      ...declarationHandlers(books),
      ...personQueryHandlers(posted),
    },
    elsewhere: (infno) => `交易 ${infno} 由就医地办理，参保地不受理`,
  };
  const people: Pick<InsuredPlaceCore, 'balanceOf' | 'file'> = {
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
    file(psnNo, filing) {
      const found = register.byNumber(psnNo);
      assert(found !== undefined, 'the person is on the register');
      found.filing = filing;
    },
  };
  return { behaviour, people };
}
