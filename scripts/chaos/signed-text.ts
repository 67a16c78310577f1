/** Signed national JSON as text: the signature is over the exact bytes of `input` or `output`. */
import { GatewayError } from '@yiqiao/model';
import { createRegistry } from '@yiqiao/registry';
import { createMessageSigner, createMessageVerifier } from '@yiqiao/signer';

/** Signs and verifies for one party. */
export interface SignedText {
  /** The members of `envelope`, the signature, and `body` under `name`, as one object. */
  write(envelope: object, name: 'input' | 'output', body: object): string;
  /** The message when its signature is good, else `undefined`. A message without body has no signature. */
  read(text: string, name: 'input' | 'output'): Readonly<Record<string, unknown>> | undefined;
}

/** For a party with this private key whose far side has this public key. */
export function createSignedText(keys: { readonly own: string; readonly far: string }): SignedText {
  const profile = createRegistry().signingProfile('fsi-main-cainfo');
  const sign = createMessageSigner(profile, { privateKey: keys.own });
  const verify = createMessageVerifier(profile, { publicKeys: [{ text: keys.far }] });
  return {
    write(envelope, name, body) {
      const bodyText = JSON.stringify(body);
      const head = JSON.stringify({ ...envelope, ...sign(Buffer.from(bodyText)) }).slice(0, -1);
      return `${head},"${name}":${bodyText}}`;
    },
    read(text, name) {
      try {
        const message = JSON.parse(text) as Record<string, unknown>;
        if (message[name] === null || message[name] === undefined) return message;
        verify(
          { cainfo: String(message['cainfo']), signtype: String(message['signtype']) },
          Buffer.from(bodyOf(text, name)),
        );
        return message;
      } catch (error) {
        if (error instanceof SyntaxError || error instanceof GatewayError) return undefined;
        throw error;
      }
    },
  };
}

/** The bytes of a body as they stand in a message in which it is the last member. */
function bodyOf(text: string, name: string): string {
  const from = text.indexOf(`"${name}":`) + name.length + 3;
  return text.slice(from, text.lastIndexOf('}'));
}
