/** A call's arguments by position: `["S1","0001",2.0]`. Which member stands where is the definition's order. */
import { Buffer } from 'node:buffer';
import { ExactNumber } from '@yiqiao/model';
import type { Fault, WireObject, WireValue } from '@yiqiao/model';
import { formLimit, missingArgument } from './body-form.ts';
import type { BodyForm, BodyPlace } from './body-form.ts';
import { findBytes } from './charset.ts';
import { fault } from './faults.ts';
import type { FindSlots } from './layout.ts';
import { withoutPadding } from './padding.ts';
import { unknownTransaction } from './unsigned.ts';

/**
 * Widths of the buffers that the values are handed over in: member → bytes in GBK. What GBK lacks counts as in GB18030,
 * its extension.
 */
export type BufferWidths = ReadonlyMap<string, number>;

const SURPLUS = /^\((\d{1,6})\)$/;

/** Arguments beyond the definition that are carried; no call has so many. */
const MAX_SURPLUS = 100;

function tooMany(at: string, known: number): Fault {
  return fault({
    rule: 'nodes',
    at,
    zh: `此调用有 ${known} 个参数，多出的超过 ${MAX_SURPLUS} 个，请核对。`,
    en: `The call has ${known} arguments, and more than ${MAX_SURPLUS} come beyond them; check it.`,
  });
}

/** Where arguments stand, and what is wrong with them so far. */
export interface ArgumentPlace {
  readonly at: string;
  readonly faults: Fault[];
}

/** Name of an argument beyond the definition: its position, counted from 1. */
function surplusName(index: number): string {
  return `(${index + 1})`;
}

/** Arguments under the names they have; without the padding of their buffers. */
export function readArguments(
  values: readonly WireValue[],
  names: readonly string[],
  { at, faults }: ArgumentPlace,
): WireObject {
  const members: Record<string, WireValue> = {};
  for (const [index, name] of names.entries()) {
    const value = values[index];
    if (value === undefined)
      faults.push(missingArgument(`${at}/${name}`, { position: index + 1, found: values.length }));
    else members[name] = unpadded(value);
  }
  if (values.length > names.length + MAX_SURPLUS) {
    faults.push(tooMany(at, names.length));
    return members;
  }
  for (let index = names.length; index < values.length; index += 1)
    members[surplusName(index)] = unpadded(values[index] ?? null);
  return members;
}

function unpadded(value: WireValue): WireValue {
  return typeof value === 'string' ? withoutPadding(value, ' \0') : value;
}

/** Members in order of their positions; one that is absent is an empty text. */
export function formatArguments(
  members: WireObject,
  names: readonly string[],
  { at, faults }: ArgumentPlace,
): WireValue[] {
  const surplus = Object.keys(members).filter((name) => Number(SURPLUS.exec(name)?.[1] ?? 0) > names.length);
  const known = new Set([...names, ...surplus]);
  for (const name of Object.keys(members)) {
    if (!known.has(name))
      faults.push(formLimit(`${at}/${name}`, '此调用没有该参数。', 'This call has no such argument.'));
  }
  const all = [...names, ...surplus.map((_, index) => surplusName(names.length + index))];
  return all.map((name) => {
    const value = Object.hasOwn(members, name) ? members[name] : '';
    if (typeof value === 'string' || value instanceof ExactNumber) return value;
    faults.push(formLimit(`${at}/${name}`, '参数只能是文字或数字。', 'An argument is text or a number.'));
    return '';
  });
}

function tooWide(at: string, found: number, width: number): Fault {
  return fault({
    rule: 'width',
    at,
    found: `${found} bytes`,
    zh: `该缓冲区 ${width} 字节，值有 ${found} 字节。`,
    en: `The buffer holds ${width} bytes, the value has ${found}.`,
  });
}

/** Makes the form. */
export function createPositions(slots: FindSlots, widths: BufferWidths): BodyForm {
  const namesOf = ({ transaction, direction }: BodyPlace): readonly string[] => {
    const found = slots(transaction, direction);
    if (found === undefined) {
      // An answer may be read before it is known what it answers.
      if (direction === 'response') return [];
      throw unknownTransaction(transaction);
    }
    return found.map(({ name }) => name);
  };
  return {
    read(value, place, faults) {
      if (!Array.isArray(value)) return undefined;
      return readArguments(value as readonly WireValue[], namesOf(place), { at: place.at, faults });
    },
    write(body, place, faults) {
      for (const [name, value] of Object.entries(body)) {
        const width = widths.get(name);
        if (width === undefined || typeof value !== 'string') continue;
        const found = (findBytes(value, 'GB18030') ?? Buffer.from(value)).length;
        if (found > width) faults.push(tooWide(`${place.at}/${name}`, found, width));
      }
      return formatArguments(body, namesOf(place), { at: place.at, faults });
    },
  };
}
