/** Everything of a configuration that ends some day, and the certificates of far sides with what speaks against them. */
import { X509Certificate } from 'node:crypto';
import { createRequire } from 'node:module';
import type { ErrorCode } from '@yiqiao/model';
import { daysLeft, expiryLevel } from '@yiqiao/signer';
import type { ExpiryLevel, KeyValidity, VerifyingKey } from '@yiqiao/signer';
import type * as certificatesModule from '@yiqiao/signer/certificates';
import type {
  Certificate,
  CertificateFault,
  CertificatePolicy,
  CertificateReason,
} from '@yiqiao/signer/certificates';

/** What a certificate or key is used for. */
export type WatchedUse = 'signing' | 'tls-server' | 'tls-client';

/** How a certificate or key is doing. Nothing in it is secret, nor names a person. */
export interface CertificateState {
  /** Whose it is: id of a peer, or `gateway`. */
  readonly peer: string;
  readonly use: WatchedUse;
  /** Serial number of a certificate, `sm3:…` of a bare key. */
  readonly id: string;
  /** Epoch milliseconds. */
  readonly notBefore?: number;
  readonly notAfter?: number;
  /** Whole days, negative once it is over; `Infinity` without end. */
  readonly daysLeft: number;
  readonly level: ExpiryLevel;
  /** Why it was not believed when it was last looked at. */
  readonly reasons: readonly CertificateFault[];
}

/** Which authorities are believed. Certificates, not files: they do not change while a configuration is in force. */
export interface Trust extends Pick<CertificatePolicy, 'anchors' | 'intermediates' | 'revocationCheck'> {
  /** Parts of a subject that may hold the code of the institution. */
  readonly institutionParts: readonly string[];
  /** Reads the revocation files afresh. @throws GatewayError `CERTIFICATE_INVALID`. */
  readRevocation(): NonNullable<CertificatePolicy['revocation']>;
}

/** A certificate that a far side, or we, sign with. */
export interface SigningCertificate {
  readonly peer: string;
  readonly certificate: Certificate;
  /** The institution it must name. */
  readonly institution?: string;
}

/** All certificates and keys of one configuration. */
export interface CertificateBook {
  /** The key of a far side's certificate; in doubt for as long as the certificate is not believed. */
  addPeer(signing: SigningCertificate): VerifyingKey;
  /** Our own certificate: it is watched, and never keeps us from signing. */
  addOwn(certificate: Certificate): void;
  /** A key without certificate. `id`: `sm3:…` of its public half. */
  addKey(key: { readonly peer: string; readonly id: string } & KeyValidity): void;
  /** A certificate that node:tls uses and checks; read from PEM. @throws when it is no certificate. */
  addTls(tls: {
    readonly peer: string;
    readonly use: 'tls-server' | 'tls-client';
    readonly pem: string;
  }): void;
  /** Checks every certificate at a time, with the revocation files as they are now. Returns why files could not be read. */
  look(now: number): unknown;
  /** What is wrong with one of `addPeer` or `addOwn` at any time: a mistake of the configuration. */
  misfits(certificate: Certificate): readonly CertificateReason[];
  /** Everything, what ends first coming first. */
  list(now: number): readonly CertificateState[];
}

/** What may come with time. Everything else is wrong with the configuration itself. */
const BY_TIME: ReadonlySet<CertificateFault> = new Set([
  'expired',
  'not-yet-valid',
  'revoked',
  'revocation-stale',
  'revocation-silent',
]);

/** Parts of a subject in which authorities write the code of an institution. */
export const INSTITUTION_PARTS: readonly string[] = ['CN', 'serialNumber', 'OU'];

const NOTHING_KNOWN = { lists: [], answers: [] };

/** What reads certificates. It takes 300 ms to load, which only those pay who have some. */
export function certificates(): typeof certificatesModule {
  return createRequire(import.meta.url)('@yiqiao/signer/certificates') as typeof certificatesModule;
}

interface Watched extends KeyValidity {
  readonly peer: string;
  readonly use: WatchedUse;
  readonly id: string;
  readonly certificate?: Certificate;
}

interface Checked extends SigningCertificate {
  readonly isOwn: boolean;
}

/** An empty book. `trust`: absent when no authority is configured; certificates are then not checked by a chain. */
export function createCertificateBook(trust: Trust | undefined): CertificateBook {
  const watched: Watched[] = [];
  const checked: Checked[] = [];
  const found = new Map<Certificate, readonly CertificateReason[]>();
  let revocation: NonNullable<CertificatePolicy['revocation']> = NOTHING_KNOWN;
  const watch = (one: Checked): void => {
    const { peer, certificate } = one;
    const { serial: id, notBefore, notAfter } = certificate;
    watched.push({ peer, use: 'signing', id, notBefore, notAfter, certificate });
    checked.push(one);
  };
  const reasonsOf = (certificate: Certificate): readonly CertificateReason[] => found.get(certificate) ?? [];
  return {
    addPeer(signing) {
      const { certificate } = signing;
      watch({ ...signing, isOwn: false });
      return {
        text: certificate.key.kind === 'SM2' ? certificate.key.sm2.point.toString('hex') : '',
        notBefore: certificate.notBefore,
        notAfter: certificate.notAfter,
        doubt: () => doubtOf(certificate, reasonsOf(certificate)),
      };
    },
    addOwn: (certificate) => watch({ peer: 'gateway', certificate, isOwn: true }),
    addKey: ({ peer, id, ...validity }) => void watched.push({ peer, use: 'signing', id, ...validity }),
    addTls({ peer, use, pem }) {
      const { serialNumber, validFromDate, validToDate } = new X509Certificate(pem);
      const validity = { notBefore: validFromDate.getTime(), notAfter: validToDate.getTime() };
      watched.push({ peer, use, id: serialNumber.toLowerCase().replace(/^(?:00)+(?=..)/, ''), ...validity });
    },
    look(now) {
      if (checked.length === 0) return undefined;
      let unreadable: unknown;
      try {
        revocation = trust?.readRevocation() ?? revocation;
      } catch (error) {
        // What was known of revocation stays known until the files can be read again.
        unreadable = error;
      }
      for (const one of checked) found.set(one.certificate, check(one, { trust, revocation, now }));
      return unreadable;
    },
    misfits: (certificate) =>
      checked
        .filter((one) => one.certificate === certificate)
        .flatMap((one) => check(one, { trust, revocation: NOTHING_KNOWN, now: certificate.notBefore }))
        .filter(({ fault }) => !BY_TIME.has(fault)),
    list: (now) =>
      watched
        .map((one): CertificateState => stateOf(one, now, reasonsOf))
        .toSorted((a, b) => (a.notAfter ?? Infinity) - (b.notAfter ?? Infinity)),
  };
}

function stateOf(
  { certificate, ...one }: Watched,
  now: number,
  reasonsOf: (certificate: Certificate) => readonly CertificateReason[],
): CertificateState {
  const reasons = certificate === undefined ? [] : reasonsOf(certificate).map(({ fault }) => fault);
  return {
    ...one,
    daysLeft: daysLeft(one.notAfter, now),
    level: expiryLevel(one.notAfter, now),
    reasons: [...new Set(reasons)],
  };
}

/** Without authorities there is no chain to check; our own need not be known to those whom we believe. */
function check(
  { certificate, institution, isOwn }: Checked,
  at: { trust: Trust | undefined; revocation: NonNullable<CertificatePolicy['revocation']>; now: number },
): readonly CertificateReason[] {
  const { trust, revocation, now } = at;
  const { reasons } = certificates().checkCertificate(certificate, {
    anchors: trust?.anchors ?? [],
    intermediates: trust?.intermediates ?? [],
    at: now,
    use: 'signing',
    revocation,
    revocationCheck: trust?.revocationCheck ?? 'off',
    ...(institution === undefined
      ? {}
      : { institution: { code: institution, parts: trust?.institutionParts ?? INSTITUTION_PARTS } }),
  });
  return isOwn ? reasons.filter(({ fault }) => fault !== 'issuer-unknown') : reasons;
}

/** Its own validity is checked to the millisecond where signatures are; a chain is as good as its last check. */
function doubtOf(certificate: Certificate, reasons: readonly CertificateReason[]): ErrorCode | undefined {
  const others = reasons.filter(
    ({ fault, serial, subject }) =>
      !(
        (fault === 'expired' || fault === 'not-yet-valid') &&
        serial === certificate.serial &&
        subject === certificate.subject
      ),
  );
  if (others.length === 0) return undefined;
  return others.some(({ fault }) => fault === 'revoked') ? 'CERTIFICATE_REVOKED' : 'CERTIFICATE_NOT_BELIEVED';
}
