/** The part of a configuration about TLS: who we are, and whom we believe. */
import { X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import type { TlsOptions } from '@yiqiao/transport';
import type { ConfigNode } from './config-node.ts';
import { readSecret } from './config-secrets.ts';
import type { SecretSources } from './config-secrets.ts';

/** TLS of a port that we listen on. PEM throughout. */
export interface ListenTls {
  readonly certificate: string;
  readonly key: string;
  readonly minVersion: 'TLSv1.2' | 'TLSv1.3';
  /** Who signs the certificates of callers; absent: callers show none. */
  readonly clientAnchors?: string;
  /** Revoked certificates of callers. */
  readonly revoked?: string;
  /** A caller without a certificate of these is not let in. */
  readonly requireClientCertificate: boolean;
}

/** By what certificate a calling peer is known. */
export interface PeerCertificate {
  /** SHA-256 of certificates, upper-case hex with colons. */
  readonly fingerprints: readonly string[];
  /** Text that its subject must have: attribute (`CN`, `OU`, `O`, `serialNumber`) → value. */
  readonly subject: Readonly<Record<string, string>>;
}

/** Reads `listen.tls`. */
export function readListenTls(node: ConfigNode, sources: SecretSources): ListenTls {
  const anchors = node.member('clientAnchors');
  const revoked = node.member('revoked');
  const required = node.member('requireClientCertificate');
  const tls: ListenTls = {
    certificate: readSecret(node.member('certificate'), sources),
    key: readSecret(node.member('key'), sources),
    minVersion: readVersion(node.member('minVersion')),
    ...(anchors.exists ? { clientAnchors: readSecret(anchors, sources) } : {}),
    ...(revoked.exists ? { revoked: readSecret(revoked, sources) } : {}),
    requireClientCertificate: required.flag(anchors.exists),
  };
  node.finish();
  if (tls.requireClientCertificate && !anchors.exists) {
    required.report('required', {
      zh: '要求对方出示证书，须给出 clientAnchors（信任的签发者）',
      en: 'certificates are asked of callers, so clientAnchors has to say whose are believed',
    });
  }
  const pair = { certificate: tls.certificate, key: tls.key, ca: tls.clientAnchors, crl: tls.revoked };
  if (checkPair(node, pair))
    sources.certificates.addTls({ peer: 'gateway', use: 'tls-server', pem: tls.certificate });
  return tls;
}

/** Reads `to.tls`. */
export function readTargetTls(node: ConfigNode, sources: SecretSources, peer: string): TlsOptions {
  const anchors = node.member('anchors');
  const certificate = node.member('certificate');
  const key = node.member('key');
  const name = node.member('serverName');
  const tls: TlsOptions = {
    ...(anchors.exists ? { anchors: readSecret(anchors, sources) } : {}),
    ...(certificate.exists ? { certificate: readSecret(certificate, sources) } : {}),
    ...(key.exists ? { key: readSecret(key, sources) } : {}),
    ...(name.exists ? { serverName: name.text() } : {}),
    pins: node
      .member('pins')
      .items()
      .map((pin) => readFingerprint(pin)),
    minVersion: readVersion(node.member('minVersion')),
  };
  node.finish();
  if (certificate.exists !== key.exists) {
    node.report('required', {
      zh: 'certificate 与 key 须同时给出',
      en: 'certificate and key go together',
    });
  } else if (
    checkPair(node, { certificate: tls.certificate, key: tls.key, ca: tls.anchors }) &&
    tls.certificate !== undefined
  ) {
    sources.certificates.addTls({ peer, use: 'tls-client', pem: tls.certificate });
  }
  return tls;
}

/** Reads `from.certificate`. */
export function readPeerCertificate(node: ConfigNode): PeerCertificate {
  const subject = node.member('subject');
  const certificate = {
    fingerprints: node
      .member('fingerprints')
      .items()
      .map((one) => readFingerprint(one)),
    subject: Object.fromEntries(subject.names().map((name) => [name, subject.member(name).text()] as const)),
  };
  subject.finish();
  node.finish();
  if (certificate.fingerprints.length === 0 && Object.keys(certificate.subject).length === 0) {
    node.report('required', {
      zh: '请给出 fingerprints（证书 SHA-256）或 subject（证书主体各项）',
      en: 'give fingerprints (SHA-256 of certificates) or subject (what its subject must say)',
    });
  }
  return certificate;
}

/** An `http:` or `https:` address. */
export function readWebAddress(node: ConfigNode): string {
  const url = node.text();
  if (url !== '' && !/^https?:$/.test(URL.parse(url)?.protocol ?? '')) {
    node.report('format', {
      zh: '应为 http:// 或 https:// 地址',
      en: 'must be an http:// or https:// address',
    });
  }
  return url;
}

function readVersion(node: ConfigNode): 'TLSv1.2' | 'TLSv1.3' {
  return node.choice(['1.2', '1.3'], '1.2') === '1.3' ? 'TLSv1.3' : 'TLSv1.2';
}

/** SHA-256 of a certificate, with or without colons. */
function readFingerprint(node: ConfigNode): string {
  const hex = node.text().replaceAll(':', '').toUpperCase();
  if (/^[\dA-F]{64}$/.test(hex)) return (hex.match(/../g) ?? []).join(':');
  node.report('format', {
    zh: '应为证书的 SHA-256 指纹（64 位十六进制）',
    en: 'must be the SHA-256 of a certificate in 64 hex digits',
  });
  return '';
}

/** What OpenSSL makes of it now, not at the first connection. */
function checkPair(
  node: ConfigNode,
  pem: {
    certificate?: string | undefined;
    key?: string | undefined;
    ca?: string | undefined;
    crl?: string | undefined;
  },
): boolean {
  const { certificate, key, ca, crl } = pem;
  try {
    if (ca !== undefined) for (const one of ca.match(CERTIFICATE) ?? ['']) void new X509Certificate(one);
    createSecureContext({
      ...(certificate === undefined ? {} : { cert: certificate }),
      ...(key === undefined ? {} : { key }),
      ...(ca === undefined ? {} : { ca }),
      ...(crl === undefined ? {} : { crl }),
    });
    return true;
  } catch (error) {
    const { code: told } = error as { code?: unknown };
    const code = typeof told === 'string' ? told : 'unreadable';
    node.report('certificate', {
      zh: `证书或密钥不能用于 TLS（${code}）：须为 PEM，密钥与证书成对，RSA 或 ECDSA；国密证书请用 TLCP 前置`,
      en: `certificate or key cannot be used for TLS (${code}): PEM, key and certificate a pair, RSA or ECDSA; SM2 certificates need a TLCP front`,
    });
    return false;
  }
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;
