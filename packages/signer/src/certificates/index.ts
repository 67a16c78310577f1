export { readCertificates } from './certificate.ts';
export type { Certificate, CertifiedKey } from './certificate.ts';
export { checkCertificate } from './chain.ts';
export type {
  CertificateFault,
  CertificatePolicy,
  CertificateReason,
  CertificateUse,
  CertificateVerdict,
} from './chain.ts';
export { readKeyStore } from './key-store.ts';
export type { KeyStore } from './key-store.ts';
export { reasonText } from './reason-texts.ts';
export { readOcspAnswer, readRevocationLists } from './revocation.ts';
export { makeTestPki } from './test-pki.ts';
export { makeTestTimeStamps } from './test-time-stamps.ts';
export { checkTimeStamp, makeTimeStampRequest, readTimeStampAnswer } from './time-stamp.ts';
export type { TimeStampHash, TimeStampVerdict } from './time-stamp.ts';
