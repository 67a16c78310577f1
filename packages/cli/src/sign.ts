/** `yiqiao sign make` and `yiqiao sign verify`: the signature of one message by any profile. */
import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { GatewayError } from '@yiqiao/model';
import { createRegistry } from '@yiqiao/registry';
import type { SigningData } from '@yiqiao/registry';
import { createKeyPair, createMessageProtection, readJsonObject } from '@yiqiao/signer';
import type { MessageProtection } from '@yiqiao/signer';
import type { Report } from './report.ts';
import { readHeaders, readNational, readSettings, readSuspect } from './sign-files.ts';

/** Options of both commands. */
export interface SignOptions {
  readonly message: string;
  readonly key?: string;
  readonly profile: string;
  readonly settings?: string;
  /** A second key: of the far side for `make`, ours for `verify`, where a profile wants both. */
  readonly peerKey?: string;
  readonly out?: string;
  /** File of JSON with the headers that came. */
  readonly headers?: string;
}

/** Signs a message as a client does; prints it, or the headers to send with it. */
export function makeSignature(report: Report, options: SignOptions): number {
  const bytes = readFileSync(options.message);
  const protection = protect(options, 'client');
  if (protection.headers !== undefined) {
    const headers = protection.headers({
      ...contextOf(bytes),
      direction: 'request',
      body: bytes,
      now: Date.now(),
      nonce: randomBytes(16).toString('hex'),
    });
    return write(report, options, JSON.stringify(headers));
  }
  const signed = signBytes(protection, bytes, options);
  return write(report, options, signed.toString('utf8'));
}

/** Exit code 1 when the signature is not good; the code says why, and `sign diagnose` finds out more. */
export function verifySignature(report: Report, options: SignOptions): number {
  const bytes = readFileSync(options.message);
  const protection = protect(options, 'server');
  try {
    verify(protection, bytes, options);
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    const { cause } = error.kind;
    const { reason = '' } = error.details.facts ?? {};
    report.line(`✗ ${error.code}: ${cause.zh}\n  ${cause.en}${reason === '' ? '' : ` (${String(reason)})`}`);
    return report.finish(false, { code: error.code, facts: error.details.facts ?? {} });
  }
  report.line('✓ 验签通过 / the signature is good');
  return report.finish(true, {});
}

function protect(options: SignOptions, side: 'client' | 'server'): MessageProtection {
  const { credentials, variants, userId, peerUserId } = readSettings(options.settings);
  const [own, peer] = side === 'client' ? [options.key, options.peerKey] : [options.peerKey, options.key];
  // For one direction only, the key of the other is asked for by some profiles and used by none.
  const unused = createKeyPair();
  const isKeyNeeded = own !== undefined || side === 'server';
  return createMessageProtection(profileOf(options), {
    side,
    ...(isKeyNeeded ? { privateKey: own === undefined ? unused.privateKey : readFileSync(own, 'utf8') } : {}),
    ...(peer === undefined && side === 'server'
      ? {}
      : { publicKeys: [peer === undefined ? { text: unused.publicHex } : readSuspect(peer, false)] }),
    ...(credentials === undefined ? {} : { credentials }),
    ...(variants === undefined ? {} : { variants }),
    ...(userId === undefined ? {} : { userId }),
    ...(peerUserId === undefined ? {} : { peerUserId }),
  });
}

function signBytes(protection: MessageProtection, bytes: Buffer, options: SignOptions): Buffer {
  if (protection.sealMessage !== undefined) {
    const nonce = randomBytes(16).toString('hex');
    return protection.sealMessage(readJsonObject(bytes), { now: Date.now(), nonce });
  }
  if (protection.signBody === undefined) {
    throw new Error(
      '该方案不签报文，或未给出私钥（--key） / this profile signs no messages, or there is no private key (--key)',
    );
  }
  const { envelope, body, direction } = readNational(bytes, profileOf(options), {});
  const sealed = protection.sealBody?.(body);
  const members = { ...envelope, ...protection.signBody(body), ...sealed?.members };
  const text = sealed === undefined ? Buffer.from(body).toString('utf8') : JSON.stringify(sealed.text);
  const name = direction === 'request' ? 'input' : 'output';
  return Buffer.from(`${JSON.stringify(members).slice(0, -1)},"${name}":${text}}`);
}

function verify(protection: MessageProtection, bytes: Buffer, options: SignOptions): void {
  if (protection.checkHeaders !== undefined) {
    const headers = readHeaders(options.headers);
    protection.checkHeaders(headers, {
      ...contextOf(bytes),
      direction: 'request',
      body: bytes,
      now: Date.now(),
    });
  } else if (protection.openMessage !== undefined) {
    protection.openMessage(bytes);
  } else {
    const { envelope, body } = readNational(bytes, profileOf(options), readSettings(options.settings));
    protection.verifyBody?.(envelope, body);
  }
}

function profileOf({ profile }: SignOptions): SigningData {
  return createRegistry().signingProfile(profile);
}

/** Transaction and message id, where the message is one of the main interface. */
function contextOf(bytes: Buffer): { readonly transaction?: string; readonly messageId?: string } {
  const { infno, msgid } = readJsonObject(bytes);
  return {
    ...(typeof infno === 'string' ? { transaction: infno } : {}),
    ...(typeof msgid === 'string' ? { messageId: msgid } : {}),
  };
}

function write(report: Report, { out }: SignOptions, text: string): number {
  if (out !== undefined) writeFileSync(out, text);
  report.line(out === undefined ? text : `已写入 written to ${out}`);
  return report.finish(true, out === undefined ? { signed: text } : { file: out });
}
