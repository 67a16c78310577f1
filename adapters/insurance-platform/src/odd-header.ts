/**
 * Where an answer is odd, told beside it in an HTTP header: `identity /output/setlinfo/medfee_sumamt, value-set …`. Rules
 * and places only, never values; it is a hint for whoever asked, and changes nothing.
 */
import { maskIdentifiers } from '@yiqiao/model';
import type { Deviation } from '@yiqiao/model';

/** Where something is odd. */
type OddPlace = Pick<Deviation, 'rule' | 'at'>;

/** Header of an answer that is odd. */
export const ODD_HEADER = 'x-yiqiao-odd';

/** Proxies cut or refuse long headers. */
const MOST_PLACES = 20;
const LONGEST_PLACE = 200;
const ONE = /^([a-z][a-z-]{0,39}) (\/\S{0,199})$/;

/** The header of an answer that is odd at these places; none where it is not. */
export function oddHeader(places: readonly OddPlace[] = []): Record<string, string> {
  if (places.length === 0) return {};
  const told = places.slice(0, MOST_PLACES).map(({ rule, at }) => `${rule} ${encode(at)}`);
  const more = places.length - told.length;
  return { [ODD_HEADER]: [...told, ...(more > 0 ? [`more ${more}`] : [])].join(', ') };
}

/** What a gateway further on tells in its header; whatever is not written like that is passed over. */
export function readOddHeader(
  headers: Readonly<Record<string, string | readonly string[] | undefined>>,
): readonly OddPlace[] {
  const header = headers[ODD_HEADER];
  if (typeof header !== 'string') return [];
  const found: OddPlace[] = [];
  for (const item of header.split(', ', MOST_PLACES)) {
    const [, rule, place] = ONE.exec(item) ?? [];
    const at = place === undefined ? undefined : decode(place);
    if (rule !== undefined && at !== undefined) found.push({ rule, at });
  }
  return found;
}

/** What stands in places usually is told as it is; all else, commas too, in UTF-8 and percent encoding. */
function encode(at: string): string {
  const short = at.toWellFormed().slice(0, LONGEST_PLACE).toWellFormed();
  const text = short.replace(/[^\w\-./[\]@:~]/gu, (one) => encodeURIComponent(one));
  return text.length <= LONGEST_PLACE ? text : '/';
}

/** Whoever wrote it, it is shown to people: no number of a person, nothing that a terminal obeys. */
function decode(text: string): string | undefined {
  try {
    const at = decodeURIComponent(text);
    return /\p{C}/u.test(at) ? undefined : maskIdentifiers(at);
  } catch {
    return undefined;
  }
}
