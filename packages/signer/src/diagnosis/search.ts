/** Tries combinations of readings, those with the fewest differences first, and no longer than a bound. */
import { createHash, createVerify } from 'node:crypto';
import { identityDigest } from '../curve.ts';
import { createFastVerifier } from '../fast-verify/fast-verifier.ts';
import type { FastVerifier, FastVerify } from '../fast-verify/fast-verifier.ts';
import type { Sm2PublicKey } from '../keys.ts';
import { findDer } from '../signature-encoding.ts';
import type { DifferenceCode } from './difference-texts.ts';
import type { Reading } from './reading.ts';

/** A key that may have signed. */
export interface CandidateKey {
  readonly name: string;
  readonly key: Sm2PublicKey;
}

/** What to combine. A user id `undefined`: no identity digest at all. */
export interface SearchSpace {
  readonly signatures: readonly Reading<Buffer>[];
  readonly texts: readonly Reading<Uint8Array>[];
  readonly userIds: readonly Reading<string | undefined>[];
  readonly keys: readonly Reading<CandidateKey>[];
}

/** A combination that verifies. */
export interface Fit {
  readonly differences: readonly DifferenceCode[];
  readonly key: string;
  readonly userId: string | undefined;
}

/** What a search came to. */
export interface SearchResult {
  /** All that fit with as few differences as the first. */
  readonly fits: readonly Fit[];
  readonly attempts: number;
  /** Whether everything was tried, or enough was found. */
  readonly complete: boolean;
}

const MOST_ATTEMPTS = 8_000;
const MOST_MS = 1_000;
const MOST_DIFFERENCES = 5;

/** Both bounds are there for slow machines, too; `limits` is for tests. */
export function search(
  space: SearchSpace,
  limits: { readonly attempts: number; readonly ms: number } = { attempts: MOST_ATTEMPTS, ms: MOST_MS },
): SearchResult {
  const verify = createTrial();
  const endsAt = performance.now() + limits.ms;
  let attempts = 0;
  for (let count = 0; count <= MOST_DIFFERENCES; count += 1) {
    const fits: Fit[] = [];
    for (const trial of trialsWith(space, count)) {
      if (attempts >= limits.attempts || performance.now() > endsAt)
        return { fits, attempts, complete: fits.length > 0 };
      attempts += 1;
      if (verify(trial)) fits.push(fitOf(trial));
    }
    if (fits.length > 0) return { fits, attempts, complete: true };
  }
  return { fits: [], attempts, complete: true };
}

interface Trial {
  readonly signature: Reading<Buffer>;
  readonly text: Reading<Uint8Array>;
  readonly userId: Reading<string | undefined>;
  readonly key: Reading<CandidateKey>;
}

/** Combinations with exactly so many differences. */
function* trialsWith({ signatures, texts, userIds, keys }: SearchSpace, count: number): Generator<Trial> {
  for (const signature of signatures) {
    for (const key of keys) {
      for (const userId of userIds) {
        const rest =
          count - signature.differences.length - key.differences.length - userId.differences.length;
        const fitting = texts.filter(({ differences }) => differences.length === rest);
        for (const text of fitting) yield { signature, text, userId, key };
      }
    }
  }
}

/** The fast arithmetic sorts out what fits not; what it does not refuse is decided by node:crypto. */
function createTrial(): (trial: Trial) => boolean {
  const identities = new Map<string, Uint8Array>();
  const identityOf = (key: CandidateKey, userId: string | undefined): Uint8Array => {
    if (userId === undefined) return new Uint8Array();
    const id = `${key.name}\n${userId}`;
    const known = identities.get(id) ?? identityDigest(key.key.point, userId);
    identities.set(id, known);
    return known;
  };
  const sieve = createSieve();
  return ({ signature, text, userId, key }) => {
    const identity = identityOf(key.value, userId.value);
    const digest = (): Buffer => createHash('sm3').update(identity).update(text.value).digest();
    if (sieve(key.value.key.point, digest, signature.value) === false) return false;
    const der = findDer(signature.value);
    return (
      der !== undefined &&
      createVerify('sm3').update(identity).update(text.value).verify(key.value.key.key, der)
    );
  };
}

type Sieve = (point: Uint8Array, digest: () => Uint8Array, signature: Uint8Array) => boolean | undefined;

/** An arithmetic of its own, so that nothing here can disturb the one that connections use. */
function createSieve(): Sieve {
  const byPoint = new Map<string, FastVerify>();
  return (point, digest, signature) => {
    const id = Buffer.from(point).toString('latin1');
    try {
      verifier ??= createFastVerifier({ slots: 4 });
      const verify = byPoint.get(id) ?? verifier.forKey(point);
      byPoint.set(id, verify);
      return verify(digest, signature);
    } catch {
      // Without WebAssembly the search is slower and ends at its bounds.
      return undefined;
    }
  };
}

let verifier: FastVerifier | undefined;

function fitOf({ signature, text, userId, key }: Trial): Fit {
  return {
    differences: [signature, text, userId, key].flatMap((reading) => reading.differences),
    key: key.value.name,
    userId: userId.value,
  };
}
