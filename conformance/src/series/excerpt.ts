/** What can be known of a series that is cut out of a longer one: recordings begin and end somewhere. */
import { findTime } from '@yiqiao/model';
import type { Standing } from './order-rules.ts';
import { textAt } from './record.ts';
import type { Recorded } from './record.ts';

/** Where messages name their visit. */
const VISITS = ['data.mdtrt_id', 'mdtrtinfo.mdtrt_id', 'feedetail.mdtrt_id', 'dscginfo.mdtrt_id'];
/** Where an answer gives a visit its number. */
const GIVEN = ['answer.data.mdtrt_id', 'answer.result.mdtrt_id'];

/** The visit of a message was opened within the series: what belongs to it is all there. */
export function isOpened({ all, at }: Standing): boolean {
  const one = all[at];
  if (one === undefined) return false;
  const visit = VISITS.map((place) => textAt(one, place)).find((text) => text !== '');
  if (visit === undefined) return false;
  const stands = (other: Recorded, places: readonly string[]): boolean =>
    places.some((place) => textAt(other, place) === visit);
  return all.slice(0, at).some((other) => stands(other, GIVEN) && !stands(other, VISITS));
}

/** The series began on an earlier day than that of the message. */
export function beganEarlier({ all, at }: Standing): boolean {
  const [first, one] = [all[0], all[at]];
  if (first === undefined || one === undefined) return false;
  return first.exchange.at.slice(0, 10) < one.exchange.at.slice(0, 10);
}

/** The series goes on for so long after the message that what it owes would be there. */
export function goesOn({ all, at }: Standing): boolean {
  const [one, last] = [all[at], all.at(-1)].map((other) => findTime(other?.exchange.at ?? ''));
  return one !== undefined && last !== undefined && last - one >= LONG_MS;
}

const LONG_MS = 3_600_000;
