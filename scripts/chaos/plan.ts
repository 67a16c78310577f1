/** What the seed plans for each visit; every party can ask it, so that all follow one plan. */
import type { Chance } from './chance.ts';
import { createVisit } from './messages.ts';
import type { Visit } from './messages.ts';

/** What a cashier wants after a charge. `again`: she charges the same batch once more, under a new message id. */
export type Afterwards = 'nothing' | 'again' | 'cancel' | 'reverse';

/** A visit with everything its cashier is going to do. */
export interface PlannedVisit {
  readonly visit: Visit;
  /** Whether she reads something first. */
  readonly reads: boolean;
  readonly fees: 'none' | 'uploaded' | 'withdrawn';
  readonly afterwards: Afterwards;
  /** Whether she takes a charge back with 2601 as soon as its first call brings no answer. */
  readonly impatient: boolean;
}

const CHARGES = ['2207', '2207', '2102', '2102', '2304'] as const;
const FEES = ['none', 'none', 'none', 'uploaded', 'withdrawn'] as const;
const AFTERWARDS = ['nothing', 'nothing', 'again', 'cancel', 'reverse'] as const;
/** One visit in so many meets a core that takes nothing back. */
const STUBBORN_EVERY = 250;
const FIRST_STUBBORN = 13;

/** The plan of visit `serial`. Blind cashiers only charge, so that each charge too many stays. */
export function planVisit(chance: Chance, serial: number, blind: boolean): PlannedVisit {
  const name = `visit ${serial}`;
  const visit = createVisit(serial, chance.pick(`${name} charge`, CHARGES));
  if (blind) return { visit, reads: false, fees: 'none', afterwards: 'nothing', impatient: false };
  const stubborn = isStubborn(serial);
  const wish = stubborn ? 'nothing' : chance.pick(`${name} afterwards`, AFTERWARDS);
  return {
    visit,
    reads: chance.share(`${name} reads`) < 0.25,
    fees: visit.charge === '2207' ? chance.pick(`${name} fees`, FEES) : 'none',
    // A second 2304 or 2102 would be done: neither names a charge batch.
    afterwards: wish === 'again' && visit.charge !== '2207' ? 'nothing' : wish,
    impatient: !stubborn && chance.share(`${name} impatient`) < 0.2,
  };
}

/** Whether the core loses the answer of this visit's charge and then refuses to take it back: a person is needed. */
export function isStubborn(serial: number): boolean {
  return serial % STUBBORN_EVERY === FIRST_STUBBORN;
}
