/** A simulated care-place core (就医地): registers visits, splits fees, checks and records settlements. */
import { startCoreServer } from '../core-server.ts';
import type { CoreOptions, RunningCore } from '../core-server.ts';
import { createLedger } from '../ledger.ts';
import { careCatalogue } from '../catalogue.ts';
import type { Catalogue } from '../catalogue.ts';
import { feeHandlers } from './fees.ts';
import { registrationHandlers, signInHandlers } from './registration.ts';
import { checkTotals } from './settlement-check.ts';
import { recordHandlers } from './settlement-records.ts';
import { createVisitBook } from './visit-book.ts';

/** Options of a care-place core. */
export interface CarePlaceOptions extends CoreOptions {
  /** `careCatalogue(region)` when absent. */
  readonly catalogue?: Catalogue;
}

/**
 * Starts a care-place core. It answers 9001, 9002, 2201-2205 (2203A too), checks with 2206 and records the
 * insured place's answers with 2207, 2208 and 2601; everything else is refused with infcode -1.
 */
export function startCarePlaceCore(options: CarePlaceOptions): Promise<RunningCore> {
  const book = createVisitBook(options.region);
  const ledger = createLedger();
  return startCoreServer(options, {
    ledger,
    handlers: {
      ...signInHandlers(options.region),
      ...registrationHandlers(book),
      ...feeHandlers(book, options.catalogue ?? careCatalogue(options.region)),
      2206: (request) => checkTotals(book, request),
      ...recordHandlers(book, ledger),
    },
    elsewhere: (infno) => `就医地不受理交易 ${infno}`,
  });
}
