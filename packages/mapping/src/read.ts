/** Wire → model: runs a plan over a wire body. */
import {
  fen,
  GatewayError,
  isWireObject,
  type CanonicalValue,
  type Deviation,
  type Fault,
  type WireObject,
  type WireValue,
} from '@yiqiao/model';
import { strict as assert } from 'node:assert';
import type { LeafCodec } from './leaf-codec.ts';
import { keyIn, type RecordElements } from './map-file.ts';
import type { MutableModel } from './model-path.ts';
import type {
  AddMember,
  BranchMember,
  DirectionPlan,
  EmitMember,
  LeafMember,
  Member,
  Plan,
  ReadView,
  SumMember,
} from './plan.ts';
import { escapeSegment, formatPlace } from './pointer.ts';
import { RowBlanks } from './row-blanks.ts';
import { report, type MapRule } from './report.ts';
import type { MapContext, ToModel } from './types.ts';

/** State of one reading. */
interface Run {
  readonly direction: DirectionPlan;
  readonly context: MapContext;
  readonly root: WireObject;
  readonly header: MutableModel;
  readonly carried: Record<string, WireValue>;
  readonly notes: Deviation[];
  readonly faults: Fault[];
  /** Canonical path of the object at hand with trailing dot; kept only while origins are explained. */
  base: string;
}

/** A node being read: where it stands, and what it is read into. */
interface Frame {
  readonly run: Run;
  readonly object: WireObject;
  readonly target: MutableModel;
  /** Of the node, or of the list whose item it is: rows come by the thousand, and few are pointed at. */
  readonly pointer: string;
  /** Position in that list; -1 for none. */
  readonly row: number;
  /** Of an item of a list: where its blanks are put aside. */
  readonly rows: RowBlanks | undefined;
  blank: string[] | undefined;
  empty: string[] | undefined;
}

/** Reads a body. @throws GatewayError with all faults, as `DirectionMap.toModel` says. */
export function readBody(direction: DirectionPlan, body: WireObject | null, context: MapContext): ToModel {
  const target: MutableModel = {};
  const root = body ?? {};
  const run: Run = {
    direction,
    context,
    root,
    header: {},
    carried: {},
    notes: [],
    faults: [],
    base: '',
  };
  if (body === null) run.carried[''] = null;
  else if (direction.plan.members.length === 0 && countMembers(body) === 0) run.carried[''] = body;
  readObject(direction.plan, {
    run,
    object: root,
    target,
    pointer: '',
    row: -1,
    rows: undefined,
    blank: undefined,
    empty: undefined,
  });
  const { faults, header, carried, notes } = run;
  if (faults.length > 0) throw new GatewayError(codeOf(faults), { faults });
  return { body: target, header, carried, notes, dialect: direction.dialect };
}

function codeOf(faults: readonly Fault[]) {
  if (faults.some((fault) => fault.rule === 'amount')) return 'AMOUNT_INVALID';
  return faults.every((fault) => fault.rule === 'record-missing') ? 'RECORD_MISSING' : 'MESSAGE_INVALID';
}

function readObject(plan: Plan, at: Frame): void {
  const { run, object, pointer } = at;
  const quick = run.context.explain === undefined && !run.direction.exact ? plan.reader : undefined;
  const known = quick === undefined ? readMembers(plan, at) : quick(object, at.target, readAny, at);
  // Below the top, a node belongs to the one step that has rules for it.
  const keeps = run.direction.keepsUnknown || pointer !== '';
  if (known < countMembers(object) && keeps) leaveUnknown(plan, at);
  if (at.rows !== undefined) at.rows.add(at);
  else {
    if (at.blank !== undefined) run.carried[`#blank${pointer}`] = at.blank;
    if (at.empty !== undefined) run.carried[`#null${pointer}`] = at.empty;
  }
  if (plan.required.length > 0) checkRequired(plan, at);
  if (plan.fills.length > 0) fillIn(plan, at);
  if (plan.same.length > 0) checkSame(plan, at);
}

/** Reads member by member; returns how many are there. */
function readMembers(plan: Plan, at: Frame): number {
  let known = 0;
  for (const member of plan.members) {
    if (member.kind === 'add') {
      readAdded(member, at);
      continue;
    }
    const value = at.object[member.wire];
    if (value === undefined) continue;
    known += 1;
    if (member.kind === 'emit') leaveUnmapped(plan, member.wire, at);
    else readMember(member, value, at);
  }
  return known;
}

/** Derived maps have neither sums nor members that are only written. */
function readAny(member: Member, value: WireValue, at: Frame): void {
  if (member.kind === 'leaf') readLeaf(member, value, at);
  else if (member.kind === 'branch') readBranch(member, value, at);
  else assert.fail(`a ${member.kind} in a derived map`);
}

/** Counts without a list of the names, which would be garbage at once. */
function countMembers(object: WireObject): number {
  let count = 0;
  for (const _ in object) count += 1;
  return count;
}

function readMember(member: Exclude<Member, EmitMember | AddMember>, value: WireValue, at: Frame): void {
  switch (member.kind) {
    case 'leaf':
      return readLeaf(member, value, at);
    case 'branch':
      return readBranch(member, value, at);
    case 'sum':
      return readSum(member, value, at);
  }
}

function readLeaf(member: LeafMember, value: WireValue, at: Frame): void {
  const { place, codec, wire } = member;
  const { run } = at;
  const leaf = codec.read(value);
  if (leaf === undefined) return leaveUnread(wire, codec.fault, at);
  if (place.name !== '') at.target[place.name] = leaf;
  else if (!place.set(at.target, run.header, leaf)) return leave(wire, value, at);
  if (typeof value !== codec.form) note('number-form', wire, at);
  if (keepsSpelling(codec, value, run) && codec.write(leaf) !== value) keep('#spelled', wire, at);
  if (run.context.explain !== undefined) explainLeaf(place.text, wire, at);
}

function keepsSpelling(codec: LeafCodec, value: WireValue, { direction }: Run): boolean {
  return direction.exact || (codec.spelled === true && typeof value === 'string');
}

function readSum(member: SumMember, value: WireValue, at: Frame): void {
  const { codec, places, choose, wire } = member;
  const { run } = at;
  const leaf = codec.read(value);
  if (leaf === undefined) return leaveUnread(wire, codec.fault, at);
  const place = places[choose(at.target, run.context.request)];
  if (place === undefined || !place.set(at.target, run.header, leaf)) return leave(wire, value, at);
  if (codec.write(leaf) !== value) keep('#spelled', wire, at);
  if (run.context.explain !== undefined) explainLeaf(place.text, wire, at);
}

/** The parts are kept as they came: their sum alone does not tell them. */
function readAdded({ parts, place, codec }: AddMember, at: Frame): void {
  const { run, object } = at;
  let total: bigint | undefined;
  for (const wire of parts) {
    const value = object[wire];
    if (value === undefined) continue;
    const amount = codec.read(value);
    if (typeof amount === 'bigint') {
      total = (total ?? 0n) + amount;
      keep('#part', wire, at);
      if (run.context.explain !== undefined) explainLeaf(place.text, wire, at);
    } else leaveUnread(wire, codec.fault, at);
  }
  if (total !== undefined) place.set(at.target, run.header, fen(total));
}

function readBranch(member: BranchMember, value: WireValue, at: Frame): void {
  if (member.repeated) {
    if (Array.isArray(value)) return readList(member, value, at);
    if (!isWireObject(value)) return leaveUnread(member.wire, 'format', at);
    if (member.loose === true) at.run.carried[`#single${pointerOf(member.wire, at)}`] = '1';
    else note('node-shape', member.wire, at);
    return readList(member, [value], at);
  }
  const object = Array.isArray(value) && value.length === 1 ? (value as readonly WireValue[])[0] : value;
  if (!isWireObject(object)) return leaveNode(member, value, at);
  const own = pointerOf(member.wire, at);
  if (member.row === true) {
    if (object === value) at.run.carried[`#single${own}`] = '1';
    return readNode(member, object, { ...at, pointer: `${own}/0`, row: -1 });
  }
  if (object !== value) {
    note('node-shape', member.wire, at);
    at.run.carried[`#list${own}`] = '1';
  }
  readNode(member, object, { ...at, pointer: own, row: -1 });
}

/** A node that cannot be read; of several rows where one has a place, it is said. */
function leaveNode(member: BranchMember, value: WireValue, at: Frame): void {
  if (member.row !== true || !Array.isArray(value)) return leaveUnread(member.wire, 'format', at);
  leave(member.wire, value, at);
  if (value.length === 0) return;
  if (at.run.direction.strict) at.run.faults.push(found('one-row', member.wire, at));
  else note('one-row', member.wire, at);
}

/** Reads a node; `at.pointer` is its own. */
function readNode(member: BranchMember, object: WireObject, at: Frame): void {
  const { run, pointer } = at;
  const inner = { run, object, pointer, row: -1, rows: undefined, blank: undefined, empty: undefined };
  if (member.place === undefined) {
    // An empty node leaves no trace in the object that holds its members.
    if (countMembers(object) === 0) run.carried[pointer] = object;
    else readObject(member.plan, { ...inner, target: at.target });
    return;
  }
  const target: MutableModel = member.plan.modelRoom?.() ?? {};
  member.place.set(at.target, run.header, target as CanonicalValue);
  inside(`${member.place.text}.`, run, () => readObject(member.plan, { ...inner, target }));
}

function readList(member: BranchMember, values: readonly WireValue[], at: Frame): void {
  const { run } = at;
  const { place, plan, wire } = member;
  const pointer = pointerOf(wire, at);
  const items: MutableModel[] = [];
  const rows = new RowBlanks(pointer, run.carried);
  place?.set(at.target, run.header, items as readonly MutableModel[] as CanonicalValue);
  for (let i = 0; i < values.length; i += 1) {
    const object = values[i] as WireValue;
    if (isWireObject(object)) {
      const target: MutableModel = plan.modelRoom?.() ?? {};
      items.push(target);
      const inner = { run, object, target, pointer, row: i, rows, blank: undefined, empty: undefined };
      if (run.context.explain === undefined) readObject(plan, inner);
      else inside(`${place?.text}.${items.length - 1}.`, run, () => readObject(plan, inner));
    } else {
      rows.part();
      run.carried[`${pointer}/${i}`] = object;
      if (object !== null && object !== '') note('not-convertible', wire, at);
    }
  }
  rows.end();
}

function inside(base: string, run: Run, read: () => void): void {
  if (run.context.explain === undefined) return read();
  const outer = run.base;
  run.base = outer + base;
  read();
  run.base = outer;
}

function leaveUnknown(plan: Plan, at: Frame): void {
  for (const name of Object.keys(at.object)) {
    if (plan.members.some((member) => member.wire === name) || plan.elsewhere.has(name)) continue;
    leaveUnmapped(plan, name, at);
  }
}

/** An element without rule that reads it: its value is in the model only if a fill used it. */
function leaveUnmapped(plan: Plan, name: string, at: Frame): void {
  const value = at.object[name] as WireValue;
  if (plan.used.has(name) && value !== '') keep('#used', name, at);
  else leave(name, value, at);
}

/** Puts a value aside for the same form; blanks are only listed. */
function leave(name: string, value: WireValue, at: Frame): void {
  if (value === '') (at.blank ??= []).push(name);
  else if (value === null) (at.empty ??= []).push(name);
  else at.run.carried[pointerOf(name, at)] = value;
}

function leaveUnread(name: string, fault: 'amount' | 'format', at: Frame): void {
  const value = at.object[name] as WireValue;
  leave(name, value, at);
  if (value === '' || value === null) return;
  if (at.run.direction.strict) at.run.faults.push(found(fault, name, at));
  else note('not-convertible', name, at);
}

/** A request is refused; an answer tells what was done, so that it is delivered and what is odd about it noted. */
function complain(rule: MapRule, name: string, at: Frame): void {
  if (at.run.direction.strict) at.run.faults.push(found(rule, name, at));
  else note(rule, name, at);
}

/** Keeps how a value that is in the model was written. */
function keep(kind: '#spelled' | '#used' | '#part', name: string, at: Frame): void {
  at.run.carried[kind + pointerOf(name, at)] = at.object[name] as WireValue;
}

function pointerOf(name: string, at: Frame): string {
  const node = at.row < 0 ? at.pointer : `${at.pointer}/${at.row}`;
  return `${node}/${escapeSegment(name)}`;
}

function found(rule: MapRule, name: string, at: Frame): Deviation {
  const { root, style, label } = at.run.direction;
  return report(rule, { at: formatPlace(root, pointerOf(name, at), style), field: name, label: label(name) });
}

function note(rule: MapRule, name: string, at: Frame): void {
  at.run.notes.push(found(rule, name, at));
}

function checkRequired(plan: Plan, at: Frame): void {
  for (const name of plan.required) {
    const value = at.object[name];
    if (value === undefined || value === null || value === '') complain('required', name, at);
  }
}

function viewOf({ records }: Plan, { object, run }: Frame): ReadView {
  const { root } = run;
  const context = records === undefined ? run.context : contextOfItem(records, object, run.context);
  const header = run.header['insuredRegion'] === undefined ? (context.header ?? run.header) : run.header;
  return { context, object, root, header };
}

/** An item that refers to records of its own is read with these. */
function contextOfItem(records: RecordElements, item: WireObject, context: MapContext): MapContext {
  return {
    ...context,
    record: (kind) => {
      const element = records[kind];
      if (element === undefined) return context.record?.(kind);
      const key = keyIn(item, element);
      return key === undefined ? undefined : context.findRecord?.(kind, key);
    },
  };
}

function checkSame(plan: Plan, at: Frame): void {
  const view = viewOf(plan, at);
  for (const { wire, with: source } of plan.same) {
    const sent = at.object[wire];
    const kept = source(view);
    if (typeof sent === 'string' && sent !== '' && kept !== undefined && sent !== kept) {
      complain('mismatch', wire, at);
    }
  }
}

function fillIn(plan: Plan, at: Frame): void {
  const { run, target } = at;
  const view = viewOf(plan, at);
  for (const { place, read, required, from } of plan.fills) {
    if (place.get(target, run.header) !== undefined) continue;
    const value = read(view);
    if (value === undefined) {
      const missing =
        required === 'always' || (required === 'after-answers' && run.context.answers !== undefined);
      if (missing) complain('record-missing', place.text, at);
    } else if (place.set(target, run.header, value)) {
      run.context.explain?.({ to: run.base + place.text, from });
    }
  }
}

function explainLeaf(to: string, name: string, at: Frame): void {
  const path = to.startsWith('header:') ? to : at.run.base + to;
  at.run.context.explain?.({ to: path, from: pointerOf(name, at) });
}
