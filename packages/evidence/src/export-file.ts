/** Writes the evidence of one exchange as a file that stands for itself. */
import type { EvidenceBatch, EvidenceEntry, EvidenceReader } from '@yiqiao/journal';
import { GatewayError } from '@yiqiao/model';
import { CONTAINER_FORMAT, formatContainer, WARNING } from './container.ts';
import type { EvidenceContainer, EvidencedBatch, EvidencedEntry } from './container.ts';
import { parseHeader } from './header.ts';
import { contentDigest, decodeMembers, NO_DIGEST, pieceDigests } from './leaf.ts';
import { pathOf } from './merkle.ts';

/** Batches between those of an exchange go along while they are no more than this; each is signed by itself. */
const MOST_BETWEEN = 1_000;

/** What is exported. */
export interface ExportOptions {
  readonly exchangeId: number;
  /** Without contents a file proves what happened and when, and holds no person. */
  readonly contents: boolean;
}

/** A file to be written. */
export interface ExportedEvidence {
  readonly text: string;
  readonly exchange: EvidenceContainer['exchange'];
  readonly entries: number;
  /** Entries in no batch yet: nothing is proved of them. */
  readonly unsigned: number;
  /** Entries whose contents could not go along: deleted, sealed, damaged, left out. */
  readonly without: number;
}

/** Collects everything about an exchange. @throws GatewayError `EVIDENCE_UNUSABLE`: there is no such exchange. */
export async function exportEvidence(
  reader: EvidenceReader,
  { exchangeId, contents }: ExportOptions,
): Promise<ExportedEvidence> {
  const entries = await reader.entriesOf(exchangeId);
  const [first] = entries;
  const archive = first?.previous === null ? undefined : await reader.archiveOf(exchangeId);
  if (archive !== undefined) throw archivedExchange(exchangeId, archive);
  if (first === undefined) throw noExchange(exchangeId);
  const covers = new Map<number, Cover>();
  const evidenced: EvidencedEntry[] = [];
  for (const entry of entries)
    evidenced.push(evidencedEntry(entry, contents, await coverOf(reader, entry, covers)));
  const batches = await batchesFor(
    reader,
    [...covers.values()].map(({ batch }) => batch),
  );
  const container: EvidenceContainer = {
    format: CONTAINER_FORMAT,
    warning: WARNING,
    exchange: exchangeOf(exchangeId, first),
    entries: evidenced,
    batches: batches.map(evidencedBatch),
    certificates: await certificatesOf(reader, batches),
  };
  return {
    text: formatContainer(container),
    exchange: container.exchange,
    entries: entries.length,
    unsigned: evidenced.filter(({ batch }) => batch === 0).length,
    without: evidenced.filter(({ content }) => content.state !== 'whole').length,
  };
}

/** What the first entry says of its exchange. */
export function exchangeOf(
  id: number,
  { facts }: Pick<EvidenceEntry, 'facts'>,
): EvidenceContainer['exchange'] {
  const { key, transaction = '' } = JSON.parse(facts) as {
    readonly key: { readonly peer: string; readonly institution: string; readonly messageId: string };
    readonly transaction?: string;
  };
  const { peer, institution, messageId } = key;
  return { id, peer, institution, messageId, transaction };
}

interface Cover {
  readonly batch: EvidenceBatch;
  readonly leaves: readonly Uint8Array[];
  readonly ids: readonly number[];
  readonly contents: readonly Buffer[];
}

async function coverOf(
  reader: EvidenceReader,
  { id }: EvidenceEntry,
  known: Map<number, Cover>,
): Promise<Cover | undefined> {
  const found = [...known.values()].find(({ batch }) => batch.first <= id && id <= batch.last);
  if (found !== undefined) return found;
  const batch = await reader.coverOf(id);
  if (batch === undefined) return undefined;
  const members = decodeMembers(batch.members) ?? [];
  const cover = {
    batch,
    leaves: members.map(({ leaf }) => leaf),
    ids: members.map((member) => member.id),
    contents: members.map(({ content }) => content),
  };
  known.set(batch.number, cover);
  return cover;
}

function evidencedEntry(
  entry: EvidenceEntry,
  withContents: boolean,
  cover: Cover | undefined,
): EvidencedEntry {
  const { id, exchangeId, previous, kind, at, facts, payloadHash, hash } = entry;
  const index = cover?.ids.indexOf(id) ?? -1;
  const isWhole = entry.contents === 'whole' && withContents;
  const pieces = isWhole ? pieceDigests(entry.clear) : [];
  const signed = index === -1 ? undefined : cover?.contents[index];
  const digest = signed ?? (isWhole ? contentDigest(pieces) : NO_DIGEST);
  const state = entry.contents === 'whole' && !withContents ? 'left-out' : entry.contents;
  return {
    id,
    exchangeId,
    previous,
    kind,
    at,
    facts,
    payloadHash: payloadHash === null ? null : text(payloadHash),
    hash: text(hash),
    content: {
      state,
      digest: digest.equals(NO_DIGEST) ? '' : text(digest),
      pieces: pieces.map(text),
      bytes: isWhole ? text(entry.clear) : '',
    },
    batch: index === -1 ? 0 : (cover?.batch.number ?? 0),
    index: Math.max(index, 0),
    path: index === -1 || cover === undefined ? [] : pathOf(cover.leaves, index).map(text),
  };
}

/** Those of the entries, those between them, and on to the next time-stamp, as far as they are not too many. */
async function batchesFor(
  reader: EvidenceReader,
  needed: readonly EvidenceBatch[],
): Promise<EvidenceBatch[]> {
  const sorted = needed.toSorted((a, b) => a.number - b.number);
  const batches: EvidenceBatch[] = [];
  for (const batch of sorted) {
    const before = batches.at(-1)?.number;
    const between = before === undefined ? 0 : batch.number - before - 1;
    if (before !== undefined && between > 0 && between <= MOST_BETWEEN)
      batches.push(...(await reader.batchesAfter(before, between)));
    batches.push(batch);
  }
  const last = batches.at(-1);
  if (last === undefined || last.timeStamp !== undefined) return batches;
  const later = await reader.batchesAfter(last.number, MOST_BETWEEN);
  const stamped = later.findIndex(({ timeStamp }) => timeStamp !== undefined);
  return [...batches, ...later.slice(0, stamped + 1)];
}

function evidencedBatch({ header, signature, timeStamp }: EvidenceBatch): EvidencedBatch {
  return { header, signature: text(signature), timeStamp: timeStamp === undefined ? '' : text(timeStamp) };
}

async function certificatesOf(
  reader: EvidenceReader,
  batches: readonly EvidenceBatch[],
): Promise<EvidenceContainer['certificates']> {
  const names = [...new Set(batches.flatMap(({ header }) => parseHeader(header)?.certificate ?? []))];
  const found = await Promise.all(
    names.map(async (name) => ({ name, pem: (await reader.certificate(name)) ?? '' })),
  );
  return found.filter(({ pem }) => pem !== '');
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64');
}

function noExchange(exchangeId: number): GatewayError {
  const message = {
    zh: `日志中没有编号为 ${exchangeId} 的交易，请核对编号（exchanges list 可查）。`,
    en: `The journal has no exchange ${exchangeId}; look its number up (exchanges list).`,
  };
  return unusable(exchangeId, message, String(exchangeId));
}

function archivedExchange(exchangeId: number, archive: string): GatewayError {
  const message = {
    zh: `编号为 ${exchangeId} 的交易已归档（found 为归档文件）。请先用 journal archive restore 恢复该文件。`,
    en: `Exchange ${exchangeId} lies in an archive (found is its file): put that back first by journal archive restore.`,
  };
  return unusable(exchangeId, message, archive);
}

function unusable(exchange: number, message: { zh: string; en: string }, found: string): GatewayError {
  const label = { zh: '交易', en: 'exchange' };
  const fault = { rule: 'exchange', at: '', field: 'exchange', label, found, message };
  return new GatewayError('EVIDENCE_UNUSABLE', { faults: [fault], facts: { exchange } });
}
