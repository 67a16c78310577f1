/** Time-stamps of an authority over some bytes: asked for, and checked offline. Source: RFC 3161, RFC 5652. */
import { hash, randomBytes } from 'node:crypto';
import { findSignatureAlgorithm } from './algorithms.ts';
import { readCertificates } from './certificate.ts';
import type { Certificate, SignedBytes } from './certificate.ts';
import { certificateInvalid } from './certificate-fault.ts';
import { checkCertificate } from './chain.ts';
import { elementsIn, oidOf, readElement } from './der-reader.ts';
import type { DerElement } from './der-reader.ts';
import { isSignedBy } from './issued-by.ts';

/** Digest that the authority puts its time under. */
export type TimeStampHash = 'sm3' | 'sha256';

/** What a time-stamp says, and why it is not believed; believed when there are no reasons. */
export interface TimeStampVerdict {
  /** Epoch milliseconds. */
  readonly at: number;
  /** Subject of the authority's certificate. */
  readonly by: string;
  readonly reasons: readonly string[];
}

const HASH_OIDS: Readonly<Record<TimeStampHash, string>> = {
  sm3: '06082a811ccf55018311',
  sha256: '0609608648016503040201',
};

const HASHES: Readonly<Record<string, string>> = {
  '1.2.156.10197.1.401': 'sm3',
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
};

const TST_INFO = '1.2.840.113549.1.9.16.1.4';
const CONTENT_TYPE = '1.2.840.113549.1.9.3';
const MESSAGE_DIGEST = '1.2.840.113549.1.9.4';
const TIME_STAMPING = '1.3.6.1.5.5.7.3.8';
/** Names of a key where that of an algorithm is expected; the digest stands beside it. */
const KEY_NAMES: Readonly<Record<string, (digest: string) => string | undefined>> = {
  '1.2.840.113549.1.1.1': (digest) =>
    ({ sha256: '1.2.840.113549.1.1.11', sha384: '1.2.840.113549.1.1.12', sha512: '1.2.840.113549.1.1.13' })[
      digest
    ],
  '1.2.156.10197.1.301.1': () => '1.2.156.10197.1.501',
  '1.2.156.10197.1.301': () => '1.2.156.10197.1.501',
};

/** The request (DER) for a time-stamp over some bytes, to be posted as `application/timestamp-query`. */
export function makeTimeStampRequest(content: Uint8Array, digest: TimeStampHash): Buffer {
  const algorithm = der(0x30, Buffer.from(`${HASH_OIDS[digest]}0500`, 'hex'));
  const imprint = der(0x30, algorithm, der(0x04, hash(digest, content, 'buffer')));
  const nonce = randomBytes(8);
  nonce[0] = ((nonce[0] ?? 0) & 0x3f) | 0x40;
  // Version 1; the certificates are to come along.
  return der(0x30, der(0x02, Buffer.of(1)), imprint, der(0x02, nonce), der(0x01, Buffer.of(0xff)));
}

/**
 * The time-stamp (DER of its ContentInfo) out of an authority's answer.
 * @throws GatewayError `CERTIFICATE_INVALID`: a refusal, another form, or over other bytes or another request.
 */
export function readTimeStampAnswer(answer: Uint8Array, request: Uint8Array): Buffer {
  const [status, token] = elementsIn(readElement(answer));
  const code = elementsIn(status)[0]?.content.readUInt8(0);
  if (status?.tag !== 0x30 || (code !== 0 && code !== 1) || token === undefined) {
    throw certificateInvalid(`no time-stamp but a refusal (status ${code ?? 'unreadable'})`);
  }
  const asked = elementsIn(readElement(request));
  const info = elementsIn(readElement(parseToken(token.whole)?.info ?? Buffer.alloc(0)));
  const sameImprint =
    info[2] !== undefined && digestIn(info[2])?.equals(digestIn(asked[1]) ?? Buffer.alloc(0));
  const nonce = info.slice(5).find(({ tag }) => tag === 0x02);
  if (sameImprint !== true || nonce?.whole.equals(asked[2]?.whole ?? Buffer.alloc(0)) !== true) {
    throw certificateInvalid('a time-stamp of another request');
  }
  return Buffer.from(token.whole);
}

/** Checks a time-stamp; without anchors its authority is taken as it is. Never throws. */
export function checkTimeStamp(
  token: Uint8Array,
  {
    content,
    anchors,
  }: { readonly content: Uint8Array; readonly anchors?: readonly Certificate[] | undefined },
): TimeStampVerdict {
  const parsed = parseToken(token);
  if (parsed === undefined) return { at: 0, by: '', reasons: ['no time-stamp'] };
  const { info, certificates, signerInfo } = parsed;
  const [, , imprint, , time] = elementsIn(readElement(info));
  const at = timeOf(time);
  const reasons: string[] = [];
  const digest = HASHES[oidOf(elementsIn(elementsIn(imprint)[0])[0])];
  if (digest === undefined || digestIn(imprint)?.equals(hash(digest, content, 'buffer')) !== true)
    reasons.push('over other bytes');
  if (Number.isNaN(at)) reasons.push('without a time');
  const signer = certificates.find((one) => isNamed(one, signerInfo));
  if (signer === undefined) return { at, by: '', reasons: [...reasons, 'certificate missing'] };
  reasons.push(...signatureReasons(info, signerInfo, signer));
  if (signer.extendedUsages?.includes(TIME_STAMPING) !== true)
    reasons.push('certificate not for time-stamps');
  if (anchors !== undefined) {
    const others = certificates.filter((one) => one !== signer);
    const verdict = checkCertificate(signer, { anchors, intermediates: others, at });
    reasons.push(...verdict.reasons.map(({ fault }) => fault));
  }
  return { at, by: signer.subject, reasons };
}

interface ParsedToken {
  /** DER of TSTInfo. */
  readonly info: Buffer;
  readonly certificates: readonly Certificate[];
  readonly signerInfo: readonly DerElement[];
}

function parseToken(token: Uint8Array): ParsedToken | undefined {
  const [, wrapped] = elementsIn(readElement(token));
  const [, , encapsulated, ...rest] = elementsIn(elementsIn(wrapped)[0]);
  const [type, content] = elementsIn(encapsulated);
  const info = elementsIn(content)[0];
  const signers = rest.findLast(({ tag }) => tag === 0x31);
  const signerInfo = elementsIn(elementsIn(signers)[0]);
  if (oidOf(type) !== TST_INFO || info?.tag !== 0x04 || signerInfo.length < 5) return undefined;
  const held = elementsIn(rest.find(({ tag }) => tag === 0xa0)).filter(({ tag }) => tag === 0x30);
  try {
    return {
      info: info.content,
      certificates: held.flatMap(({ whole }) => readCertificates(whole)),
      signerInfo,
    };
  } catch {
    return undefined;
  }
}

/** Whether a certificate has the issuer and serial number, or the key id, that the signature names. */
function isNamed(certificate: Certificate, signerInfo: readonly DerElement[]): boolean {
  const [issuer, serial] = elementsIn(signerInfo[1]);
  if (issuer === undefined || serial === undefined) return signerInfo[1]?.tag === 0x80;
  const hex = serial.content.toString('hex').replace(/^(?:00)+(?=..)/, '');
  return issuer.whole.equals(certificate.issuerDer) && hex === certificate.serial;
}

function signatureReasons(
  info: Buffer,
  signerInfo: readonly DerElement[],
  signer: Certificate,
): readonly string[] {
  const [, , digestAlgorithm, attributes, signatureAlgorithm, signature] = signerInfo;
  const digest = HASHES[oidOf(elementsIn(digestAlgorithm)[0])];
  if (attributes?.tag !== 0xa0 || digest === undefined || signature?.tag !== 0x04) return ['unsigned'];
  const values = new Map(
    elementsIn(attributes).map((one) => {
      const [type, set] = elementsIn(one);
      return [oidOf(type), elementsIn(set)[0]] as const;
    }),
  );
  const fits =
    oidOf(values.get(CONTENT_TYPE)) === TST_INFO &&
    values.get(MESSAGE_DIGEST)?.content.equals(hash(digest, info, 'buffer')) === true;
  const named = oidOf(elementsIn(signatureAlgorithm)[0]);
  const algorithm = findSignatureAlgorithm(KEY_NAMES[named]?.(digest) ?? named);
  if (!fits || algorithm === undefined) return ['signature wrong'];
  // What is signed is the same set with its own tag instead of the place in the sequence.
  const tbs = Buffer.from(attributes.whole);
  tbs[0] = 0x31;
  const signed: SignedBytes = { tbs, algorithm, signature: signature.content };
  return isSignedBy(signed, signer.key) ? [] : ['signature wrong'];
}

function digestIn(imprint: DerElement | undefined): Buffer | undefined {
  return elementsIn(imprint)[1]?.content;
}

/** GeneralizedTime in UTC, `20261122010203Z`, with or without a fraction. */
function timeOf(element: DerElement | undefined): number {
  const text = element?.tag === 0x18 ? element.content.toString('latin1') : '';
  const [, y, mo, d, h, mi, s, fraction = ''] =
    /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\.\d+)?Z$/.exec(text) ?? [];
  return y === undefined ? Number.NaN : Date.parse(`${y}-${mo}-${d}T${h}:${mi}:${s}${fraction.slice(0, 4)}Z`);
}

function der(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(contents);
  const head = content.length < 0x80 ? [tag, content.length] : [tag, 0x81, content.length];
  return Buffer.concat([Buffer.from(head), content]);
}
