/** What each reason against a certificate means and what to do about it. */
import type { CertificateFault } from './chain.ts';

/** The reason in both languages, with its remedy. */
export function reasonText(fault: CertificateFault): { readonly zh: string; readonly en: string } {
  return REASONS[fault];
}

const REASONS: Readonly<Record<CertificateFault, { readonly zh: string; readonly en: string }>> = {
  expired: { zh: '证书已过期，请换新证书', en: 'The certificate has expired; get a new one.' },
  'not-yet-valid': {
    zh: '证书尚未生效，请核对有效期和本机时钟',
    en: 'The certificate does not hold yet; check its dates and this clock.',
  },
  'issuer-unknown': {
    zh: '颁发者不在信任的根证书之列，请补中间证书或核对根证书',
    en: 'Its chain ends at no trusted root; add the intermediate certificates or check the roots.',
  },
  'signature-wrong': {
    zh: '颁发者的签名不成立：证书被改动，或同名的另一颁发者',
    en: 'The issuer did not sign this: it was changed, or another issuer has the same name.',
  },
  'algorithm-broken': {
    zh: '签名算法（MD5、SHA-1）已不安全，请换新证书',
    en: 'Its signature algorithm (MD5, SHA-1) is broken; get a new certificate.',
  },
  'key-too-short': {
    zh: 'RSA 密钥不足 2048 位，请换新证书',
    en: 'Its RSA key has fewer than 2048 bits; get a new certificate.',
  },
  'issuer-no-authority': {
    zh: '颁发者的证书无权颁发证书',
    en: 'The certificate of its issuer may not issue certificates.',
  },
  'path-too-long': {
    zh: '证书链比颁发者允许的长',
    en: 'The chain is longer than an authority in it allows.',
  },
  'usage-not-allowed': {
    zh: '证书不许用于此用途，请核对签名证书与加密证书',
    en: 'It is not meant for this use; check whether signing and encryption certificates were swapped.',
  },
  'extension-unknown': {
    zh: '证书带有必须理解而未知的扩展',
    en: 'It carries a critical extension that is not understood.',
  },
  revoked: { zh: '证书已被吊销', en: 'The certificate has been revoked.' },
  'revocation-stale': {
    zh: '吊销信息已过时，请取新的吊销列表或 OCSP 文件',
    en: 'What is known of revocation is out of date; fetch a newer list or OCSP answer.',
  },
  'revocation-silent': {
    zh: '没有该证书的吊销信息，而此处必须有',
    en: 'Nothing is known of its revocation, which is required here.',
  },
  'other-institution': {
    zh: '证书属于另一机构',
    en: 'The certificate names another institution.',
  },
};
