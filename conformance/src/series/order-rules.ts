/** Rules over what comes before and after a message. */
import { findFen } from '../run/own-reading.ts';
import { beganEarlier, goesOn, isOpened } from './excerpt.ts';
import { agree, isMeant, isRepetition, textAt, textsOf } from './record.ts';
import type { Recorded } from './record.ts';
import type { Tied, Which } from './types.ts';
import { bad, GOOD } from './verdict.ts';
import type { RuleNamed, RuleVerdict } from './verdict.ts';

/** Where a message stands. */
export interface Standing {
  readonly all: readonly Recorded[];
  readonly at: number;
  /** The series is cut out of a longer one: what is not in it may have come before or after. */
  readonly excerpt: boolean;
}

const numbers = ({ of }: Which): string => of.join('/');

/** No other message, but for a repetition, has the same text at a place. */
export function checkUnique({ all, at }: Standing, { place }: RuleNamed<'unique'>): RuleVerdict {
  const one = all[at];
  const text = one === undefined ? '' : textAt(one, place);
  if (one === undefined || text === '') return undefined;
  const other = all
    .slice(0, at)
    .find((earlier) => textAt(earlier, place) === text && !isRepetition(one, earlier));
  if (other === undefined) return GOOD;
  return bad(
    `${place} 已用于另一报文（${other.infno}，${other.exchange.at}）`,
    `another message has the same ${place} (${other.infno}, ${other.exchange.at})`,
  );
}

/** Something came before it, and agrees. */
export function checkPreceded(standing: Standing, { by, same }: RuleNamed<'preceded'>): RuleVerdict {
  const { all, at, excerpt } = standing;
  const one = all[at];
  if (one === undefined) return undefined;
  const earlier = all.slice(0, at).findLast((other) => isMeant(other, by) && agree(one, other, by.match));
  if (earlier === undefined) {
    const holdsIt = by.sameDay === true ? beganEarlier(standing) : isOpened(standing);
    if (same !== undefined || (excerpt && !holdsIt)) return undefined;
    return bad(`此前没有与之对应的 ${numbers(by)}`, `no ${numbers(by)} that it belongs to came before it`);
  }
  const off = (same ?? []).filter((pair) => {
    const [here, there] = textsOf(one, earlier, pair);
    return here !== there && (findFen(here) === undefined || findFen(here) !== findFen(there));
  });
  if (off.length === 0) return GOOD;
  const places = off.map((pair) => (typeof pair === 'string' ? pair : pair[0])).join(', ');
  return bad(
    `${places} 与此前的 ${earlier.infno}（${earlier.msgid}）不一致`,
    `${places} is not what ${earlier.infno} before it (${earlier.msgid}) had`,
  );
}

/** Something comes after it. */
export function checkFollowed(standing: Standing, { by }: RuleNamed<'followed'>): RuleVerdict {
  const { all, at, excerpt } = standing;
  const one = all[at];
  if (one === undefined) return undefined;
  const later = all.slice(at + 1).some((other) => isMeant(other, by) && agree(one, other, by.match));
  if (later) return GOOD;
  if (excerpt && !goesOn(standing)) return undefined;
  return bad(`此后没有与之对应的 ${numbers(by)}`, `no ${numbers(by)} that belongs to it came after it`);
}

/** Nothing of a kind comes after it. */
export function checkNotAfter(
  { all, at }: Standing,
  { by, until = [] }: RuleNamed<'not-after'>,
): RuleVerdict {
  const one = all[at];
  if (one === undefined) return undefined;
  for (const later of all.slice(at + 1)) {
    if (until.some((tied) => isMeant(later, tied) && agree(one, later, tied.match))) return GOOD;
    if (!isRepetition(one, later) && isMeant(later, by) && agree(one, later, by.match))
      return bad(
        `此后仍有 ${later.infno}（${later.msgid}）`,
        `${later.infno} (${later.msgid}) came after it all the same`,
      );
  }
  return GOOD;
}

/** What became of an unanswered message is found out. */
export function checkResolved(
  standing: Standing,
  { before, matter, by }: RuleNamed<'resolved'>,
): RuleVerdict {
  const { all, at, excerpt } = standing;
  const one = all[at];
  if (one === undefined) return undefined;
  const resolves = (later: Recorded): boolean =>
    (isRepetition(one, later) && later.state !== 'unanswered') || isAsked(one, later, by);
  for (const later of all.slice(at + 1)) {
    if (resolves(later)) return GOOD;
    const goesOn = later.infno === one.infno && later.msgid !== one.msgid && agree(one, later, matter);
    if (goesOn && before === 'next')
      return bad(
        `应答缺失，未查询、未冲正即另发 ${later.infno}（${later.msgid}）`,
        `its answer is missing; ${later.infno} was sent anew (${later.msgid}) without a query or a reversal`,
      );
  }
  if (before === 'next') return GOOD;
  if (excerpt && !goesOn(standing)) return undefined;
  return bad(
    '应答缺失，此后既未查询，也未冲正或重发原报文',
    'its answer is missing, and it was neither asked about nor reversed nor repeated',
  );
}

function isAsked(one: Recorded, later: Recorded, by: readonly Tied[]): boolean {
  return by.some((tied) => isMeant(later, { state: 'answered', ...tied }) && agree(one, later, tied.match));
}

/** Not too often in a row. */
export function checkAtMost({ all, at }: Standing, rule: RuleNamed<'at-most'>): RuleVerdict {
  const one = all[at];
  if (one === undefined) return undefined;
  const alike = all
    .slice(0, at + 1)
    .filter(({ infno }) => infno === one.infno)
    .filter((other) => agree(one, other, rule.matter));
  const lastOther = alike.findLastIndex((other) => !isMeant(other, rule));
  const row = alike.length - 1 - lastOther;
  if (row <= rule.times) return GOOD;
  return bad(`同一事项连续 ${row} 次`, `the same matter ${row} times in a row`);
}
