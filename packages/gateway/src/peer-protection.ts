/** What a peer's `signing` comes to: the protection of the messages it sends us, and of those we send it. */
import { createProtection } from '@yiqiao/insurance-platform';
import type { AppliedProfile, Protection } from '@yiqiao/insurance-platform';
import { GatewayError } from '@yiqiao/model';
import type { Clock, Fault } from '@yiqiao/model';
import type { Registry } from '@yiqiao/registry';
import { createTransport } from '@yiqiao/transport';
import type { Transport } from '@yiqiao/transport';
import { createMessageProtection, createTokenSource } from '@yiqiao/signer';
import type { LoginSource, ProtectionSettings } from '@yiqiao/signer';
import type { PeerConfig } from './config-peers.ts';
import type { PeerSigning } from './config-signing.ts';
import type { Config } from './config.ts';

/** How long a token is waited for. */
const TOKEN_MS = 10_000;
const CONNECT_MS = 5_000;

/** What a protection is made with. */
export interface PeerProtectionParts {
  readonly registry: Pick<Registry, 'signingProfile' | 'profile'>;
  readonly clock: Clock;
  /** Takes connections that are to be closed with the runtime. */
  keep(transport: Transport): void;
}

/**
 * The protection of one side of a peer's connection. `server`: it calls us.
 * @throws GatewayError `CONFIG_INVALID` with every setting that is missing, unknown or unfit, below `/peers/N/signing`;
 *   `KEY_INVALID`.
 */
export function createPeerProtection(
  { peer, config, side }: { peer: PeerConfig; config: Config; side: 'client' | 'server' },
  parts: PeerProtectionParts,
): Protection {
  const faults: Fault[] = [];
  const profiles: AppliedProfile[] = [];
  for (const signing of peer.signing) {
    try {
      profiles.push(apply(signing, { config, side }, parts));
    } catch (error) {
      faults.push(...settingFaults(error, signing.at));
    }
  }
  const [first] = peer.signing;
  if (faults.length === 0 && first !== undefined) {
    const tokens = side === 'client' ? createTokens(peer, parts) : undefined;
    try {
      const { codec } = parts.registry.profile(peer.profile);
      return createProtection(profiles, { codec, ...(tokens === undefined ? {} : { tokens }) });
    } catch (error) {
      faults.push(...settingFaults(error, first.at));
    }
  }
  throw new GatewayError('CONFIG_INVALID', { faults });
}

function apply(
  signing: PeerSigning,
  { config, side }: { config: Config; side: 'client' | 'server' },
  { registry, clock }: PeerProtectionParts,
): AppliedProfile {
  const profile = registry.signingProfile(signing.profile);
  const { privateKey } = config.signing;
  const choosesUserId = profile.variants?.some(({ name }) => name === 'userId') === true;
  const userId = signing.ownUserId ?? (choosesUserId ? undefined : config.signing.userId);
  const settings: ProtectionSettings = {
    side,
    clock,
    publicKeys: signing.publicKeys,
    peerUnsigned: signing.peerUnsigned,
    credentials: signing.credentials,
    variants: signing.variants,
    accessTokenHashes: signing.accessTokenHashes,
    ...(privateKey === undefined ? {} : { privateKey }),
    ...(userId === undefined ? {} : { userId }),
    ...(signing.userId === undefined ? {} : { peerUserId: signing.userId }),
  };
  const { peerUnsigned } = signing;
  const protection = createMessageProtection(profile, settings);
  const carrier = 'carrier' in profile ? profile.carrier : undefined;
  return { protection, peerUnsigned, ...(carrier === undefined ? {} : { carrier }) };
}

/** Faults without a place of their own are about the profile as a whole. */
function settingFaults(error: unknown, at: string): readonly Fault[] {
  if (!(error instanceof GatewayError) || error.code !== 'CONFIG_INVALID') throw error;
  return (error.details.faults ?? []).map((fault) => {
    const isSetting = /^\/(?:credentials|variants|publicKeys|accessTokenHashes|profile)/.test(fault.at);
    return { ...fault, at: `${at}${isSetting ? fault.at : '/profile'}` };
  });
}

function createTokens(
  { signing, to }: PeerConfig,
  { clock, keep }: PeerProtectionParts,
): LoginSource | undefined {
  const token = signing.find((one) => one.token !== undefined)?.token;
  if (token === undefined) return undefined;
  const { url, ...client } = token;
  const transport = createTransport({
    url,
    connections: 1,
    timeouts: { connectMs: CONNECT_MS, idleMs: 1_000 },
    maxResponseBytes: 65_536,
    clock,
    ...(to?.tls === undefined ? {} : { tls: to.tls }),
  });
  keep(transport);
  return createTokenSource(client, async ({ headers, body }) => {
    const { 'content-type': contentType = '', ...others } = headers;
    try {
      return await transport.post({
        body,
        contentType,
        headers: others,
        deadline: clock.now() + TOKEN_MS,
        signal: new AbortController().signal,
      });
    } catch (cause) {
      // Whatever became of the question for a token: the message itself has not left.
      throw new GatewayError(
        'UPSTREAM_UNREACHABLE',
        { facts: { reason: 'no access token was given' } },
        { cause },
      );
    }
  });
}
