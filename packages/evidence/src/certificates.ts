/** The certificates that go with a signature, and whether they bear it. */
import { createSm2Verifier, sm3 } from '@yiqiao/signer';
import { checkCertificate, readCertificates, reasonText } from '@yiqiao/signer/certificates';
import type { Certificate } from '@yiqiao/signer/certificates';
import type { BatchHeader } from './header.ts';

/** Certificates that a reader believes as they are. */
export type Anchors = readonly Certificate[];

/** SM3 over the certificates (DER) one after the other, the signer's first: 64 hexadecimal digits. */
export function bundleName(certificates: readonly Certificate[]): string {
  return sm3(Buffer.concat(certificates.map(({ der }) => der))).toString('hex');
}

/** Reads a bundle; `undefined` when it is none. */
export function readBundle(pem: string): readonly Certificate[] | undefined {
  try {
    return readCertificates(pem);
  } catch {
    return undefined;
  }
}

/** The PEM of certificates in the one way in which it is kept. */
export function formatBundle(certificates: readonly Certificate[]): string {
  return certificates
    .map(({ der }) => {
      const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
      return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
    })
    .join('');
}

/** Whether the first certificate signed this text. */
export function isSignedWith(
  bundle: readonly Certificate[],
  { userId, text, signature }: { userId: string; text: string; signature: Uint8Array },
): boolean {
  const key = bundle[0]?.key;
  return key?.kind === 'SM2' && createSm2Verifier(key.sm2, { userId }).verify(Buffer.from(text), signature);
}

/** Why the signer of a header is not believed at that time; none when it is, or when there are no anchors to ask. */
export function distrust(
  bundle: readonly Certificate[],
  { at }: Pick<BatchHeader, 'at'>,
  anchors: Anchors | undefined,
): readonly { readonly zh: string; readonly en: string }[] {
  const [signer, ...intermediates] = bundle;
  if (signer === undefined || anchors === undefined) return [];
  const { reasons } = checkCertificate(signer, { anchors, intermediates, at, use: 'signing' });
  return reasons.map((reason) => reasonText(reason.fault));
}
