/** Certificates and keys in use, as people see them. */
import type { CertificateState } from './certificate-book.ts';

/** A certificate or key; times are ISO 8601, UTC. */
export interface CertificateView extends Omit<CertificateState, 'notBefore' | 'notAfter' | 'daysLeft'> {
  readonly notBefore?: string;
  readonly notAfter?: string;
  /** Whole days, negative once it is over; absent for what has no end. */
  readonly daysLeft?: number;
}

/** The view of one. */
export function viewOfCertificate(state: CertificateState): CertificateView {
  const { peer, use, id, notBefore, notAfter, daysLeft, level, reasons } = state;
  return {
    peer,
    use,
    id,
    ...(notBefore !== undefined && { notBefore: new Date(notBefore).toISOString() }),
    ...(notAfter !== undefined && { notAfter: new Date(notAfter).toISOString(), daysLeft }),
    level,
    reasons,
  };
}
