/** Finding the national envelope in a JSON text, whatever was put around it. Source: envelope.json, observed/. */
import { isWireObject } from '@yiqiao/model';
import type { Deviation, WireObject, WireValue } from '@yiqiao/model';
import { fault, refusal, textPlace } from './faults.ts';
import { pointerAt, pointerStep } from './json-place.ts';
import { parseJson } from './json-reader.ts';
import type { BodySpan, JsonText } from './json-reader.ts';
import { bytesOf, parseUtf8 } from './utf8.ts';
import type { Utf8Text } from './utf8.ts';
import type { WireLimits } from './types.ts';

/** An envelope as found. */
export interface FoundEnvelope {
  readonly members: WireObject;
  /** Pointer of the envelope, empty unless something is wrapped around it. */
  readonly at: string;
  readonly deviations: Deviation[];
  /** The exact bytes of a member named `input` or `output`; none when it is absent. */
  bytesOf(name: 'input' | 'output'): Uint8Array;
}

const NO_BYTES = new Uint8Array(0);

function markDeviation(): Deviation {
  return fault({
    rule: 'byte-order-mark',
    at: '',
    zh: '报文以字节顺序标记（BOM）开头，已忽略；请勿发送。',
    en: 'The message begins with a byte order mark; it was passed over. Do not send one.',
  });
}

function commaDeviation(text: string, offset: number): Deviation {
  const { line, column } = textPlace(text, offset);
  return fault({
    rule: 'trailing-comma',
    at: pointerAt(text, offset),
    zh: `第 ${line} 行第 ${column} 列：最后一项之后有多余的逗号，已忽略。`,
    en: `Line ${line}, column ${column}: a comma after the last item; it was passed over.`,
  });
}

function wrapperDeviations(root: WireObject, inner: string): Deviation[] {
  const wrapper = fault({
    rule: 'wrapper',
    at: `/${pointerStep(inner)}`,
    zh: '报文外另有一层包装，已拆开。',
    en: 'The envelope stands inside a wrapper; it was taken out.',
  });
  const rest = Object.keys(root).filter((name) => name !== inner);
  return [wrapper, ...rest.map(notCarried)];
}

function notCarried(name: string): Deviation {
  return fault({
    rule: 'not-carried',
    at: `/${pointerStep(name)}`,
    zh: '包装层的成员不属于报文，不再转送。',
    en: 'This member of the wrapper is no part of the message and does not travel on.',
  });
}

/** The only member of `root` that looks like an envelope. */
function findInner(root: WireObject, isEnvelope: (members: WireObject) => boolean): string | undefined {
  const inner = Object.keys(root).filter((name) => {
    const value = root[name];
    return isWireObject(value) && isEnvelope(value);
  });
  return inner.length === 1 ? inner[0] : undefined;
}

function rootOf(json: JsonText): WireObject {
  if (isWireObject(json.root)) return json.root;
  throw refusal('MESSAGE_NOT_READABLE', [
    fault({
      rule: 'syntax',
      at: '',
      zh: '报文最外层应为 JSON 对象 {…}。',
      en: 'The message must be a JSON object {…}.',
    }),
  ]);
}

function sliceOf(bytes: Uint8Array, source: Utf8Text, span: BodySpan | undefined): Uint8Array {
  return span === undefined ? NO_BYTES : bytesOf(bytes, source, span.start, span.end);
}

/**
 * Reads bytes and finds the envelope: the root, else the only member of the root that looks like one.
 * @throws GatewayError `CHARSET_WRONG` | `MESSAGE_NOT_READABLE` | `MESSAGE_TOO_DEEP` | `DUPLICATE_MEMBER`
 */
export function readEnvelope(
  bytes: Uint8Array,
  limits: WireLimits,
  isEnvelope: (members: WireObject) => boolean,
): FoundEnvelope {
  const source = parseUtf8(bytes);
  const json = parseJson(source.text, limits);
  const deviations = json.trailingCommas.map((offset) => commaDeviation(source.text, offset));
  if (source.skipped > 0) deviations.unshift(markDeviation());
  const root = rootOf(json);
  const inner = isEnvelope(root) ? undefined : findInner(root, isEnvelope);
  if (inner !== undefined) deviations.push(...wrapperDeviations(root, inner));
  const members = inner === undefined ? root : (root[inner] as WireObject);
  return {
    members,
    at: inner === undefined ? '' : `/${pointerStep(inner)}`,
    deviations,
    bytesOf: (name) =>
      sliceOf(
        bytes,
        source,
        json.spans.find((span) => span.owner === members && span.name === name),
      ),
  };
}

/** Reads an object that stands in a string at `at`; lines of a fault then count within the string. */
export function readJsonInText(text: string, at: string, limits: WireLimits): WireValue | undefined {
  return /^\s*\{/.test(text) ? parseJson(text, limits, at).root : undefined;
}

/** What is said of a body that came as a string. */
export function textBodyDeviation(at: string): Deviation {
  return fault({
    rule: 'body-as-text',
    at,
    zh: '应为 JSON 对象，收到的是内含 JSON 的字符串，已展开。',
    en: 'A JSON object is expected; a string holding JSON came and was opened.',
  });
}
