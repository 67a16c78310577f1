/** Why a signature fails, told to the callers of connections that are being tested, and to nobody else. */
import { GatewayError } from '@yiqiao/model';
import type { Clock, Fault, WireObject } from '@yiqiao/model';
import type { Registry } from '@yiqiao/registry';
import { diagnoseSignature, diagnosisFault } from '@yiqiao/signer';
import type { SuspectKey } from '@yiqiao/signer';
import type { Config } from './config.ts';

/** A search takes a second or two, in which nothing else is done: so long it rests between two. */
const REST_MS = 2_000;
/** What a search may explain. */
const EXPLAINED: ReadonlySet<string> = new Set([
  'SIGNATURE_INVALID',
  'SIGNATURE_MALFORMED',
  'SIGNATURE_KEY_EXPIRED',
]);

/** A request whose signature failed. */
export interface FailedRequest {
  readonly envelope: WireObject;
  readonly signedBytes: Uint8Array;
  readonly institution: string;
}

/** The error with what explains it, where the peer is in test; else the same error. */
export type ExplainSignature = (peer: string, request: FailedRequest, error: unknown) => unknown;

/** Explains signatures of the main interface for the peers of a configuration that have `diagnose: true`. */
export function createExplanation(
  config: () => Config,
  { registry, clock }: { registry: Pick<Registry, 'signingProfile'>; clock: Clock },
): ExplainSignature {
  let restsUntil = 0;
  return (peer, request, error) => {
    const inTest = config().peers.find(({ id, diagnose }) => diagnose && id === peer);
    if (inTest === undefined || !(error instanceof GatewayError) || !EXPLAINED.has(error.code)) return error;
    if (clock.now() < restsUntil) return error;
    const fault = explain(config(), peer, { request, registry, now: clock.now() });
    restsUntil = clock.now() + REST_MS;
    if (fault === undefined) return error;
    const faults = [...(error.details.faults ?? []), fault];
    return new GatewayError(error.code, { ...error.details, faults }, { cause: error });
  };
}

function explain(
  { peers }: Config,
  peer: string,
  of: { request: FailedRequest; registry: Pick<Registry, 'signingProfile'>; now: number },
): Fault | undefined {
  const { request, registry, now } = of;
  const signing = peers
    .find(({ id }) => id === peer)
    ?.signing.find(({ profile }) => registry.signingProfile(profile).algorithm === 'SM3withSM2');
  const profile = signing === undefined ? undefined : registry.signingProfile(signing.profile);
  if (signing === undefined || profile?.algorithm !== 'SM3withSM2') return undefined;
  const keys = peers.flatMap(({ id, signing: profiles }) =>
    profiles
      .flatMap(({ publicKeys }) => publicKeys)
      .map((key): SuspectKey => ({ ...key, name: id, ...(id === peer ? {} : { other: true }) })),
  );
  const { credentials, variants, userId } = signing;
  return diagnosisFault(
    diagnoseSignature({
      profile,
      envelope: request.envelope,
      body: request.signedBytes,
      keys,
      userIds: [request.institution],
      now,
      settings: { credentials, variants, ...(userId === undefined ? {} : { peerUserId: userId }) },
    }),
  );
}
