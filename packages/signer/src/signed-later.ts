/**
 * Signatures that have to be asked for elsewhere, while everything that writes a message stays synchronous: what
 * writes is broken off where a signature is missing, and runs again once it is there.
 */
import assert from 'node:assert/strict';

/** Asks for a signature. Rejects with a `GatewayError`. */
export type AskSignature = () => Promise<Buffer>;

/** A message has no more signatures than this. */
const MOST_SIGNATURES = 8;

/** Thrown where a signature is missing; caught by `whenSigned` and nobody else. */
class SignatureMissing extends Error {
  readonly signature: string;
  readonly ask: AskSignature;

  constructor(name: string, ask: AskSignature) {
    super('a key that lies elsewhere signs within whenSigned only');
    this.signature = name;
    this.ask = ask;
  }
}

/** Signatures that came for the message being written. */
let arrived: ReadonlyMap<string, Buffer> | undefined;

/**
 * Runs what writes and signs. With keys of this process its value is there at once; where a key lies elsewhere, `write`
 * runs again after the signature has come, and has to ask for a signature over the same bytes then.
 * @throws GatewayError what `write` throws; `SIGNER_UNAVAILABLE`.
 */
export function whenSigned<T>(write: () => T): T | Promise<T> {
  try {
    return write();
  } catch (error) {
    if (!(error instanceof SignatureMissing)) throw error;
    return writeAgain(write, error);
  }
}

async function writeAgain<T>(write: () => T, first: SignatureMissing): Promise<T> {
  const signatures = new Map<string, Buffer>();
  let missing = first;
  for (;;) {
    assert(
      !signatures.has(missing.signature) && signatures.size < MOST_SIGNATURES,
      'what is signed has changed',
    );
    signatures.set(missing.signature, await missing.ask());
    try {
      return within(signatures, write);
    } catch (error) {
      if (!(error instanceof SignatureMissing)) throw error;
      missing = error;
    }
  }
}

function within<T>(signatures: ReadonlyMap<string, Buffer>, write: () => T): T {
  const before = arrived;
  arrived = signatures;
  try {
    return write();
  } finally {
    arrived = before;
  }
}

/** The signature of this name, or a break until it has been asked for. */
export function signatureOf(name: string, ask: AskSignature): Buffer {
  const signature = arrived?.get(name);
  if (signature === undefined) throw new SignatureMissing(name, ask);
  return signature;
}
