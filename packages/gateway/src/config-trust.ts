/** The parts of a configuration that say which authorities are believed, and by which certificates far sides sign. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { GatewayError } from '@yiqiao/model';
import { keyId, parsePublicKey } from '@yiqiao/signer';
import type { Sm2PublicKey, VerifyingKey } from '@yiqiao/signer';
import type { Certificate } from '@yiqiao/signer/certificates';
import { certificates, createCertificateBook, INSTITUTION_PARTS } from './certificate-book.ts';
import type { CertificateBook } from './certificate-book.ts';
import type { ConfigNode } from './config-node.ts';
import type { SecretSources } from './config-secrets.ts';

/**
 * Reads `trust`: `{ anchors, intermediates, revocationLists, ocspAnswers, revocation, institutionIn }`, all files;
 * the revocation files are read again at each look.
 */
export function readTrust(node: ConfigNode, folder: string): CertificateBook {
  if (!node.exists) return createCertificateBook(undefined);
  const anchors = readFiles(node.member('anchors'), folder, (bytes) =>
    certificates().readCertificates(bytes),
  );
  const intermediates = readFiles(node.member('intermediates'), folder, (bytes) =>
    certificates().readCertificates(bytes),
  );
  const lists = readFiles(node.member('revocationLists'), folder, (bytes) =>
    certificates().readRevocationLists(bytes),
  );
  const answers = readFiles(node.member('ocspAnswers'), folder, (bytes) => [
    certificates().readOcspAnswer(bytes),
  ]);
  const revocationCheck = node.member('revocation').choice(['known', 'required', 'off'], 'known');
  const parts = node.member('institutionIn');
  node.finish();
  if (anchors.values.length === 0) {
    node.member('anchors').report('required', {
      zh: '须给出信任的根证书文件',
      en: 'needs the files of the trusted roots',
    });
  }
  return createCertificateBook({
    anchors: anchors.values,
    intermediates: intermediates.values,
    revocationCheck,
    institutionParts: parts.exists ? parts.items().map((item) => item.text()) : INSTITUTION_PARTS,
    readRevocation: () => ({ lists: lists.readAgain(), answers: answers.readAgain() }),
  });
}

/** Whose keys are being read. */
export interface KeyOwner {
  /** Id of the peer. */
  readonly peer: string;
  /** The institution that certificates must name where they say no other; absent when it speaks for several. */
  readonly institution?: string;
}

/** Notes public keys, and the certificates that are taken as they are, for the watch over what ends. */
export function noteKeys(
  keys: readonly VerifyingKey[],
  { owner: { peer }, sources }: { readonly owner: KeyOwner; readonly sources: SecretSources },
): readonly VerifyingKey[] {
  for (const { text, ...own } of keys) {
    const key = findPublicKey(text);
    if (key === undefined) continue;
    const id = keyId(key);
    const notBefore = own.notBefore ?? key.notBefore;
    const notAfter = own.notAfter ?? key.notAfter;
    const validity = {
      ...(notBefore !== undefined && { notBefore }),
      ...(notAfter !== undefined && { notAfter }),
    };
    sources.certificates.addKey({ peer, id, ...validity });
  }
  return keys;
}

/** What is no key is reported where the connection is made. */
function findPublicKey(text: string): Sm2PublicKey | undefined {
  try {
    return parsePublicKey(text);
  } catch {
    return undefined;
  }
}

/**
 * Reads `certificates` of a peer, each `{ file | env | text, institution? }`.
 * @returns A key for each, to be taken like a public key.
 */
export function readPeerCertificates(
  node: ConfigNode,
  { owner, sources }: { readonly owner: KeyOwner; readonly sources: SecretSources },
): readonly VerifyingKey[] {
  return node.items().flatMap((item) => {
    const named = item.member('institution');
    const institution = named.exists ? named.text() : owner.institution;
    const [certificate] = readCertificatesAt(item, sources, ['institution']);
    if (certificate === undefined) return [];
    const signing = { peer: owner.peer, certificate, ...(institution === undefined ? {} : { institution }) };
    const key = sources.certificates.addPeer(signing);
    reportMisfits(item, certificate, sources.certificates);
    return [key];
  });
}

/** Certificates at a place of the configuration; an SM2 one comes first, or nothing does. Faults are reported. */
export function readCertificatesAt(
  node: ConfigNode,
  sources: SecretSources,
  others: readonly string[] = [],
): readonly Certificate[] {
  const source = readBytes(node, sources, others);
  if (source === undefined) return [];
  const found = attempt(node, () => certificates().readCertificates(source)) ?? [];
  const [first] = found;
  if (first === undefined || first.key.kind === 'SM2') return found;
  node.report('key', {
    zh: `该证书的密钥为 ${first.key.kind}，报文签名须用 SM2 证书`,
    en: `the key of this certificate is ${first.key.kind}; messages are signed with SM2`,
  });
  return [];
}

/** Reports what is wrong with a certificate itself. What time brings (expired, revoked) is the watch's. */
export function reportMisfits(node: ConfigNode, certificate: Certificate, book: CertificateBook): void {
  for (const { fault, subject } of book.misfits(certificate)) {
    const { zh, en } = certificates().reasonText(fault);
    node.report(fault, { zh: `${zh}（${subject}）`, en: `${en} (${subject})` });
  }
}

/** Bytes at `{ file | env | text }`, `undefined` after a fault. */
function readBytes(
  node: ConfigNode,
  sources: SecretSources,
  others: readonly string[],
): Uint8Array | string | undefined {
  const [file, env, text] = [node.member('file'), node.member('env'), node.member('text')];
  for (const other of others) node.member(other);
  node.finish();
  if (text.exists) return text.text();
  if (env.exists) return sources.readEnvironment(env);
  return readFile(file, sources.folder);
}

/** Bytes of the file that a setting names, `undefined` after a fault. */
export function readFile(node: ConfigNode, folder: string): Buffer | undefined {
  const path = node.text();
  if (path === '') return undefined;
  try {
    return readFileSync(resolve(folder, path));
  } catch {
    node.report('readable', { zh: '文件无法读取', en: 'the file cannot be read' });
    return undefined;
  }
}

/** What is at hand or, after a fault was reported with its reason, `undefined`. */
export function attempt<T>(node: ConfigNode, read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    const faults = error.details.faults ?? [];
    for (const { message } of faults) node.report(error.code, message);
    if (faults.length === 0) node.report(error.code, error.kind.cause);
    return undefined;
  }
}

function readFiles<T>(
  node: ConfigNode,
  folder: string,
  read: (bytes: Buffer) => readonly T[],
): { readonly values: readonly T[]; readAgain(): readonly T[] } {
  const items = node.items();
  const values = items.flatMap((item) => {
    const bytes = readFile(item, folder);
    return bytes === undefined ? [] : (attempt(item, () => read(bytes)) ?? []);
  });
  const paths = items.map((item) => resolve(folder, item.text()));
  return { values, readAgain: () => paths.flatMap((path) => read(readFileSync(path))) };
}
