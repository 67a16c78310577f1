/** Holds a stretch of batches against the entries that they cover. */
import type { EvidenceBatch, EvidenceEntry, EvidenceReader } from '@yiqiao/journal';
import { createBatchProof } from './batch-proof.ts';
import type { ProvedBatch } from './batch-proof.ts';
import type { Anchors } from './certificates.ts';
import { createEntryCursor } from './entry-cursor.ts';
import type { EntryCursor } from './entry-cursor.ts';
import { findingOf } from './findings.ts';
import type { Finding } from './findings.ts';
import { NO_PREVIOUS } from './header.ts';
import { decodeMembers, leafOf, memberOf, NO_DIGEST } from './leaf.ts';
import type { Member } from './leaf.ts';
import { rootOf } from './merkle.ts';

/** A stretch of the chain. */
export interface Stretch {
  /** Number of the batch before it; 0 at the beginning. */
  readonly after: number;
  /** Number of its last batch. */
  readonly upTo: number;
}

/** What a stretch came to. */
export interface StretchReport {
  readonly entries: number;
  readonly batches: number;
  /** Entries whose contents were deleted by retention, and those sealed with a key that is not at hand. */
  readonly expired: number;
  readonly closed: number;
  /** Entries that were signed and now lie in archives; nothing is said of those. */
  readonly archived: number;
  readonly findings: readonly Finding[];
  readonly found: number;
}

const BATCHES_AT_ONCE = 4;
const MOST_LISTED = 1_000;

/** Checks a stretch. */
export async function checkBatches(
  reader: EvidenceReader,
  { after, upTo }: Stretch,
  anchors?: Anchors,
): Promise<StretchReport> {
  const check = new StretchCheck(reader, anchors);
  if (after > 0) {
    const [before] = await reader.batchesAfter(after - 1, 1);
    if (before !== undefined) await check.begin(before);
  }
  for (let last = after; last < upTo;) {
    const page = await reader.batchesAfter(last, Math.min(BATCHES_AT_ONCE, upTo - last));
    for (const batch of page) {
      if (batch.number > upTo) break;
      await check.add(batch);
    }
    const reached = page.at(-1)?.number ?? upTo;
    if (page.length === 0) check.missing(last + 1, upTo);
    last = reached;
  }
  return check.report();
}

class StretchCheck {
  readonly #reader: EvidenceReader;
  readonly #anchors: Anchors | undefined;
  readonly #certificates = new Map<string, string>();
  readonly #findings: Finding[] = [];
  readonly #prove: (batch: EvidenceBatch) => ProvedBatch;
  readonly #counts = { entries: 0, batches: 0, expired: 0, closed: 0, archived: 0, found: 0 };
  #cursor: EntryCursor;
  #number = 0;
  #audit = { id: 0, hash: '' };

  constructor(reader: EvidenceReader, anchors: Anchors | undefined) {
    this.#reader = reader;
    this.#anchors = anchors;
    this.#prove = createBatchProof({ certificates: this.#certificates, anchors: this.#anchors });
    this.#cursor = createEntryCursor(reader, 0);
  }

  /** The batch before the stretch, so that the first of it is held against something. */
  async begin(batch: EvidenceBatch): Promise<void> {
    await this.#fetchCertificate(batch.certificate);
    const { header } = this.#prove(batch);
    this.#number = batch.number;
    this.#cursor = createEntryCursor(this.#reader, header?.last ?? batch.last);
  }

  async add(batch: EvidenceBatch): Promise<void> {
    await this.#fetchCertificate(batch.certificate);
    const { header, findings } = this.#prove(batch);
    const isGap = batch.number !== this.#number + 1;
    if (isGap) this.missing(this.#number + 1, batch.number - 1);
    if (this.#number === 0 && header?.number === 1 && header.previous !== NO_PREVIOUS)
      this.#report({ kind: 'chain-broken', batch: 1 });
    this.#number = batch.number;
    this.#counts.batches += 1;
    for (const one of findings) this.#keep({ ...one, batch: batch.number });
    const members = decodeMembers(batch.members);
    const agrees =
      header?.number === batch.number &&
      header.first === batch.first &&
      header.last === batch.last &&
      header.certificate === batch.certificate &&
      members?.length === header.count &&
      members[0]?.id === header.first &&
      members.at(-1)?.id === header.last &&
      rootOf(members.map(({ leaf }) => leaf)).toString('hex') === header.root;
    if (!agrees && findings.every(({ kind }) => kind !== 'batch-changed'))
      this.#report({ kind: 'batch-changed', batch: batch.number });
    // What a missing batch covered cannot be judged.
    if (isGap) await this.#cursor.skipTo(batch.first);
    await this.#checkEntries(members ?? [], header?.last ?? batch.last, batch.number);
    if (header !== undefined) await this.#checkAudit(header.audit, batch.number);
  }

  missing(from: number, upTo: number): void {
    for (let number = from; number <= upTo; number += 1)
      this.#report({ kind: 'batch-missing', batch: number });
  }

  report(): StretchReport {
    return { ...this.#counts, findings: this.#findings };
  }

  async #checkEntries(members: readonly Member[], last: number, batch: number): Promise<void> {
    const byId = new Map(members.map((member) => [member.id, member]));
    const moved = new Map<string, number>();
    const changed: { readonly entry: EvidenceEntry; readonly member: Member }[] = [];
    for await (const entry of this.#cursor.upTo(last)) {
      this.#counts.entries += 1;
      if (entry.contents === 'expired') this.#counts.expired += 1;
      if (entry.contents === 'closed') this.#counts.closed += 1;
      const member = byId.get(entry.id);
      if (member === undefined) this.#report({ kind: 'entry-inserted', entry: entry.id, batch });
      else if (!isAsSigned(entry, member)) changed.push({ entry, member });
      byId.delete(entry.id);
    }
    for (const { member } of changed) moved.set(member.content.toString('hex'), member.id);
    for (const { entry, member } of changed) this.#reportChanged(entry, { member, moved, batch });
    await this.#checkMissing([...byId.keys()], batch);
  }

  async #checkMissing(ids: readonly number[], batch: number): Promise<void> {
    const [first] = ids;
    if (first === undefined) return;
    const ranges = await this.#reader.archivedIn(first, ids.at(-1) ?? first);
    for (const entry of ids) {
      if (ranges.some(([from, upTo]) => from <= entry && entry <= upTo)) this.#counts.archived += 1;
      else this.#report({ kind: 'entry-missing', entry, batch });
    }
  }

  #reportChanged(
    entry: EvidenceEntry,
    of: { member: Member; moved: ReadonlyMap<string, number>; batch: number },
  ): void {
    const { member, moved, batch } = of;
    const seen = memberOf(entry);
    const from = moved.get(seen.content.toString('hex'));
    const place = { entry: entry.id, batch };
    if (entry.contents === 'damaged') this.#report({ kind: 'content-changed', ...place });
    else if (entry.contents !== 'whole' || seen.content.equals(member.content))
      this.#report({ kind: 'entry-changed', ...place });
    else if (from !== undefined && from !== entry.id)
      this.#report({ kind: 'content-moved', ...place, found: `entry ${from}` });
    else this.#report({ kind: 'content-changed', ...place });
  }

  async #checkAudit(audit: { readonly id: number; readonly hash: string }, batch: number): Promise<void> {
    const isKnown = audit.id === this.#audit.id && audit.hash === this.#audit.hash;
    if (isKnown || audit.id === 0) return;
    this.#audit = audit;
    if ((await this.#reader.auditHash(audit.id)) !== audit.hash)
      this.#report({ kind: 'audit-changed', batch, found: `audit ${audit.id}` });
  }

  async #fetchCertificate(name: string): Promise<void> {
    if (this.#certificates.has(name)) return;
    const pem = await this.#reader.certificate(name);
    if (pem !== undefined) this.#certificates.set(name, pem);
  }

  #report(finding: Omit<Finding, 'message'>): void {
    this.#keep(findingOf(finding));
  }

  #keep(finding: Finding): void {
    this.#counts.found += 1;
    if (this.#findings.length < MOST_LISTED) this.#findings.push(finding);
  }
}

/** Contents that were deleted, or sealed with a key that is not at hand, leave their digest. */
function isAsSigned(entry: EvidenceEntry, member: Member): boolean {
  if (entry.contents === 'damaged') return false;
  if (entry.contents !== 'whole' || member.content.equals(NO_DIGEST))
    return leafOf(entry, member.content).equals(member.leaf);
  const seen = memberOf(entry);
  return seen.content.equals(member.content) && seen.leaf.equals(member.leaf);
}
