/** The part of a configuration that says how evidence is made of the journal. */
import type { EvidenceSigner } from '@yiqiao/evidence';
import type { TimeStampHash } from '@yiqiao/signer/certificates';
import type { ConfigNode } from './config-node.ts';
import { readOwnKey } from './config-own-keys.ts';
import type { SecretSources } from './config-secrets.ts';
import { readCertificatesAt } from './config-trust.ts';

/** How evidence is made. */
export interface EvidenceConfig {
  readonly signer: EvidenceSigner;
  /** A root is signed over so many entries, or when the first has waited so long. */
  readonly entries: number;
  readonly maxAgeMs: number;
  /** Absent: no time-stamps. */
  readonly timeStamp?: { readonly url: string; readonly hash: TimeStampHash; readonly everyMs: number };
}

/** Reads `evidence`: `{ key: { file | pkcs12 | remote, certificate }, userId, entries, seconds, timeStamp }`. */
export function readEvidence(
  node: ConfigNode,
  sources: SecretSources,
): { readonly evidence?: EvidenceConfig } {
  if (!node.exists) return {};
  const keyNode = node.member('key');
  const certificate = keyNode.member('certificate');
  const key = readOwnKey(keyNode, sources);
  const certificates = certificate.exists ? readCertificatesAt(certificate, sources) : [];
  const userId = node.member('userId').text('1234567812345678');
  const entries = node.member('entries').number({ min: 1, max: 100_000, fallback: 1_024 });
  const seconds = node.member('seconds').number({ min: 1, max: 86_400, fallback: 10 });
  const timeStamp = readTimeStamp(node.member('timeStamp'));
  node.finish();
  if (!certificate.exists) {
    certificate.report('required', {
      zh: '存证须以证书签名：请给出签名证书及其中间证书的文件',
      en: 'evidence is signed with a certificate: name its file, with those between it and its root',
    });
  }
  if (key === undefined || certificates.length === 0) return {};
  const evidence = { signer: { key, userId, certificates }, entries, maxAgeMs: seconds * 1_000 };
  return { evidence: { ...evidence, ...(timeStamp !== undefined && { timeStamp }) } };
}

function readTimeStamp(node: ConfigNode): EvidenceConfig['timeStamp'] {
  if (!node.exists) return undefined;
  const url = node.member('url');
  const found = {
    url: url.text(),
    hash: node.member('hash').choice(['sm3', 'sha256'] as const, 'sm3'),
    everyMs: node.member('minutes').number({ min: 1, max: 100_000, fallback: 60 }) * 60_000,
  };
  node.finish();
  if (found.url !== '' && !/^https?:$/.test(URL.parse(found.url)?.protocol ?? '')) {
    url.report('format', { zh: '应为 http(s) 地址', en: 'must be an http(s) URL' });
  }
  return found;
}
