/** Whether a certificate is to be believed: chain to a configured anchor, validity, use, revocation, whose it is. */
import type { Certificate } from './certificate.ts';
import { isSignedBy } from './issued-by.ts';
import { revocationOf } from './revocation.ts';
import type { RevocationFiles } from './revocation.ts';

/** Why a certificate is not believed. */
export type CertificateFault =
  | 'expired'
  | 'not-yet-valid'
  | 'issuer-unknown'
  | 'signature-wrong'
  | 'algorithm-broken'
  | 'key-too-short'
  | 'issuer-no-authority'
  | 'path-too-long'
  | 'usage-not-allowed'
  | 'extension-unknown'
  | 'revoked'
  | 'revocation-stale'
  | 'revocation-silent'
  | 'other-institution';

/** One reason, and the certificate of the chain it concerns. */
export interface CertificateReason {
  readonly fault: CertificateFault;
  readonly subject: string;
  readonly serial: string;
}

/** What a certificate is for. */
export type CertificateUse = 'signing' | 'encryption' | 'tls-server' | 'tls-client';

/** What is expected of a certificate. */
export interface CertificatePolicy {
  /** Certificates that are believed as they are. */
  readonly anchors: readonly Certificate[];
  /** May stand between the certificate and an anchor. */
  readonly intermediates?: readonly Certificate[];
  /** Epoch milliseconds. */
  readonly at: number;
  readonly use?: CertificateUse;
  readonly revocation?: RevocationFiles;
  /** `required`: a certificate of whose revocation nothing current is known is not believed. */
  readonly revocationCheck?: 'off' | 'known' | 'required';
  /** The institution it must name, in one of these parts of its subject. */
  readonly institution?: { readonly code: string; readonly parts: readonly string[] };
}

/** The verdict; `chain` begins with the certificate and ends with the anchor, as far as it was found. */
export interface CertificateVerdict {
  readonly valid: boolean;
  readonly chain: readonly Certificate[];
  readonly reasons: readonly CertificateReason[];
}

/** Longest chain that is followed. */
const MAX_CHAIN = 8;
const RSA_BITS = 2_048;

/** Checks a certificate; every reason against it is told. */
export function checkCertificate(certificate: Certificate, policy: CertificatePolicy): CertificateVerdict {
  const chain = buildChain(certificate, policy);
  const reasons = [
    ...chain.flatMap((one, index) => ownFaults(one, index, policy)),
    ...linkFaults(chain, policy),
    ...useFaults(certificate, policy),
  ];
  return { valid: reasons.length === 0, chain, reasons };
}

/** The shortest chain by names and signatures; where no signature fits, the one that names suggest. */
function buildChain(certificate: Certificate, policy: CertificatePolicy): Certificate[] {
  const { anchors, intermediates = [] } = policy;
  const chain = [certificate];
  for (let last = certificate; chain.length < MAX_CHAIN;) {
    if (isAnchor(last, policy)) break;
    const named = [...anchors, ...intermediates].filter(
      (one) => one.subjectDer.equals(last.issuerDer) && !chain.includes(one),
    );
    const issuer = named.find((one) => isSignedBy(last, one.key)) ?? named[0];
    if (issuer === undefined) break;
    chain.push(issuer);
    last = issuer;
  }
  return chain;
}

function isAnchor(certificate: Certificate, { anchors }: CertificatePolicy): boolean {
  return anchors.some(({ fingerprint }) => fingerprint === certificate.fingerprint);
}

function reason(fault: CertificateFault, { subject, serial }: Certificate): CertificateReason {
  return { fault, subject, serial };
}

function ownFaults(one: Certificate, index: number, policy: CertificatePolicy): CertificateReason[] {
  const { at } = policy;
  const faults: CertificateFault[] = [];
  if (at < one.notBefore) faults.push('not-yet-valid');
  if (at > one.notAfter) faults.push('expired');
  if (one.algorithm.broken === true && !isAnchor(one, policy)) faults.push('algorithm-broken');
  if (one.key.kind === 'RSA' && one.key.bits < RSA_BITS) faults.push('key-too-short');
  if (one.unknownCritical.length > 0) faults.push('extension-unknown');
  if (index > 0) {
    if (!one.isAuthority || one.usages?.includes('keyCertSign') === false) faults.push('issuer-no-authority');
    // Certificates between this authority and the end, not counting the end.
    if (one.pathLength !== undefined && index - 1 > one.pathLength) faults.push('path-too-long');
  }
  return faults.map((fault) => reason(fault, one));
}

function linkFaults(chain: readonly Certificate[], policy: CertificatePolicy): CertificateReason[] {
  const last = chain.at(-1);
  const reasons = chain.flatMap((one, index) => {
    const issuer = chain[index + 1];
    if (issuer === undefined) return [];
    if (!isSignedBy(one, issuer.key)) return [reason('signature-wrong', one)];
    return revocationFaults(one, issuer, policy);
  });
  return last === undefined || isAnchor(last, policy)
    ? reasons
    : [...reasons, reason('issuer-unknown', last)];
}

function revocationFaults(
  one: Certificate,
  issuer: Certificate,
  { revocation, revocationCheck = 'known', at }: CertificatePolicy,
): CertificateReason[] {
  if (revocationCheck === 'off') return [];
  const said = revocationOf(one, issuer, revocation ?? { lists: [], answers: [] }, at);
  if (said === 'revoked') return [reason('revoked', one)];
  if (said === 'stale') return [reason('revocation-stale', one)];
  return said === 'silent' && revocationCheck === 'required' ? [reason('revocation-silent', one)] : [];
}

const USES: Readonly<Record<CertificateUse, { usages: readonly string[]; extended?: string }>> = {
  signing: { usages: ['digitalSignature', 'nonRepudiation'] },
  encryption: { usages: ['keyEncipherment', 'dataEncipherment', 'keyAgreement'] },
  'tls-server': {
    usages: ['digitalSignature', 'keyEncipherment', 'keyAgreement'],
    extended: '1.3.6.1.5.5.7.3.1',
  },
  'tls-client': { usages: ['digitalSignature', 'keyAgreement'], extended: '1.3.6.1.5.5.7.3.2' },
};

function useFaults(certificate: Certificate, { use, institution }: CertificatePolicy): CertificateReason[] {
  const reasons: CertificateReason[] = [];
  if (use !== undefined && !serves(certificate, use)) reasons.push(reason('usage-not-allowed', certificate));
  if (institution !== undefined) {
    const named = institution.parts.flatMap((part) => certificate.subjectParts[part] ?? []);
    if (!named.includes(institution.code)) reasons.push(reason('other-institution', certificate));
  }
  return reasons;
}

function serves({ usages, extendedUsages }: Certificate, use: CertificateUse): boolean {
  const { usages: wanted, extended } = USES[use];
  if (usages !== undefined && !wanted.some((one) => (usages as readonly string[]).includes(one)))
    return false;
  if (extended === undefined || extendedUsages === undefined) return true;
  return extendedUsages.includes(extended) || extendedUsages.includes('2.5.29.37.0');
}
