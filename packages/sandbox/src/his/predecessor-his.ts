/** A HIS that speaks the predecessor interface: SOAP with GBK XML, no sign-in, no trial across provinces. */
import { systemClock } from '@yiqiao/model';
import { stamp } from '../china-time.ts';
import { careCatalogue } from '../catalogue.ts';
import type { Catalogue } from '../catalogue.ts';
import { createScheduler } from '../scheduler.ts';
import { createCashBook } from './cash-book.ts';
import type { His, HisOptions, HisVisit, SettledCharge, Settlement } from './his.ts';
import { openPredecessorChannel } from './predecessor-channel.ts';
import { identifyCall, registerCall, uploadCall } from './predecessor-care.ts';
import type { PredecessorDesk } from './predecessor-care.ts';
import { cancelCall, chargeCall, reverseCall } from './predecessor-money.ts';
import { askUntilTold, chargeWithCare } from './told.ts';
import type { Charged, Exchange, Patience, Told } from './told.ts';

/** Options of a predecessor HIS. */
export interface PredecessorHisOptions extends HisOptions {
  /** Its copy of the care place's catalogue, since 0304 carries the split; `careCatalogue(region)` when absent. */
  readonly catalogue?: Catalogue;
}

/** A predecessor HIS: signIn, entitlement, recordVisit and presettle do not exist there. */
export type PredecessorHis = Omit<His, 'signIn' | 'entitlement' | 'recordVisit' | 'presettle'>;

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
    now: () => stamp(clock.now()),
  };
  const ask = async <T>(exchange: Exchange<T>): Promise<Told<T>> =>
    (await askUntilTold(exchange, patience)).told;
  return {
    dialect: 'predecessor',
    institution: options.institution,
    region: options.region,
    identify: (credential) => ask(identifyCall(desk, credential)),
    register: (patient, plan) => ask(registerCall(desk, { patient, plan })),
    async uploadFees(visit, items) {
      const { exchange, lines, totals } = uploadCall(desk, { visit, items });
      const told = await ask(exchange);
      if (told.state !== 'done') return told;
      visit.lines = lines;
      visit.totals = totals;
      return { state: 'done', value: lines };
    },
    ...predecessorMoneySteps(desk, { ask, patience }),
  };
}

type MoneyStep = 'ledger' | 'settle' | 'settleWithCare' | 'cancel' | 'reverse';

function predecessorMoneySteps(
  desk: PredecessorDesk,
  {
    ask,
    patience,
  }: { readonly ask: <T>(exchange: Exchange<T>) => Promise<Told<T>>; readonly patience: Patience },
): Pick<PredecessorHis, MoneyStep> {
  const book = createCashBook();

  function booked(visit: HisVisit, charged: Charged<Settlement>): Charged<Settlement> {
    const { told, messageId } = charged;
    if (told.state === 'done') book.settled(visit.id, { messageId, settlement: told.value });
    return charged;
  }

  return {
    ledger: book.ledger,
    async settle(visit) {
      const exchange = chargeCall(desk, visit);
      const told = await exchange.send();
      const { messageId } = exchange;
      return booked(visit, { told, messageId, charges: 1, wasUnknown: told.state === 'unknown' });
    },
    settleWithCare: async (visit) =>
      booked(visit, await chargeWithCare(() => chargeCall(desk, visit), patience)),
    async cancel(visit: HisVisit, charge: SettledCharge) {
      const told = await ask(cancelCall(desk, { visit, charge }));
      if (told.state !== 'done') return told;
      book.cancelled(visit.id, charge, undefined);
      return { state: 'done', value: undefined };
    },
    async reverse(visit, { messageId }) {
      const told = await ask(reverseCall(desk, { visit, messageId }));
      if (told.state === 'done') book.reversed(messageId);
      return told;
    },
  };
}
