/** What a message from another form says and a plan has no place for. */
import type { CanonicalObject, CanonicalValue } from '@yiqiao/model';
import { fieldPath } from './model-path.ts';
import type { BranchMember, DirectionPlan, Member, Plan } from './plan.ts';
import type { MappedContent } from './types.ts';

/** Finds the pointers of what the other form carried beside the model, and of canonical leaves without place. */
export function findUnplaced(direction: DirectionPlan, content: MappedContent): readonly string[] {
  const unplaced = Object.keys(content.carried).filter((key) => key.startsWith('/'));
  collectUnplaced(content.body, { path: '', counted: '' }, { places: placesOf(direction), unplaced });
  return unplaced;
}

interface Search {
  readonly places: Places;
  readonly unplaced: string[];
}

/** Where an object stands: without list positions, as it is told, and with them. Both end in a dot, or are empty. */
interface Base {
  readonly path: string;
  readonly counted: string;
}

function collectUnplaced(object: CanonicalObject, base: Base, search: Search): void {
  for (const name of Object.keys(object)) {
    const value = object[name];
    if (value === undefined || value === 0n) continue;
    const at = { path: base.path + name, counted: base.counted + name };
    if (Array.isArray(value)) {
      for (const [index, item] of (value as readonly CanonicalObject[]).entries()) {
        collectUnplaced(item, { path: `${at.path}.`, counted: `${at.counted}.${index}.` }, search);
      }
    } else if (typeof value === 'object') {
      collectUnplaced(value as CanonicalObject, { path: `${at.path}.`, counted: `${at.counted}.` }, search);
    } else if (!isPlaced(at.path, value, search.places) && !isPlaced(at.counted, value, search.places)) {
      search.unplaced.push(`/${at.path.replaceAll('.', '/')}`);
    }
  }
}

function isPlaced(path: string, value: CanonicalValue, places: Places): boolean {
  return places.has(path) && (places.get(path) ?? value) === value;
}

/** Rules that count list items have a place for these alone. */
function placeOf(text: string): string {
  return /(?:^|\.)\d+\./.test(text) ? text : fieldPath(text);
}

/** Canonical leaf paths of which nothing need be said → the only value for which that holds, if there is one. */
type Places = ReadonlyMap<string, CanonicalValue | undefined>;

const placesByDirection = new WeakMap<DirectionPlan, Places>();

function placesOf(direction: DirectionPlan): Places {
  const known = placesByDirection.get(direction);
  if (known !== undefined) return known;
  const places = new Map<string, CanonicalValue | undefined>();
  collectPlaces(direction.plan, '', places);
  for (const path of direction.silent) places.set(path, undefined);
  placesByDirection.set(direction, places);
  return places;
}

/** Fills that read the message itself: what the model says there may differ from what is written. */
const FROM_MESSAGE = /^(?:wire|root|sum|envelope):/;

/** Collects the paths that a plan writes, or that its reader knows from elsewhere. */
function collectPlaces(plan: Plan, base: string, into: Map<string, CanonicalValue | undefined>): void {
  for (const fill of plan.fills) {
    if (!FROM_MESSAGE.test(fill.from)) into.set(base + placeOf(fill.place.text), fill.constant);
  }
  for (const member of plan.members) {
    if (member.kind === 'branch') {
      const next = member.place === undefined ? base : `${base}${fieldPath(member.place.text)}.`;
      collectPlaces(member.plan, next, into);
    } else {
      for (const text of writtenPaths(member)) into.set(base + placeOf(text), undefined);
    }
  }
}

function writtenPaths(member: Exclude<Member, BranchMember>): string[] {
  if (member.kind === 'leaf') return [member.place.text];
  if (member.kind === 'add') return [member.place.text];
  if (member.kind === 'sum') return member.places.map((place) => place.text);
  return member.from.startsWith('model:') ? [member.from.slice('model:'.length)] : [];
}
