/** Which fault a message meets on which line, from the seed. */
import type { Chance } from './chance.ts';
import type { Fate } from './link.ts';
import { serialOf } from './messages.ts';
import { isStubborn } from './plan.ts';
import type { StoreName } from './store.ts';
import type { Waits } from './timing.ts';

/** Faults of a line. */
const LINE_FAULTS = [
  'lostRequest',
  'lostReply',
  'duplicate',
  'delayedRequest',
  'delayedReply',
  'reordered',
  'corruptedRequest',
  'corruptedReply',
  'wrongSignature',
  'wrongReplySignature',
] as const;

/** The lines by their far end. */
export const LINKS = ['care-place', 'care-place-core', 'hub', 'insured-place', 'core'] as const;

/** A line by its far end. */
export type LinkName = (typeof LINKS)[number];
/** Every process. */
export type PartyName = 'his' | LinkName;

/** Faults of a process or of a whole line, and the planned permanent one: a core that takes nothing back. */
const OUTAGES = ['partition', 'refusedReversal'] as const;
/** Faults of what the journals are kept in. */
const STORE_FAULTS = {
  sqlite: ['diskFull'],
  postgres: ['storeKilled', 'storeCut'],
} as const satisfies Record<StoreName, readonly string[]>;

type LineFault = (typeof LINE_FAULTS)[number];
type StoreFault = (typeof STORE_FAULTS)[StoreName][number];
type Fault = LineFault | (typeof OUTAGES)[number] | StoreFault | `killed:${PartyName}`;

/** How often each fault has happened; those of another store are not there. */
export type FaultCounts = Record<Fault, number>;

/** What decides the fate of messages. */
export interface Faults {
  readonly counts: FaultCounts;
  /** Visits for which a person is planned to be needed. */
  readonly permanent: ReadonlySet<number>;
  fate(link: LinkName, text: string, waits: Waits): Fate;
  /** From now on nothing goes wrong. */
  end(): void;
}

/** Share of the messages that meet a fault. */
const RATE = 0.04;
/** Few enough that later messages overtake, no timeout passes. */
const OVERTAKEN_MS = 180;
const CHARGES = /^(?:2207|2304|2102)$/;

/**
 * Makes the faults of a run. What takes something back, or is a record of what was decided, is refused for good by
 * a core that gets it spoilt, and then left to a person: a planned permanent fault, which happens with
 * `spoilsReversals` only.
 */
export function createFaults(
  chance: Chance,
  options: { readonly spoilsReversals: boolean; readonly store: StoreName },
): Faults {
  const names = [
    ...LINE_FAULTS,
    ...OUTAGES,
    ...STORE_FAULTS[options.store],
    ...['his' as const, ...LINKS].map(killOf),
  ];
  const counts = Object.fromEntries(names.map((name) => [name, 0])) as FaultCounts;
  const seen = new Map<string, number>();
  const permanent = new Set<number>();
  let ended = false;
  const plan = (serial: number): void => {
    if (!permanent.has(serial)) counts.refusedReversal += 1;
    permanent.add(serial);
  };
  return {
    counts,
    permanent,
    end: () => void (ended = true),
    fate(link, text, waits) {
      const person = /"psn_no":"(\d+)"/.exec(text)?.[1] ?? '';
      const infno = /"infno":"(\w+)"/.exec(text)?.[1] ?? '';
      const serial = serialOf(person);
      if (link === 'core' && isStubborn(serial) && CHARGES.test(infno)) {
        plan(serial);
        return { loseReply: true };
      }
      const message = `${link} ${person} ${infno}`;
      const count = (seen.get(message) ?? 0) + 1;
      seen.set(message, count);
      if (ended || (count > 1 && count > 4 * chance.share(`${message} patience`) + 1)) return {};
      const fault = faultOf(chance, { link, serial, name: `${message} ${count}` });
      if (fault === undefined || (fault === 'duplicate' && isDoneTwice(link, infno))) return {};
      if (isRefusedForGood(link, infno, text) && SPOILING.has(fault)) {
        if (!options.spoilsReversals) return {};
        permanent.add(serial);
      }
      counts[fault] += 1;
      const late = link === 'care-place' ? waits.lateToCarePlaceMs : waits.lateMs;
      return FATES[fault](chance.share(`${message} ${count} how`), late);
    },
  };
}

/** The name under which the kills of a process are counted. */
export function killOf(name: PartyName): `killed:${PartyName}` {
  return `killed:${name}`;
}

const SPOILING: ReadonlySet<string> = new Set(['corruptedRequest', 'wrongSignature']);

/** A core does what it is told as often as it is told: no gateway can know that the line doubled its message. */
function isDoneTwice(link: LinkName, infno: string): boolean {
  return link === 'core' || (link === 'care-place-core' && infno === '2205');
}

/** A gateway says in words that are understood that it could not read a message; a core has words of its own. */
function isRefusedForGood(link: LinkName, infno: string, text: string): boolean {
  if (link !== 'core' && link !== 'care-place-core') return false;
  return infno === '2601' || infno === '2205' || text.includes('"setlinfo"');
}

/** The first visits meet each fault in turn, so that a short run has them all; the rest is chance. */
function faultOf(
  chance: Chance,
  { link, serial, name }: { readonly link: LinkName; readonly serial: number; readonly name: string },
): LineFault | undefined {
  const links: readonly LinkName[] = ['care-place', 'hub', 'insured-place'];
  const planned = serial <= LINE_FAULTS.length && link === links[(serial + chance.seed) % links.length];
  if (planned && /(?:2207|2304|2102) 1$/.test(name)) return LINE_FAULTS[serial - 1];
  return chance.share(name) < RATE ? chance.pick(`${name} kind`, LINE_FAULTS) : undefined;
}

/**
 * `x` tells how, 0 ≤ x < 1; `lateMs` how late is too late. Only what is signed is spoilt, or the message cut short: the envelope of the national
 * form is not signed, so that a message id changed on the way is another message to everyone.
 */
const FATES: Readonly<Record<LineFault, (x: number, lateMs: number) => Fate>> = {
  lostRequest: () => ({ loseRequest: true }),
  lostReply: () => ({ loseReply: true }),
  duplicate: (x) => ({ duplicateAfterMs: Math.round(x * 60) }),
  delayedRequest: (_, lateMs) => ({ holdMs: lateMs }),
  delayedReply: (_, lateMs) => ({ holdReplyMs: lateMs }),
  reordered: (x) => ({ holdMs: Math.round((0.2 + x) * OVERTAKEN_MS) }),
  corruptedRequest: (x) => ({ spoilRequest: (text) => spoil(text, x) }),
  corruptedReply: (x) => ({ spoilReply: (text) => spoil(text, x) }),
  wrongSignature: () => ({ spoilRequest: unsign }),
  wrongReplySignature: () => ({ spoilReply: unsign }),
};

function spoil(text: string, x: number): string {
  const body = Math.max(text.indexOf('"input":{'), text.indexOf('"output":{'));
  if (body < 0 || x < 0.3) return text.slice(0, Math.floor(text.length * (0.2 + x)));
  const digit = text.slice(body).search(/(?<="(?:medfee_sumamt|psn_no|setl_id|omsgid)":"?\w*)\d/);
  if (digit < 0) return text.slice(0, -2);
  const at = body + digit;
  return `${text.slice(0, at)}${(Number(text[at]) + 1) % 10}${text.slice(at + 1)}`;
}

/** A signature that is well-formed and of something else. */
function unsign(text: string): string {
  const at = text.indexOf('"cainfo":"') + 10;
  return at < 10
    ? text.slice(0, -2)
    : `${text.slice(0, at + 20)}${text[at + 20] === 'A' ? 'B' : 'A'}${text.slice(at + 21)}`;
}
