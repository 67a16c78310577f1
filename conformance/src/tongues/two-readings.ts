/** Two readings of an answer, the sandbox's and the product's, held against each other. */
import { ExactNumber, isWireObject } from '@yiqiao/model';
import type { Deviation, WireObject, WireValue } from '@yiqiao/model';
import type { Bilingual } from '../kits/types.ts';
import { leavesOf } from '../run/own-reading.ts';
import type { OwnObject } from '../run/own-reading.ts';
import type { ReadAnswer } from '../run/read-answer.ts';

/** What a reading gave, or why there is none. */
export function attempt<T>(read: () => T): T | Error {
  try {
    return read();
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** Every leaf of a body as the product reads it, by its place. */
export function wireLeaves(value: WireValue, at = ''): readonly (readonly [string, string])[] {
  if (Array.isArray(value))
    return (value as readonly WireValue[]).flatMap((item, index) => wireLeaves(item, `${at}/${index}`));
  if (isWireObject(value))
    return Object.entries(value).flatMap(([name, member]) => wireLeaves(member, `${at}/${name}`));
  return [
    [at, value instanceof ExactNumber ? value.text : value === null ? '' : String(value as string | boolean)],
  ];
}

/** A place that the two read differently. */
export function findDifference(own: OwnObject, product: WireObject): Bilingual | undefined {
  const ours = new Map(leavesOf(own));
  for (const [place, text] of wireLeaves(product)) {
    if (ours.get(place) !== text) return readDifferently(place);
    ours.delete(place);
  }
  const [missed] = ours.keys();
  return missed === undefined ? undefined : readDifferently(missed);
}

/** That a place is read differently. */
export function readDifferently(place: string): Bilingual {
  return { zh: `两套编解码对 ${place} 的读法不一致`, en: `the two codecs read ${place} differently` };
}

/** What the product puts right and reports, and the other reading does not: each is against the form itself. */
const PUT_RIGHT: ReadonlySet<string> = new Set([
  'blanks',
  'body-as-text',
  'control-character',
  'padding',
  'trailing-comma',
  'wrapper',
]);

/** That a message is only read because the product puts it right: the sender's fault, and no disagreement. */
export function readByTolerance(
  deviations: readonly Deviation[],
): { readonly state: 'unreadable'; readonly why: Bilingual } | undefined {
  const why = deviations.find(({ rule }) => PUT_RIGHT.has(rule))?.message;
  return why === undefined ? undefined : { state: 'unreadable', why };
}

/** The two implementations are not of one mind: nothing can be said of the target. */
export function disagreement(place: string): ReadAnswer {
  return {
    state: 'disagreement',
    why: {
      zh: `两套实现对应答的读法不一致（${place}）`,
      en: `the two implementations read the answer differently (${place})`,
    },
  };
}
