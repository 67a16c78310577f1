/** Requests that the machine itself makes, built by name from the ones it has. */
import type {
  CanonicalLeaf,
  CanonicalObject,
  CanonicalRequest,
  CanonicalResponse,
  CanonicalValue,
  Content,
  Operation,
} from '@yiqiao/model';
import type { OperationEntry } from '@yiqiao/registry';
import { encodeCanonical } from './canonical-text.ts';
import type { RequestField } from './types.ts';

/** Operation of a request in canonical form. */
export function operationOf(request: CanonicalRequest): Operation | undefined {
  return request.content.form === 'canonical' ? request.content.operation : undefined;
}

/** Body of a request or answer in canonical form; empty for the national form. */
export function bodyOf(message: { readonly content: Content } | undefined): CanonicalObject {
  return message?.content.form === 'canonical' ? message.content.body : {};
}

/** A text member of a canonical body. */
export function textOf(body: CanonicalObject, name: string): string | undefined {
  const value = body[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** The same parties about another matter: another operation with this body. */
export function buildRequest(
  of: CanonicalRequest,
  entry: OperationEntry,
  body: CanonicalObject,
): CanonicalRequest {
  const dialect = of.content.form === 'canonical' ? of.content.dialect : '';
  return {
    header: { ...of.header, transaction: entry.transaction },
    content: { form: 'canonical', operation: entry.operation, body, carried: {}, dialect },
  };
}

/** Which message a 2601 takes back. */
export interface OriginalName {
  readonly messageId: string;
  readonly transaction: string;
}

/** Reads `omsgid` and `oinfno` of a 2601. */
export function originalOf(request: CanonicalRequest): OriginalName | undefined {
  const body = bodyOf(request);
  const messageId = textOf(body, 'originalMessageId');
  const transaction = textOf(body, 'originalTransaction');
  return messageId === undefined || transaction === undefined ? undefined : { messageId, transaction };
}

/** 2601 has no answer body. */
export function reversalSuccess(dialect: string): CanonicalResponse {
  return {
    referenceId: '',
    content: { form: 'canonical', operation: 'reverseTransaction', body: {}, carried: {}, dialect },
    deviations: [],
  };
}

/** Body of a 2601 for a sent request; `undefined` when it names no person, which 2601 demands. */
export function reversalBody(original: CanonicalRequest): CanonicalObject | undefined {
  const personNumber = findLeaf(bodyOf(original), 'personNumber');
  if (personNumber === undefined) return undefined;
  const { messageId, transaction } = original.header;
  return { personNumber, originalMessageId: messageId, originalTransaction: transaction };
}

/**
 * Bodies of the requests that undo another: the fields that the undo needs, by name from the request and
 * its answer; one for each distinct set when they stand in a list (2204 holds several charge batches). A list
 * that the undo needs (2302) is that of the request, each item with no more than it must have.
 * Empty when a field is nowhere to be found.
 */
export function undoBodies(
  fields: readonly RequestField[],
  request: CanonicalRequest,
  response: CanonicalResponse | undefined,
): readonly CanonicalObject[] {
  const required = fields.filter((field) => field.required);
  const names = required.filter(({ items }) => items === undefined).map(({ name }) => name);
  const lists = pickLists(required, bodyOf(request));
  if (required.length === 0 || lists === undefined) return [];
  const top = { ...definedOf(bodyOf(request)), ...definedOf(bodyOf(response)) };
  const items = Object.values(bodyOf(request)).flatMap(itemsOf);
  const sources = items.length === 0 ? [top] : items.map((item) => ({ ...top, ...objectOf(item) }));
  const bodies = new Map<string, CanonicalObject>();
  for (const source of sources) {
    const own = pick(source, names);
    if (Object.keys(own).length < names.length) return [];
    const body = { ...own, ...lists };
    bodies.set(encodeCanonical(body), body);
  }
  return [...bodies.values()];
}

/** The required lists as the request has them; `undefined` when one is missing or an item lacks a leaf. */
function pickLists(fields: readonly RequestField[], body: CanonicalObject): CanonicalObject | undefined {
  const lists: Record<string, CanonicalValue> = {};
  for (const { name, items: leaves } of fields) {
    if (leaves === undefined) continue;
    const items = itemsOf(body[name]).map((item) => pick(objectOf(item), leaves));
    const complete = items.every((item) => Object.keys(item).length === leaves.length);
    if (items.length === 0 || !complete) return undefined;
    lists[name] = items;
  }
  return lists;
}

/** Body of a trial: what the trial's request has in common with the body. */
export function trialBody(fields: readonly RequestField[], body: CanonicalObject): CanonicalObject {
  const names = fields.map((field) => field.name);
  return pick(body, names);
}

/** The request as it was, with the deciding side's answer beside it. */
export function recordRequest(
  request: CanonicalRequest,
  response: CanonicalResponse | undefined,
): CanonicalRequest {
  if (request.content.form === 'national' || response === undefined) return request;
  return { header: request.header, content: { ...request.content, result: bodyOf(response) } };
}

function pick(source: CanonicalObject, names: readonly string[]): CanonicalObject {
  const body: Record<string, CanonicalValue> = {};
  for (const name of names) {
    const value = source[name];
    if (value !== undefined) body[name] = value;
  }
  return body;
}

function definedOf(body: CanonicalObject): CanonicalObject {
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined));
}

function objectOf(value: CanonicalValue | undefined): CanonicalObject {
  const isObject = typeof value === 'object' && !Array.isArray(value);
  return isObject ? definedOf(value as CanonicalObject) : {};
}

function itemsOf(value: CanonicalValue | undefined): readonly CanonicalValue[] {
  return Array.isArray(value) ? (value as readonly CanonicalValue[]) : [];
}

/** A leaf of the body, or of the first item of one of its lists. */
function findLeaf(body: CanonicalObject, name: string): CanonicalLeaf | undefined {
  for (const source of [body, ...Object.values(body).map(firstObject)]) {
    const value = source[name];
    if (value !== undefined && typeof value !== 'object') return value;
  }
  return undefined;
}

function firstObject(value: CanonicalValue | undefined): CanonicalObject {
  return objectOf(Array.isArray(value) ? itemsOf(value)[0] : value);
}
