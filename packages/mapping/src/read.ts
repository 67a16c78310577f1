/** Wire → model: runs a plan over a wire body. */
import {
  GatewayError,
  isWireObject,
  type CanonicalValue,
  type Deviation,
  type Fault,
  type WireObject,
  type WireValue,
} from '@yiqiao/model';
import type { MutableModel } from './model-path.ts';
import type {
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
  readonly object: WireObject;
  readonly target: MutableModel;
  readonly pointer: string;
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
  readObject(direction.plan, frame(root, target, ''), run);
  if (run.faults.length > 0) throw new GatewayError(codeOf(run.faults), { faults: run.faults });
  return {
    body: target,
    header: run.header,
    carried: run.carried,
    notes: run.notes,
    dialect: direction.dialect,
  };
}

function codeOf(faults: readonly Fault[]) {
  if (faults.some((fault) => fault.rule === 'amount')) return 'AMOUNT_INVALID';
  return faults.every((fault) => fault.rule === 'record-missing') ? 'RECORD_MISSING' : 'MESSAGE_INVALID';
}

function frame(object: WireObject, target: MutableModel, pointer: string): Frame {
  return { object, target, pointer, blank: undefined, empty: undefined };
}

function readObject(plan: Plan, at: Frame, run: Run): void {
  let known = 0;
  for (const member of plan.members) {
    const value = at.object[member.wire];
    if (value === undefined) continue;
    known += 1;
    if (member.kind === 'emit') leaveEmitted(plan, member.wire, value, at, run);
    else readMember(member, value, at, run);
  }
  if (known < countMembers(at.object) && run.direction.keepsUnknown) carryUnknown(plan, at, run);
  if (at.blank !== undefined) run.carried[`#blank${at.pointer}`] = at.blank;
  if (at.empty !== undefined) run.carried[`#null${at.pointer}`] = at.empty;
  if (plan.required.length > 0) checkRequired(plan, at, run);
  if (plan.fills.length > 0) fillIn(plan, at, run);
  if (plan.same.length > 0) checkSame(plan, at, run);
}

function countMembers(object: WireObject): number {
  return Object.keys(object).length;
}

/** An element that rules only write: its value is in the model only if a fill used it. */
function leaveEmitted(plan: Plan, name: string, value: WireValue, at: Frame, run: Run): void {
  if (plan.used.has(name) && value !== '') keep('#used', name, value, at, run);
  else leave(name, value, at, run);
}

function readMember(member: Exclude<Member, EmitMember>, value: WireValue, at: Frame, run: Run): void {
  switch (member.kind) {
    case 'leaf':
      return readLeaf(member, value, at, run);
    case 'branch':
      return readBranch(member, value, at, run);
    case 'sum':
      return readSum(member, value, at, run);
  }
}

function readLeaf(member: LeafMember, value: WireValue, at: Frame, run: Run): void {
  const { place, codec } = member;
  const leaf = codec.read(value);
  if (leaf === undefined) return leaveUnread(member.wire, codec.fault, value, at, run);
  if (place.name !== '') at.target[place.name] = leaf;
  else if (!place.set(at.target, run.header, leaf)) return leave(member.wire, value, at, run);
  if (typeof value !== codec.form) note('number-form', member.wire, at, run);
  if (run.direction.exact && codec.write(leaf) !== value) keep('#spelled', member.wire, value, at, run);
  if (run.context.explain !== undefined) explainLeaf(place.text, member.wire, at, run);
}

function readSum(member: SumMember, value: WireValue, at: Frame, run: Run): void {
  const { codec, places, choose } = member;
  const leaf = codec.read(value);
  if (leaf === undefined) return leaveUnread(member.wire, codec.fault, value, at, run);
  const place = places[choose(at.target, run.context.request)];
  if (place === undefined || !place.set(at.target, run.header, leaf))
    return leave(member.wire, value, at, run);
  if (codec.write(leaf) !== value) keep('#spelled', member.wire, value, at, run);
  if (run.context.explain !== undefined) explainLeaf(place.text, member.wire, at, run);
}

function readBranch(member: BranchMember, value: WireValue, at: Frame, run: Run): void {
  const pointer = `${at.pointer}/${escapeSegment(member.wire)}`;
  if (member.repeated) {
    if (Array.isArray(value)) return readList(member, value, { at, pointer }, run);
    if (!isWireObject(value)) return leaveUnread(member.wire, 'format', value, at, run);
    note('node-shape', member.wire, at, run);
    return readList(member, [value], { at, pointer }, run);
  }
  const object = Array.isArray(value) && value.length === 1 ? (value as readonly WireValue[])[0] : value;
  if (!isWireObject(object)) return leaveUnread(member.wire, 'format', value, at, run);
  if (object !== value) note('node-shape', member.wire, at, run);
  readNode(member, object, { at, pointer }, run);
}

/** Where a branch stands: the node that holds it, and its own pointer. */
interface Spot {
  readonly at: Frame;
  readonly pointer: string;
}

function readNode(member: BranchMember, object: WireObject, spot: Spot, run: Run): void {
  const { at, pointer } = spot;
  if (member.place === undefined) {
    // An empty node leaves no trace in the object that holds its members.
    if (countMembers(object) === 0) run.carried[pointer] = object;
    else readObject(member.plan, frame(object, at.target, pointer), run);
    return;
  }
  const target: MutableModel = {};
  member.place.set(at.target, run.header, target as CanonicalValue);
  inside(`${member.place.text}.`, run, () => readObject(member.plan, frame(object, target, pointer), run));
}

function readList(member: BranchMember, values: readonly WireValue[], spot: Spot, run: Run): void {
  const { at, pointer } = spot;
  const items: MutableModel[] = [];
  member.place?.set(at.target, run.header, items as unknown as CanonicalValue);
  for (let i = 0; i < values.length; i += 1) {
    const value = values[i] as WireValue;
    const itemPointer = `${pointer}/${i}`;
    if (isWireObject(value)) {
      const target: MutableModel = {};
      items.push(target);
      inside(`${member.place?.text}.${items.length - 1}.`, run, () =>
        readObject(member.plan, frame(value, target, itemPointer), run),
      );
    } else {
      run.carried[itemPointer] = value;
      if (value !== null && value !== '') note('not-convertible', member.wire, at, run);
    }
  }
}

function inside(base: string, run: Run, read: () => void): void {
  if (run.context.explain === undefined) return read();
  const outer = run.base;
  run.base = outer + base;
  read();
  run.base = outer;
}

function carryUnknown(plan: Plan, at: Frame, run: Run): void {
  for (const name of Object.keys(at.object)) {
    if (plan.members.some((member) => member.wire === name) || plan.elsewhere.has(name)) continue;
    leaveEmitted(plan, name, at.object[name] as WireValue, at, run);
  }
}

/** Puts a value aside for the same form; blanks are only listed. */
function leave(name: string, value: WireValue, at: Frame, run: Run): void {
  if (value === '') (at.blank ??= []).push(name);
  else if (value === null) (at.empty ??= []).push(name);
  else run.carried[`${at.pointer}/${escapeSegment(name)}`] = value;
}

function keep(kind: '#spelled' | '#used', name: string, value: WireValue, at: Frame, run: Run): void {
  run.carried[`${kind}${at.pointer}/${escapeSegment(name)}`] = value;
}

function leaveUnread(name: string, fault: 'amount' | 'format', value: WireValue, at: Frame, run: Run): void {
  leave(name, value, at, run);
  if (value === '' || value === null) return;
  if (run.direction.strict) run.faults.push(found(fault, name, at, run));
  else note('not-convertible', name, at, run);
}

function found(rule: MapRule, name: string, at: Frame, run: Run): Deviation {
  const { root, style, label } = run.direction;
  const pointer = `${at.pointer}/${escapeSegment(name)}`;
  return report(rule, formatPlace(root, pointer, style), name, label(name));
}

function note(rule: MapRule, name: string, at: Frame, run: Run): void {
  run.notes.push(found(rule, name, at, run));
}

function checkRequired(plan: Plan, at: Frame, run: Run): void {
  for (const name of plan.required) {
    const value = at.object[name];
    if (value === undefined || value === null || value === '')
      run.faults.push(found('required', name, at, run));
  }
}

function viewOf(at: Frame, run: Run): ReadView {
  const header = run.header['insuredRegion'] === undefined ? (run.context.header ?? run.header) : run.header;
  return { context: run.context, object: at.object, root: run.root, header };
}

function checkSame(plan: Plan, at: Frame, run: Run): void {
  const view = viewOf(at, run);
  for (const { wire, with: source } of plan.same) {
    const sent = at.object[wire];
    const kept = source(view);
    if (typeof sent === 'string' && sent !== '' && kept !== undefined && sent !== kept) {
      run.faults.push(found('mismatch', wire, at, run));
    }
  }
}

function fillIn(plan: Plan, at: Frame, run: Run): void {
  const view = viewOf(at, run);
  for (const fill of plan.fills) {
    if (fill.place.get(at.target, run.header) !== undefined) continue;
    const value = fill.read(view);
    if (value === undefined) {
      const needed = fill.required === 'after-answers' ? run.context.answers !== undefined : fill.required;
      if (needed === true || needed === 'always')
        run.faults.push(found('record-missing', fill.place.text, at, run));
    } else if (fill.place.set(at.target, run.header, value)) {
      run.context.explain?.({ to: run.base + fill.place.text, from: fill.from });
    }
  }
}

function explainLeaf(to: string, name: string, at: Frame, run: Run): void {
  const path = to.startsWith('header:') ? to : run.base + to;
  run.context.explain?.({ to: path, from: `${at.pointer}/${escapeSegment(name)}` });
}
