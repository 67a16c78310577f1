/** Finds out why the digest of a tif, csb or boss-md5 connection fails. */
import { GatewayError } from '@yiqiao/model';
import { createMessageProtection } from '../message-protection.ts';
import { chooseSettings } from '../protection/chosen-settings.ts';
import type { IncomingHeaders, OutgoingMessage, ProtectionSettings } from '../protection/contract.ts';
import type { WholeSigningProfile } from '../signing-profile.ts';
import { describeCause } from './causes.ts';
import type { Diagnosis } from './causes.ts';
import type { DifferenceCode } from './difference-texts.ts';
import { readBoss, readCsb, readTif } from './digest-readings.ts';
import type { DigestMatter } from './digest-readings.ts';
import { distinct } from './reading.ts';

/** A message that came by a connection without SM2. */
export interface DigestEvidence {
  readonly profile: WholeSigningProfile;
  readonly settings: Pick<ProtectionSettings, 'credentials' | 'variants'>;
  /** Names in lower case; for boss-md5 none. */
  readonly headers?: IncomingHeaders;
  readonly query?: OutgoingMessage['query'];
  readonly message: Uint8Array;
  /** Epoch milliseconds. */
  readonly now: number;
}

/**
 * Diagnoses the digest of a request. Secrets are not in the result.
 * @throws GatewayError `CONFIG_INVALID`, also for profiles that have no digest, and those of reading JSON.
 */
export function diagnoseDigest(evidence: DigestEvidence): Diagnosis {
  const { given, writing, readings } = prepare(evidence);
  const known = distinct(readings);
  const tried = {
    writings: [] as DifferenceCode[],
    contents: [...new Set(known.flatMap(({ differences }) => differences))],
    userIds: [],
    keys: [],
  };
  const base = { tried, attempts: known.length, complete: true };
  if (given === '') return { ...base, verdict: 'missing', causes: [] };
  const writings = readDigestText(given, writing);
  const fit = known.find(({ value }) => writings.some((one) => one.hex === value));
  if (fit === undefined) return { ...base, verdict: 'unexplained', causes: [] };
  const other = writings.find(({ hex }) => hex === fit.value)?.differences ?? [];
  const differences = [...other, ...fit.differences];
  const all = differences.length > 0 ? differences : refusedBeside(evidence);
  return { ...base, verdict: all.length === 0 ? 'valid' : 'explained', causes: [describeCause(all)] };
}

function prepare({ profile, settings, headers = {}, query, message }: DigestEvidence): DigestMatter {
  const chosen = chooseSettings(profile, { side: 'server', ...settings });
  switch (profile.algorithm) {
    case 'tif':
      return readTif(headers, chosen);
    case 'csb':
      return readCsb(headers, chosen, { body: message, ...(query === undefined ? {} : { query }) });
    case 'boss-md5':
      return readBoss(message, chosen);
    case 'gm-envelope':
    case 'oauth-bearer':
    case 'yiqiao-message':
      throw new GatewayError('CONFIG_INVALID', {
        facts: { reason: 'this profile has no digest', profile: profile.id },
      });
  }
}

/** A digest that is right may still be refused: for its time, or for whom it is. */
function refusedBeside({
  profile,
  settings,
  headers,
  query,
  message,
  now,
}: DigestEvidence): DifferenceCode[] {
  const { checkHeaders, openMessage } = createMessageProtection(profile, { side: 'server', ...settings });
  try {
    checkHeaders?.(headers ?? {}, {
      direction: 'request',
      body: message,
      now,
      ...(query === undefined ? {} : { query }),
    });
    openMessage?.(message);
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    return error.code === 'SIGNATURE_OUTDATED' ? ['time-outside'] : ['credential-other'];
  }
  return [];
}

interface DigestWriting {
  readonly hex: string;
  readonly differences: readonly DifferenceCode[];
}

function readDigestText(given: string, agreed: 'hex' | 'base64'): DigestWriting[] {
  const isHex = /^(?:[\da-f]{2})+$/i.test(given);
  const hex: DigestWriting[] = isHex
    ? [{ hex: given.toLowerCase(), differences: agreed === 'hex' ? [] : ['text-hex'] }]
    : [];
  const base64 = Buffer.from(given, 'base64').toString('hex');
  return [...hex, { hex: base64, differences: agreed === 'base64' ? [] : ['text-base64'] }];
}
