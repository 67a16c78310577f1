/**
 * The simulated systems' own protection of national messages by the profiles of schemas/signing/profiles.json other
 * than `fsi-main-cainfo`: SM2, SM3 and SM4 by sm-crypto-v2. Nothing of the product's signer is used.
 */
import { createBossScheme } from './boss-scheme.ts';
import { createGmScheme } from './gm-scheme.ts';
import { createBearerScheme, createCsbScheme, createTifScheme } from './header-schemes.ts';
import { createWholeScheme } from './whole-scheme.ts';
import type { SandboxKeys } from '../sm2-signature.ts';

/** One side of a connection. */
export interface SchemeSettings {
  readonly side: 'client' | 'server';
  /** Own keys and the other side's public key (hex), for the profiles with SM2. */
  readonly keys?: SandboxKeys;
  readonly peerPublicKey?: string;
  /** What the platform hands over, by the names of the profile; `accessToken` for bearer tokens. */
  readonly credentials: Readonly<Record<string, string>>;
}

/** A message as it came. */
export interface ProtectedMessage {
  readonly bytes: Buffer;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Query parameters, decoded. */
  readonly query?: readonly (readonly [name: string, value: string])[];
}

/** What is known beside a message. */
export interface SchemeMoment {
  /** Epoch milliseconds. */
  readonly now: number;
  /** Of an answer: that of its request. */
  readonly nonce?: string;
  readonly transaction?: string;
  readonly messageId?: string;
}

/** A reason not to trust a message. `what`: `unsigned`, `absent`, `signature`, `time`, a shape of signatures, … */
export interface SigningObjection {
  readonly what: string;
  /** Member or header that it is about. */
  readonly member: string;
}

/** A message that was opened; `clear` is the national message, as far as it can be read. */
export interface OpenedByScheme {
  readonly clear: Buffer | undefined;
  /** Empty: it is as agreed. */
  readonly objections: readonly SigningObjection[];
  readonly nonce?: string;
}

/** How one side opens what the other sent, and protects what it sends. */
export interface SigningScheme {
  open(message: ProtectedMessage, moment: SchemeMoment): OpenedByScheme;
  /** `instead`: members of the envelope with another value than the usual one, under the signature too. */
  seal(
    clear: Buffer,
    moment: SchemeMoment,
    instead?: Readonly<Record<string, string>>,
  ): { readonly bytes: Buffer; readonly headers: Readonly<Record<string, string>> };
}

const SCHEMES: Readonly<Record<string, (settings: SchemeSettings) => SigningScheme>> = {
  'gm-envelope': (settings) => createGmScheme(settings),
  'gm-envelope-evenpos': (settings) => createGmScheme(settings, 'even-positions'),
  tif: createTifScheme,
  csb: createCsbScheme,
  'boss-md5': createBossScheme,
  'oauth-bearer': createBearerScheme,
  'yiqiao-message': createWholeScheme,
};

/** The scheme of a profile. @throws RangeError for a profile that the sandbox does not know */
export function createSigningScheme(profile: string, settings: SchemeSettings): SigningScheme {
  const make = SCHEMES[profile];
  if (make === undefined) throw new RangeError(`no signing scheme ${profile}`);
  return make(settings);
}
