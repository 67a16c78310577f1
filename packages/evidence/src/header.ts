/** What is signed of a batch: one line of JSON, its members in this order. */
import { sm3 } from '@yiqiao/signer';

/** A batch as it is signed. Hashes are SM3 in lower-case hex unless said otherwise. */
export interface BatchHeader {
  readonly format: typeof HEADER_FORMAT;
  /** Random name of the chain: 32 hexadecimal digits. */
  readonly chain: string;
  /** From 1, without gaps. */
  readonly number: number;
  /** `headerHash` of the batch before; of the first one 64 zeros. */
  readonly previous: string;
  /** Numbers of the first and the last entry, and how many there are. */
  readonly first: number;
  readonly last: number;
  readonly count: number;
  /** Root of the tree over the leaves. */
  readonly root: string;
  /** Number and hash (SHA-256) of the last entry of the audit log then; 0 and '' while it was empty. */
  readonly audit: { readonly id: number; readonly hash: string };
  /** Epoch milliseconds, by the clock of the signer. */
  readonly at: number;
  /** Identity in the signature. Source: GB/T 32918.2. */
  readonly userId: string;
  /** `bundleName` of the certificates. */
  readonly certificate: string;
}

/** Version of the form. */
export const HEADER_FORMAT = 'yiqiao-evidence/1';

/** `previous` of the first batch. */
export const NO_PREVIOUS: string = '0'.repeat(64);

/** The text that is signed. */
export function formatHeader(header: BatchHeader): string {
  const { format, chain, number, previous, first, last, count, root, audit, at, userId, certificate } =
    header;
  const { id, hash } = audit;
  return JSON.stringify({
    format,
    chain,
    number,
    previous,
    first,
    last,
    count,
    root,
    audit: { id, hash },
    at,
    userId,
    certificate,
  });
}

/** The header of a text; `undefined` unless it is exactly what `formatHeader` writes. */
export function parseHeader(text: string): BatchHeader | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  return isHeader(value) && formatHeader(value) === text ? value : undefined;
}

/** Name of a header in the one that follows. */
export function headerHash(text: string): string {
  return sm3(text).toString('hex');
}

function isHeader(value: unknown): value is BatchHeader {
  if (!isRecord(value) || !isRecord(value['audit'])) return false;
  const texts = ['chain', 'previous', 'root', 'userId', 'certificate'];
  const numbers = ['number', 'first', 'last', 'count', 'at'];
  return (
    value['format'] === HEADER_FORMAT &&
    texts.every((name) => typeof value[name] === 'string') &&
    numbers.every((name) => Number.isSafeInteger(value[name])) &&
    Number.isSafeInteger(value['audit']['id']) &&
    typeof value['audit']['hash'] === 'string'
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
