/** A simulated care-place core (就医地): registers visits, splits fees, checks and records settlements. */
import { systemClock } from '@yiqiao/model';
import { createAccounts } from '../accounts.ts';
import type { Accounts } from '../accounts.ts';
import { startCoreServer } from '../core-server.ts';
import type { CoreBehaviour, CoreOptions, RunningCore, TransactionHandler } from '../core-server.ts';
import { createLedger } from '../ledger.ts';
import { createScheduler } from '../scheduler.ts';
import { careCatalogue } from '../catalogue.ts';
import type { Catalogue } from '../catalogue.ts';
import { auditHandlers } from './audit.ts';
import { matchingHandlers } from './catalogue-matching.ts';
import { catalogueHandlers } from './catalogue-queries.ts';
import { institutionHandlers } from './departments.ts';
import { feeHandlers } from './fees.ts';
import { createFileStore } from './file-store.ts';
import { fileHandlers } from './files.ts';
import { createInventory, inventoryHandlers } from './inventory.ts';
import { inventoryQueryHandlers } from './inventory-queries.ts';
import { clearingHandlers } from './clearing.ts';
import { offSiteAccountHandlers } from './off-site-accounts.ts';
import { offSiteClearingHandlers } from './off-site-clearing.ts';
import { offSiteDeclarationHandlers } from './off-site-declarations.ts';
import type { OffSiteOrders } from './off-site-orders.ts';
import { createOffSitePayments } from './off-site-payments.ts';
import type { OffSitePayments } from './off-site-payments.ts';
import { offSitePurchaseHandlers } from './off-site-purchases.ts';
import { checkPurchase } from './pharmacy.ts';
import { reconciliationHandlers } from './reconciliation.ts';
import { reconciliationTaskHandlers } from './reconciliation-tasks.ts';
import { registrationHandlers, signInHandlers } from './registration.ts';
import { createSettlementBook } from './settlement-book.ts';
import type { SettlementBook } from './settlement-book.ts';
import { checkTotals } from './settlement-check.ts';
import { settlementListHandlers } from './settlement-lists.ts';
import { recordHandlers } from './settlement-records.ts';
import { stayFeeHandlers } from './stay-fees.ts';
import { stayMarkHandlers } from './stay-marks.ts';
import { stayHandlers } from './stays.ts';
import { createVisitBook } from './visit-book.ts';
import type { VisitBook } from './visit-book.ts';
import { visitQueryHandlers } from './visit-queries.ts';

/** Options of a care-place core. */
export interface CarePlaceOptions extends CoreOptions {
  /** `careCatalogue(region)` when absent. */
  readonly catalogue?: Catalogue;
}

interface CareBooks {
  readonly region: string;
  readonly book: VisitBook;
  readonly catalogue: Catalogue;
  readonly settlements: SettlementBook;
  readonly accounts: Accounts;
  readonly purchases: OffSiteOrders;
  readonly payments: OffSitePayments;
}

/**
 * Starts a care-place core. What it answers stands in the README; everything else is refused with infcode -1.
 */
export function startCarePlaceCore(options: CarePlaceOptions): Promise<RunningCore> {
  return startCoreServer(options, careBehaviour(options));
}

/** What makes a server a care-place core; its books are its own. */
export function careBehaviour(options: CarePlaceOptions): CoreBehaviour {
  const { region } = options;
  const ledger = createLedger();
  const accounts = options.accounts ?? createAccounts();
  const purchases: OffSiteOrders = new Map();
  const clock = options.clock ?? systemClock;
  const scheduler = options.scheduler ?? createScheduler({ holdsProcess: false });
  const payments = createOffSitePayments(purchases, {
    accounts,
    scheduler,
    now: () => clock.now(),
  });
  const books = {
    accounts,
    purchases,
    payments,
    region,
    book: createVisitBook(region),
    catalogue: options.catalogue ?? careCatalogue(region),
    settlements: createSettlementBook(ledger),
  };
  return {
    ledger,
    handlers: { ...careHandlers(books), ...officeHandlers(books) },
    elsewhere: (infno) => `就医地不受理交易 ${infno}`,
    pay: (number) => payments.pay(number),
  };
}

/** Visits, stays, purchases and their money. */
function careHandlers(books: CareBooks): Readonly<Record<string, TransactionHandler>> {
  const { book, catalogue, settlements } = books;
  const stays = stayHandlers(book, settlements);
  return {
    ...registrationHandlers(book),
    ...feeHandlers({ book, catalogue }),
    ...stays,
    ...stayFeeHandlers({ book, catalogue }),
    ...stayMarkHandlers(book),
    2101: (request) => checkPurchase(request, catalogue),
    2206: (request) => checkTotals(book, request, 'outpatient'),
    2303: (request) => checkTotals(book, request, 'inpatient'),
    ...recordHandlers(books, { admit: stays[2401], cancel: stays[2404] }),
  };
}

/** What an institution settles with its agency, and what it asks. */
function officeHandlers({
  region,
  book,
  catalogue,
  settlements,
  accounts,
  purchases,
  payments,
}: CareBooks): Readonly<Record<string, TransactionHandler>> {
  const files = createFileStore(region);
  const inventory = createInventory();
  return {
    ...signInHandlers(region),
    ...auditHandlers(catalogue, region),
    ...institutionHandlers(),
    ...catalogueHandlers({ region, catalogue, files }),
    ...reconciliationHandlers({ settlements, files }),
    ...reconciliationTaskHandlers({ settlements, files }),
    ...clearingHandlers(settlements),
    ...offSiteClearingHandlers(settlements),
    ...matchingHandlers({ region, catalogue }),
    ...inventoryHandlers(inventory),
    ...inventoryQueryHandlers(inventory),
    ...settlementListHandlers(settlements),
    ...visitQueryHandlers(book, settlements),
    ...fileHandlers(files),
    ...offSitePurchaseHandlers({ orders: purchases, payments, accounts, region }),
    ...offSiteDeclarationHandlers(purchases),
    ...offSiteAccountHandlers(purchases),
  };
}
