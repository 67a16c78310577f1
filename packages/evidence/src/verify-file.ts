/** Checks an evidence file by itself: no journal, no network. */
import { hash } from 'node:crypto';
import { createBatchProof } from './batch-proof.ts';
import type { ProvedBatch } from './batch-proof.ts';
import type { Anchors } from './certificates.ts';
import { CONTAINER_FORMAT, parseContainer, WARNING } from './container.ts';
import type { EvidenceContainer, EvidencedEntry } from './container.ts';
import { exchangeOf } from './export-file.ts';
import { findingOf } from './findings.ts';
import type { Finding } from './findings.ts';
import { contentDigest, leafOf, NO_DIGEST, PIECE_BYTES, pieceDigests } from './leaf.ts';
import type { LeafHead } from './leaf.ts';
import { rootFrom } from './merkle.ts';
import { partAt, partsOf } from './parts.ts';

/** What a check of a file came to; sound when `findings` is empty. */
export interface FileVerdict {
  readonly sound: boolean;
  readonly findings: readonly Finding[];
  readonly exchange?: EvidenceContainer['exchange'];
  readonly entries: readonly VerifiedEntry[];
  readonly batches: readonly VerifiedBatch[];
  /** Whether certificates were held against roots of the reader's own. */
  readonly anchored: boolean;
}

/** An entry that the file proves, as far as there are no findings. */
export interface VerifiedEntry {
  readonly id: number;
  readonly kind: string;
  readonly at: number;
  readonly content: EvidencedEntry['content']['state'];
  readonly batch: number;
  /** The messages and texts in it. */
  readonly parts: readonly { readonly name: string; readonly bytes: number; readonly sha256: string }[];
}

/** A root that the file proves. */
export interface VerifiedBatch {
  readonly number: number;
  readonly at: number;
  readonly signedBy?: string;
  readonly stamped?: { readonly at: number; readonly by: string };
}

/** Checks a file; everything that is wrong is named. */
export function verifyEvidence(
  bytes: Uint8Array,
  { anchors }: { readonly anchors?: Anchors } = {},
): FileVerdict {
  const { container, fault = '', isAsWritten } = parseContainer(bytes);
  const anchored = anchors !== undefined;
  if (container === undefined) {
    const findings = [findingOf({ kind: 'not-evidence', found: fault })];
    return { sound: false, findings, entries: [], batches: [], anchored };
  }
  const certificates = new Map(container.certificates.map(({ name, pem }) => [name, pem]));
  const prove = createBatchProof({ certificates, anchors });
  const batches = container.batches.map(({ header, signature, timeStamp }) =>
    prove({
      header,
      signature: Buffer.from(signature, 'base64'),
      timeStamp: timeStamp === '' ? undefined : Buffer.from(timeStamp, 'base64'),
    }),
  );
  const ids = new Set(container.entries.map(({ id }) => id));
  const findings = [
    ...batches.flatMap((batch) => batch.findings),
    ...container.entries.flatMap((entry, index) =>
      findingsOfEntry(entry, {
        before: container.entries[index - 1],
        batches,
        exchange: container.exchange.id,
        ids,
      }),
    ),
    ...findingsOfExchange(container),
  ];
  if (findings.length === 0 && !(isAsWritten && isFormOf(container))) {
    findings.push(findingOf({ kind: 'file-changed' }));
  }
  return {
    sound: findings.length === 0,
    findings,
    exchange: container.exchange,
    entries: container.entries.map(verifiedEntry),
    batches: batches.flatMap(verifiedBatch),
    anchored,
  };
}

interface EntryContext {
  readonly before: EvidencedEntry | undefined;
  readonly batches: readonly ProvedBatch[];
  readonly exchange: number;
  readonly ids: ReadonlySet<number>;
}

/** One change shows in several places; told is the one nearest to it. */
function findingsOfEntry(entry: EvidencedEntry, context: EntryContext): Finding[] {
  const order = orderFinding(entry, context);
  if (order !== undefined) return [order];
  const ofContent = contentFindings(entry);
  if (ofContent.length > 0) return ofContent;
  if (!isChained(entry, context.before)) return [findingOf({ kind: 'entry-changed', entry: entry.id })];
  if (entry.batch === 0) return [findingOf({ kind: 'not-signed', entry: entry.id })];
  const batch = context.batches.find(({ header }) => header?.number === entry.batch);
  if (batch?.header === undefined)
    return [findingOf({ kind: 'batch-missing', batch: entry.batch, entry: entry.id })];
  const { count, root } = batch.header;
  const leaf = leafOf(headOf(entry), bytesOf(entry.content.digest, NO_DIGEST));
  const path = entry.path.map((one) => Buffer.from(one, 'base64'));
  const reached = rootFrom(leaf, { index: entry.index, count }, path)?.toString('hex');
  return reached === root ? [] : [findingOf({ kind: 'path-changed', entry: entry.id, batch: entry.batch })];
}

function orderFinding(entry: EvidencedEntry, { before, exchange, ids }: EntryContext): Finding | undefined {
  const { id, previous, exchangeId } = entry;
  if (exchangeId !== exchange) return findingOf({ kind: 'entry-changed', entry: id });
  if (previous === (before?.id ?? null)) return undefined;
  if (previous !== null && !ids.has(previous)) return findingOf({ kind: 'entry-missing', entry: previous });
  return findingOf({ kind: 'order-changed', entry: id });
}

function contentFindings(entry: EvidencedEntry): Finding[] {
  const { content, id } = entry;
  if (content.state !== 'whole') {
    const isEmpty = content.bytes === '' && content.pieces.length === 0;
    return isEmpty ? [] : [findingOf({ kind: 'digests-changed', entry: id })];
  }
  const clear = Buffer.from(content.bytes, 'base64');
  const pieces = pieceDigests(clear);
  const stated = content.pieces.map((one) => Buffer.from(one, 'base64'));
  const isStated = content.digest === '' || contentDigest(stated).toString('base64') === content.digest;
  const isHashed = entry.payloadHash === null || hash('sha256', clear, 'base64') === entry.payloadHash;
  const differing = pieces.flatMap((piece, index) => (stated[index]?.equals(piece) === true ? [] : [index]));
  const isWhole = differing.length === 0 && pieces.length === stated.length;
  if (!isStated) {
    // The list of digests was changed; where the contents fit their hash, it alone was.
    return [findingOf({ kind: isHashed ? 'digests-changed' : 'content-changed', entry: id })];
  }
  if (isWhole) return isHashed ? [] : [findingOf({ kind: 'entry-changed', entry: id })];
  const parts = partsOf(entry.facts, { isOld: entry.payloadHash === null });
  if (differing.length === 0) return [findingOf({ kind: 'content-changed', entry: id })];
  return differing.map((index) => {
    const [from, to] = [index * PIECE_BYTES, Math.min((index + 1) * PIECE_BYTES, clear.length)];
    const touched = parts.filter((part) => part.from < to && part.to > from).map(({ name }) => name);
    const part = touched.length > 0 ? touched.join(', ') : partAt(parts, from)?.name;
    return findingOf({
      kind: 'content-changed',
      entry: id,
      bytes: [from, to],
      ...(part !== undefined && { part }),
    });
  });
}

const NO_HASH = new Uint8Array(32);

/** Whether the hash of an entry is that of the journal's own chain. What is gone of an old entry cannot be judged. */
function isChained(entry: EvidencedEntry, before: EvidencedEntry | undefined): boolean {
  const { id, exchangeId, previous, kind, at, facts, payloadHash, content } = entry;
  if (payloadHash === null && content.state !== 'whole') return true;
  const head = `${id} ${exchangeId} ${previous} ${kind} ${at}\n${facts}\n`;
  const last = Buffer.from(payloadHash ?? content.bytes, 'base64');
  const previousHash = before === undefined ? NO_HASH : Buffer.from(before.hash, 'base64');
  const all = Buffer.concat([previousHash, Buffer.from(head), last]);
  return hash('sha256', all, 'base64') === entry.hash;
}

function findingsOfExchange(container: EvidenceContainer): Finding[] {
  const [first] = container.entries;
  if (first === undefined) return [findingOf({ kind: 'entry-missing' })];
  const { id, peer, institution, messageId, transaction } = container.exchange;
  const said = JSON.stringify({ id, peer, institution, messageId, transaction });
  try {
    if (said === JSON.stringify(exchangeOf(id, first))) return [];
  } catch {
    return [];
  }
  return [findingOf({ kind: 'exchange-differs' })];
}

function isFormOf({ format, warning }: EvidenceContainer): boolean {
  return format === CONTAINER_FORMAT && warning.zh === WARNING.zh && warning.en === WARNING.en;
}

function headOf(entry: EvidencedEntry): LeafHead {
  const { payloadHash, hash: chained } = entry;
  return {
    ...entry,
    kind: entry.kind as LeafHead['kind'],
    payloadHash: payloadHash === null ? null : Buffer.from(payloadHash, 'base64'),
    hash: Buffer.from(chained, 'base64'),
  };
}

function bytesOf(text: string, otherwise: Buffer): Buffer {
  return text === '' ? otherwise : Buffer.from(text, 'base64');
}

function verifiedEntry(entry: EvidencedEntry): VerifiedEntry {
  const { id, kind, at, content, batch, facts, payloadHash } = entry;
  const clear = Buffer.from(content.bytes, 'base64');
  const parts = content.state === 'whole' ? partsOf(facts, { isOld: payloadHash === null }) : [];
  return {
    id,
    kind,
    at,
    content: content.state,
    batch,
    parts: parts.map(({ name, from, to }) => ({
      name,
      bytes: to - from,
      sha256: hash('sha256', clear.subarray(from, to)),
    })),
  };
}

function verifiedBatch({ header, signedBy, stamped }: ProvedBatch): VerifiedBatch[] {
  if (header === undefined) return [];
  const { number, at } = header;
  return [
    { number, at, ...(signedBy !== undefined && { signedBy }), ...(stamped !== undefined && { stamped }) },
  ];
}
