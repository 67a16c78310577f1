/** What of an answer a person is to look at, and what the caller is told of it: rules and places, never values. */
import type { CanonicalResponse, Deviation } from '@yiqiao/model';
import type { Exchange, OddAnswer, OddPlace } from '@yiqiao/journal';

/**
 * What may mean that another amount or another thing was done than everybody believes, worst first: a success without its
 * result, broken identities, amounts, values that did not fit into the model, answers of which a part is missing (the faults of the wire formats), and
 * codes that no list or no map knows. All else that departs from the specification is counted and logged.
 */
const FOR_PERSON = [
  'required',
  'identity',
  'total-differs',
  'amount',
  'not-convertible',
  'row-count',
  'fields',
  'items',
  'width',
  'marks',
  'call',
  'nodes',
  'value-set',
  'no-equal',
];

/** Findings of a request's way out bear the place of the request. */
const OF_REQUEST = /^\/input(?:\/|$)/;

/** A missing leaf may be a region's habit; where what stands directly below the body is missing, nothing was told. */
const OF_RESULT = /^\/output(?:\/[^/]+)?$/;

/** More of one answer than anybody reads: an answer of ten thousand lines may be odd in each. */
const MOST_KEPT = 50;

/** What is odd about an answer, for the record; `undefined` when nothing is. */
export function oddOf({ deviations, oddFurtherOn }: CanonicalResponse): OddAnswer | undefined {
  return oddAnswer(deviations, oddFurtherOn);
}

/** What became odd when an answer was written in the caller's format, for the record. */
export function oddWhenWritten(deviations: readonly Deviation[] | undefined): OddAnswer | undefined {
  return deviations === undefined ? undefined : oddAnswer(deviations);
}

/** Places to tell the caller, of answers as they came and of the reply as it was written; each once. */
export function placesToTell(
  responses: readonly CanonicalResponse[],
  written: readonly Deviation[] = [],
): readonly OddPlace[] {
  const answers = [...responses.map(oddOf), oddWhenWritten(written)];
  return unique(answers.flatMap(placesOf));
}

/** The same of an exchange on record. */
export function placesOnRecord({ legs, odd }: Pick<Exchange, 'legs' | 'odd'>): readonly OddPlace[] {
  const told = legs.filter(({ purpose, state }) => purpose === 'forward' && state === 'answered');
  return unique([...told.map((leg) => leg.odd), odd].flatMap(placesOf));
}

function oddAnswer(
  deviations: readonly Deviation[],
  furtherOn: readonly OddPlace[] = [],
): OddAnswer | undefined {
  if (deviations.length === 0 && furtherOn.length === 0) return undefined;
  const odd = deviations
    .filter(isForPerson)
    .toSorted((one, other) => FOR_PERSON.indexOf(one.rule) - FOR_PERSON.indexOf(other.rule));
  if (odd.length === 0 && furtherOn.length === 0) return undefined;
  return {
    found: odd.slice(0, MOST_KEPT),
    ...(odd.length > MOST_KEPT && { more: odd.length - MOST_KEPT }),
    ...(furtherOn.length > 0 && { furtherOn: furtherOn.slice(0, MOST_KEPT) }),
  };
}

function isForPerson({ rule, at }: Deviation): boolean {
  if (rule === 'required') return OF_RESULT.test(at);
  return FOR_PERSON.includes(rule) && !OF_REQUEST.test(at);
}

function placesOf(odd: OddAnswer | undefined): readonly OddPlace[] {
  return odd === undefined ? [] : [...odd.found, ...(odd.furtherOn ?? [])];
}

function unique(places: readonly OddPlace[]): readonly OddPlace[] {
  const seen = new Map(places.map(({ rule, at }) => [`${rule} ${at}`, { rule, at }]));
  return [...seen.values()];
}
