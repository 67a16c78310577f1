/** What stands for one entry in the tree, and the record of it that a batch keeps. */
import { sm3 } from '@yiqiao/signer';
import type { EvidenceEntry } from '@yiqiao/journal';

/** Contents are digested in pieces of so many bytes, so that a change can be told to the piece. */
export const PIECE_BYTES = 1_024;

const DIGEST_BYTES = 32;
const ID_BYTES = 8;

/** Bytes of one record in `EvidenceBatch.members`: number of the entry, digest of its contents, leaf. */
const MEMBER_BYTES = ID_BYTES + 2 * DIGEST_BYTES;

/** Digest of contents that were not at hand when the batch was made: nothing is proved of them. */
export const NO_DIGEST: Buffer = Buffer.alloc(DIGEST_BYTES);

/** One entry of a batch. */
export interface Member {
  readonly id: number;
  /** `contentDigest` of its contents; `NO_DIGEST` when they were not at hand. */
  readonly content: Buffer;
  readonly leaf: Buffer;
}

/** What a leaf is over besides the digest of the contents. */
export type LeafHead = Pick<
  EvidenceEntry,
  'id' | 'exchangeId' | 'previous' | 'kind' | 'at' | 'facts' | 'payloadHash' | 'hash'
>;

/** SM3 of each piece of some contents. */
export function pieceDigests(clear: Uint8Array): Buffer[] {
  const pieces: Buffer[] = [];
  for (let at = 0; at < clear.length; at += PIECE_BYTES) {
    pieces.push(sm3(clear.subarray(at, at + PIECE_BYTES)));
  }
  return pieces;
}

/** SM3 over 02 and the digests of the pieces. */
export function contentDigest(pieces: readonly Uint8Array[]): Buffer {
  return sm3(Buffer.concat([Buffer.of(2), ...pieces]));
}

/**
 * SM3 over 00, the head of an entry, its facts, its hashes and the digest of its contents. JSON text holds no line
 * break, so that the parts cannot run into each other.
 */
export function leafOf(entry: LeafHead, content: Uint8Array): Buffer {
  const { id, exchangeId, previous, kind, at, facts, payloadHash, hash } = entry;
  const text = `\0${id} ${exchangeId} ${previous} ${kind} ${at} ${payloadHash === null ? 'old' : 'new'}\n${facts}\n`;
  return sm3(Buffer.concat([Buffer.from(text), payloadHash ?? NO_DIGEST, hash, content]));
}

/** The member that stands for an entry as it is. */
export function memberOf(entry: EvidenceEntry): Member {
  const content = entry.contents === 'whole' ? contentDigest(pieceDigests(entry.clear)) : NO_DIGEST;
  return { id: entry.id, content, leaf: leafOf(entry, content) };
}

/** Members one after the other. */
export function encodeMembers(members: readonly Member[]): Buffer {
  const all = Buffer.allocUnsafe(members.length * MEMBER_BYTES);
  members.forEach(({ id, content, leaf }, index) => {
    const at = index * MEMBER_BYTES;
    all.writeBigUInt64BE(BigInt(id), at);
    content.copy(all, at + ID_BYTES);
    leaf.copy(all, at + ID_BYTES + DIGEST_BYTES);
  });
  return all;
}

/** The members of a batch; `undefined` when the bytes are no records or do not ascend. */
export function decodeMembers(bytes: Uint8Array): readonly Member[] | undefined {
  if (bytes.length === 0 || bytes.length % MEMBER_BYTES !== 0) return undefined;
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const members: Member[] = [];
  for (let at = 0, last = 0; at < all.length; at += MEMBER_BYTES) {
    const id = Number(all.readBigUInt64BE(at));
    if (id <= last) return undefined;
    last = id;
    const content = all.subarray(at + ID_BYTES, at + ID_BYTES + DIGEST_BYTES);
    members.push({ id, content, leaf: all.subarray(at + ID_BYTES + DIGEST_BYTES, at + MEMBER_BYTES) });
  }
  return members;
}
