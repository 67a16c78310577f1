/** A small map between our members and a far side's, told once and run both ways. */
import { ExactNumber, formatFen, formatTime, GatewayError } from '@yiqiao/model';
import type { Decimal, Fault, Fen, WireObject, WireValue } from '@yiqiao/model';
import { readMembers } from './member-reader.ts';
import type { MemberReader } from './member-reader.ts';

/** One member: the far side's name, and how its value is read and written. */
export interface Field<T> {
  /** The far side's name; `''` until somebody has filled it in. */
  readonly name: string;
  read(from: MemberReader): T;
  write(value: T): WireValue;
  /** Of the maps below it. */
  readonly faults?: () => readonly Fault[];
}

/** One that may be absent. */
export interface OptionalField<T> extends Field<T | undefined> {
  readonly isOptional: true;
}

/** Our names → members. */
export type Fields = Readonly<Record<string, Field<unknown>>>;

type ValueOf<F> = F extends OptionalField<infer T> ? T : F extends Field<infer T> ? T : never;

/** What a map reads and writes. */
export type ModelOf<S> = {
  readonly [K in keyof S as S[K] extends OptionalField<unknown> ? never : K]: ValueOf<S[K]>;
} & {
  readonly [K in keyof S as S[K] extends OptionalField<unknown> ? K : never]?: ValueOf<S[K]>;
};

/** A map. */
export interface FieldMap<Model> {
  /** @throws GatewayError `ADAPTER_INVALID` naming every member whose name is not filled in. */
  toWire(model: Model): WireObject;
  /** @throws GatewayError `MESSAGE_INVALID` naming every member that is missing or malformed; `ADAPTER_INVALID`. */
  toModel(members: WireObject): Model;
  /** As `toModel`, for a node below another. */
  readFrom(from: MemberReader): Model;
  /** What is not filled in, each with its place. */
  faults(): readonly Fault[];
}

/** How a number is written: as text, or bare (JSON). Both are read. */
export interface NumberForm {
  readonly bare?: boolean;
}

const number = (text: string, { bare = false }: NumberForm = {}): WireValue =>
  bare ? new ExactNumber(text) : text;

/** Makers of fields: `field.text('grbh')`, `field.amount('zje')`. */
export const field = {
  text: (name: string): Field<string> => ({ name, read: (from) => from.text(name), write: (value) => value }),
  /** 元 ⇄ 分. */
  amount: (name: string, form?: NumberForm): Field<Fen> => ({
    name,
    read: (from) => from.amount(name),
    write: (value) => number(formatFen(value), form),
  }),
  /** Prices, quantities, ratios. */
  decimal: (name: string, form?: NumberForm): Field<Decimal> => ({
    name,
    read: (from) => from.decimal(name),
    write: (value) => number(value, form),
  }),
  integer: (name: string, form?: NumberForm): Field<number> => ({
    name,
    read: (from) => from.integer(name),
    write: (value) => number(String(value), form),
  }),
  /** `yyyy-MM-dd HH:mm:ss` ⇄ epoch milliseconds. */
  time: (name: string): Field<number> => ({ name, read: (from) => from.time(name), write: formatTime }),
  /** The far side's code → ours. */
  code: <const T extends string>(name: string, codes: Readonly<Record<string, T>>): Field<T> => ({
    name,
    read: (from) => from.code(name, codes),
    write: (value) => codeOf(name, codes, value),
  }),
  node: <M>(name: string, map: FieldMap<M>): Field<M> => ({
    name,
    read: (from) => from.node(name, (inner) => map.readFrom(inner)),
    write: (value) => map.toWire(value),
    faults: () => map.faults(),
  }),
  list: <M>(name: string, map: FieldMap<M>): Field<readonly M[]> => ({
    name,
    read: (from) => from.list(name, (inner) => map.readFrom(inner)),
    write: (value) => value.map((item) => map.toWire(item)),
    faults: () => map.faults(),
  }),
  /** Absent, null and blank are `undefined`; it is not written then. */
  optional: <T>(of: Field<T>): OptionalField<T> => ({
    name: of.name,
    isOptional: true,
    read: (from) => (isBlank(from.raw(of.name)) ? undefined : of.read(from)),
    write: (value) => of.write(value as T),
    ...(of.faults === undefined ? {} : { faults: of.faults }),
  }),
} as const;

/** Makes a map of fields; what is not filled in is told when it is used. */
export function fieldMap<const S extends Fields>(fields: S): FieldMap<ModelOf<S>> {
  const entries = Object.entries(fields) as [string, Field<unknown>][];
  const faults = (): readonly Fault[] => entries.flatMap(([ours, one]) => faultsOf(ours, one));
  const check = (): void => {
    const found = faults();
    if (found.length > 0) throw new GatewayError('ADAPTER_INVALID', { faults: found });
  };
  const readFrom = (from: MemberReader): ModelOf<S> => {
    const model: Record<string, unknown> = {};
    for (const [ours, one] of entries) {
      const value = one.read(from);
      if (value !== undefined) model[ours] = value;
    }
    return model as ModelOf<S>;
  };
  return {
    faults,
    readFrom,
    toWire(model) {
      check();
      const given = model as Readonly<Record<string, unknown>>;
      const missing = entries.filter(([ours, one]) => given[ours] === undefined && !('isOptional' in one));
      if (missing.length > 0) throw lacking(missing.map(([ours]) => ours));
      const written = entries.filter(([ours]) => given[ours] !== undefined);
      return Object.fromEntries(written.map(([ours, one]) => [one.name, one.write(given[ours])]));
    },
    toModel(members) {
      check();
      return readMembers(members, readFrom);
    },
  };
}

function faultsOf(ours: string, one: Field<unknown>): Fault[] {
  const below = (one.faults?.() ?? []).map((inner) => ({ ...inner, at: `/${ours}${inner.at}` }));
  if (one.name !== '') return below;
  const message = {
    zh: `映射未填：请写明对方把 ${ours} 叫作什么。`,
    en: `The map is not filled in: say what the far side calls ${ours}.`,
  };
  return [{ rule: 'map', at: `/${ours}`, field: ours, label: { zh: ours, en: ours }, message }, ...below];
}

function lacking(names: readonly string[]): GatewayError {
  const faults = names.map((name) => ({
    rule: 'required',
    at: `/${name}`,
    field: name,
    label: { zh: name, en: name },
    message: { zh: '缺少此值，无法写成报文。', en: 'This value is missing; the message cannot be written.' },
  }));
  return new GatewayError('MESSAGE_INVALID', { faults });
}

function codeOf(name: string, codes: Readonly<Record<string, string>>, value: string): string {
  const found = Object.entries(codes).find(([, ours]) => ours === value);
  if (found !== undefined) return found[0];
  const message = { zh: `映射中没有 ${value} 的代码。`, en: `The map has no code for ${value}.` };
  const fault = { rule: 'value-set', at: `/${name}`, field: name, label: { zh: name, en: name }, message };
  throw new GatewayError('ADAPTER_INVALID', { faults: [fault] });
}

function isBlank(value: WireValue | undefined): boolean {
  return value === undefined || value === null || value === '';
}
