/** Finding the national envelope in a JSON text, whatever was put around it. Source: envelope.json, observed/. */
import { Buffer } from 'node:buffer';
import { isWireObject } from '@yiqiao/model';
import type { Deviation, GatewayError, WireObject, WireValue } from '@yiqiao/model';
import { fault, refusal, markDeviation } from './faults.ts';
import { jsonDeviations } from './json-deviations.ts';
import { parseJson } from './json-reader.ts';
import type { JsonText } from './json-reader.ts';
import { bytesOf, parseUtf8 } from './utf8.ts';
import { spellMembers } from './national-names.ts';
import type { WireLimits } from './types.ts';
import { findWrapped } from './wrapped-envelope.ts';
import type { EnvelopeMarks, WrappedEnvelope, Wrapper } from './wrapped-envelope.ts';

/** An envelope as found. */
export interface FoundEnvelope {
  readonly members: WireObject;
  /** Pointer of the envelope, empty unless something is wrapped around it. */
  readonly at: string;
  /** Objects that stand around it, the outermost first. */
  readonly wrappers: readonly Wrapper[];
  readonly deviations: Deviation[];
  /** The exact bytes of a member named `input` or `output`; none when it is absent. */
  bytesOf(name: 'input' | 'output'): Uint8Array;
}

const NO_BYTES = new Uint8Array(0);
const OPENS_OBJECT = /^\s*\{/;

/** How an envelope is read. */
export interface EnvelopeReading {
  readonly limits: WireLimits;
  readonly marks: EnvelopeMarks;
  /** Names of its members, where a definition is known. */
  names?(): readonly string[];
}

function noObject(): GatewayError {
  return refusal('MESSAGE_NOT_READABLE', [
    fault({
      rule: 'syntax',
      at: '',
      zh: '报文最外层应为 JSON 对象 {…}；请核对报文与地址是否对应。',
      en: 'The message must be a JSON object {…}; see whether message and address belong together.',
    }),
  ]);
}

/** The envelope is the root or the one item of it, else the only one that stands inside, as object or as JSON text. */
function findPlace(json: JsonText, marks: EnvelopeMarks, limits: WireLimits): WrappedEnvelope {
  const { root } = json;
  const bare = { at: '', json, isText: false, wrappers: [], deviations: [] };
  const only = onlyObject(root);
  if (only !== undefined) return { ...bare, at: '/0', members: only, deviations: [listOfOneDeviation('')] };
  if (Array.isArray(root)) throw noObject();
  if (isWireObject(root) && marks.isEnvelope(root)) return { ...bare, members: root };
  const place = findWrapped(json.text, marks, limits);
  if (place !== undefined) return place;
  if (!isWireObject(root)) throw noObject();
  return { ...bare, members: root };
}

/**
 * Reads bytes and finds the envelope: the root, else the only one inside of it. Of an envelope that is JSON text in a
 * wrapper, the bytes of a member are those of the text. Its members get the names they have in the definition.
 * @throws GatewayError `CHARSET_WRONG` | `MESSAGE_NOT_READABLE` | `MESSAGE_TOO_DEEP` | `DUPLICATE_MEMBER`
 */
export function readEnvelope(bytes: Uint8Array, { limits, marks, names }: EnvelopeReading): FoundEnvelope {
  const source = parseUtf8(bytes);
  const outer = parseJson(source.text, limits);
  const { at, members, json, isText, wrappers, deviations: around } = findPlace(outer, marks, limits);
  const spelled = spellMembers(members, at, () => [...marks.names, ...(names?.() ?? [])]);
  const deviations = [...jsonDeviations(outer), ...around, ...spelled.deviations];
  if (source.skipped > 0) deviations.unshift(markDeviation());
  return {
    members: spelled.members,
    at,
    wrappers,
    deviations,
    bytesOf(name) {
      const came = spelled.cameAs(name);
      const span = json.spans.find((one) => one.owner === members && one.name === came);
      if (span === undefined) return NO_BYTES;
      if (isText) return Buffer.from(json.text.slice(span.start, span.end));
      return bytesOf(bytes, source, span.start, span.end);
    },
  };
}

/** What is said of blanks around a value that has none. */
export function blanksDeviation(at: string): Deviation {
  return fault({
    rule: 'blanks',
    at,
    zh: '值的前后有空白，已去掉；请勿发送。',
    en: 'There are blanks around the value; they were taken off. Do not send them.',
  });
}

/** A body that came as JSON text. */
export interface OpenedText {
  readonly root: WireValue;
  readonly deviations: readonly Deviation[];
}

/** Reads an object that stands in a string at `at`; lines of a fault then count within the string. */
export function readJsonInText(text: string, at: string, limits: WireLimits): OpenedText | undefined {
  if (!OPENS_OBJECT.test(text)) return undefined;
  const json = parseJson(text, limits, at);
  return { root: json.root, deviations: [textBodyDeviation(at), ...jsonDeviations(json, at)] };
}

/** What is said of a body that came as a string. */
function textBodyDeviation(at: string): Deviation {
  return fault({
    rule: 'body-as-text',
    at,
    zh: '应为 JSON 对象，收到的是内含 JSON 的字符串，已展开。',
    en: 'A JSON object is expected; a string holding JSON came and was opened.',
  });
}

/** The object of a list of one, where one object is due; `undefined` for all else. */
export function onlyObject(value: WireValue | undefined): WireObject | undefined {
  const [first] = Array.isArray(value) && value.length === 1 ? (value as readonly WireValue[]) : [];
  return isWireObject(first) ? first : undefined;
}

/** What is said of a body that came as a list of one. */
export function listOfOneDeviation(at: string): Deviation {
  return fault({
    rule: 'list-of-one',
    at,
    zh: '应为 JSON 对象，收到的是只有一项的列表，已取其中的对象。',
    en: 'A JSON object is expected; a list of one object came, and the object was taken.',
  });
}
