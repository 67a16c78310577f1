/** PKCS#12 files: a key with its certificates under a password, as authorities hand them out. */
import { createPrivateKey } from 'node:crypto';
import { createRequire } from 'node:module';
import type asn1Module from 'node-forge/lib/asn1.js';
import type { Element } from 'node-forge/lib/asn1.js';
import type pkcs12Module from 'node-forge/lib/pkcs12.js';
import type x509Module from 'node-forge/lib/x509.js';
import { readCertificates } from './certificate.ts';
import type { Certificate } from './certificate.ts';
import { certificateInvalid } from './certificate-fault.ts';

/** What a PKCS#12 file holds. */
export interface KeyStore {
  /** PKCS#8 PEM, not encrypted. Never to be shown. */
  readonly privateKeys: readonly string[];
  /** In the order of the file: usually the holder's, then its authorities'. */
  readonly certificates: readonly Certificate[];
}

const KEY_BAGS = ['1.2.840.113549.1.12.10.1.1', '1.2.840.113549.1.12.10.1.2'];
const CERTIFICATE_BAG = '1.2.840.113549.1.12.10.1.3';

/** Reads a PKCS#12 file. @throws GatewayError `CERTIFICATE_INVALID`: no such file, or another password. */
export function readKeyStore(der: Uint8Array, password: string): KeyStore {
  const { asn1, pkcs12, x509 } = loadForge();
  const bags = openBags({ asn1, pkcs12 }, der, password);
  const derOf = (element: Element): Buffer => Buffer.from(asn1.toDer(element).getBytes(), 'latin1');
  const keys = bags.filter(({ type }) => KEY_BAGS.includes(type));
  const certificates = bags.filter(({ type }) => type === CERTIFICATE_BAG);
  return {
    privateKeys: keys.map(({ key, asn1: info }) =>
      pemOf(
        derOf(key === null || key === undefined ? info : x509.wrapRsaPrivateKey(x509.privateKeyToAsn1(key))),
      ),
    ),
    certificates: certificates.flatMap((bag) =>
      readCertificates(derOf(bag.cert ? x509.certificateToAsn1(bag.cert) : bag.asn1)),
    ),
  };
}

/** Loading takes some 70 ms, which only those pay who have such a file. */
function loadForge(): {
  asn1: typeof asn1Module;
  pkcs12: typeof pkcs12Module;
  x509: typeof x509Module;
} {
  const require = createRequire(import.meta.url);
  return {
    asn1: require('node-forge/lib/asn1.js') as typeof asn1Module,
    pkcs12: require('node-forge/lib/pkcs12.js') as typeof pkcs12Module,
    x509: require('node-forge/lib/x509.js') as typeof x509Module,
  };
}

type Bag = ReturnType<typeof pkcs12Module.pkcs12FromAsn1>['safeContents'][number]['safeBags'][number];

function openBags(
  { asn1, pkcs12 }: { asn1: typeof asn1Module; pkcs12: typeof pkcs12Module },
  der: Uint8Array,
  password: string,
): readonly Bag[] {
  try {
    const options = { strict: true, parseAllBytes: true, decodeBitStrings: false };
    const root = asn1.fromDer(Buffer.from(der).toString('latin1'), options);
    return pkcs12.pkcs12FromAsn1(root, false, password).safeContents.flatMap(({ safeBags }) => safeBags);
  } catch (cause) {
    const wrongPassword = cause instanceof Error && /password|MAC/i.test(cause.message);
    throw certificateInvalid(wrongPassword ? 'a PKCS#12 file with another password' : 'no PKCS#12 file');
  }
}

function pemOf(der: Buffer): string {
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  return key.export({ format: 'pem', type: 'pkcs8' }).toString();
}
