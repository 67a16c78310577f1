/** What a message is about, as texts by which the journal finds it again. */
import type { CanonicalRequest, CanonicalValue } from '@yiqiao/model';
import type { OperationEntry } from '@yiqiao/registry';
import { bodyOf } from './requests.ts';

/** Keys of the one matter, of the batches, of what goes in order and of the case that a message is about. */
export function naturalKeysOf(
  entry: OperationEntry | undefined,
  request: CanonicalRequest,
): readonly string[] {
  if (entry === undefined) return [];
  const { onceFor, batchKey, orderKey, caseKey } = entry;
  if ((onceFor ?? batchKey ?? orderKey ?? caseKey) === undefined) return [];
  return [...onceKeys(entry, request), ...doubtKeys(entry, request), ...caseKeys(entry, request)];
}

/** Key of the matter that is done once; empty where the message does not name it. */
export function onceKeys(
  { onceFor, operation }: OperationEntry,
  request: CanonicalRequest,
): readonly string[] {
  const values = onceFor === undefined ? undefined : valuesOf(bodyOf(request), onceFor);
  return values === undefined ? [] : [keyOf(operation, values)];
}

/** Key of the case, by which a cancellation finds a settlement whose id nobody was told. */
export function caseKeys(
  { caseKey, operation }: OperationEntry,
  request: CanonicalRequest,
): readonly string[] {
  const values = caseKey === undefined ? undefined : valuesOf(bodyOf(request), caseKey);
  return values === undefined ? [] : [keyOf(`${operation} in`, values)];
}

/** Keys of what a message waits for while another one about it is in doubt: its batches, and what goes in order. */
export function doubtKeys(entry: OperationEntry, request: CanonicalRequest): readonly string[] {
  return [...batchKeys(entry, request), ...keysOfItems('order', entry.orderKey, request)];
}

/** Keys of the batches into which a message puts something, or which it empties. */
export function batchKeys({ batchKey }: OperationEntry, request: CanonicalRequest): readonly string[] {
  return keysOfItems('batch', batchKey, request);
}

/** A key for each distinct set of values: the members may stand in the items of a list. */
function keysOfItems(
  kind: string,
  names: readonly string[] | undefined,
  request: CanonicalRequest,
): readonly string[] {
  if (names === undefined) return [];
  const body = bodyOf(request);
  const lists = Object.values(body).filter((member) => Array.isArray(member));
  const items = lists.length === 0 ? [body] : lists.flat().map((item) => ({ ...body, ...(item as object) }));
  const keys = new Set<string>();
  for (const item of items) {
    const values = valuesOf(item, names);
    if (values !== undefined) keys.add(keyOf(kind, values));
  }
  return [...keys];
}

type Members = Readonly<Record<string, CanonicalValue | undefined>>;

/** The texts under these names; `undefined` when one is missing: then nothing can be said of the matter. */
export function valuesOf(body: Members, names: readonly string[]): readonly string[] | undefined {
  const values = names.map((name): CanonicalValue | undefined => body[name]);
  const isText = (value: CanonicalValue | undefined): value is string =>
    typeof value === 'string' && value !== '';
  return values.every(isText) ? values : undefined;
}

/** A kind of matter and what names it, as one text. */
export function keyOf(kind: string, values: readonly string[]): string {
  return JSON.stringify([kind, ...values]);
}
