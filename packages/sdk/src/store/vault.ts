/** Texts as they lie in the file: in the clear, or sealed where the store has a key. */
import { createSeal, findSealing } from '@yiqiao/signer';
import type { Seal, SealingAlgorithm } from '@yiqiao/signer';
import { unusable } from './store-file.ts';

/** With what a store is sealed. Keys are 32 random bytes. */
export interface StoreEncryption {
  readonly algorithm: SealingAlgorithm;
  /** What is written is sealed with it. */
  readonly key: Uint8Array;
  /** Opened only, until nothing in the file needs them any more. */
  readonly previous?: readonly Uint8Array[];
}

/** The keys of a store at work; without any, texts are kept clear. */
export interface Vault {
  /** Algorithm and key id of what is written; absent when nothing is sealed. */
  readonly name?: string;
  readonly keyId?: string;
  /** Whether a key is at hand. */
  knows(keyId: string): boolean;
  /** Whether a text is kept as `keep` would keep it. */
  isCurrent(kept: string): boolean;
  /** The form in which a text goes into the file. `place` names where it stands, so that none can be moved elsewhere. */
  keep(place: string, clear: string): string;
  /**
   * The text again.
   * @throws GatewayError `STORE_UNUSABLE`: `key-missing`, `key-changed`, or `altered` when it is not as it was sealed.
   */
  open(place: string, kept: string): string;
  /** From now on a clear text is one that somebody has put there. */
  refuseClear(): void;
}

/** No clear text begins so: they are JSON. */
const MARK = 'sealed:';
/** As many characters as tell key and algorithm. */
const HEAD = 16;

/**
 * The vault for the keys of a configuration.
 * @throws GatewayError `STORE_UNUSABLE`: `key-malformed`.
 */
export function createVault(file: string, encryption: StoreEncryption | undefined): Vault {
  const { algorithm = 'aes-256-gcm', key, previous = [] } = encryption ?? {};
  const keys = key === undefined ? [] : [key, ...previous];
  if (keys.some((one) => one.length !== 32)) throw unusable(file, 'key-malformed');
  const seals = new Map<string, Seal>();
  for (const seal of keys.map((one) => createSeal(algorithm, one)))
    if (!seals.has(seal.keyId)) seals.set(seal.keyId, seal);
  const [current] = seals.values();
  let takesClear = true;
  return {
    ...(current !== undefined && { name: `${algorithm} ${current.keyId}`, keyId: current.keyId }),
    knows: (keyId) => seals.has(keyId),
    isCurrent(kept) {
      const made = sealingOf(kept);
      return made?.keyId === current?.keyId && made?.algorithm === current?.algorithm;
    },
    keep(place, clear) {
      if (current === undefined) return clear;
      return `${MARK}${current.seal(place, Buffer.from(clear)).toString('base64')}`;
    },
    open(place, kept) {
      if (!kept.startsWith(MARK)) {
        if (takesClear) return kept;
        throw unusable(file, 'altered');
      }
      if (current === undefined) throw unusable(file, 'key-missing');
      const made = sealingOf(kept);
      const seal = seals.get(made?.keyId ?? '');
      // When the file was opened all its keys were there.
      if (made !== undefined && seal === undefined) throw unusable(file, 'key-changed');
      const clear = seal?.open(place, Buffer.from(kept.slice(MARK.length), 'base64'));
      if (clear === undefined) throw unusable(file, 'altered');
      return clear.toString();
    },
    refuseClear() {
      takesClear = current === undefined;
    },
  };
}

function sealingOf(kept: string): Pick<Seal, 'keyId' | 'algorithm'> | undefined {
  if (!kept.startsWith(MARK)) return undefined;
  return findSealing(Buffer.from(kept.slice(MARK.length, MARK.length + HEAD), 'base64'));
}
