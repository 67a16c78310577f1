/** Model → wire: runs a plan over a canonical body. */
import {
  fen,
  type CanonicalObject,
  type CanonicalValue,
  type Carried,
  type Deviation,
  type Fault,
  type Fen,
  type WireLeaf,
  type WireObject,
  type WireValue,
} from '@yiqiao/model';
import type {
  BranchMember,
  DirectionPlan,
  EmitMember,
  LeafMember,
  Member,
  Plan,
  SumMember,
  WriteView,
} from './plan.ts';
import { fieldPath, type HeaderView } from './model-path.ts';
import { escapeSegment, formatPlace, placeAt, setMember, type MutableWire } from './pointer.ts';
import { report, type MapRule } from './report.ts';
import type { MapContext, MappedContent, ToWire } from './types.ts';

/** State of one writing. */
interface Run {
  readonly direction: DirectionPlan;
  readonly context: MapContext;
  readonly header: HeaderView;
  /** `undefined` when nothing is to be written back; pointers are then not needed. */
  readonly carried: Carried | undefined;
  readonly notes: Deviation[];
  readonly faults: Fault[];
  /** Members written so far; tells whether a node has any. */
  written: number;
}

/** A node being written. */
interface Frame {
  readonly run: Run;
  readonly source: CanonicalObject;
  readonly out: MutableWire;
  readonly pointer: string;
}

/** Writes a body. */
export function writeBody(direction: DirectionPlan, content: MappedContent, context: MapContext): ToWire {
  const own = content.dialect === direction.dialect;
  const keys = Object.keys(content.carried);
  const run: Run = {
    direction,
    context,
    header: context.header ?? {},
    carried: own && keys.length > 0 ? content.carried : undefined,
    notes: [],
    faults: [],
    written: 0,
  };
  const out: MutableWire = {};
  writeObject(direction.plan, { source: content.body, out, pointer: '' }, run);
  if (run.carried !== undefined) writeBack(out, keys, run);
  if (!own) reportUnplaced(content, keys, run);
  const body = run.written > 0 || !isEmpty(out) ? out : emptyBody(direction, content, own);
  return { body, notes: run.notes, faults: run.faults };
}

/** Nothing was written: `{}` or `null`, as it came, or as the operation has it. */
function emptyBody(direction: DirectionPlan, content: MappedContent, own: boolean): WireObject | null {
  const came = content.carried[''];
  if (came === null || (own && came !== undefined)) return came as WireObject | null;
  return direction.plan.members.length === 0 ? null : {};
}

function writeObject(plan: Plan, at: Frame, run: Run): void {
  const blank = run.direction.exact ? run.carried?.[`#blank${at.pointer}`] : undefined;
  for (const member of plan.members) {
    // An element that came blank stays blank, also where a fill has found its value elsewhere.
    if (blank === undefined || !(blank as readonly string[]).includes(member.wire))
      writeMember(member, at, run);
  }
  if (run.carried !== undefined) writeBlanks(at, run);
}

function writeMember(member: Member, at: Frame, run: Run): void {
  switch (member.kind) {
    case 'leaf':
      return writeLeaf(member, at, run);
    case 'branch':
      return writeBranch(member, at, run);
    case 'sum':
      return writeSum(member, at, run);
    case 'emit':
      return writeEmit(member, at, run);
  }
}

function writeLeaf(member: LeafMember, at: Frame, run: Run): void {
  const { place, codec, wire, limit } = member;
  const value = place.name === '' ? place.get(at.source, run.header) : at.source[place.name];
  if (value === undefined) return;
  const text = codec.write(value);
  if (text === undefined) return note('no-equal', `${at.pointer}/${wire}`, wire, run);
  put(at.out, wire, spelled(member, value, text, at, run), run);
  if (limit !== undefined && typeof text === 'string' && length(text) > limit) {
    run.faults.push(found('format-limit', `${at.pointer}/${wire}`, wire, run));
  }
}

function length(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

/** The spelling in which this same value came, if it came in this form. */
function spelled(
  member: LeafMember | SumMember,
  value: CanonicalValue,
  text: WireLeaf,
  at: Frame,
  run: Run,
): WireValue {
  if (run.carried === undefined || !run.direction.exact) return text;
  const key = `#spelled${at.pointer}/${escapeSegment(member.wire)}`;
  const kept = run.carried[key];
  return kept !== undefined && member.codec.read(kept) === value ? kept : text;
}

function writeSum(member: SumMember, at: Frame, run: Run): void {
  let total: Fen | undefined;
  for (const place of member.places) {
    const part = place.get(at.source, run.header);
    if (typeof part === 'bigint') total = fen((total ?? 0n) + part);
  }
  if (total === undefined) return;
  const text = member.codec.write(total);
  if (text !== undefined) put(at.out, member.wire, spelled(member, total, text, at, run), run);
}

function writeEmit(member: EmitMember, at: Frame, run: Run): void {
  if (run.carried !== undefined) {
    const pointer = `${at.pointer}/${escapeSegment(member.wire)}`;
    const kept = run.carried[pointer] ?? run.carried[`#used${pointer}`];
    if (kept !== undefined) {
      put(at.out, member.wire, kept, run);
      return;
    }
  }
  const view: WriteView = { context: run.context, source: at.source, header: run.header };
  const value = member.write(view);
  if (value !== undefined) put(at.out, member.wire, value, run);
}

function writeBranch(member: BranchMember, at: Frame, run: Run): void {
  const pointer = run.carried === undefined ? '' : `${at.pointer}/${escapeSegment(member.wire)}`;
  if (member.place === undefined) {
    const child: MutableWire = {};
    const before = run.written;
    writeObject(member.plan, { source: at.source, out: child, pointer }, run);
    if (run.written > before) put(at.out, member.wire, child, run);
    return;
  }
  const value = member.place.get(at.source, run.header);
  if (value === undefined) return;
  if (member.repeated) {
    put(at.out, member.wire, writeList(member, value as readonly CanonicalObject[], pointer, run), run);
  } else {
    const child: MutableWire = {};
    writeObject(member.plan, { source: value as CanonicalObject, out: child, pointer }, run);
    put(at.out, member.wire, child, run);
  }
}

function writeList(
  member: BranchMember,
  items: readonly CanonicalObject[],
  pointer: string,
  run: Run,
): readonly WireValue[] {
  const out: WireValue[] = [];
  for (const source of items) {
    if (run.carried !== undefined) putBackItems(out, pointer, run.carried);
    const child: MutableWire = {};
    const own = run.carried === undefined ? '' : `${pointer}/${out.length}`;
    writeObject(member.plan, { source, out: child, pointer: own }, run);
    out.push(child);
  }
  if (run.carried !== undefined) putBackItems(out, pointer, run.carried);
  return out;
}

/** Items that were no objects take their old positions again. */
function putBackItems(out: WireValue[], pointer: string, carried: Carried): void {
  for (;;) {
    const item = carried[`${pointer}/${out.length}`];
    if (item === undefined) return;
    out.push(item);
  }
}

function writeBlanks(at: Frame, run: Run): void {
  const blank = run.carried?.[`#blank${at.pointer}`];
  if (blank !== undefined) fillBlanks(at.out, blank as readonly string[], '', run);
  const empty = run.carried?.[`#null${at.pointer}`];
  if (empty !== undefined) fillBlanks(at.out, empty as readonly string[], null, run);
}

function fillBlanks(out: MutableWire, names: readonly string[], value: '' | null, run: Run): void {
  for (const name of names) if (!Object.hasOwn(out, name)) put(out, name, value, run);
}

function put(out: MutableWire, name: string, value: WireValue, run: Run): void {
  setMember(out, name, value);
  run.written += 1;
}

/** Puts back what was nowhere in the model. */
function writeBack(out: MutableWire, keys: readonly string[], run: Run): void {
  for (const key of keys) {
    if (key === '' || (key.startsWith('#') && !key.startsWith('#used/'))) continue;
    const pointer = key.startsWith('#') ? key.slice('#used'.length) : key;
    const value = (run.carried as Carried)[key] as WireValue;
    const list = run.direction.lists.find((prefix) => pointer.startsWith(`${prefix}/`));
    if (!placeAt(out, pointer, value, list)) note('not-carried', pointer, lastSegment(pointer), run);
  }
}

function lastSegment(pointer: string): string {
  return pointer.slice(pointer.lastIndexOf('/') + 1);
}

function isEmpty(object: WireObject): boolean {
  for (const _ in object) return false;
  return true;
}

/** Says what came in another form or from another map and has no place here. */
function reportUnplaced(content: MappedContent, keys: readonly string[], run: Run): void {
  for (const key of keys) {
    if (key.startsWith('/')) note('not-carried', key, lastSegment(key), run);
  }
  reportObject(content.body, '', placesOf(run.direction), run);
}

function reportObject(object: CanonicalObject, base: string, places: Places, run: Run): void {
  for (const name of Object.keys(object)) {
    const value = object[name];
    if (value === undefined || value === 0n) continue;
    const path = base + name;
    if (Array.isArray(value)) {
      for (const item of value as readonly CanonicalObject[]) reportObject(item, `${path}.`, places, run);
    } else if (typeof value === 'object') {
      reportObject(value as CanonicalObject, `${path}.`, places, run);
    } else if (!places.has(path) || (places.get(path) ?? value) !== value) {
      note('not-carried', `/${path.replaceAll('.', '/')}`, name, run);
    }
  }
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
const FROM_MESSAGE = /^(?:wire|root):/;

/** Collects the paths that a plan writes, or that its reader knows from elsewhere. */
function collectPlaces(plan: Plan, base: string, into: Map<string, CanonicalValue | undefined>): void {
  for (const fill of plan.fills) {
    if (!FROM_MESSAGE.test(fill.from)) into.set(base + fieldPath(fill.place.text), fill.constant);
  }
  for (const member of plan.members) {
    if (member.kind === 'branch') {
      const next = member.place === undefined ? base : `${base}${fieldPath(member.place.text)}.`;
      collectPlaces(member.plan, next, into);
    } else {
      for (const text of writtenPaths(member)) into.set(base + fieldPath(text), undefined);
    }
  }
}

function writtenPaths(member: Exclude<Member, BranchMember>): string[] {
  if (member.kind === 'leaf') return [member.place.text];
  if (member.kind === 'sum') return member.places.map((place) => place.text);
  return member.from.startsWith('model:') ? [member.from.slice('model:'.length)] : [];
}

function found(rule: MapRule, pointer: string, field: string, run: Run): Deviation {
  const { root, style, label } = run.direction;
  return report(rule, formatPlace(root, pointer, style), field, label(field));
}

function note(rule: MapRule, pointer: string, field: string, run: Run): void {
  run.notes.push(found(rule, pointer, field, run));
}
