/** In which form the bytes of entries lie in the file: clear, sealed with a key, or gone. */
import { createSeal, findKeyId, isSealedBy } from './sealing.ts';
import type { JournalEncryption, Seal } from './sealing.ts';

/** How bytes are kept. `expired`: taken away when their time was over. */
export type KeptAs = 'clear' | 'sealed' | 'expired';

/** Bytes as they lie in the file. */
export interface KeptBytes {
  readonly keptAs: KeptAs;
  readonly payload: Uint8Array;
}

/** What came of opening: `closed` is sealed with a key that is not at hand, `damaged` is not as it was sealed. */
export type Opened =
  | { readonly condition: 'whole'; readonly clear: Uint8Array }
  | { readonly condition: 'expired' | 'closed' | 'damaged' };

/** The place of the journal's salt; entries are numbered from 1. */
export const SALT_PLACE = 0;

/** The keys of a journal at work; without any, bytes are kept clear. */
export interface Vault {
  /** Of the key that seals; absent when nothing is sealed. */
  readonly keyId?: string;
  /** Key and algorithm; absent as `keyId`. */
  readonly name?: string;
  /** Whether bytes are kept in the form in which `keep` would keep them. */
  isCurrent(kept: KeptBytes): boolean;
  /** Whether a key is at hand. */
  knows(keyId: string): boolean;
  /** The form in which bytes go into the file. */
  keep(place: number, clear: Uint8Array): KeptBytes;
  open(place: number, kept: KeptBytes): Opened;
}

/** Creates the vault for the keys of a configuration. */
export function createVault(encryption?: JournalEncryption): Vault {
  const { algorithm = 'aes-256-gcm', key, previous = [] } = encryption ?? {};
  const keys = key === undefined ? [] : [key, ...previous];
  const seals = new Map<string, Seal>();
  for (const seal of keys.map((one) => createSeal(algorithm, one))) {
    if (!seals.has(seal.keyId)) seals.set(seal.keyId, seal);
  }
  const [current] = seals.values();
  return {
    ...(current !== undefined && { keyId: current.keyId, name: `${algorithm} ${current.keyId}` }),
    isCurrent: ({ keptAs, payload }) =>
      current === undefined ? keptAs === 'clear' : keptAs === 'sealed' && isSealedBy(payload, current),
    knows: (keyId) => seals.has(keyId),
    keep: (place, clear) =>
      current === undefined
        ? { keptAs: 'clear', payload: clear }
        : { keptAs: 'sealed', payload: current.seal(place, clear) },
    open(place, { keptAs, payload }) {
      if (keptAs === 'clear') return { condition: 'whole', clear: payload };
      if (keptAs === 'expired') return { condition: 'expired' };
      const keyId = findKeyId(payload);
      if (keyId === undefined) return { condition: 'damaged' };
      const seal = seals.get(keyId);
      // The keys of a journal are all there or it is not opened: a seal of any other key has been changed.
      if (seal === undefined) return { condition: seals.size === 0 ? 'closed' : 'damaged' };
      const clear = seal.open(place, payload);
      return clear === undefined
        ? { condition: 'damaged' }
        : { condition: 'whole', clear: new Uint8Array(clear.buffer, clear.byteOffset, clear.length) };
    },
  };
}
