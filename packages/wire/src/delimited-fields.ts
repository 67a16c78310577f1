/** Fields of delimited text ⇄ members, by position. */
import { isWireObject, leafText } from '@yiqiao/model';
import type { Fault, WireObject, WireValue } from '@yiqiao/model';
import { fault } from './faults.ts';
import { formatFixed, readFixed } from './fixed-width.ts';
import type { FixedPlace, FixedRecord } from './fixed-width.ts';
import type { Slot } from './layout.ts';
import { roomFor } from './room.ts';

/** The marks of a form. */
export interface Marks {
  readonly open: string;
  readonly close: string;
  readonly field: string;
  readonly item: string;
}

/** How one half of a message is read and written. */
export interface FieldForm {
  readonly marks: Marks;
  readonly slots: readonly Slot[];
  /** Members that are records of fixed width. */
  readonly records: ReadonlyMap<string, FixedRecord>;
  readonly at: string;
  readonly charset: FixedPlace['charset'];
}

/** Fields as they came. */
export interface ReadFields {
  readonly fields: readonly string[];
  /** The bytes of one of them: the width of a record is counted in them. */
  bytesOf(index: number): Uint8Array;
}

/** A form at work. */
interface FieldRun extends FieldForm {
  readonly faults: Fault[];
}

const SURPLUS = /^\((\d{1,6})\)$/;

/** Name of a field beyond the layout: its position, counted from 1. */
function surplusName(index: number): string {
  return `(${index + 1})`;
}

function missingField(
  slot: Slot,
  count: { position: number; expected: number; found: number },
  form: FieldForm,
): Fault {
  const { position, expected, found } = count;
  const sep = form.marks.field;
  return fault({
    rule: 'fields',
    at: `${form.at}/${slot.name}`,
    found: `${found}`,
    zh: `缺第 ${position} 项“${slot.name}”：应有 ${expected} 项，收到 ${found} 项；请补齐，没有值也要写分隔符“${sep}”。`,
    en: `Field ${position} is missing: ${expected} are expected, ${found} came; write "${sep}" also where there is no value.`,
  });
}

function itemCount(at: string, found: number, items: readonly string[]): Fault {
  return fault({
    rule: 'items',
    at,
    found: `${found}`,
    zh: `每条记录 ${items.length} 项，收到 ${found} 项，不是其整数倍；请补齐空项。`,
    en: `A record has ${items.length} items; ${found} came, which is no multiple of it. Write empty items, too.`,
  });
}

/** Takes fields apart; fields that are missing or whose items do not fit are added to the faults. */
export function readFields(read: ReadFields, form: FieldForm, faults: Fault[]): WireObject {
  const { fields } = read;
  const members: Record<string, WireValue> = {};
  const { slots } = form;
  const run = { ...form, faults };
  for (const [index, slot] of slots.entries()) {
    const text = fields[index];
    if (text === undefined) {
      const count = { position: index + 1, expected: slots.length, found: fields.length };
      faults.push(missingField(slot, count, form));
    } else {
      const record = text === '' ? undefined : form.records.get(slot.name);
      members[slot.name] =
        record === undefined
          ? readField(text, slot, run)
          : readFixed({ text, bytes: read.bytesOf(index) }, record, {
              ...run,
              at: `${form.at}/${slot.name}`,
            });
    }
  }
  for (let index = slots.length; index < fields.length; index += 1) {
    members[surplusName(index)] = fields[index] ?? '';
  }
  return members;
}

function readField(text: string, slot: Slot, form: FieldRun): WireValue {
  const { faults } = form;
  const at = `${form.at}/${slot.name}`;
  const { items } = slot;
  if (items === undefined) return text;
  if (text === '') return slot.repeated ? [] : '';
  const parts = text.split(form.marks.item);
  if (parts.length % items.length !== 0 || (!slot.repeated && parts.length !== items.length)) {
    faults.push(itemCount(at, parts.length, items));
    return text;
  }
  const rows: WireObject[] = [];
  for (let start = 0; start < parts.length; start += items.length) {
    rows.push(rowOf(items, parts, start));
  }
  return slot.repeated ? rows : (rows[0] ?? '');
}

function rowOf(items: readonly string[], parts: readonly string[], start: number): WireObject {
  const row: Record<string, WireValue> = roomFor(items.length);
  for (let index = 0; index < items.length; index += 1)
    row[items[index] as string] = parts[start + index] ?? '';
  return row;
}

function limit(at: string, zh: string, en: string): Fault {
  return fault({ rule: 'format', at, zh, en });
}

/** A member that is absent is an empty field; `null` is none. */
function memberOf(members: WireObject, name: string): WireValue {
  const value = Object.hasOwn(members, name) ? members[name] : undefined;
  return value === undefined ? '' : value;
}

/** Members that have no position. */
function strangers(members: WireObject, form: FieldForm): Fault[] {
  const known = new Set(form.slots.map(({ name }) => name));
  return Object.keys(members)
    .filter((name) => !known.has(name) && !isSurplus(name, form))
    .map((name) =>
      limit(`${form.at}/${name}`, '此格式没有该字段的位置。', 'This form has no position for this member.'),
    );
}

function isSurplus(name: string, form: FieldForm): boolean {
  return Number(SURPLUS.exec(name)?.[1] ?? 0) > form.slots.length;
}

/** Members as fields, in order of their positions; a member that is absent is an empty field. */
export function formatFields(members: WireObject, form: FieldForm, faults: Fault[]): readonly string[] {
  const run = { ...form, faults };
  faults.push(...strangers(members, form));
  const fields = form.slots.map((slot) => formatField(memberOf(members, slot.name), slot, run));
  const beyond = Object.keys(members).filter((name) => isSurplus(name, form));
  const last = Math.max(form.slots.length, ...beyond.map((name) => Number(SURPLUS.exec(name)?.[1])));
  if (last - form.slots.length > beyond.length) {
    faults.push(limit(form.at, '多余字段的位置不连续。', 'The positions of surplus fields have a gap.'));
    return fields;
  }
  for (let index = form.slots.length; index < last; index += 1) {
    const name = surplusName(index);
    fields.push(plain(memberOf(members, name), `${form.at}/${name}`, run));
  }
  return fields;
}

function formatField(value: WireValue, slot: Slot, form: FieldRun): string {
  const { faults } = form;
  const at = `${form.at}/${slot.name}`;
  const record = form.records.get(slot.name);
  if (record !== undefined) {
    const text = formatFixed(value, record, { at, charset: form.charset, faults });
    return plain(text, at, form);
  }
  const { items } = slot;
  if (items === undefined || !isNode(value)) return plain(value, at, form);
  const rows = Array.isArray(value) ? (value as readonly WireValue[]) : [value];
  if (rows.length !== 1 && !slot.repeated) {
    faults.push(limit(at, '此处不能重复。', 'Nothing may repeat here.'));
    return '';
  }
  return joinRows(rows, items, { slot, form });
}

function isNode(value: WireValue): boolean {
  return isWireObject(value) || Array.isArray(value);
}

/**
 * The items of all rows. A place is made into text only where something is wrong: rows come by the thousand. Items that
 * a reader would divide otherwise (a value that ends with half a mark) are refused.
 */
function joinRows(
  rows: readonly WireValue[],
  items: readonly string[],
  { slot, form }: { readonly slot: Slot; readonly form: FieldRun },
): string {
  const known = new Set(items);
  const joint = new Joint(form.marks.item);
  const texts: string[] = [];
  for (let index = 0; index < rows.length; index += 1) {
    const row = rows[index] as WireValue;
    if (!isWireObject(row)) {
      const at = rowPlace(index, slot, form);
      form.faults.push(limit(at, '列表项应为对象。', 'An item of the list must be an object.'));
      continue;
    }
    if (hasOther(row, known)) {
      const slots = items.map((name) => ({ name, repeated: false }));
      form.faults.push(...strangers(row, { ...form, at: rowPlace(index, slot, form), slots }));
    }
    const own = items.map((name) => {
      const value = memberOf(row, name);
      return plainText(value, form.marks) ?? plain(value, `${rowPlace(index, slot, form)}/${name}`, form);
    });
    for (const item of own) joint.add(item);
    if (own.length > 0) texts.push(own.join(form.marks.item));
  }
  if (joint.isMisread()) form.faults.push(misread(`${form.at}/${slot.name}`, form.marks));
  return texts.join(form.marks.item);
}

/** Whether items that are joined by a mark come apart again. */
class Joint {
  readonly #mark: string;
  readonly #first: string;
  #last: string | undefined = undefined;
  #count = 0;
  #isMisread = false;

  constructor(mark: string) {
    this.#mark = mark;
    this.#first = mark.charAt(0);
  }

  /** Only the mark that follows an item can make more of it; without the mark's first character nothing can. */
  add(item: string): void {
    const last = this.#last;
    if (last?.includes(this.#first) === true && (last + this.#mark).indexOf(this.#mark) !== last.length)
      this.#isMisread = true;
    this.#last = item;
    this.#count += 1;
  }

  /** An empty text has no items. */
  isMisread(): boolean {
    if (this.#last === undefined) return false;
    return this.#isMisread || this.#last.includes(this.#mark) || (this.#count === 1 && this.#last === '');
  }
}

function misread(at: string, { item }: Marks): Fault {
  return limit(
    at,
    `值中的“${item}”或首尾的部分符号会被误认作分隔符，请去掉。`,
    `A value holds "${item}", or begins or ends with part of it, and would be divided there; take it out.`,
  );
}

function rowPlace(index: number, { name, repeated }: Slot, form: FieldRun): string {
  return repeated ? `${form.at}/${name}[${index + 1}]` : `${form.at}/${name}`;
}

function hasOther(row: WireObject, known: ReadonlySet<string>): boolean {
  for (const name in row) if (!known.has(name)) return true;
  return false;
}

/** Text that nothing is wrong with. */
function plainText(value: WireValue, marks: Marks): string | undefined {
  const text = leafText(value);
  if (text === undefined || text.includes(marks.field) || text.includes('\0')) return undefined;
  return text.includes(marks.open) || text.includes(marks.close) ? undefined : text;
}

function plain(value: WireValue, at: string, { marks, faults }: FieldRun): string {
  const text = leafText(value);
  if (text === undefined) {
    faults.push(
      limit(
        at,
        '此格式只有文字，容不下 null、布尔或列表。',
        'This form has text only: no null, boolean or list here.',
      ),
    );
    return '';
  }
  const mark = [marks.field, marks.open, marks.close].find((one) => text.includes(one));
  if (mark !== undefined) {
    faults.push(
      limit(
        at,
        `值中不得有“${mark}”，对方会误认。`,
        `The value holds "${mark}", which would be misread; take it out.`,
      ),
    );
  }
  if (text.includes('\0')) faults.push(limit(at, '值中不得有 U+0000。', 'The value holds U+0000.'));
  return text;
}
