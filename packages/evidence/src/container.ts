/** The evidence file: one JSON text in one writing, with a checksum at its end. */
import { sm3 } from '@yiqiao/signer';
import type { BothTexts } from './findings.ts';

/** Everything about one exchange that proves what was sent and answered. */
export interface EvidenceContainer {
  readonly format: typeof CONTAINER_FORMAT;
  readonly warning: BothTexts;
  /** As its entries say. */
  readonly exchange: {
    readonly id: number;
    readonly peer: string;
    readonly institution: string;
    readonly messageId: string;
    readonly transaction: string;
  };
  /** In order. */
  readonly entries: readonly EvidencedEntry[];
  /** In order; those of the entries, and those between them and up to the next time-stamp. */
  readonly batches: readonly EvidencedBatch[];
  readonly certificates: readonly { readonly name: string; readonly pem: string }[];
}

/** An entry with its contents and its way to a root; bytes as Base64. */
export interface EvidencedEntry {
  readonly id: number;
  readonly exchangeId: number | null;
  readonly previous: number | null;
  readonly kind: string;
  readonly at: number;
  readonly facts: string;
  readonly payloadHash: string | null;
  readonly hash: string;
  readonly content: {
    /** Why there are no bytes: deleted by retention, sealed, left out on request, damaged. */
    readonly state: 'whole' | 'expired' | 'closed' | 'left-out' | 'damaged';
    /** What was signed of the contents; empty when nothing was. */
    readonly digest: string;
    readonly pieces: readonly string[];
    readonly bytes: string;
  };
  /** Number of the batch; 0 while the entry is in none. */
  readonly batch: number;
  readonly index: number;
  readonly path: readonly string[];
}

/** A signed root. */
export interface EvidencedBatch {
  readonly header: string;
  readonly signature: string;
  /** Empty: none. */
  readonly timeStamp: string;
}

/** Version of the form. */
export const CONTAINER_FORMAT = 'yiqiao-evidence-file/1';

/** What every file begins with. */
export const WARNING: BothTexts = {
  zh: '本文件含个人信息与医疗信息：仅供办案、稽核或司法使用，按敏感个人信息保管和传递。',
  en: 'This file holds personal and medical data: for inquiry, audit or court only; keep and send it accordingly.',
};

/** The text of a file. */
export function formatContainer(container: EvidenceContainer): string {
  const body = JSON.stringify(ordered(container), null, 1);
  const open = body.slice(0, -2);
  return `${open},\n "checksum": "${checksumOf(open)}"\n}\n`;
}

/** What was read: the container when the text makes sense, and where it first differs from how it is written. */
export interface ReadContainer {
  readonly container?: EvidenceContainer;
  /** Where the text makes no sense. */
  readonly fault?: string;
  /** Whether text and checksum are exactly what `formatContainer` writes. */
  readonly isAsWritten: boolean;
}

/** Reads a file. */
export function parseContainer(bytes: Uint8Array): ReadContainer {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return { fault: 'UTF-8', isAsWritten: false };
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { fault: placeOf(error, text), isAsWritten: false };
  }
  const fault = findMisfit(value, SHAPE, '');
  if (fault !== undefined) return { fault, isAsWritten: false };
  const container = value as EvidenceContainer;
  return { container, isAsWritten: formatContainer(container) === text };
}

function checksumOf(text: string): string {
  return sm3(text).toString('hex');
}

/** Members in the order of the form; what is none of it falls away. */
function ordered({ format, warning, exchange, entries, batches, certificates }: EvidenceContainer): object {
  const { id, peer, institution, messageId, transaction } = exchange;
  return {
    format,
    warning: { zh: warning.zh, en: warning.en },
    exchange: { id, peer, institution, messageId, transaction },
    entries: entries.map(orderedEntry),
    batches: batches.map(({ header, signature, timeStamp }) => ({ header, signature, timeStamp })),
    certificates: certificates.map(({ name, pem }) => ({ name, pem })),
  };
}

function orderedEntry(entry: EvidencedEntry): object {
  const { id, exchangeId, previous, kind, at, facts, payloadHash, hash, content, batch, index, path } = entry;
  const { state, digest, pieces, bytes } = content;
  return {
    id,
    exchangeId,
    previous,
    kind,
    at,
    facts,
    payloadHash: payloadHash === null ? null : base64(payloadHash),
    hash: base64(hash),
    content: { state, digest: base64(digest), pieces: pieces.map(base64), bytes: base64(bytes) },
    batch,
    index,
    path: path.map(base64),
  };
}

/** Base64 in its one writing: spare bits and other characters do not survive. */
function base64(text: string): string {
  return Buffer.from(text, 'base64').toString('base64');
}

/** Line of the text, and the name of the member that stands there. */
function placeOf(error: unknown, text: string): string {
  const position = Number(/position (\d+)/.exec(String(error))?.[1] ?? Number.NaN);
  if (Number.isNaN(position)) return 'JSON';
  const before = text.slice(0, position);
  const line = before.split('\n').length;
  const names = before.match(/"([a-zA-Z]+)":/g);
  return `JSON, line ${line}${names === null ? '' : `, ${names.at(-1)?.slice(1, -2)}`}`;
}

type Shape =
  'text' | 'number' | 'text|null' | 'number|null' | readonly [Shape] | { readonly [name: string]: Shape };

const SHAPE: Shape = {
  format: 'text',
  warning: { zh: 'text', en: 'text' },
  exchange: { id: 'number', peer: 'text', institution: 'text', messageId: 'text', transaction: 'text' },
  entries: [
    {
      id: 'number',
      exchangeId: 'number|null',
      previous: 'number|null',
      kind: 'text',
      at: 'number',
      facts: 'text',
      payloadHash: 'text|null',
      hash: 'text',
      content: { state: 'text', digest: 'text', pieces: ['text'], bytes: 'text' },
      batch: 'number',
      index: 'number',
      path: ['text'],
    },
  ],
  batches: [{ header: 'text', signature: 'text', timeStamp: 'text' }],
  certificates: [{ name: 'text', pem: 'text' }],
  checksum: 'text',
};

/** JSON pointer of the first thing that is not of its shape. */
function findMisfit(value: unknown, shape: Shape, at: string): string | undefined {
  if (typeof shape === 'string') return fitsLeaf(value, shape) ? undefined : at || '/';
  if (Array.isArray(shape)) {
    const [item] = shape as readonly [Shape];
    if (!Array.isArray(value)) return at || '/';
    return first(value.map((one, index) => () => findMisfit(one, item, `${at}/${index}`)));
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return at || '/';
  const members = value as Readonly<Record<string, unknown>>;
  const shapes = shape as { readonly [name: string]: Shape };
  return first(
    Object.entries(shapes).map(
      ([name, inner]) =>
        () =>
          findMisfit(members[name], inner, `${at}/${name}`),
    ),
  );
}

function fitsLeaf(value: unknown, shape: string): boolean {
  if (value === null) return shape.endsWith('|null');
  return shape.startsWith('text') ? typeof value === 'string' : Number.isSafeInteger(value);
}

function first(tests: readonly (() => string | undefined)[]): string | undefined {
  for (const test of tests) {
    const found = test();
    if (found !== undefined) return found;
  }
  return undefined;
}
