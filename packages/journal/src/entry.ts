/** One entry, and the hash that makes a later change of it visible. */
import { hash } from 'node:crypto';
import type { Payload } from './payload.ts';

/** What an entry tells of. `accepted` is acceptance with the first leg, `sent` a further leg. */
export type EntryKind =
  'accepted' | 'sent' | 'leg-settled' | 'ended' | 'reversed' | 'resolved' | 'buried' | 'kept';

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

/** An entry as stored. */
export interface Entry extends EntryHead {
  /** JSON text; see facts.ts. */
  readonly facts: string;
  readonly payload: Uint8Array;
  /** SHA-256, 32 bytes. */
  readonly hash: Uint8Array;
}

const HASH_BYTES = 32;
const NO_HASH = new Uint8Array(HASH_BYTES);

/** Makes an entry. `previousHash` is the hash of `head.previous`. */
export function sealEntry(
  head: EntryHead,
  facts: object,
  payload: Payload,
  previousHash: Uint8Array = NO_HASH,
): Entry {
  const text = JSON.stringify(facts);
  const prefix = hashedPrefix(head, text);
  const start = HASH_BYTES + Buffer.byteLength(prefix);
  const all = Buffer.allocUnsafe(start + payload.length);
  all.set(previousHash, 0);
  all.write(prefix, HASH_BYTES, 'utf8');
  payload.copyTo(all, start);
  return { ...head, facts: text, payload: all.subarray(start), hash: hash('sha256', all, 'buffer') };
}

/** The hash an entry must have: over the previous hash, its head, its facts and its payload. */
export function hashOf(entry: Entry, previousHash: Uint8Array = NO_HASH): Buffer {
  const all = Buffer.concat([previousHash, Buffer.from(hashedPrefix(entry, entry.facts)), entry.payload]);
  return hash('sha256', all, 'buffer');
}

/** JSON text holds no line break, so that the parts cannot run into each other. */
function hashedPrefix(head: EntryHead, facts: string): string {
  return `${head.id} ${head.exchangeId} ${head.previous} ${head.kind} ${head.at}\n${facts}\n`;
}
