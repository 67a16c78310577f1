/** Finds out why a signature fails: tries the ways known to occur and names the one that fits. */
import { hash } from 'node:crypto';
import { describeCause } from './causes.ts';
import type { Cause, Diagnosis } from './causes.ts';
import type { DifferenceCode } from './difference-texts.ts';
import { prepareBody, prepareEnvelope } from './evidence.ts';
import type { BodyEvidence, EnvelopeEvidence, Matter } from './evidence.ts';
import { findEcdsaDigest } from './plain-ecdsa.ts';
import { search } from './search.ts';
import type { SearchResult } from './search.ts';
import { readSignatureText } from './signature-readings.ts';
import type { SignatureReadings } from './signature-readings.ts';

/**
 * Diagnoses one signature within two seconds. Secrets and contents are not in the result. For people who set up a
 * connection, and for connections that are being tested; never for callers of a live one.
 * @throws GatewayError `KEY_INVALID`, `CONFIG_INVALID`; for envelopes that cannot be opened `CIPHERTEXT_INVALID` and
 *   those of reading JSON.
 */
export function diagnoseSignature(evidence: BodyEvidence | EnvelopeEvidence): Diagnosis {
  const matter = isBodyEvidence(evidence) ? prepareBody(evidence) : prepareEnvelope(evidence);
  if (matter.signature.trim() === '') return conclude(matter, undefined, { verdict: 'missing', causes: [] });
  const readings = readSignatureText(matter.signature, matter.agreed);
  const result = searchAll(matter, readings);
  if (result.fits.length > 0) {
    const causes = result.fits.map(({ differences, key }) => describeCause(differences, key));
    const isValid = causes.some(({ differences }) => differences.length === 0);
    return conclude(matter, result, { verdict: isValid ? 'valid' : 'explained', causes, readings });
  }
  const causes = otherCauses(matter, readings);
  return conclude(matter, result, {
    verdict: causes.length > 0 ? 'explained' : 'unexplained',
    causes,
    readings,
  });
}

/** The many texts in which a member was taken out are tried only when nothing else fits. */
function searchAll(matter: Matter, { possible }: SignatureReadings): SearchResult {
  const first = search({ ...matter, signatures: possible });
  const texts = matter.furtherTexts;
  const signatures = possible.slice(0, 1);
  if (first.fits.length > 0 || texts.length === 0) return first;
  const second = search(
    { signatures, texts, userIds: matter.userIds.slice(0, 1), keys: matter.keys },
    { attempts: 5_000, ms: 300 },
  );
  return {
    fits: second.fits,
    attempts: first.attempts + second.attempts,
    complete: first.complete && second.complete,
  };
}

/** How many of the costly checks for plain ECDSA are made: keys times writings. */
const MOST_ECDSA = 4;

function isBodyEvidence(evidence: BodyEvidence | EnvelopeEvidence): evidence is BodyEvidence {
  return evidence.profile.algorithm === 'SM3withSM2';
}

/** What is wrong when no reading verifies as SM2. */
function otherCauses(matter: Matter, readings: SignatureReadings): readonly Cause[] {
  if (isDigest(matter, readings)) return [describeCause(['algorithm-digest'])];
  if (readings.possible.length === 0) {
    const isOutOfRange = /zero|too-large/.test(readings.shape ?? '');
    return [describeCause([isOutOfRange ? 'signature-out-of-range' : 'signature-cut-off'])];
  }
  const content = matter.texts[0];
  if (content === undefined) return [];
  const trials = readings.possible.flatMap((signature) => matter.keys.map((key) => ({ signature, key })));
  for (const { signature, key } of trials.slice(0, MOST_ECDSA)) {
    if (findEcdsaDigest(key.value.key.point, content.value, signature.value) === undefined) continue;
    return [describeCause([...signature.differences, ...key.differences, 'algorithm-ecdsa'], key.value.name)];
  }
  return [];
}

function isDigest({ texts }: Matter, { bytes }: SignatureReadings): boolean {
  const given = new Set(bytes.filter(({ length }) => length <= 32).map((one) => one.toString('hex')));
  if (given.size === 0) return false;
  return texts.some(({ value }) =>
    ['md5', 'sha1', 'sha256', 'sm3'].some((algorithm) => given.has(hash(algorithm, value, 'hex'))),
  );
}

function conclude(
  matter: Matter,
  result: SearchResult | undefined,
  found: Pick<Diagnosis, 'verdict' | 'causes'> & { readonly readings?: SignatureReadings },
): Diagnosis {
  const codes = (
    readings: readonly { readonly differences: readonly DifferenceCode[] }[],
  ): DifferenceCode[] => [...new Set(readings.flatMap(({ differences }) => differences))];
  return {
    verdict: found.verdict,
    causes: found.causes,
    tried: {
      writings: codes(found.readings?.possible ?? []),
      contents: codes([...matter.texts, ...matter.furtherTexts]),
      userIds: codes(matter.userIds),
      keys: matter.keys.map(({ value }) => value.name),
    },
    attempts: result?.attempts ?? 0,
    complete: result?.complete ?? true,
  };
}
