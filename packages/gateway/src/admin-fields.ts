/** What a request to the admin API may say: read, with all its faults at once, and described as JSON Schema. */
import type { Fault } from '@yiqiao/model';

/** Chinese and English. */
export interface Text {
  readonly zh: string;
  readonly en: string;
}

/** One parameter of a query or member of a body. */
export type Field = {
  readonly meaning: Text;
  readonly required?: boolean;
} & (
  | { readonly kind: 'integer'; readonly most?: number }
  | { readonly kind: 'choice'; readonly of: readonly string[] }
  | { readonly kind: 'text'; readonly longest: number; readonly like?: RegExp }
  /** A day in China, `yyyy-MM-dd`. */
  | { readonly kind: 'day' }
);

/** The fields of a query or body by name. */
export type Fields = Readonly<Record<string, Field>>;

/** What was read: numbers for integers, text for the rest; a field that is absent is left out. */
export type Values = Readonly<Record<string, string | number>>;

/** Reads all fields. Members that nobody knows are faults, so that a misspelt filter is not ignored. */
export function readFields(
  fields: Fields,
  given: unknown,
  place: 'query' | 'body',
): { readonly values: Values; readonly faults: readonly Fault[] } {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    return { values: {}, faults: [faultAt({ field: '', place, rule: 'type' }, OBJECT)] };
  }
  const members = given as Readonly<Record<string, unknown>>;
  const values: Record<string, string | number> = {};
  const faults = Object.keys(members)
    .filter((name) => !Object.hasOwn(fields, name))
    .map((name) =>
      faultAt({ field: name.slice(0, LONGEST_NAME), place, rule: 'unknown' }, unknownOf(fields)),
    );
  for (const [name, field] of Object.entries(fields)) {
    const member = Object.hasOwn(members, name) ? members[name] : undefined;
    if (member === undefined) {
      if (field.required === true) faults.push(faultAt({ field: name, place, rule: 'required' }, MISSING));
      continue;
    }
    const value = readValue(field, member, place);
    if (value === undefined)
      faults.push(faultAt({ field: name, place, rule: field.kind }, expectedOf(field)));
    else values[name] = value;
  }
  return { values, faults };
}

const LONGEST_NAME = 64;
const DAY = /^\d{4}-\d{2}-\d{2}$/;
const OBJECT: Text = { zh: '应为 JSON 对象', en: 'must be a JSON object' };
const MISSING: Text = { zh: '缺少该项', en: 'this is missing' };

function readValue(field: Field, given: unknown, place: 'query' | 'body'): string | number | undefined {
  if (field.kind === 'integer') {
    const digits = place === 'query' && typeof given === 'string' && /^\d{1,15}$/.test(given);
    const value = digits ? Number(given) : given;
    const fits = typeof value === 'number' && Number.isSafeInteger(value) && value > 0;
    return fits && value <= (field.most ?? Number.MAX_SAFE_INTEGER) ? value : undefined;
  }
  if (typeof given !== 'string') return undefined;
  const text = given.trim();
  if (field.kind === 'choice') return field.of.includes(text) ? text : undefined;
  if (field.kind === 'day') return DAY.test(text) && startOfDay(text) !== undefined ? text : undefined;
  const fits = text !== '' && text.length <= field.longest && (field.like?.test(text) ?? true);
  return fits ? text : undefined;
}

/** Epoch milliseconds at which a day begins in China; `undefined` for a day that does not exist. */
export function startOfDay(day: string): number | undefined {
  const at = Date.parse(`${day}T00:00:00+08:00`);
  // `2026-02-30` is read as a day of March.
  const shown = Number.isNaN(at) ? '' : new Date(at + 28_800_000).toISOString();
  return shown.startsWith(day) ? at : undefined;
}

function expectedOf(field: Field): Text {
  switch (field.kind) {
    case 'integer': {
      const [zh, en] =
        field.most === undefined ? ['', ''] : [`，至多 ${field.most}`, `, at most ${field.most}`];
      return { zh: `应为正整数${zh}`, en: `must be a positive integer${en}` };
    }
    case 'choice':
      return { zh: `应为 ${field.of.join('、')} 之一`, en: `must be one of ${field.of.join(', ')}` };
    case 'day':
      return { zh: '应为日期，例如 2026-11-21', en: 'must be a day such as 2026-11-21' };
    case 'text':
      return {
        zh: `应为 1–${field.longest} 个字符的文本${field.like === undefined ? '' : `，形如 ${field.like.source}`}`,
        en: `must be text of 1–${field.longest} characters${field.like === undefined ? '' : ` like ${field.like.source}`}`,
      };
  }
}

function unknownOf(fields: Fields): Text {
  const names = Object.keys(fields);
  if (names.length === 0) return { zh: '这里不接受任何参数', en: 'nothing may be given here' };
  return {
    zh: `没有这一项；可用：${names.join('、')}`,
    en: `there is no such member; known: ${names.join(', ')}`,
  };
}

function faultAt(
  { field, place, rule }: { field: string; place: string; rule: string },
  message: Text,
): Fault {
  const at = field === '' ? `/${place}` : `/${place}/${field}`;
  return { rule, at, field, label: { zh: field, en: field }, message };
}

/** A JSON Schema (2020-12). */
export type Schema = Readonly<Record<string, unknown>>;

/** The schema of one field. */
export function schemaOfField(field: Field): Schema {
  const description = `${field.meaning.zh} / ${field.meaning.en}`;
  switch (field.kind) {
    case 'integer':
      return {
        type: 'integer',
        minimum: 1,
        ...(field.most !== undefined && { maximum: field.most }),
        description,
      };
    case 'choice':
      return { type: 'string', enum: field.of, description };
    case 'day':
      return { type: 'string', format: 'date', description };
    case 'text': {
      const pattern = field.like === undefined ? {} : { pattern: field.like.source };
      return { type: 'string', minLength: 1, maxLength: field.longest, ...pattern, description };
    }
  }
}

/** The schema of an object of fields. */
export function schemaOfFields(fields: Fields): Schema {
  return {
    type: 'object',
    properties: Object.fromEntries(
      Object.entries(fields).map(([name, field]) => [name, schemaOfField(field)]),
    ),
    required: Object.keys(fields).filter((name) => fields[name]?.required === true),
    additionalProperties: false,
  };
}
