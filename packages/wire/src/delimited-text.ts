/** Text whose members are told by position: `$$a~b%%c~d$$`, a call's arguments in one string. */
import { Buffer } from 'node:buffer';
import type { Deviation, Fault, WireObject } from '@yiqiao/model';
import { createAnswerRule, besideMembers } from './answer-rule.ts';
import type { AnswerRule } from './answer-rule.ts';
import type { Charset } from './charset.ts';
import { formatFields, readFields } from './delimited-fields.ts';
import type { FieldForm, Marks, ReadFields } from './delimited-fields.ts';
import { emptyError, fault, isEmptyText, refusal } from './faults.ts';
import { fixedRecord } from './fixed-width.ts';
import { createSlots } from './layout.ts';
import type { FindLayout, FindSlots, Slot } from './layout.ts';
import { checkSize } from './limits.ts';
import { without } from './members.ts';
import { paddingDeviation } from './padding.ts';
import { Settings } from './settings.ts';
import type { CodecProfile } from './settings.ts';
import { refuseSigning, requireTransaction, unknownTransaction } from './unsigned.ts';
import { bytesOfPart, formatText, markDeviations, parseText } from './text-bytes.ts';
import type { SignBody, WireCodec, WireHint, WireLimits, WireRequest, WireResponse } from './types.ts';

/** What the codec is made with. */
export interface ShapeOptions {
  readonly limits: WireLimits;
  /** Definitions of the profile's transactions. */
  readonly layout: FindLayout;
}

/** Everything of a profile that the codec needs. */
interface Shape {
  readonly charset: Charset;
  readonly marks: Marks;
  readonly request: FieldForm;
  readonly response: FieldForm;
  readonly beside: readonly string[];
  readonly answer: AnswerRule;
  readonly slots: FindSlots;
  readonly limits: WireLimits;
}

/** What stands in a message. */
interface Parts extends ReadFields {
  readonly deviations: readonly Deviation[];
  /** Marks and NULs where none may stand. */
  readonly faults: readonly Fault[];
}

function readShape(profile: CodecProfile, options: ShapeOptions): Shape {
  const settings = Settings.of(profile);
  const charset = settings.charset();
  const marks = {
    open: settings.text('open'),
    close: settings.text('close'),
    field: settings.text('fieldSeparator'),
    item: settings.text('itemSeparator'),
  };
  const sections = settings.section('records');
  const records = new Map(sections.names.map((name) => [name, fixedRecord(sections.section(name))]));
  const prefix = (name: string): FieldForm => ({
    marks,
    charset,
    records,
    at: '',
    slots: settings.texts(name).map((one) => ({ name: one, repeated: false })),
  });
  const shape = {
    charset,
    marks,
    request: prefix('requestPrefix'),
    response: prefix('responsePrefix'),
    beside: settings.section('answer').texts('beside'),
    answer: createAnswerRule(profile, settings),
    slots: createSlots(options.layout),
    limits: options.limits,
  };
  settings.finish();
  return shape;
}

function noMarks({ open, close }: Marks): Error {
  return refusal('MESSAGE_NOT_READABLE', [
    fault({
      rule: 'syntax',
      at: '',
      zh: `报文应以“${open}”开头、以“${close}”结尾；请检查是否被截断。`,
      en: `The message must begin with "${open}" and end with "${close}"; see whether it was cut off.`,
    }),
  ]);
}

function tooMany(found: number, limits: WireLimits): Error {
  return refusal('MESSAGE_TOO_DEEP', [
    fault({
      rule: 'nodes',
      at: '',
      found: String(found),
      zh: `字段超过 ${limits.maxNodes} 个，请分批发送。`,
      en: `More than ${limits.maxNodes} fields; send it in parts.`,
    }),
  ]);
}

function countOf(text: string, mark: string): number {
  let count = 0;
  for (let at = text.indexOf(mark); at !== -1; at = text.indexOf(mark, at + mark.length)) count += 1;
  return count;
}

function divide(bytes: Uint8Array, shape: Shape): Parts {
  const { marks, limits } = shape;
  checkSize(bytes, limits);
  const text = parseText(bytes, shape.charset);
  const end = text.lastIndexOf(marks.close) + marks.close.length;
  const rest = text.slice(end);
  const shortest = marks.open.length + marks.close.length;
  if (!text.startsWith(marks.open) || end < shortest || !/^[\0 \r\n\t]*$/.test(rest))
    throw isEmptyText(text) ? emptyError() : noMarks(marks);
  const inner = text.slice(marks.open.length, end - marks.close.length);
  const count = countOf(inner, marks.field) + countOf(inner, marks.item);
  if (count >= limits.maxNodes) throw tooMany(count, limits);
  const fields = inner.split(marks.field);
  return {
    fields,
    bytesOf(index) {
      const before = fields.slice(0, index).map((field) => field + marks.field);
      const start = marks.open.length + before.join('').length;
      const { charset } = shape;
      return bytesOfPart({ bytes, text, charset }, start, start + (fields[index] ?? '').length);
    },
    deviations: [...markDeviations(bytes), ...(rest === '' ? [] : [paddingDeviation(rest.length)])],
    faults: misplaced(fields, marks),
  };
}

/** What no value may hold, and none is written with: two messages glued together, or what is left of a buffer. */
function misplaced(fields: readonly string[], { open, close }: Marks): readonly Fault[] {
  const foreign = [open, close, '\0'];
  const at = fields.findIndex((field) => foreign.some((mark) => field.includes(mark)));
  if (at === -1) return [];
  const isNul = fields[at]?.includes('\0') === true;
  const found = isNul ? 'U+0000' : open === close ? open : `${open} ${close}`;
  return [
    fault({
      rule: 'marks',
      at: `/(${at + 1})`,
      found,
      zh: `第 ${at + 1} 项中有 ${found}，只能出现在报文首尾；请检查是否两份报文连在一起，或缓冲区未清空。`,
      en: `Field ${at + 1} holds ${found}, which may stand around the message only; see whether two messages are joined, or a buffer was not cleared.`,
    }),
  ];
}

/** The fields of the envelope, or those of the body. */
function half({ fields, bytesOf }: Parts, start: number, end = fields.length): ReadFields {
  return { fields: fields.slice(start, end), bytesOf: (index) => bytesOf(start + index) };
}

function bodyForm(head: FieldForm, slots: readonly Slot[], at: string): FieldForm {
  return { ...head, slots, at, records: new Map() };
}

function slotsOrRefuse(
  shape: Shape,
  transaction: string,
  direction: 'request' | 'response',
): readonly Slot[] {
  const slots = shape.slots(transaction, direction);
  if (slots !== undefined) return slots;
  throw unknownTransaction(transaction);
}

function readRequest(shape: Shape, bytes: Uint8Array, hint: WireHint | undefined): WireRequest {
  const parts = divide(bytes, shape);
  const transaction = requireTransaction(hint);
  const slots = slotsOrRefuse(shape, transaction, 'request');
  const width = shape.request.slots.length;
  const faults: Fault[] = [...parts.faults];
  const envelope = readFields(half(parts, 0, width), shape.request, faults);
  const rest = half(parts, width);
  const body = readFields(rest, bodyForm(shape.request, slots, '/input'), faults);
  if (faults.length > 0) throw refusal('MESSAGE_INVALID', faults, { count: faults.length });
  const signedBytes = Buffer.from(rest.fields.join(shape.marks.field));
  return { transaction, envelope, body, signedBytes, deviations: parts.deviations };
}

/** An answer is read as far as it goes; a success that has no body at all lacks each of its fields. */
function readResponse(shape: Shape, bytes: Uint8Array, hint: WireHint | undefined): WireResponse {
  const parts = divide(bytes, shape);
  const width = shape.response.slots.length;
  const faults: Fault[] = [...parts.faults];
  const head = readFields(half(parts, 0, width), shape.response, faults);
  const words = shape.answer.read(head, hint);
  const rest = half(parts, width);
  const slots = shape.slots(hint?.transaction ?? '', 'response') ?? [];
  const body = readFields(rest, bodyForm(shape.response, slots, '/output'), faults);
  return {
    ...words,
    envelope: { ...head, ...besideMembers(shape.beside, hint) },
    body: rest.fields.length === 0 ? null : body,
    signedBytes: Buffer.from(rest.fields.join(shape.marks.field)),
    deviations: parts.deviations,
    faults: words.success ? faults : [],
  };
}

interface Half {
  readonly head: FieldForm;
  readonly envelope: WireObject;
  readonly body: WireObject | null;
  readonly slots: readonly Slot[];
  readonly at: string;
}

function write(shape: Shape, half: Half): Uint8Array {
  const { marks, charset } = shape;
  const faults: Fault[] = [];
  const head = formatFields(half.envelope, half.head, faults);
  const form = bodyForm(half.head, half.slots, half.at);
  const body = half.body === null ? [] : formatFields(half.body, form, faults);
  const text = marks.open + [...head, ...body].join(marks.field) + marks.close;
  const members = { ...half.envelope, [half.at.slice(1)]: half.body };
  return formatText({ text, members, at: '', faults }, charset);
}

/**
 * Makes the codec of a delimited form.
 *
 * Settings: `charset`; `open`, `close`, `fieldSeparator`, `itemSeparator`; `requestPrefix` and `responsePrefix`, the
 * fields of the envelope in order; `records`, those of them that are of fixed width; `answer`. What follows the prefix
 * is in the order of the transaction's definition, where a field that a node bears the name of is a record or a list.
 * The transaction is an argument of the call and comes as a hint.
 *
 * Reading: all values are text, untrimmed; an empty list is `[]`; fields beyond the definition are members `(12)`. Too
 * few fields refuse a request, each named; of an answer they are `faults`.
 * Writing: `FORMAT_LIMIT` names each value that holds a mark, or that the charset lacks.
 */
export function createDelimitedText(profile: CodecProfile, options: ShapeOptions): WireCodec {
  const shape = readShape(profile, options);
  return {
    contentType: `text/plain; charset=${shape.charset}`,
    readRequest: (bytes, hint) => readRequest(shape, bytes, hint),
    writeRequest(message, sign?: SignBody) {
      refuseSigning(profile, sign);
      const slots = slotsOrRefuse(shape, message.transaction, 'request');
      return write(shape, { ...message, head: shape.request, slots, at: '/input' });
    },
    readResponse: (bytes, hint) => readResponse(shape, bytes, hint),
    writeResponse(message, sign?: SignBody) {
      refuseSigning(profile, sign);
      const slots = message.body === null ? [] : slotsOrRefuse(shape, message.transaction ?? '', 'response');
      const words = shape.answer.members(message);
      const envelope = { ...without(message.envelope, shape.beside), ...words };
      return write(shape, { envelope, body: message.body, head: shape.response, slots, at: '/output' });
    },
    besideResponse: (message) => shape.answer.beside(message),
  };
}
