/** How the suite protects its messages by a signing profile, in a good way and in those that must be refused. */
import type { Clock } from '@yiqiao/model';
import { createSandboxKeys } from '@yiqiao/sandbox';
import type { SandboxKeys } from '@yiqiao/sandbox';
import { createMessageProtection } from '@yiqiao/signer';
import type { MessageProtection, ProtectionSettings, SigningProfile } from '@yiqiao/signer';
import type { SignWay } from '../kits/types.ts';
import type { Inputs } from '../run/inputs.ts';

/** A national message before it is protected. */
export interface Bare {
  readonly bytes: Buffer;
  readonly infno: string;
  readonly msgid: string;
  /** Random text of the message; the same number gives the same text. */
  readonly nonce: string;
}

/** A message ready to go. */
export interface Protected {
  readonly bytes: Buffer;
  readonly headers?: Readonly<Record<string, string>>;
  /** Query, `?name=value`. */
  readonly path?: string;
}

/** Protects a message in a way. @throws Error for a way that the profile does not have */
export type Protect = (way: SignWay, message: Bare) => Protected;

/** What the suite's side of a connection is made with. */
export interface Material {
  readonly profile: SigningProfile;
  readonly clock: Clock;
  readonly inputs: Inputs;
  /** A key pair that nobody knows. */
  readonly stranger: SandboxKeys;
  /** The product's protection, with other settings where a way wants them. */
  readonly make: (change?: Partial<ProtectionSettings>) => MessageProtection;
}

/** Everything for one run. @throws GatewayError `CONFIG_INVALID` where the inputs lack what the profile needs */
export function prepareMaterial(profile: SigningProfile, inputs: Inputs, clock: Clock): Material {
  const { signing, protection = {} } = inputs;
  const settings: ProtectionSettings = {
    side: 'client',
    clock,
    ...(signing !== undefined && { privateKey: signing.privateKey }),
    ...(signing?.userId !== undefined && { userId: signing.userId }),
    ...(signing?.peerPublicKey === undefined
      ? { peerUnsigned: true }
      : { publicKeys: [{ text: signing.peerPublicKey }] }),
    ...(profile.credentials !== undefined && { credentials: protection.credentials ?? {} }),
    ...(protection.variants !== undefined && { variants: protection.variants }),
  };
  return {
    profile,
    clock,
    inputs,
    stranger: createSandboxKeys(),
    make: (change = {}) => createMessageProtection(profile, { ...settings, ...change }),
  };
}

/** Credentials with one changed. */
export function credentialsWith(
  { inputs }: Material,
  name: string,
  change: (value: string) => string,
): Readonly<Record<string, string>> {
  const { credentials = {} } = inputs.protection ?? {};
  return { ...credentials, [name]: change(credentials[name] ?? '') };
}

/** Another text of the same length: its last character is another. */
export function tailChanged(text: string): string {
  return `${text.slice(0, -1)}${text.endsWith('X') ? 'Y' : 'X'}`;
}

/** A table of ways as a function. */
export function byTable(table: Readonly<Partial<Record<SignWay, (message: Bare) => Protected>>>): Protect {
  return (way, message) => {
    const make = table[way];
    if (make === undefined) throw new Error(`this signing profile has no way ${way}`);
    return make(message);
  };
}
