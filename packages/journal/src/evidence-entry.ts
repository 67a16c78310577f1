/** An entry as evidence is made from it. */
import { hash } from 'node:crypto';
import type { StoredEntry } from './entry.ts';
import type { EvidenceEntry } from './evidence-types.ts';
import type { Vault } from './vault.ts';

const NO_BYTES = new Uint8Array(0);

/** Opens an entry; what cannot be opened says why. */
export function toEvidence(stored: StoredEntry, vault: Vault): EvidenceEntry {
  const { id, exchangeId, previous, kind, at, facts, payloadHash, hash: chained } = stored;
  const entry = { id, exchangeId, previous, kind, at, facts, payloadHash, hash: chained };
  const opened = vault.open(id, stored);
  if (opened.condition !== 'whole') return { ...entry, contents: opened.condition, clear: NO_BYTES };
  const { clear } = opened;
  if (payloadHash !== null && !hash('sha256', clear, 'buffer').equals(payloadHash))
    return { ...entry, contents: 'damaged', clear: NO_BYTES };
  return { ...entry, contents: 'whole', clear };
}
