/** What a connection asks of the protection of its messages, whichever profile it has. */
import type { Clock, WireObject } from '@yiqiao/model';
import type { OwnKey } from '../signing-key.ts';
import type { VerifyingKey } from '../verifying-keys.ts';

/**
 * The protection of one connection in one role. Each ability is absent when the profile, or the connection, does
 * not do it: nothing is to be done then. Everything that checks throws `GatewayError`: `SIGNATURE_MISSING`,
 * `SIGNATURE_INVALID`, `SIGNATURE_MALFORMED`, `SIGNATURE_ALGORITHM_WRONG`, `SIGNATURE_KEY_EXPIRED`, `SIGNATURE_KEY_NOT_YET_VALID`, `CERTIFICATE_…`,
 * `SIGNATURE_OUTDATED`, `CREDENTIAL_UNKNOWN`, `CIPHERTEXT_INVALID`, and for whole messages those of reading JSON.
 *
 * To send: `sealMessage`, or `signBody` over the clear body and then `sealBody`; `headers` over the final bytes.
 * To receive: `checkHeaders` over the bytes as they came, then `openMessage`, or `openBody` and `verifyBody` over what
 * it gave.
 */
export interface MessageProtection {
  /** Id of the signing profile. */
  readonly profile: string;
  /** Signature members of the envelope for the exact bytes of a clear body. */
  readonly signBody?: (body: Uint8Array) => WireObject;
  /** Checks the signature members over the exact bytes of a clear body. */
  readonly verifyBody?: (envelope: WireObject, body: Uint8Array) => void;
  /** Encrypts a body: the text that stands in its place, as a JSON string, and the members that tell so. */
  readonly sealBody?: (clear: Uint8Array) => SealedBody;
  /** Decrypts the text that stands in the place of a body; `undefined` when there stands no text. */
  readonly openBody?: (envelope: WireObject, text: string | undefined) => Buffer;
  /** Headers to send with the final bytes of a message. */
  readonly headers?: (message: OutgoingMessage) => Readonly<Record<string, string>>;
  /** Checks the headers that came with the bytes of a message. */
  readonly checkHeaders?: (headers: IncomingHeaders, message: IncomingMessage) => CheckedHeaders;
  /** The nonce of a request whose headers have not been checked: its answer, a refusal too, repeats it. */
  readonly readNonce?: (headers: IncomingHeaders) => string | undefined;
  /** Signs and encrypts a message as a whole: its members in the clear → the bytes to send. */
  readonly sealMessage?: (clear: WireObject, at: { now: number; nonce: string }) => Buffer;
  /** Decrypts and verifies a message as a whole: the bytes that came → its members in the clear. */
  readonly openMessage?: (bytes: Uint8Array) => OpenedMessage;
  /** The members that carry a session id; it comes from a login source. */
  readonly sessionMembers?: (session: string) => WireObject;
  /** The session id of an envelope, to be looked up among those that were given out. */
  readonly readSession?: (envelope: WireObject) => string;
}

/** An encrypted body. */
export interface SealedBody {
  readonly text: string;
  readonly members: WireObject;
}

/** Which message of an exchange it is. */
export type Direction = 'request' | 'response';

/** A message to send. */
export interface OutgoingMessage {
  readonly direction: Direction;
  /** The bytes as they will leave. */
  readonly body: Uint8Array;
  /** Query and form parameters, decoded, one pair for each value. */
  readonly query?: readonly (readonly [name: string, value: string])[];
  /** Epoch milliseconds. */
  readonly now: number;
  /** Random text of letters and digits, new for each request; of an answer, that of its request. */
  readonly nonce: string;
  /** Transaction number and message id of the request, also for its answer. */
  readonly transaction?: string;
  readonly messageId?: string;
  /** From the token source, where the profile has tokens. */
  readonly accessToken?: string;
}

/** A message that came. `nonce`: of an answer, the one its request had; of a request, unknown yet. */
export type IncomingMessage = Omit<OutgoingMessage, 'nonce' | 'accessToken'> & { readonly nonce?: string };

/** Headers as node:http gives them, names in lower case. */
export type IncomingHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/** What accepted headers told. `nonce` goes into the answer, and into a memory of what was seen. */
export interface CheckedHeaders {
  readonly nonce?: string;
}

/** A message in the clear. */
export interface OpenedMessage {
  readonly message: WireObject;
  /** `false`: an answer without data and without signature; it can only be a refusal, by anybody on the way. */
  readonly signed: boolean;
}

/** The settings of one connection. Which credentials and variants there are stands in the profile. */
export interface ProtectionSettings {
  /** `client`: sends requests and reads answers. `server`: the reverse. */
  readonly side: 'client' | 'server';
  /** Our key, or keys during a change. Without it nothing is signed, unless the profile cannot do without. */
  readonly privateKey?: OwnKey;
  /** Identity under which we sign; default: the profile's. */
  readonly userId?: string;
  /** The far side's keys. */
  readonly publicKeys?: readonly VerifyingKey[];
  /** Identity under which the far side signs; default: the profile's. */
  readonly peerUserId?: string;
  /** The far side does not sign: nothing of it is verified, and it needs no key. */
  readonly peerUnsigned?: boolean;
  /** Application id, secrets and the like. */
  readonly credentials?: Readonly<Record<string, string>>;
  /** Where sources disagree. */
  readonly variants?: Readonly<Record<string, string>>;
  /** SHA-256 of each access token that callers may show, lower-case hex. For `oauth-bearer`, side `server`. */
  readonly accessTokenHashes?: readonly string[];
  readonly clock?: Clock;
}
