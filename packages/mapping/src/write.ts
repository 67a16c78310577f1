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
import type { HeaderView } from './model-path.ts';
import type {
  AddMember,
  BranchMember,
  DirectionPlan,
  EmitMember,
  LeafMember,
  Member,
  Plan,
  SumMember,
} from './plan.ts';
import { escapeSegment, formatPlace, placeAt, reshape, setMember, type MutableWire } from './pointer.ts';
import { report, type MapRule } from './report.ts';
import { EVERY_ROW } from './row-blanks.ts';
import type { MapContext, MappedContent, ToWire } from './types.ts';
import { findUnplaced } from './unplaced.ts';

/** State of one writing. */
interface Run {
  readonly direction: DirectionPlan;
  readonly context: MapContext;
  readonly header: HeaderView;
  /** What is to be written back; `undefined` when there is nothing. */
  readonly carried: Carried | undefined;
  /** Whether any of it lists members that came as `""` or `null`, or is a value that was nowhere in the model. */
  readonly hasBlanks: boolean;
  readonly hasNulls: boolean;
  readonly hasValues: boolean;
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
  /** Of the node, or of the list whose item it is: rows come by the thousand, and few are pointed at. */
  readonly pointer: string;
  /** Position in that list; -1 for none. */
  readonly row: number;
  /** Of an item of a list: what all of them left blank. */
  readonly rows: Blanks | undefined;
}

/** Names of members that came as `""`, and as `null`; of rows only where all agree. */
interface Blanks {
  readonly blank: readonly string[] | undefined;
  readonly empty: readonly string[] | undefined;
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
    hasBlanks: own && keys.some((key) => key.startsWith('#blank')),
    hasNulls: own && keys.some((key) => key.startsWith('#null')),
    hasValues: own && keys.some((key) => key.startsWith('/')),
    notes: [],
    faults: [],
    written: 0,
  };
  const out: MutableWire = direction.plan.wireRoom?.() ?? {};
  writeObject(direction.plan, { run, source: content.body, out, pointer: '', row: -1, rows: undefined });
  if (run.carried !== undefined) {
    writeBack(out, keys, { carried: run.carried, run });
    shapeAgain(out, keys);
  }
  for (const path of direction.single) refuseSeveral(path, content.body, run);
  if (!own) for (const pointer of findUnplaced(direction, content)) noteUncarried(pointer, run);
  const body = run.written > 0 || !isEmpty(out) ? out : emptyBody(direction, content);
  return { body, notes: run.notes, faults: run.faults };
}

/** The form tells the leaf once: what another item says there has no place, and must not pass for the first one's. */
function refuseSeveral(path: string, body: CanonicalObject, run: Run): void {
  const [list = '', name = ''] = path.split('.');
  const items = body[list];
  if (!Array.isArray(items)) return;
  const [first, ...others] = items as readonly CanonicalObject[];
  if (others.every((other) => other[name] === first?.[name])) return;
  run.faults.push(found('one-row', `/${list}/${name}`, run));
}

/** Nothing was written: `{}` or `null`, as it came, or as the operation has it. */
function emptyBody(direction: DirectionPlan, { carried, dialect }: MappedContent): WireObject | null {
  const came = carried[''];
  if (came === null || (dialect === direction.dialect && came !== undefined))
    return came as WireObject | null;
  return direction.plan.members.length === 0 ? null : {};
}

function writeObject(plan: Plan, at: Frame): void {
  const { direction } = at.run;
  if (plan.writer !== undefined && !direction.exact) {
    // Counted afterwards: what it leaves to `writeMember` is counted there.
    const written = plan.writer(at.source, at.out, writeMember, at);
    at.run.written += written;
  } else {
    const blank = direction.exact ? blankIn(at) : undefined;
    for (const member of plan.members) {
      // An element that came blank stays blank, also where a fill has found its value elsewhere.
      if (blank === undefined || member.kind === 'add' || !blank.includes(member.wire))
        writeMember(member, at);
    }
    if (direction.exact && direction.strict) refuseUntold(plan.required, at);
  }
  fillBlanks(blankIn(at), '', at);
  fillBlanks(emptyIn(at), null, at);
}

/** A request without an element that it must have would mean something else, or nothing: its code has no equal here. */
function refuseUntold(required: readonly string[], at: Frame): void {
  const { faults, notes } = at.run;
  for (const name of required) {
    if (Object.hasOwn(at.out, name)) continue;
    const place = found('no-equal', pointerOf(name, at), at.run).at;
    const index = notes.findIndex((note) => note.rule === 'no-equal' && note.at === place);
    if (index >= 0) faults.push(...notes.splice(index, 1));
  }
}

/** Members of a node that came as `""`: as in every row of its list, or in itself. */
function blankIn(at: Frame): readonly string[] | undefined {
  if (!at.run.hasBlanks) return undefined;
  return at.rows?.blank ?? namesAt(`#blank${nodeAt(at)}`, at.run);
}

/** The same of `null`. */
function emptyIn(at: Frame): readonly string[] | undefined {
  if (!at.run.hasNulls) return undefined;
  return at.rows?.empty ?? namesAt(`#null${nodeAt(at)}`, at.run);
}

function namesAt(key: string, { carried }: Run): readonly string[] | undefined {
  return carried?.[key] as readonly string[] | undefined;
}

function writeMember(member: Member, at: Frame): void {
  switch (member.kind) {
    case 'leaf':
      return writeLeaf(member, at);
    case 'branch':
      return writeBranch(member, at);
    case 'sum':
      return writeSum(member, at);
    case 'add':
      return writeAdded(member, at);
    case 'emit':
      return writeEmit(member, at);
  }
}

function writeLeaf(member: LeafMember, at: Frame): void {
  const { place, wire, limit } = member;
  const value = place.name === '' ? place.get(at.source, at.run.header) : at.source[place.name];
  if (value === undefined) return;
  const text = writeValue(member, value, at);
  if (limit !== undefined && typeof text === 'string' && exceeds(text, limit)) {
    at.run.faults.push(found('format-limit', pointerOf(wire, at), at.run));
  }
}

/** Lengths count characters, not UTF-16 units. */
function exceeds(text: string, limit: number): boolean {
  return text.length > limit && Array.from(text).length > limit;
}

function writeSum(member: SumMember, at: Frame): void {
  let total: Fen | undefined;
  for (const place of member.places) {
    const part = place.get(at.source, at.run.header);
    if (typeof part === 'bigint') total = fen((total ?? 0n) + part);
  }
  if (total !== undefined) writeValue(member, total, at);
}

/** Writes one value, in the spelling in which this same value came if it came in this form. */
function writeValue(member: LeafMember | SumMember, value: CanonicalValue, at: Frame): WireLeaf | undefined {
  const { codec, wire } = member;
  const { carried, direction, notes } = at.run;
  const text = codec.write(value);
  if (text === undefined) {
    notes.push(found('no-equal', pointerOf(wire, at), at.run));
    return undefined;
  }
  const exact = direction.exact || codec.spelled === true;
  const kept = exact ? carried?.[`#spelled${pointerOf(wire, at)}`] : undefined;
  put(wire, kept !== undefined && codec.read(kept) === value ? kept : text, at);
  return text;
}

function writeEmit(member: EmitMember, at: Frame): void {
  const { context, header, carried } = at.run;
  const pointer = pointerOf(member.wire, at);
  const kept = carried?.[pointer] ?? carried?.[`#used${pointer}`];
  const value = kept ?? member.write({ context, source: at.source, header });
  if (value !== undefined) put(member.wire, value, at);
}

/** The parts as they came, if they still make the sum; else the whole sum in one of them. */
function writeAdded({ wire, parts, place, codec }: AddMember, at: Frame): void {
  const { header, carried } = at.run;
  const total = place.get(at.source, header);
  if (total === undefined) return;
  const kept = parts.map((name) => carried?.[`#part${pointerOf(name, at)}`]);
  const amounts = kept.map((part) => (part === undefined ? undefined : codec.read(part)));
  const sum = amounts.reduce<bigint>((all, one) => all + (typeof one === 'bigint' ? one : 0n), 0n);
  if (amounts.some((one) => one !== undefined) && sum === total) {
    for (const [index, part] of kept.entries()) {
      if (part !== undefined) put(parts[index] as string, part, at);
    }
    return;
  }
  const written = codec.write(total);
  if (written !== undefined) put(wire, written, at);
}

function writeBranch(member: BranchMember, at: Frame): void {
  const { run } = at;
  const own = pointerOf(member.wire, at);
  const pointer = member.row === true ? `${own}/0` : own;
  const out: MutableWire = member.plan.wireRoom?.() ?? {};
  if (member.place === undefined) {
    const before = run.written;
    writeObject(member.plan, { run, source: at.source, out, pointer, row: -1, rows: undefined });
    // Nobody makes a list anew for a row of which all is carried.
    const awaited = member.row === true && hasBelow(run.carried, pointer);
    if (run.written > before || awaited) put(member.wire, member.row === true ? [out] : out, at);
    return;
  }
  const value = member.place.get(at.source, run.header);
  if (value === undefined) return;
  if (member.repeated) {
    put(member.wire, writeList(member, value as readonly CanonicalObject[], at), at);
  } else {
    writeObject(member.plan, {
      run,
      source: value as CanonicalObject,
      out,
      pointer,
      row: -1,
      rows: undefined,
    });
    put(member.wire, out, at);
  }
}

function hasBelow(carried: Carried | undefined, pointer: string): boolean {
  if (carried === undefined) return false;
  return Object.keys(carried).some((key) => key === pointer || key.startsWith(`${pointer}/`));
}

function writeList(member: BranchMember, items: readonly CanonicalObject[], at: Frame): readonly WireValue[] {
  const { run } = at;
  const pointer = pointerOf(member.wire, at);
  const list: WireValue[] = [];
  const every = pointer + EVERY_ROW;
  const rows = { blank: namesAt(`#blank${every}`, run), empty: namesAt(`#null${every}`, run) };
  for (const source of items) {
    putBackItems(list, pointer, run);
    const out: MutableWire = member.plan.wireRoom?.() ?? {};
    writeObject(member.plan, { run, source, out, pointer, row: list.length, rows });
    list.push(out);
  }
  putBackItems(list, pointer, run);
  return list;
}

/** Items that were no objects take their old positions again. */
function putBackItems(list: WireValue[], pointer: string, { carried, hasValues }: Run): void {
  while (carried !== undefined && hasValues) {
    const item = carried[`${pointer}/${list.length}`];
    if (item === undefined) return;
    list.push(item);
  }
}

function fillBlanks(names: readonly string[] | undefined, value: '' | null, at: Frame): void {
  if (names === undefined) return;
  for (const name of names) if (!Object.hasOwn(at.out, name)) put(name, value, at);
}

function put(name: string, value: WireValue, at: Frame): void {
  setMember(at.out, name, value);
  at.run.written += 1;
}

/** Puts back what was nowhere in the model, and elements of which only the value was used. */
function writeBack(
  out: MutableWire,
  keys: readonly string[],
  { carried, run }: { readonly carried: Carried; readonly run: Run },
): void {
  for (const key of keys) {
    if (key === '' || (key.startsWith('#') && !key.startsWith('#used/'))) continue;
    const pointer = key.startsWith('#') ? key.slice('#used'.length) : key;
    const list = run.direction.lists.find((prefix) => pointer.startsWith(`${prefix}/`));
    const where = list === undefined ? { pointer } : { pointer, list };
    if (!placeAt(out, where, carried[key] as WireValue)) noteUncarried(pointer, run);
  }
}

/** Nodes that came as a list of one, or as one object for a list, have that shape again; the innermost first. */
function shapeAgain(out: MutableWire, keys: readonly string[]): void {
  const marks = keys.filter((key) => key.startsWith('#list/') || key.startsWith('#single/'));
  const nodes = marks.map((mark) => ({
    pointer: mark.slice(mark.indexOf('/')),
    shape: mark.startsWith('#list/') ? ('list' as const) : ('object' as const),
  }));
  for (const { pointer, shape } of nodes.toSorted(
    (one, other) => other.pointer.length - one.pointer.length,
  )) {
    reshape(out, pointer, shape);
  }
}

function isEmpty(object: WireObject): boolean {
  for (const _ in object) return false;
  return true;
}

function pointerOf(name: string, at: Frame): string {
  return `${nodeAt(at)}/${escapeSegment(name)}`;
}

function nodeAt({ pointer, row }: Frame): string {
  return row < 0 ? pointer : `${pointer}/${row}`;
}

function found(rule: MapRule, pointer: string, run: Run): Deviation {
  const { root, style, label } = run.direction;
  const field = pointer.slice(pointer.lastIndexOf('/') + 1);
  return report(rule, { at: formatPlace(root, pointer, style), field, label: label(field) });
}

function noteUncarried(pointer: string, run: Run): void {
  run.notes.push(found('not-carried', pointer, run));
}
