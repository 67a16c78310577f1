/** What the signing settings of one side of a connection come to: the protection of its messages. */
import { GatewayError } from '@yiqiao/model';
import type { Clock, Fault } from '@yiqiao/model';
import type { Registry } from '@yiqiao/registry';
import { createMessageProtection, createTokenSource } from '@yiqiao/signer';
import type { LoginSource, OwnKey, ProtectionSettings, TokenClient, VerifyingKey } from '@yiqiao/signer';
import { createTransport } from '@yiqiao/transport';
import type { TlsOptions, Transport } from '@yiqiao/transport';
import { createProtection } from './protection.ts';
import type { AppliedProfile, Protection } from './protection.ts';

/** One signing profile of a connection, with its settings. */
export interface PeerSigning {
  /** JSON pointer of it, for faults. */
  readonly at: string;
  /** Id of schemas/signing/profiles.json. */
  readonly profile: string;
  /** SM2 user id of the far side; absent: the profile's. */
  readonly userId?: string;
  /** Under which we sign; absent: `OwnSigner.userId` where the profile has a fixed one, else the profile's. */
  readonly ownUserId?: string;
  /** Keys of the far side; several may be valid at once. */
  readonly publicKeys: readonly VerifyingKey[];
  /** The far side does not sign. */
  readonly peerUnsigned: boolean;
  readonly credentials: Readonly<Record<string, string>>;
  readonly variants: Readonly<Record<string, string>>;
  /** SHA-256 of the access tokens that a caller may show. */
  readonly accessTokenHashes: readonly string[];
  /** Where access tokens are had from, for calling. */
  readonly token?: TokenClient & { readonly url: string };
}

/** With what we sign. */
export interface OwnSigner {
  readonly privateKey?: OwnKey;
  readonly userId?: string;
}

/** What a protection is made of. */
export interface PeerProtectionOptions {
  readonly signing: readonly PeerSigning[];
  readonly own: OwnSigner;
  /** `server`: the far side calls us. */
  readonly side: 'client' | 'server';
  /** Form of the messages. */
  readonly codec: string;
  /** Of the way to the far side, and so to where it gives tokens. */
  readonly tls?: TlsOptions;
}

/** What a protection is made with. */
export interface PeerProtectionParts {
  readonly registry: Pick<Registry, 'signingProfile'>;
  readonly clock: Clock;
  /** Takes connections that are to be closed with the rest. */
  keep(transport: Transport): void;
}

/** How long a token is waited for. */
const TOKEN_MS = 10_000;
const CONNECT_MS = 5_000;

/**
 * The protection of one side of a connection.
 * @throws GatewayError `CONFIG_INVALID` with every setting that is missing, unknown or unfit, below `PeerSigning.at`;
 *   `KEY_INVALID`.
 */
export function createPeerProtection(options: PeerProtectionOptions, parts: PeerProtectionParts): Protection {
  const { signing, side, codec } = options;
  const faults: Fault[] = [];
  const profiles: AppliedProfile[] = [];
  for (const one of signing) {
    try {
      profiles.push(apply(one, options, parts));
    } catch (error) {
      faults.push(...settingFaults(error, one.at));
    }
  }
  const [first] = signing;
  if (faults.length === 0 && first !== undefined) {
    const tokens = side === 'client' ? createTokens(options, parts) : undefined;
    try {
      return createProtection(profiles, { codec, ...(tokens === undefined ? {} : { tokens }) });
    } catch (error) {
      faults.push(...settingFaults(error, first.at));
    }
  }
  throw new GatewayError('CONFIG_INVALID', { faults });
}

function apply(
  signing: PeerSigning,
  { own, side }: PeerProtectionOptions,
  { registry, clock }: PeerProtectionParts,
): AppliedProfile {
  const profile = registry.signingProfile(signing.profile);
  const { privateKey } = own;
  const choosesUserId = profile.variants?.some(({ name }) => name === 'userId') === true;
  const userId = signing.ownUserId ?? (choosesUserId ? undefined : own.userId);
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

/** Where the first profile that has `token` gets its access tokens; `undefined` where none has. */
export function createTokens(
  { signing, tls }: { readonly signing: readonly Pick<PeerSigning, 'token'>[]; readonly tls?: TlsOptions },
  { clock, keep }: Pick<PeerProtectionParts, 'clock' | 'keep'>,
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
    ...(tls === undefined ? {} : { tls }),
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
