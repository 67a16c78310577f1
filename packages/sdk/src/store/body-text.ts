/** Plain data ⇄ the text it is kept as: JSON in which amounts, exact numbers and bytes stay what they are. */
import assert from 'node:assert/strict';
import { ExactNumber } from '@yiqiao/model';

/** Writes a body. Anything but plain data (objects, lists, texts, finite numbers, flags, null, `bigint`, `ExactNumber`, bytes) is a broken invariant. */
export function formatBody(body: unknown): string {
  const text = JSON.stringify(body, function (this: Readonly<Record<string, unknown>>, name) {
    return encode(this[name]);
  }) as string | undefined;
  assert(text !== undefined, 'a store keeps data, not nothing');
  return text;
}

/** Reads what `formatBody` wrote. */
export function parseBody(text: string): unknown {
  // Without a mark in the text there is nothing to put back.
  return text.includes('"$') ? JSON.parse(text, decode) : JSON.parse(text);
}

function encode(value: unknown): unknown {
  if (typeof value === 'bigint') return { $int: String(value) };
  if (typeof value === 'number') assert(Number.isFinite(value), 'a store keeps finite numbers');
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    assert(typeof value !== 'function' && typeof value !== 'symbol', 'a store keeps plain data');
    return value;
  }
  if (value instanceof ExactNumber) return { $number: value.text };
  if (value instanceof Uint8Array) return { $bytes: Buffer.from(value).toString('base64') };
  const prototype: unknown = Object.getPrototypeOf(value);
  assert(prototype === Object.prototype || prototype === null, 'a store keeps plain data');
  const names = Object.keys(value);
  const looksEncoded = names.length === 1 && names[0]?.startsWith('$') === true;
  return looksEncoded ? { $object: Object.entries(value) } : value;
}

function decode(_name: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const entries = Object.entries(value);
  const [first] = entries;
  if (first === undefined || entries.length !== 1) return value;
  const [name, content] = first as [string, unknown];
  if (name === '$int') return BigInt(content as string);
  if (name === '$number') return new ExactNumber(content as string);
  if (name === '$bytes') return Buffer.from(content as string, 'base64');
  return name === '$object' ? Object.fromEntries(content as [string, unknown][]) : value;
}
