/** Records of fixed width, counted in bytes: a card's data as one text. */
import { isWireObject, leafText } from '@yiqiao/model';
import type { Fault, WireObject, WireValue } from '@yiqiao/model';
import { findBytes } from './charset.ts';
import type { Charset } from './charset.ts';
import { fault } from './faults.ts';
import type { Settings } from './settings.ts';

/** One field; `padLeft`: blanks stand before the value. */
interface FixedField {
  readonly name: string;
  readonly length: number;
  readonly padLeft: boolean;
}

/** A record; its fields follow one another without gap. */
export interface FixedRecord {
  readonly length: number;
  readonly fields: readonly FixedField[];
}

/** Where a record stands, and in which charset its widths are counted. */
export interface FixedPlace {
  readonly at: string;
  readonly charset: Charset;
  readonly faults: Fault[];
}

/** Reads `totalLength` and `fields` (`name`, `start` counted from 1, `length`, `pad`: `left` or `right`). */
export function fixedRecord(settings: Settings): FixedRecord {
  const length = settings.count('totalLength');
  let end = 0;
  const fields = settings.items('fields').map((field) => {
    const start = field.count('start');
    const width = field.count('length');
    if (start !== end + 1) {
      field.refuse('start', {
        zh: `应为 ${end + 1}（各段须相连）`,
        en: `${end + 1} is expected: no gaps, no overlaps`,
      });
    }
    end = start + width - 1;
    return {
      name: field.text('name'),
      length: width,
      padLeft: field.oneOf('pad', ['right', 'left']) === 'left',
    };
  });
  if (end !== length) {
    settings.refuse('totalLength', { zh: `各段合计 ${end} 字节`, en: `the fields make ${end} bytes` });
  }
  return { length, fields };
}

function widthFault(at: string, found: number, expected: number): Fault {
  return fault({
    rule: 'width',
    at,
    found: `${found} bytes`,
    zh: `定长记录应为 ${expected} 字节，实为 ${found} 字节，请按字节补足空格。`,
    en: `The record has ${found} bytes and must have ${expected}; pad it with blanks, counting bytes.`,
  });
}

function cutFault(at: string): Fault {
  return fault({
    rule: 'charset',
    at,
    zh: '字段边界把一个汉字截成两半，请按字节对齐后补空格。',
    en: 'A character is cut in half at the end of this field; align by bytes and pad with blanks.',
  });
}

function textOf(bytes: Uint8Array, charset: Charset): string | undefined {
  try {
    return new TextDecoder(charset === 'UTF-8' ? 'utf-8' : 'gb18030', {
      fatal: true,
      ignoreBOM: true,
    }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** A record as it came: its widths are those of its bytes, not of what its text would be written as. */
interface CameRecord {
  readonly text: string;
  readonly bytes: Uint8Array;
}

/** Takes a record apart; padding is left out, and only padding. */
export function readFixed({ text, bytes }: CameRecord, record: FixedRecord, place: FixedPlace): WireValue {
  if (bytes.length !== record.length) {
    place.faults.push(widthFault(place.at, bytes.length, record.length));
    return text;
  }
  const members: Record<string, WireValue> = {};
  let start = 0;
  for (const { name, length, padLeft } of record.fields) {
    const value = textOf(bytes.subarray(start, start + length), place.charset);
    start += length;
    if (value === undefined) place.faults.push(cutFault(`${place.at}/${name}`));
    else members[name] = padLeft ? value.replace(/^ +/, '') : value.replace(/ +$/, '');
  }
  return members;
}

function tooWide(at: string, found: number, length: number): Fault {
  return fault({
    rule: 'width',
    at,
    found: `${found} bytes`,
    zh: `此段最多 ${length} 字节，实为 ${found} 字节。`,
    en: `This field holds ${length} bytes at most, the value has ${found}.`,
  });
}

function noField(at: string): Fault {
  return fault({
    rule: 'format',
    at,
    zh: '定长记录没有此段，或其值不是文字。',
    en: 'The record has no such field, or its value is no text.',
  });
}

/** Writes a record; a text is taken as it is when it has the width. */
export function formatFixed(value: WireValue, record: FixedRecord, place: FixedPlace): string {
  if (!isWireObject(value)) return wholeRecord(leafText(value) ?? '', record, place);
  const known = new Set(record.fields.map(({ name }) => name));
  for (const name of Object.keys(value)) {
    if (!known.has(name)) place.faults.push(noField(`${place.at}/${name}`));
  }
  return record.fields.map((field) => padded(value, field, place)).join('');
}

function wholeRecord(text: string, record: FixedRecord, place: FixedPlace): string {
  // What the charset lacks is named with the other values of the message.
  const length = findBytes(text, place.charset)?.length ?? record.length;
  if (text !== '' && length !== record.length) place.faults.push(widthFault(place.at, length, record.length));
  return text;
}

function padded(members: WireObject, { name, length, padLeft }: FixedField, place: FixedPlace): string {
  const at = `${place.at}/${name}`;
  const text = leafText(Object.hasOwn(members, name) ? members[name] : '');
  if (text === undefined) place.faults.push(noField(at));
  const found = findBytes(text ?? '', place.charset)?.length ?? 0;
  if (found > length) place.faults.push(tooWide(at, found, length));
  const blanks = ' '.repeat(Math.max(0, length - found));
  return padLeft ? blanks + (text ?? '') : (text ?? '') + blanks;
}
