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
import type { LeafCodec } from './leaf-codec.ts';
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
  readonly run: Run;
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
  const run: Run = { direction, context, root, header: {}, carried: {}, notes: [], faults: [], base: '' };
  if (body === null) run.carried[''] = null;
  else if (direction.plan.members.length === 0 && countMembers(body) === 0) run.carried[''] = body;
  readObject(direction.plan, { run, object: root, target, pointer: '', blank: undefined, empty: undefined });
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
  let known = 0;
  for (const member of plan.members) {
    const value = object[member.wire];
    if (value === undefined) continue;
    known += 1;
    if (member.kind === 'emit') leaveUnmapped(plan, member.wire, at);
    else readMember(member, value, at);
  }
  if (known < countMembers(object) && run.direction.keepsUnknown) leaveUnknown(plan, at);
  if (at.blank !== undefined) run.carried[`#blank${pointer}`] = at.blank;
  if (at.empty !== undefined) run.carried[`#null${pointer}`] = at.empty;
  if (plan.required.length > 0) checkRequired(plan, at);
  if (plan.fills.length > 0) fillIn(plan, at);
  if (plan.same.length > 0) checkSame(plan, at);
}

function countMembers(object: WireObject): number {
  return Object.keys(object).length;
}

function readMember(member: Exclude<Member, EmitMember>, value: WireValue, at: Frame): void {
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

function readBranch(member: BranchMember, value: WireValue, at: Frame): void {
  if (member.repeated) {
    if (Array.isArray(value)) return readList(member, value, at);
    if (!isWireObject(value)) return leaveUnread(member.wire, 'format', at);
    if (member.loose === true) at.run.carried[`#single${pointerOf(member.wire, at)}`] = '1';
    else note('node-shape', member.wire, at);
    return readList(member, [value], at);
  }
  const object = Array.isArray(value) && value.length === 1 ? (value as readonly WireValue[])[0] : value;
  if (!isWireObject(object)) return leaveUnread(member.wire, 'format', at);
  if (object !== value) {
    note('node-shape', member.wire, at);
    at.run.carried[`#list${pointerOf(member.wire, at)}`] = '1';
  }
  readNode(member, object, at);
}

function readNode(member: BranchMember, object: WireObject, at: Frame): void {
  const { run } = at;
  const pointer = pointerOf(member.wire, at);
  const inner = { run, object, pointer, blank: undefined, empty: undefined };
  if (member.place === undefined) {
    // An empty node leaves no trace in the object that holds its members.
    if (countMembers(object) === 0) run.carried[pointer] = object;
    else readObject(member.plan, { ...inner, target: at.target });
    return;
  }
  const target: MutableModel = {};
  member.place.set(at.target, run.header, target as CanonicalValue);
  inside(`${member.place.text}.`, run, () => readObject(member.plan, { ...inner, target }));
}

function readList(member: BranchMember, values: readonly WireValue[], at: Frame): void {
  const { run } = at;
  const { place, plan, wire } = member;
  const pointer = pointerOf(wire, at);
  const items: MutableModel[] = [];
  place?.set(at.target, run.header, items as readonly MutableModel[] as CanonicalValue);
  for (let i = 0; i < values.length; i += 1) {
    const object = values[i] as WireValue;
    const own = `${pointer}/${i}`;
    if (isWireObject(object)) {
      const target: MutableModel = {};
      items.push(target);
      const inner = { run, object, target, pointer: own, blank: undefined, empty: undefined };
      inside(`${place?.text}.${items.length - 1}.`, run, () => readObject(plan, inner));
    } else {
      run.carried[own] = object;
      if (object !== null && object !== '') note('not-convertible', wire, at);
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

/** Keeps how a value that is in the model was written. */
function keep(kind: '#spelled' | '#used', name: string, at: Frame): void {
  at.run.carried[kind + pointerOf(name, at)] = at.object[name] as WireValue;
}

function pointerOf(name: string, at: Frame): string {
  return `${at.pointer}/${escapeSegment(name)}`;
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
    if (value === undefined || value === null || value === '')
      at.run.faults.push(found('required', name, at));
  }
}

function viewOf({ object, run }: Frame): ReadView {
  const { context, root } = run;
  const header = run.header['insuredRegion'] === undefined ? (context.header ?? run.header) : run.header;
  return { context, object, root, header };
}

function checkSame(plan: Plan, at: Frame): void {
  const view = viewOf(at);
  for (const { wire, with: source } of plan.same) {
    const sent = at.object[wire];
    const kept = source(view);
    if (typeof sent === 'string' && sent !== '' && kept !== undefined && sent !== kept) {
      at.run.faults.push(found('mismatch', wire, at));
    }
  }
}

function fillIn(plan: Plan, at: Frame): void {
  const { run, target } = at;
  const view = viewOf(at);
  for (const { place, read, required, from } of plan.fills) {
    if (place.get(target, run.header) !== undefined) continue;
    const value = read(view);
    if (value === undefined) {
      const missing =
        required === 'always' || (required === 'after-answers' && run.context.answers !== undefined);
      if (missing) run.faults.push(found('record-missing', place.text, at));
    } else if (place.set(target, run.header, value)) {
      run.context.explain?.({ to: run.base + place.text, from });
    }
  }
}

function explainLeaf(to: string, name: string, at: Frame): void {
  const path = to.startsWith('header:') ? to : at.run.base + to;
  at.run.context.explain?.({ to: path, from: pointerOf(name, at) });
}
