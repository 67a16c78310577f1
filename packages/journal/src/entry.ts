/** One entry, and the hash that makes a later change of it visible. */
import { hash, randomFillSync } from 'node:crypto';
import type { Payload } from './payload.ts';
import type { KeptBytes, Vault } from './vault.ts';

/** What an entry tells of. `accepted` is acceptance with the first leg, `sent` a further leg. */
export type EntryKind =
  'accepted' | 'sent' | 'leg-settled' | 'ended' | 'reversed' | 'resolved' | 'looked' | 'buried' | 'kept';

/** What identifies an entry. */
export interface EntryHead {
  readonly id: number;
  /** `null` for records of reads, which belong to no exchange. */
  readonly exchangeId: number | null;
  /** The entry before it in the same exchange. */
  readonly previous: number | null;
  readonly kind: EntryKind;
  /** Epoch milliseconds. */
  readonly at: number;
}

/** An entry as it lies in the file. */
export interface StoredEntry extends EntryHead, KeptBytes {
  /** JSON text; see facts.ts. */
  readonly facts: string;
  /**
   * SHA-256 over 16 random bytes and the bytes of the payload, which are kept together: it stays the same whatever key
   * seals them, and tells nothing of them when they are gone. `null` in entries of file version 4 and before.
   */
  readonly payloadHash: Uint8Array | null;
  /** SHA-256, 32 bytes. */
  readonly hash: Uint8Array;
}

/** An entry with its payload opened. */
export interface Entry extends StoredEntry {
  readonly condition: 'whole' | 'expired' | 'closed' | 'damaged';
  /** What the spans of the facts point into; empty unless `whole`. */
  readonly content: Uint8Array;
}

const HASH_BYTES = 32;
const NONCE_BYTES = 16;
const NO_HASH = new Uint8Array(HASH_BYTES);
const NO_BYTES = new Uint8Array(0);

/** Makes an entry. `previousHash` is the hash of `head.previous`. */
export function sealEntry(
  head: EntryHead,
  facts: object,
  payload: Payload,
  { vault, previousHash }: { readonly vault: Vault; readonly previousHash?: Uint8Array | undefined },
): StoredEntry {
  const text = JSON.stringify(facts);
  const clear = Buffer.allocUnsafe(NONCE_BYTES + payload.length);
  randomFillSync(clear, 0, NONCE_BYTES);
  payload.copyTo(clear, NONCE_BYTES);
  const payloadHash = sha256(clear);
  return {
    ...head,
    facts: text,
    payloadHash,
    hash: chained(head, text, payloadHash, previousHash),
    ...vault.keep(head.id, clear),
  };
}

/** Opens the payload of an entry. */
export function openEntry(stored: StoredEntry, vault: Vault): Entry {
  const opened = vault.open(stored.id, stored);
  const { condition } = opened;
  if (opened.condition !== 'whole') return { ...stored, condition, content: NO_BYTES };
  const content = stored.payloadHash === null ? opened.clear : opened.clear.subarray(NONCE_BYTES);
  const entry = { ...stored, condition, content };
  return stored.payloadHash === null || sha256(opened.clear).equals(stored.payloadHash)
    ? entry
    : { ...entry, condition: 'damaged' };
}

/** Whether an entry is as it was written. One whose predecessor is missing cannot be judged and counts as intact. */
export function isIntact(
  entry: Entry,
  previous: StoredEntry | undefined,
  exchangeId: number | null,
): boolean {
  if (entry.exchangeId !== exchangeId || entry.condition === 'damaged') return false;
  if (previous === undefined && entry.previous !== null) return true;
  if (entry.payloadHash !== null)
    return chained(entry, entry.facts, entry.payloadHash, previous?.hash).equals(entry.hash);
  if (entry.condition === 'expired') return remainsOf(entry, previous?.hash).equals(entry.payload);
  // The hash of an old entry is over the clear payload itself: without its key nothing can be said.
  if (entry.condition === 'closed') return true;
  return chained(entry, entry.facts, entry.content, previous?.hash).equals(entry.hash);
}

/**
 * What takes the place of the payload when its time is over. An old entry's hash cannot be computed any more then; what
 * is left of it gets a hash of its own.
 */
export function remainsOf(entry: StoredEntry, previousHash?: Uint8Array): Buffer {
  if (entry.payloadHash !== null) return Buffer.alloc(0);
  return chained(entry, entry.facts, Buffer.concat([Buffer.from('expired'), entry.hash]), previousHash);
}

/** JSON text holds no line break, so that the parts cannot run into each other. */
function chained(
  head: EntryHead,
  facts: string,
  last: Uint8Array,
  previousHash: Uint8Array = NO_HASH,
): Buffer {
  const prefix = `${head.id} ${head.exchangeId} ${head.previous} ${head.kind} ${head.at}\n${facts}\n`;
  const start = HASH_BYTES + Buffer.byteLength(prefix);
  const all = Buffer.allocUnsafe(start + last.length);
  all.set(previousHash, 0);
  all.write(prefix, HASH_BYTES, 'utf8');
  all.set(last, start);
  return sha256(all);
}

function sha256(bytes: Uint8Array): Buffer {
  return hash('sha256', bytes, 'buffer');
}
