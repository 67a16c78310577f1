/** Plain forms of far sides that are no platform: a message is its members, whatever they mean. */
import { Buffer } from 'node:buffer';
import { GatewayError, isWireObject, leafText } from '@yiqiao/model';
import type { Deviation, Fault, WireObject, WireValue } from '@yiqiao/model';
import { charsetFaults } from './charset-faults.ts';
import { findBytes } from './charset.ts';
import type { Charset } from './charset.ts';
import { fault, refusal } from './faults.ts';
import { jsonDeviations } from './json-deviations.ts';
import { parseJson } from './json-reader.ts';
import { formatJson } from './json-writer.ts';
import { checkSize, completeLimits } from './limits.ts';
import { formatText, markDeviations, parseText } from './text-bytes.ts';
import type { WireLimits } from './types.ts';
import { bytesOf, parseUtf8 } from './utf8.ts';

/** A message as read. */
export interface FormMessage {
  readonly members: WireObject;
  /** Variety that was put right here. */
  readonly deviations: readonly Deviation[];
  /** The exact bytes of a member of the root; only JSON in UTF-8 tells them, and only of `input` and `output`. */
  readonly memberBytes?: (name: string) => Uint8Array | undefined;
}

/** One shape of bytes, for both directions. Everything bad is a `GatewayError` with place and remedy. */
export interface MessageForm {
  /** Media type with charset. */
  readonly contentType: string;
  /** @throws GatewayError `MESSAGE_NOT_READABLE`, `CHARSET_WRONG`, `DUPLICATE_MEMBER`, `MESSAGE_TOO_…`, `XML_FORBIDDEN`. */
  parse(bytes: Uint8Array): FormMessage;
  /** @throws GatewayError `FORMAT_LIMIT` naming every value that the form or the charset cannot carry. */
  format(members: WireObject): Uint8Array;
}

/** What every form may be made with. */
export interface FormOptions {
  /** UTF-8 when absent. */
  readonly charset?: Charset;
  readonly limits?: Partial<WireLimits>;
}

/** One JSON object; numbers keep their text. */
export function createJsonForm(options: FormOptions = {}): MessageForm {
  const { charset = 'UTF-8' } = options;
  const limits = completeLimits(options.limits);
  return {
    contentType: `application/json; charset=${charset}`,
    parse(bytes) {
      checkSize(bytes, limits);
      if (charset !== 'UTF-8') {
        const json = parseJson(parseText(bytes, charset), limits);
        return { members: requireMembers(json.root), deviations: jsonDeviations(json) };
      }
      const source = parseUtf8(bytes);
      const json = parseJson(source.text, limits);
      const { root, spans } = json;
      return {
        members: requireMembers(root),
        deviations: [...markDeviations(bytes), ...jsonDeviations(json)],
        memberBytes(name) {
          const span = spans.find((one) => one.owner === root && one.name === name);
          return span === undefined ? undefined : bytesOf(bytes, source, span.start, span.end);
        },
      };
    },
    format: (members) => formatText({ text: formatJson(members), members, at: '', faults: [] }, charset),
  };
}

/** `application/x-www-form-urlencoded`: names and texts, no nodes, no lists. */
export function createUrlEncodedForm(options: FormOptions = {}): MessageForm {
  const { charset = 'UTF-8' } = options;
  const limits = completeLimits(options.limits);
  return {
    contentType: `application/x-www-form-urlencoded; charset=${charset}`,
    parse(bytes) {
      checkSize(bytes, limits);
      const members: Record<string, WireValue> = {};
      const faults: Fault[] = [];
      const pairs = Buffer.from(bytes)
        .toString('latin1')
        .split('&')
        .filter((pair) => pair !== '');
      if (pairs.length > limits.maxNodes) throw tooMany(pairs.length, limits);
      for (const pair of pairs) {
        const [first, second] = splitPair(pair);
        const name = decodePart(first, charset, '');
        const value = decodePart(second, charset, `/${name}`);
        if (Object.hasOwn(members, name)) faults.push(twice(name));
        else
          Object.defineProperty(members, name, {
            value,
            enumerable: true,
            writable: true,
            configurable: true,
          });
      }
      if (faults.length > 0) throw refusal('DUPLICATE_MEMBER', faults);
      return { members, deviations: [] };
    },
    format(members) {
      const faults: Fault[] = [];
      const pairs = Object.entries(members).map(([name, value]) => {
        const text = typeof value === 'boolean' ? String(value) : leafText(value);
        if (text === undefined) faults.push(noLeaf(name));
        return `${encodePart(name, charset, faults)}=${encodePart(text ?? '', charset, faults, name)}`;
      });
      if (faults.length > 0) throw refusal('FORMAT_LIMIT', faults, { count: faults.length });
      return Buffer.from(pairs.join('&'), 'latin1');
    },
  };
}

function requireMembers(root: WireValue): WireObject {
  if (isWireObject(root)) return root;
  throw refusal('MESSAGE_NOT_READABLE', [
    fault({
      rule: 'type',
      at: '',
      zh: '报文应为一个 JSON 对象；请核对报文与地址是否对应。',
      en: 'The message must be one JSON object; see whether message and address belong together.',
    }),
  ]);
}

function twice(name: string): Fault {
  return fault({
    rule: 'duplicate',
    at: `/${name}`,
    zh: '该参数出现多次，取哪一个无法判断，请只保留一个。',
    en: 'This parameter occurs more than once, which one counts cannot be told; keep one.',
  });
}

function noLeaf(name: string): Fault {
  return fault({
    rule: 'format',
    at: `/${name}`,
    zh: '表单只有文字，容不下对象、列表或 null。',
    en: 'A form has text only: no object, list or null here.',
  });
}

function splitPair(pair: string): readonly [string, string] {
  const at = pair.indexOf('=');
  return at === -1 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)];
}

const ESCAPE = /%([\da-fA-F]{2})/g;

/** A name, or the value at a place, whose bytes are counted by themselves. */
function decodePart(part: string, charset: Charset, at: string): string {
  const bytes = part
    .replaceAll('+', ' ')
    .replace(ESCAPE, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  try {
    return parseText(Buffer.from(bytes, 'latin1'), charset);
  } catch (error) {
    if (!(error instanceof GatewayError) || at === '') throw error;
    const { faults = [], facts } = error.details;
    throw refusal(
      error.code,
      faults.map((one) => fault({ ...one, ...one.message, at, field: at.slice(1) })),
      facts,
    );
  }
}

function tooMany(found: number, { maxNodes }: WireLimits): GatewayError {
  const text = fault({
    rule: 'nodes',
    at: '',
    found: String(found),
    zh: `参数超过 ${maxNodes} 个，请分批发送。`,
    en: `More than ${maxNodes} parameters; send it in parts.`,
  });
  return refusal('MESSAGE_TOO_DEEP', [text], { maxNodes });
}

function encodePart(text: string, charset: Charset, faults: Fault[], name = text): string {
  const bytes = findBytes(text, charset);
  if (bytes === undefined) {
    faults.push(...charsetFaults({ [name]: text }, '', charset));
    return '';
  }
  return Buffer.from(bytes)
    .toString('latin1')
    .replace(/[^\w.*-]/g, (one) =>
      one === ' ' ? '+' : `%${one.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
    );
}
