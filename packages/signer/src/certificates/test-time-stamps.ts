/** A time-stamp authority for tests and for trying things out: RFC 3161 answers with SM2 or ECDSA. Never for production. */
import { createSign, generateKeyPairSync, hash } from 'node:crypto';
import { parsePrivateKey } from '../keys.ts';
import { createSm2Signer } from '../sm2.ts';
import type { Certificate } from './certificate.ts';
import { elementsIn, readElement } from './der-reader.ts';
import { issueCertificate, readIssued } from './issue.ts';
import { CERTIFICATE_USER_ID } from './issued-by.ts';

/** An authority at work. */
export interface TestTimeStamps {
  /** Its own certificate, which is its root too. */
  readonly certificate: string;
  /** Answers a request (DER) with the time `at`, epoch milliseconds. */
  answer(request: Uint8Array, at: number): Buffer;
}

const OIDS = {
  signedData: '06092a864886f70d010702',
  tstInfo: '060b2a864886f70d0109100104',
  contentType: '06092a864886f70d010903',
  messageDigest: '06092a864886f70d010904',
  policy: '06032a0304',
} as const;

const FAMILIES = {
  sm2: { curve: 'SM2', certificate: '1.2.156.10197.1.501', name: '06082a811ccf55018375', digest: 'sm3' },
  ecdsa: {
    curve: 'prime256v1',
    certificate: '1.2.840.10045.4.3.2',
    name: '06082a8648ce3d040302',
    digest: 'sha256',
  },
} as const;

const DIGESTS = { sm3: '06082a811ccf55018311', sha256: '0609608648016503040201' } as const;
const TIME_STAMPING = '1.3.6.1.5.5.7.3.8';
const DAY_MS = 86_400_000;

/** Makes an authority whose certificate holds from a day before `now` for a year. */
export function makeTestTimeStamps(now: number, family: keyof typeof FAMILIES = 'sm2'): TestTimeStamps {
  const { curve, certificate: algorithm, name, digest } = FAMILIES[family];
  const keys = generateKeyPairSync('ec', {
    namedCurve: curve,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  const pem = issueCertificate(
    {
      subject: [
        ['C', 'CN'],
        ['CN', 'test time-stamps'],
      ],
      publicKey: keys.publicKey,
      notBefore: now - DAY_MS,
      notAfter: now + 365 * DAY_MS,
      usages: ['digitalSignature'],
      extendedUsages: [TIME_STAMPING],
    },
    { privateKey: keys.privateKey, algorithm },
  );
  const certificate = readIssued(pem);
  const sign = (bytes: Uint8Array): Buffer =>
    family === 'sm2'
      ? createSm2Signer(parsePrivateKey(keys.privateKey), {
          userId: CERTIFICATE_USER_ID,
          encoding: 'der',
        }).sign(bytes)
      : createSign(digest).update(bytes).sign(keys.privateKey);
  let serial = 0;
  return {
    certificate: pem,
    answer(request, at) {
      serial += 1;
      const info = infoOf(request, at, serial);
      const token = tokenOf({ info, certificate, digest, signature: name, sign });
      return sequence(sequence(integer(0)), token);
    },
  };
}

function infoOf(request: Uint8Array, at: number, serial: number): Buffer {
  const [, imprint, ...options] = elementsIn(readElement(request));
  const nonce = options.find(({ tag }) => tag === 0x02);
  const time = `${new Date(at).toISOString().replace(/[-:T]|\.\d+Z/g, '')}Z`;
  return sequence(
    integer(1),
    hex(OIDS.policy),
    imprint?.whole ?? Buffer.alloc(0),
    integer(serial),
    der(0x18, Buffer.from(time)),
    nonce?.whole ?? Buffer.alloc(0),
  );
}

function tokenOf(of: {
  info: Buffer;
  certificate: Certificate;
  digest: 'sm3' | 'sha256';
  signature: string;
  sign(bytes: Uint8Array): Buffer;
}): Buffer {
  const { info, certificate, digest, signature, sign } = of;
  const algorithm = sequence(hex(DIGESTS[digest]));
  const attributes = [
    sequence(hex(OIDS.contentType), der(0x31, hex(OIDS.tstInfo))),
    sequence(hex(OIDS.messageDigest), der(0x31, der(0x04, hash(digest, info, 'buffer')))),
  ];
  const signerInfo = sequence(
    integer(1),
    sequence(certificate.issuerDer, der(0x02, serialOf(certificate))),
    algorithm,
    der(0xa0, ...attributes),
    sequence(hex(signature)),
    der(0x04, sign(der(0x31, ...attributes))),
  );
  const signedData = sequence(
    integer(3),
    der(0x31, algorithm),
    sequence(hex(OIDS.tstInfo), der(0xa0, der(0x04, info))),
    der(0xa0, certificate.der),
    der(0x31, signerInfo),
  );
  return sequence(hex(OIDS.signedData), der(0xa0, signedData));
}

function serialOf({ serial }: Certificate): Buffer {
  const bytes = Buffer.from(serial.length % 2 === 0 ? serial : `0${serial}`, 'hex');
  return (bytes[0] ?? 0) < 0x80 ? bytes : Buffer.concat([Buffer.of(0), bytes]);
}

function integer(value: number): Buffer {
  return der(0x02, value < 0x80 ? Buffer.of(value) : Buffer.of(value >> 8, value & 0xff));
}

function sequence(...members: readonly Uint8Array[]): Buffer {
  return der(0x30, ...members);
}

function hex(text: string): Buffer {
  return Buffer.from(text, 'hex');
}

function der(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(contents);
  const { length } = content;
  const long = length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...(length < 0x80 ? [length] : long)]), content]);
}
