/** Where a member of an XML body stands, and what repeats there. */

/**
 * How a list is written. `elements`: the element repeats; `attributes`: it repeats and its members are attributes;
 * `numbered`: the element holds `row1`, `row2`, ….
 */
export type ListForm = 'elements' | 'attributes' | 'numbered';

/** Path of a list from the root (`/input/detail/row`) → its form. */
export type XmlLists = ReadonlyMap<string, ListForm>;

/** What repeats below an element: the names of its children that have a form, or lists of their own. */
export interface ListPlaces {
  readonly form: ListForm | undefined;
  readonly below: ReadonlyMap<string, ListPlaces>;
}

/** Where reading or writing stands, from the inside out; made a text only for a fault. */
export interface Place {
  readonly outer: Place | undefined;
  /** A name, or the path of the outermost. */
  readonly step: string;
  /** Position in a list, counted from 1; 0 for none. */
  readonly row: number;
}

interface GrowingPlaces {
  form: ListForm | undefined;
  readonly below: Map<string, GrowingPlaces>;
}

/** Nothing repeats. */
export const NOWHERE: ListPlaces = { form: undefined, below: new Map() };

/** The lists as a tree of names: `/input/detail/row` is found step by step, without making its path. */
export function listPlaces(lists: XmlLists): ListPlaces {
  const root: GrowingPlaces = { form: undefined, below: new Map() };
  for (const [path, form] of lists) {
    let place = root;
    for (const step of path.split('/').slice(1)) {
      const next: GrowingPlaces = place.below.get(step) ?? { form: undefined, below: new Map() };
      place.below.set(step, next);
      place = next;
    }
    place.form = form;
  }
  return root;
}

/** What repeats below the element at a path. */
export function placesAt(path: string, lists: ListPlaces): ListPlaces {
  let places = lists;
  for (const step of path.split('/').slice(1)) places = placesBelow(step, places);
  return places;
}

/** What repeats below a child. */
export function placesBelow(name: string, { below }: ListPlaces): ListPlaces {
  return below.size === 0 ? NOWHERE : (below.get(name) ?? NOWHERE);
}

/** The place of a path that all others lie below. */
export function outermost(path: string): Place {
  return { outer: undefined, step: path, row: 0 };
}

/** The place of a child. */
export function inside(outer: Place, step: string): Place {
  return { outer, step, row: 0 };
}

/** A place as people are told it: `/input/detail/row[2]/akc226`. */
export function placeText({ outer, step, row }: Place): string {
  const own = row === 0 ? step : `${step}[${row}]`;
  return outer === undefined ? own : `${placeText(outer)}/${own}`;
}
