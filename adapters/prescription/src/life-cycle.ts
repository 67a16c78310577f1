/** The one place that decides what may happen to a prescription: it reads the table and nothing else decides. */
import assert from 'node:assert/strict';
import { unitsLeft, quantityUnits, usesMade } from './life.ts';
import type { Handout, Hindrance, Life, LifeEvent, Stage, Use } from './life.ts';

/** A row of the table. Source: schemas/peripheral/prescription/life-cycle.json, `about`. */
export interface LifeRow {
  readonly in?: readonly Stage[];
  readonly when?: keyof typeof CIRCUMSTANCES;
  readonly checks?: readonly (keyof typeof CHECKS)[];
  readonly does?: keyof typeof DEEDS;
  readonly to?: Stage | '=' | 'free' | 'standing';
  readonly refuse?: Hindrance;
}

/** The table of a life. */
export interface LifeTable {
  readonly claim: { readonly minutes: number };
  readonly events: Readonly<Record<LifeEvent['kind'] | 'time', readonly LifeRow[]>>;
}

/** What came of an event: the life after it, or why it cannot be. */
export type LifeResult = { readonly life: Life } | { readonly refused: Hindrance };

/** The cycle that a table describes. */
export interface LifeCycle {
  /** The life as it is now: claims lapse and prescriptions end without an event. */
  at(life: Life, now: number): Life;
  /** What comes of an event. */
  apply(life: Life, event: LifeEvent, now: number): LifeResult;
}

/** Makes the cycle of a table. */
export function createLifeCycle(table: LifeTable): LifeCycle {
  const claimMs = table.claim.minutes * MINUTE_MS;

  function at(life: Life, now: number): Life {
    let passed = life;
    // Two steps: a claim lapses, and what is free again may have ended.
    for (let step = 0; step < 2; step += 1) {
      const moment = { life: passed, now, claimMs };
      const row = findRow(table.events.time, moment);
      if (row !== undefined) passed = follow(row, moment);
    }
    return passed;
  }

  return {
    at,
    apply(life, event, now) {
      const moment = { life: at(life, now), event, now, claimMs };
      const row = findRow(table.events[event.kind], moment);
      const refused = row === undefined ? 'state' : (row.refuse ?? hindranceOf(row, moment));
      if (refused !== undefined || row === undefined) return { refused: refused ?? 'state' };
      return { life: at(follow(row, moment), now) };
    },
  };
}

interface Moment {
  readonly life: Life;
  readonly now: number;
  readonly claimMs: number;
  /** Absent: nothing but time. */
  readonly event?: LifeEvent;
}

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

const CIRCUMSTANCES = {
  own: (moment: Moment) => lastUse(moment)?.pharmacy === pharmacyOf(moment),
  other: (moment: Moment) => lastUse(moment)?.pharmacy !== pharmacyOf(moment),
  known: (moment: Moment) => findHandout(moment, moment.life.uses) !== undefined,
  unknown: (moment: Moment) => findHandout(moment, moment.life.uses.slice(-1)) === undefined,
  lapsed: (moment: Moment) => moment.now > (lastUse(moment)?.heldUntil ?? Infinity),
  over: ({ life, now }: Moment) => now > life.allowance.validUntil,
} as const;

const CHECKS = {
  uses: ({ life }: Moment) => (life.uses.length >= life.allowance.maximumUses ? 'uses' : undefined),
  interval({ life, now }: Moment) {
    const last = life.uses.findLast(({ completedAt }) => completedAt !== undefined)?.completedAt;
    const wait = life.allowance.minimumIntervalDays * DAY_MS;
    return last !== undefined && now < last + wait ? 'interval' : undefined;
  },
  /** What was claimed in time may be handed out as long as the claim holds. */
  validity: (moment: Moment) =>
    moment.now > Math.max(moment.life.allowance.validUntil, lastUse(moment)?.heldUntil ?? 0)
      ? 'expired'
      : undefined,
  quantity(moment: Moment) {
    const wanted = Object.entries(handoutOf(moment).quantities);
    const left = unitsLeft(moment.life.allowance, lastUse(moment)?.handouts ?? []);
    const isTooMuch = wanted.some(([code, quantity]) => quantityUnits(quantity) > (left.get(code) ?? 0n));
    return wanted.length === 0 || isTooMuch ? 'quantity' : undefined;
  },
  settlement(moment: Moment) {
    const { event } = moment;
    const isGone = event?.kind === 'undo' && event.settlementGone;
    return findHandout(moment, moment.life.uses)?.settled === true && !isGone ? 'settled' : undefined;
  },
} as const satisfies Record<string, (moment: Moment) => Hindrance | undefined>;

const DEEDS = {
  openUse: (moment: Moment) => {
    const heldUntil = moment.now + moment.claimMs;
    return [...moment.life.uses, { pharmacy: pharmacyOf(moment), heldUntil, handouts: [] }];
  },
  closeUse: ({ life }: Moment) => life.uses.slice(0, -1),
  handOut(moment: Moment) {
    const use = lastUse(moment);
    assert(use !== undefined, 'only a use that is open hands out');
    const handouts = [...use.handouts, handoutOf(moment)];
    const left = [...unitsLeft(moment.life.allowance, handouts).values()];
    const isComplete = left.every((units) => units === 0n);
    return withLast(moment, { ...use, handouts, ...(isComplete && { completedAt: moment.now }) });
  },
  settle(moment: Moment) {
    const { document, settled } = handoutOf(moment);
    if (!settled) return moment.life.uses;
    const told = (one: Handout): Handout => (one.document === document ? { ...one, settled } : one);
    return moment.life.uses.map((use) => ({ ...use, handouts: use.handouts.map(told) }));
  },
  takeBack(moment: Moment) {
    const use = lastUse(moment);
    assert(use !== undefined, 'only what was handed out is taken back');
    const handouts = use.handouts.filter(({ document }) => document !== documentOf(moment));
    const { completedAt: _, ...open } = use;
    return handouts.length === 0 ? moment.life.uses.slice(0, -1) : withLast(moment, { ...open, handouts });
  },
} as const satisfies Record<string, (moment: Moment) => readonly Use[]>;

function findRow(rows: readonly LifeRow[], moment: Moment): LifeRow | undefined {
  return rows.find(
    ({ in: stages, when }) =>
      (stages === undefined || stages.includes(moment.life.stage)) &&
      (when === undefined || CIRCUMSTANCES[when](moment)),
  );
}

function hindranceOf({ checks = [] }: LifeRow, moment: Moment): Hindrance | undefined {
  for (const check of checks) {
    const hindrance = CHECKS[check](moment);
    if (hindrance !== undefined) return hindrance;
  }
  return undefined;
}

function follow(row: LifeRow, moment: Moment): Life {
  const uses = row.does === undefined ? moment.life.uses : DEEDS[row.does](moment);
  const life = { ...moment.life, uses };
  return { ...life, stage: stageAfter(row, life) };
}

function stageAfter({ to }: LifeRow, life: Life): Stage {
  assert(to !== undefined, 'a row leads somewhere or refuses');
  if (to === '=') return life.stage;
  if (to === 'free') return life.uses.length > 0 ? 'reusable' : 'downloaded';
  return to === 'standing' ? standingOf(life) : to;
}

/** What the last use has come to. */
function standingOf(life: Life): Stage {
  const use = life.uses.at(-1);
  if (use === undefined) return 'undone';
  if (use.handouts.length === 0) return 'audited';
  if (use.completedAt === undefined) return 'partly';
  if (use.handouts.some(({ settled }) => !settled)) return 'dispensed';
  return usesMade(life) < life.allowance.maximumUses ? 'reusable' : 'settled';
}

function lastUse({ life }: Moment): Use | undefined {
  return life.uses.at(-1);
}

function withLast({ life }: Moment, use: Use): readonly Use[] {
  return [...life.uses.slice(0, -1), use];
}

function pharmacyOf({ event }: Moment): string {
  assert(event !== undefined && 'pharmacy' in event, 'the event says who asks');
  return event.pharmacy;
}

function handoutOf({ event }: Moment): Handout {
  assert(event?.kind === 'dispense', 'the event says what is handed out');
  return event.handout;
}

function documentOf({ event }: Moment): string | undefined {
  if (event?.kind === 'dispense') return event.handout.document;
  return event?.kind === 'undo' ? event.document : undefined;
}

function findHandout(moment: Moment, uses: readonly Use[]): Handout | undefined {
  const document = documentOf(moment);
  return uses.flatMap(({ handouts }) => handouts).find((one) => one.document === document);
}
