/** The bytes over which a signature may have been made, other than those agreed. */
import { ExactNumber, isWireObject } from '@yiqiao/model';
import type { WireObject, WireValue } from '@yiqiao/model';
import { findJson, sortedJson, writeJson } from '../json-text.ts';
import { sm3 } from '../sm3.ts';
import type { DifferenceCode } from './difference-texts.ts';
import { encodeGbk } from './gbk.ts';
import { distinct } from './reading.ts';
import type { Reading } from './reading.ts';

/** Larger bodies are read as they came and in their whole only: the rest would take too long. */
const LARGEST = 262_144;

/** What a body may have been when it was signed. `message`: the bytes around it, where they are known. */
export function readSignedBody(parts: {
  readonly body: Uint8Array;
  readonly message?: Uint8Array;
  /** The text that stood in the place of an encrypted body. */
  readonly sealed?: string;
}): readonly Reading<Uint8Array>[] {
  const { body, message, sealed } = parts;
  const found: Reading<Uint8Array>[] = [{ value: body, differences: [] }];
  if (sealed !== undefined) found.push({ value: Buffer.from(sealed), differences: ['signed-ciphertext'] });
  if (message !== undefined) found.push(...readWhole(message));
  if (body.length > LARGEST) return distinct(found);
  found.push(...readBytes(body), ...readDigests(body));
  const value = findJson(body);
  if (value !== undefined) found.push(...readLayouts(value), ...readParts(value), ...readForms(value));
  return distinct(found);
}

function readBytes(body: Uint8Array): Reading<Uint8Array>[] {
  const text = Buffer.from(body).toString('utf8');
  const of = (changed: string, code: DifferenceCode): Reading<Uint8Array> => ({
    value: Buffer.from(changed),
    differences: [code],
  });
  const gbk = encodeGbk(text);
  return [
    ...(gbk === undefined ? [] : [{ value: gbk, differences: ['bytes-gbk'] as const }]),
    of(`\ufeff${text}`, 'bytes-bom'),
    of(text.replace(/\r?\n/g, '\r\n'), 'bytes-crlf'),
    of(text.replaceAll('\r\n', '\n'), 'bytes-lf'),
    of(`${text}\n`, 'bytes-line-end'),
    of(`${text}\r\n`, 'bytes-line-end'),
    of(text.trim(), 'bytes-trimmed'),
    of(`"input":${text}`, 'signed-with-name'),
    of(`{"input":${text}}`, 'signed-with-name'),
    of(Buffer.from(body).toString('base64'), 'signed-base64'),
    of(JSON.stringify(text), 'signed-as-string'),
  ];
}

/** Whoever has a function that signs a digest easily hashes once too often. */
function readDigests(body: Uint8Array): Reading<Uint8Array>[] {
  const digest = sm3(body);
  const hex = digest.toString('hex');
  return [
    digest,
    Buffer.from(hex),
    Buffer.from(hex.toUpperCase()),
    Buffer.from(digest.toString('base64')),
  ].map((value) => ({ value, differences: ['signed-digest'] }));
}

function readWhole(message: Uint8Array): Reading<Uint8Array>[] {
  const whole: readonly DifferenceCode[] = ['signed-whole-message'];
  const found: Reading<Uint8Array>[] = [{ value: message, differences: whole }];
  const root = message.length > LARGEST ? undefined : findJson(message);
  if (!isWireObject(root)) return found;
  const { cainfo: _, signtype: __, ...rest } = root;
  const emptied = { ...root, ...('cainfo' in root ? { cainfo: '' } : {}) };
  for (const value of [
    root,
    rest,
    emptied,
    { ...emptied, ...('signtype' in root ? { signtype: '' } : {}) },
  ]) {
    found.push({ value: Buffer.from(writeJson(value)), differences: whole });
    found.push({ value: Buffer.from(sortedJson(value)), differences: [...whole, 'members-sorted'] });
  }
  return found;
}

/** The part of the body that carries the business, alone. */
function readParts(value: WireValue): Reading<Uint8Array>[] {
  if (!isWireObject(value)) return [];
  return Object.values(value)
    .slice(0, 4)
    .map((part) => ({ value: Buffer.from(writeJson(part)), differences: ['signed-part'] }));
}

function readLayouts(value: WireValue): Reading<Uint8Array>[] {
  const layouts = ['  ', '    ', '\t'].flatMap((indent) => {
    const text = indented(value, indent);
    return [text, text.replaceAll('\n', '\r\n')];
  });
  return [...layouts, spaced(value)].map((text) => ({
    value: Buffer.from(text),
    differences: ['layout-indented'],
  }));
}

type Change = readonly [differences: readonly DifferenceCode[], apply: (value: WireValue) => WireValue];

const EMPTIES: readonly Change[] = [
  [[], (value) => value],
  [['nulls-removed'], (value) => without(value, (member) => member === null)],
  [['empties-removed'], (value) => without(value, (member) => member === null || member === '')],
  [
    ['empties-removed'],
    (value) =>
      without(
        value,
        (member) => member === null || member === '' || (Array.isArray(member) && member.length === 0),
      ),
  ],
  [['nulls-emptied'], (value) => mapLeaves(value, (leaf) => (leaf === null ? '' : leaf))],
];
const NUMBERS: readonly Change[] = [
  [[], (value) => value],
  [
    ['numbers-quoted'],
    (value) => mapLeaves(value, (leaf) => (leaf instanceof ExactNumber ? leaf.text : leaf)),
  ],
  [['numbers-bare'], (value) => mapLeaves(value, bareNumber)],
  [['numbers-shortened'], (value) => mapLeaves(value, shortNumber)],
];
const WRITERS: readonly (readonly [readonly DifferenceCode[], (value: WireValue) => string])[] = [
  [['layout-compact'], writeJson],
  [['members-sorted'], sortedJson],
];
const ESCAPES: readonly (readonly [readonly DifferenceCode[], (text: string) => string])[] = [
  [[], (text) => text],
  [['text-escaped'], (text) => escaped(text, /[\u0080-\uffff]/g)],
  [['text-escaped'], (text) => escaped(text, /[\u0080-\uffff]/g).replace(/\\u[\da-f]{4}/g, upperHex)],
  [['text-escaped'], (text) => text.replaceAll('/', '\\/')],
  [['text-escaped'], (text) => escaped(text, /[<>&='\u2028\u2029]/g)],
];

/** Every combination of what libraries do when they write a body anew. */
function readForms(given: WireValue): Reading<Uint8Array>[] {
  const found: Reading<Uint8Array>[] = [];
  for (const [emptyCodes, drop] of EMPTIES) {
    for (const [numberCodes, change] of NUMBERS) {
      const value = change(drop(given));
      for (const [writerCodes, write] of WRITERS) {
        const text = write(value);
        for (const [escapeCodes, escape] of ESCAPES) {
          const own = [...emptyCodes, ...numberCodes, ...escapeCodes];
          // Blanks are not worth telling where something else was written anew, too.
          const layout = own.length > 0 && writerCodes[0] === 'layout-compact' ? [] : writerCodes;
          found.push({ value: Buffer.from(escape(text)), differences: [...own, ...layout] });
        }
      }
    }
  }
  return found;
}

function mapLeaves(value: WireValue, change: (leaf: WireValue) => WireValue): WireValue {
  if (Array.isArray(value)) return (value as readonly WireValue[]).map((item) => mapLeaves(item, change));
  if (!isWireObject(value)) return change(value);
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, mapLeaves(member, change)]));
}

function without(value: WireValue, isGone: (member: WireValue) => boolean): WireValue {
  if (Array.isArray(value)) return (value as readonly WireValue[]).map((item) => without(item, isGone));
  if (!isWireObject(value)) return value;
  const members: WireObject = Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => !isGone(member))
      .map(([name, member]) => [name, without(member, isGone)]),
  );
  return members;
}

function bareNumber(leaf: WireValue): WireValue {
  return typeof leaf === 'string' && /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/.test(leaf) ? new ExactNumber(leaf) : leaf;
}

/** As a floating-point number writes itself: 12.50 becomes 12.5. */
function shortNumber(leaf: WireValue): WireValue {
  return leaf instanceof ExactNumber ? new ExactNumber(String(Number(leaf.text))) : leaf;
}

function escaped(text: string, characters: RegExp): string {
  return text.replace(characters, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function upperHex(escape: string): string {
  return `\\u${escape.slice(2).toUpperCase()}`;
}

function indented(value: WireValue, indent: string, at = '\n'): string {
  const inner = at + indent;
  if (Array.isArray(value)) {
    const items = (value as readonly WireValue[]).map((item) => indented(item, indent, inner));
    return items.length === 0 ? '[]' : `[${inner}${items.join(`,${inner}`)}${at}]`;
  }
  if (!isWireObject(value)) return writeJson(value);
  const members = Object.entries(value).map(
    ([name, member]) => `${JSON.stringify(name)}: ${indented(member, indent, inner)}`,
  );
  return members.length === 0 ? '{}' : `{${inner}${members.join(`,${inner}`)}${at}}`;
}

/** One line with a blank behind each colon and comma, as Python has it. */
function spaced(value: WireValue): string {
  if (Array.isArray(value)) return `[${(value as readonly WireValue[]).map(spaced).join(', ')}]`;
  if (!isWireObject(value)) return writeJson(value);
  const members = Object.entries(value).map(([name, member]) => `${JSON.stringify(name)}: ${spaced(member)}`);
  return `{${members.join(', ')}}`;
}
