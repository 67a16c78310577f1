/** Accounts of the suite at a platform that speaks in gm-envelopes. */
import type { Registry } from '@yiqiao/registry';
import type { EnvelopeSettings } from '@yiqiao/sandbox';
import { createMessageProtection } from '@yiqiao/signer';
import type { MessageProtection, ProtectionSettings } from '@yiqiao/signer';
import type { Inputs } from '../run/inputs.ts';

const DEFAULT_USER_ID = '1234567812345678';

/** One account, in the hands of both implementations. */
export interface Account {
  readonly own: EnvelopeSettings;
  /** Seals as `reader`; verifies what it opens. */
  readonly verifier: MessageProtection;
  /** Opens without verifying. */
  readonly reader: MessageProtection;
  /** Seals under another SM2 user id. */
  readonly otherUser: MessageProtection;
}

/**
 * Finds accounts among the inputs: `values.NAME` with `appId`, `appSecret`, `privateKey` and `publicKey`, and
 * `values.centre` with the platform's `publicKey` and, where it differs from the profile, `variants`.
 * @throws Error for a name whose account is not whole
 */
export function createAccounts(registry: Registry, inputs: Inputs): (name: string) => Account {
  const known = new Map<string, Account>();
  return (name) => {
    const found = known.get(name) ?? makeAccount(registry, { inputs, name });
    known.set(name, found);
    return found;
  };
}

function makeAccount(
  registry: Registry,
  { inputs, name }: { readonly inputs: Inputs; readonly name: string },
): Account {
  const text = (of: string, member: string): string => {
    const value = (inputs.values[of] as Readonly<Record<string, unknown>> | undefined)?.[member];
    if (typeof value === 'string' && value !== '') return value;
    throw new Error(`the inputs have no values.${of}.${member}`);
  };
  const { variants = {} } = (inputs.values['centre'] ?? {}) as {
    readonly variants?: Readonly<Record<string, string>>;
  };
  const credentials = { appId: text(name, 'appId'), appSecret: text(name, 'appSecret') };
  const privateKey = text(name, 'privateKey');
  const peerPublicKey = text('centre', 'publicKey');
  const protect = (more: Partial<ProtectionSettings>): MessageProtection =>
    createMessageProtection(registry.signingProfile('gm-envelope'), {
      side: 'client',
      credentials,
      variants,
      privateKey,
      publicKeys: [{ text: peerPublicKey }],
      ...more,
    });
  return {
    own: {
      ...credentials,
      privateKey,
      publicKey: text(name, 'publicKey'),
      peerPublicKey,
      ...(variants['userId'] === 'default' && { userId: DEFAULT_USER_ID }),
    },
    verifier: protect({}),
    reader: protect({ peerUnsigned: true }),
    otherUser: protect({ userId: '8765432187654321' }),
  };
}
