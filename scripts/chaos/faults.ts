/** Which fault a message meets on which line, from the seed. */
import type { Chance } from './chance.ts';
import type { Fate } from './link.ts';

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

const SPOILING: ReadonlySet<string> = new Set(['corruptedRequest', 'wrongSignature']);

/** Faults of a party or a whole line. */
export type Outage = 'killed' | 'partition' | 'diskFull';
type LineFault = (typeof LINE_FAULTS)[number];

/** The lines by their far end. */
export type LinkName = 'care-place' | 'hub' | 'insured-place' | 'core';

/** How often each fault has happened. */
export type FaultCounts = Record<LineFault | Outage, number>;

/** What decides the fate of messages. */
export interface Faults {
  readonly counts: FaultCounts;
  fate(link: LinkName, text: string): Fate;
  /** From now on nothing goes wrong. */
  end(): void;
}

/** Share of the messages that meet a fault. */
const RATE = 0.07;
/** Beyond every timeout of a line, and less than a message is expected to be on its way (`inFlightMs`). */
const LATE_MS = 1_300;
/** Few enough that later messages overtake, no timeout passes. */
const OVERTAKEN_MS = 180;

/**
 * Makes the faults of a run. A 2601 that arrives spoilt is refused, and a refused 2601 is left to a person: a
 * planned permanent fault, which happens with `spoilsReversals` only.
 */
export function createFaults(chance: Chance, options: { readonly spoilsReversals: boolean }): Faults {
  const counts = Object.fromEntries(
    [...LINE_FAULTS, 'killed', 'partition', 'diskFull'].map((name) => [name, 0]),
  ) as FaultCounts;
  const seen = new Map<string, number>();
  let ended = false;
  return {
    counts,
    end: () => void (ended = true),
    fate(link, text) {
      const person = /"psn_no":"(\d+)"/.exec(text)?.[1] ?? '';
      const infno = /"infno":"(\w+)"/.exec(text)?.[1] ?? '';
      const message = `${link} ${person} ${infno}`;
      const count = (seen.get(message) ?? 0) + 1;
      seen.set(message, count);
      if (ended || (count > 1 && count > 4 * chance.share(`${message} patience`) + 1)) return {};
      const fault = faultOf(chance, { link, serial: Number(person.slice(-8)), name: `${message} ${count}` });
      if (fault === undefined || (link === 'core' && fault === 'duplicate')) return {};
      if (infno === '2601' && SPOILING.has(fault) && !options.spoilsReversals) return {};
      counts[fault] += 1;
      return FATES[fault](chance.share(`${message} ${count} how`));
    },
  };
}

/** The first visits meet each fault in turn, so that a short run has them all; the rest is chance. */
function faultOf(
  chance: Chance,
  { link, serial, name }: { readonly link: LinkName; readonly serial: number; readonly name: string },
): LineFault | undefined {
  const links: readonly LinkName[] = ['care-place', 'hub', 'insured-place'];
  const planned = serial <= LINE_FAULTS.length && link === links[(serial + chance.seed) % links.length];
  if (planned && /(?:2207|2102) 1$/.test(name)) return LINE_FAULTS[serial - 1];
  return chance.share(name) < RATE ? chance.pick(`${name} kind`, LINE_FAULTS) : undefined;
}

/**
 * `x` tells how, 0 ≤ x < 1. Only what is signed is spoilt, or the message cut short: the envelope of the national
 * form is not signed, so that a message id changed on the way is another message to everyone.
 */
const FATES: Readonly<Record<LineFault, (x: number) => Fate>> = {
  lostRequest: () => ({ loseRequest: true }),
  lostReply: () => ({ loseReply: true }),
  duplicate: (x) => ({ duplicateAfterMs: Math.round(x * 60) }),
  delayedRequest: () => ({ holdMs: LATE_MS }),
  delayedReply: () => ({ holdReplyMs: LATE_MS }),
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
