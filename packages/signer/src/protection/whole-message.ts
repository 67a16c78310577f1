/**
 * Signature of a message as a whole, in headers: envelope, body, who sends, to whom, when. Ours, for connections
 * between gateways: `cainfo` leaves the envelope open. Source: project design.
 */
import { createOwnSigner } from '../signing-key.ts';
import { sm3 } from '../sm3.ts';
import { createKeyRing } from '../verifying-keys.ts';
import type { ChosenSettings } from './chosen-settings.ts';
import type { Direction, IncomingMessage, MessageProtection, ProtectionSettings } from './contract.ts';
import { requireSetting } from './key-settings.ts';
import { refusal, requireFresh, requireHeader } from './refusals.ts';

const USER_ID = '1234567812345678';
const ALGORITHM = 'SM2-SM3';

/** What a signature is over, beside the body. */
interface SignedParts {
  readonly direction: Direction;
  readonly from: string;
  readonly to: string;
  readonly time: string;
  readonly nonce: string;
  readonly transaction?: string | undefined;
  readonly messageId?: string | undefined;
  readonly body: Uint8Array;
}

/**
 * The text under the signature: a line for each part, the body as SM3 in hex. The nonce of an answer is that of its
 * request, so that no earlier answer can stand in for it.
 */
export function wholeMessageText(parts: SignedParts): string {
  const { direction, from, to, time, nonce, transaction = '', messageId = '', body } = parts;
  const lines = ['yiqiao-message-1', direction, from, to, time, nonce, transaction, messageId];
  return [...lines.map((line) => encodeURIComponent(line.toWellFormed())), sm3(body).toString('hex')].join(
    '\n',
  );
}

/** Headers `x-yiqiao-signature`, `-algorithm`, `-time` and `-nonce`, on requests and on every answer. */
export function createWholeMessage(
  chosen: ChosenSettings,
  settings: ProtectionSettings,
): Pick<MessageProtection, 'headers' | 'checkHeaders' | 'readNonce'> {
  const names = { own: chosen.credential('ownName'), peer: chosen.credential('peerName') };
  const privateKey = requireSetting(settings.privateKey, 'privateKey');
  const signer = createOwnSigner(privateKey, { userId: settings.userId ?? USER_ID }, settings.clock);
  const verify = createKeyRing(requireSetting(settings.publicKeys, 'publicKeys'), {
    userId: settings.peerUserId ?? USER_ID,
    encoding: 'rs',
  });
  return {
    headers(message) {
      const time = String(message.now);
      const text = wholeMessageText({ ...message, from: names.own, to: names.peer, time });
      return {
        'x-yiqiao-signature': signer.sign(Buffer.from(text)).toString('base64'),
        'x-yiqiao-signature-algorithm': ALGORITHM,
        'x-yiqiao-signature-time': time,
        'x-yiqiao-signature-nonce': message.nonce,
      };
    },
    checkHeaders(headers, message) {
      const signature = requireHeader(headers, 'x-yiqiao-signature');
      const algorithm = requireHeader(headers, 'x-yiqiao-signature-algorithm');
      if (algorithm !== ALGORITHM)
        throw refusal('SIGNATURE_ALGORITHM_WRONG', `the algorithm is not ${ALGORITHM}`, {
          found: algorithm.slice(0, 10),
        });
      const time = requireHeader(headers, 'x-yiqiao-signature-time');
      const nonce = requireNonce(requireHeader(headers, 'x-yiqiao-signature-nonce'), message);
      const text = wholeMessageText({ ...message, from: names.peer, to: names.own, time, nonce });
      verify(Buffer.from(text), decode(signature), message.now);
      requireFresh(/^\d{13}$/.test(time) ? Number(time) : undefined, {
        now: message.now,
        toleranceSeconds: chosen.count('toleranceSeconds'),
      });
      return { nonce };
    },
    readNonce(headers) {
      const nonce = headers['x-yiqiao-signature-nonce'];
      return typeof nonce === 'string' && NONCE.test(nonce) ? nonce : undefined;
    },
  };
}

const NONCE = /^[\w-]{16,64}$/;

function requireNonce(nonce: string, message: IncomingMessage): string {
  if (!NONCE.test(nonce))
    throw refusal('SIGNATURE_MALFORMED', 'the nonce is not 16 to 64 letters, digits, - or _', {
      characters: nonce.length,
    });
  if (message.direction === 'response' && nonce !== message.nonce)
    throw refusal('SIGNATURE_INVALID', 'the answer belongs to another request');
  return nonce;
}

function decode(signature: string): Buffer {
  const bytes = Buffer.from(signature, 'base64');
  if (bytes.toString('base64') === signature) return bytes;
  throw refusal('SIGNATURE_MALFORMED', 'x-yiqiao-signature is not base64', { characters: signature.length });
}
