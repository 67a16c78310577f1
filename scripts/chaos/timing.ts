/**
 * How long everybody waits: a hop longer than the next one is given, and far longer than an answer takes even while
 * several processes start beside it on two cores. All in milliseconds.
 */
export interface Waits {
  /** One call of a cashier. */
  readonly cashierMs: number;
  /** One call of a cashier who sends anew instead of asking again. */
  readonly blindCashierMs: number;
  /** Until a care place tells its caller that it does not know yet. */
  readonly carePlaceMs: number;
  /** Of a care place for the hub. */
  readonly forHubMs: number;
  /** Of a care place for its core. */
  readonly forCarePlaceCoreMs: number;
  readonly hubMs: number;
  /** Of the hub for the insured place. */
  readonly forInsuredPlaceMs: number;
  readonly insuredPlaceMs: number;
  /** Of the insured place for its core. */
  readonly forCoreMs: number;
  /** What is late on the cashiers' line arrives so late. */
  readonly lateToCarePlaceMs: number;
  /** The same on every other line. */
  readonly lateMs: number;
  /** How long a message can be on its way, as the gateways are told: longer than any line holds it. */
  readonly inFlightMs: number;
  /** Before a cashier tries anew what was refused; longer each time. */
  readonly againMs: number;
  /** Until a message is given up that nobody ever tells anything of. */
  readonly patienceMs: number;
}

/** The waits at a pace: 1 on a machine with two free cores, more on a slower one. */
export function waitsAt(pace: number): Waits {
  const ms = (atPaceOne: number): number => Math.round(atPaceOne * pace);
  return {
    cashierMs: ms(3_300),
    blindCashierMs: ms(1_200),
    carePlaceMs: ms(3_000),
    forHubMs: ms(1_600),
    forCarePlaceCoreMs: ms(1_100),
    hubMs: ms(1_450),
    forInsuredPlaceMs: ms(1_300),
    insuredPlaceMs: ms(1_150),
    forCoreMs: ms(850),
    lateToCarePlaceMs: ms(3_500),
    lateMs: ms(1_750),
    inFlightMs: ms(2_500),
    againMs: ms(350),
    patienceMs: ms(60_000),
  };
}

/** How long a small party takes to start at pace 1. */
const START_MS = 500;
const SLOWEST = 10;

/** The pace of this machine now, from how long a small party took to start. */
export function paceOf(startMs: number): number {
  return Math.min(SLOWEST, Math.max(1, startMs / START_MS));
}
