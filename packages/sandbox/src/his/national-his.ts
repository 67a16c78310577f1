/** A HIS that speaks the national JSON envelope. */
import { systemClock } from '@yiqiao/model';
import { dateTime } from '../china-time.ts';
import { createScheduler } from '../scheduler.ts';
import { createCashBook } from './cash-book.ts';
import type { His, InpatientSteps } from './his.ts';
import { openNationalChannel } from './national-channel.ts';
import type { NationalHisOptions } from './national-channel.ts';
import { careSteps } from './national-care-steps.ts';
import { moneySteps } from './national-money-steps.ts';
import { outpatientMoney } from './national-outpatient-money.ts';
import { pharmacySteps } from './national-pharmacy-steps.ts';
import { inpatientSteps } from './national-stay-steps.ts';
import { askUntilTold } from './told.ts';
import type { Exchange, Patience } from './told.ts';

/** A national HIS: every step is there. */
export type NationalHis = Required<His> & { readonly inpatient: InpatientSteps };

/** Makes a national HIS. It signs what it sends and verifies signed answers when `signing` says so. */
export function createNationalHis(options: NationalHisOptions): NationalHis {
  const clock = options.clock ?? systemClock;
  const patience: Patience = {
    scheduler: options.scheduler ?? createScheduler({ holdsProcess: true }),
    ...(options.patience ?? { asks: 5, waitMs: 1000 }),
  };
  const book = createCashBook();
  const desk = {
    options,
    channel: openNationalChannel(options),
    book,
    patience,
    now: () => dateTime(clock.now()),
    ask: async <T>(exchange: Exchange<T>) => (await askUntilTold(exchange, patience)).told,
  };
  return {
    dialect: 'national',
    institution: options.institution,
    region: options.region,
    ledger: book.ledger,
    ...careSteps(desk),
    ...moneySteps(desk, outpatientMoney(options)),
    inpatient: inpatientSteps(desk),
    pharmacy: pharmacySteps(desk),
  };
}
