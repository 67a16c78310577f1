/** What evidence is made from and where it is kept: entries in order, and the signed batches that cover them. */
import type { EntryKind } from './entry.ts';

/** An entry with what its hashes are over. */
export interface EvidenceEntry {
  readonly id: number;
  /** `null` for records of reads. */
  readonly exchangeId: number | null;
  /** The entry before it in the same exchange. */
  readonly previous: number | null;
  readonly kind: EntryKind;
  /** Epoch milliseconds. */
  readonly at: number;
  /** JSON text. */
  readonly facts: string;
  /** SHA-256 of `clear`; `null` in entries of file version 4 and before. */
  readonly payloadHash: Uint8Array | null;
  /** SHA-256 over all of it and the hash of `previous`. */
  readonly hash: Uint8Array;
  /** `closed`: sealed with a key that is not at hand. `expired`: deleted when its time was over. */
  readonly contents: 'whole' | 'expired' | 'closed' | 'damaged';
  /** 16 random bytes and the payload (the payload alone where `payloadHash` is `null`); empty unless `whole`. */
  readonly clear: Uint8Array;
}

/** A batch on record: entries, the tree over them, and the signature. What its parts hold is for @yiqiao/evidence. */
export interface EvidenceBatch {
  /** From 1, without gaps. */
  readonly number: number;
  /** Numbers of its first and last entry. */
  readonly first: number;
  readonly last: number;
  /** What is signed. */
  readonly header: string;
  /** One record of fixed length for each entry, in order. */
  readonly members: Uint8Array;
  readonly signature: Uint8Array;
  /** Name of the certificates that go with the signature. */
  readonly certificate: string;
  /** A time-stamp over the header, DER. */
  readonly timeStamp?: Uint8Array;
}

/** Number and hash of the last entry of the audit log. */
export interface AuditEnd {
  readonly id: number;
  readonly hash: string;
}

/** Reads what evidence is checked and exported from. */
export interface EvidenceReader {
  /** Entries with greater numbers, in order. None with a lower number than those returned can come later. */
  entriesAfter(entry: number, limit: number): Promise<readonly EvidenceEntry[]>;
  /** Entries of an exchange, in order; none when there is no such exchange. */
  entriesOf(exchangeId: number): Promise<readonly EvidenceEntry[]>;
  /** Numbers of exchanges with this message id, of whatever peer and institution. */
  exchangesWithMessage(messageId: string): Promise<readonly number[]>;
  /** Batches with greater numbers, in order. */
  batchesAfter(number: number, limit: number): Promise<readonly EvidenceBatch[]>;
  /** The batch that covers an entry; absent while none does. */
  coverOf(entry: number): Promise<EvidenceBatch | undefined>;
  /** The batch with the greatest number. */
  lastBatch(): Promise<EvidenceBatch | undefined>;
  /** How many entries come after one. */
  countAfter(entry: number): Promise<number>;
  /** The certificates of that name as PEM. */
  certificate(name: string): Promise<string | undefined>;
  /** Absent while the audit log is empty. */
  auditEnd(): Promise<AuditEnd | undefined>;
  /** Which entries from one number to another lie in archives and no longer in the journal: from, up to and with. */
  archivedIn(first: number, last: number): Promise<readonly (readonly [from: number, upTo: number])[]>;
  /** Name of the archive that holds the end of an exchange; absent when none does. */
  archiveOf(exchangeId: number): Promise<string | undefined>;
  /** Hash of an entry of the audit log, in hexadecimal digits. */
  auditHash(id: number): Promise<string | undefined>;
}

/** Where a gateway keeps its evidence. */
export interface EvidenceStore extends EvidenceReader {
  /** Puts a batch on record; false when its number is taken: another node was first. */
  append(batch: EvidenceBatch, certificates: string): Promise<boolean>;
  /** Adds the time-stamp of a batch that has none. */
  stamp(number: number, timeStamp: Uint8Array): Promise<void>;
}
