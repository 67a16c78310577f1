/** A HIS that speaks the predecessor interface: SOAP with GBK XML, no sign-in, no trial across provinces. */
import { systemClock } from '@yiqiao/model';
import { stamp } from '../china-time.ts';
import { careCatalogue } from '../catalogue.ts';
import type { Catalogue } from '../catalogue.ts';
import { createScheduler } from '../scheduler.ts';
import { createCashBook } from './cash-book.ts';
import type { His, HisOptions, WardSteps } from './his.ts';
import { openPredecessorChannel } from './predecessor-channel.ts';
import { identifyCall, registerCall, uploadCall } from './predecessor-care.ts';
import type { PredecessorDesk } from './predecessor-care.ts';
import { moneySteps } from './predecessor-money.ts';
import { stayTransactions } from './predecessor-stay.ts';
import { askUntilTold } from './told.ts';
import type { Exchange, Patience, Told } from './told.ts';

/** Options of a predecessor HIS. */
export interface PredecessorHisOptions extends HisOptions {
  /** Its copy of the care place's catalogue, since 0304 carries the split; `careCatalogue(region)` when absent. */
  readonly catalogue?: Catalogue;
}

/** A predecessor HIS: signIn, entitlement, recordVisit, presettle and a pharmacy do not exist there. */
export interface PredecessorHis extends Omit<
  His,
  'signIn' | 'entitlement' | 'recordVisit' | 'presettle' | 'pharmacy'
> {
  readonly inpatient: WardSteps;
}

/** Makes a predecessor HIS. */
export function createPredecessorHis(options: PredecessorHisOptions): PredecessorHis {
  const clock = options.clock ?? systemClock;
  const patience: Patience = {
    scheduler: options.scheduler ?? createScheduler({ holdsProcess: true }),
    ...(options.patience ?? { asks: 5, waitMs: 1000 }),
  };
  const desk: PredecessorDesk = {
    options,
    channel: openPredecessorChannel(options),
    catalogue: options.catalogue ?? careCatalogue(options.region),
    book: createCashBook(),
    patience,
    now: () => stamp(clock.now()),
    ask: async <T>(exchange: Exchange<T>): Promise<Told<T>> => (await askUntilTold(exchange, patience)).told,
  };
  const money = moneySteps(desk);
  return {
    dialect: 'predecessor',
    institution: options.institution,
    region: options.region,
    ledger: desk.book.ledger,
    identify: (credential) => desk.ask(identifyCall(desk, credential)),
    register: (patient, plan) => desk.ask(registerCall(desk, { patient, plan })),
    async uploadFees(visit, items) {
      const { exchange, lines, totals } = uploadCall(desk, { visit, items });
      const told = await desk.ask(exchange);
      if (told.state !== 'done') return told;
      visit.lines = lines;
      visit.totals = totals;
      return { state: 'done', value: lines };
    },
    ...money,
    inpatient: { ...stayTransactions(desk), ...money },
  };
}
