/** The part of a configuration that says what we sign with: keys in files, in the environment, with a signer. */
import { resolve } from 'node:path';
import { createRemoteSigningKey, createSignerClient, createSigningKey } from '@yiqiao/signer';
import type { KeyValidity, SigningKey } from '@yiqiao/signer';
import type { Certificate } from '@yiqiao/signer/certificates';
import { certificates } from './certificate-book.ts';
import type { ConfigNode } from './config-node.ts';
import { readSecret } from './config-secrets.ts';
import type { SecretSources } from './config-secrets.ts';
import { attempt, readCertificatesAt, readFile, reportMisfits } from './config-trust.ts';

/** How we sign. */
export interface OwnSigning {
  readonly userId: string;
  /** The newest that is valid signs. Absent: nothing is signed. None of them ever shows itself. */
  readonly privateKey?: readonly SigningKey[];
}

/** Reads `signing`: `{ userId, privateKey }` with one key, or `keys` with several during a change. */
export function readOwnSigning(node: ConfigNode, sources: SecretSources): OwnSigning {
  const one = node.member('privateKey');
  const several = node.member('keys');
  const userId = node.member('userId').text('1234567812345678');
  const nodes = [...(one.exists ? [one] : []), ...several.items()];
  const keys = nodes.flatMap((item) => readOwnKey(item, sources) ?? []);
  node.finish();
  return { userId, ...(nodes.length === 0 ? {} : { privateKey: keys }) };
}

/** One key: `{ file | env | text }`, `{ pkcs12, password }` or `{ remote }`, with `certificate` or validity. */
export function readOwnKey(node: ConfigNode, sources: SecretSources): SigningKey | undefined {
  const given = node.member('certificate');
  const certificate = given.exists ? readCertificatesAt(given, sources)[0] : undefined;
  const validity = {
    ...(certificate === undefined ? {} : validityOf(certificate)),
    ...readInstant('notBefore', node.member('notBefore')),
    ...readInstant('notAfter', node.member('notAfter')),
  };
  const place: Place = { node, sources, certificate, validity };
  const kind = (['pkcs12', 'remote'] as const).find((name) => node.member(name).exists);
  const found = kind === undefined ? readLocal(place) : READERS[kind](place);
  if (found === undefined) return undefined;
  watchOwnKey(place, found);
  return found.key;
}

interface Place {
  readonly node: ConfigNode;
  readonly sources: SecretSources;
  readonly certificate: Certificate | undefined;
  readonly validity: KeyValidity;
}

interface FoundKey {
  readonly key: SigningKey;
  readonly certificate?: Certificate | undefined;
}

const READERS: Readonly<Record<'pkcs12' | 'remote', (place: Place) => FoundKey | undefined>> = {
  pkcs12: readKeyStore,
  remote: readRemote,
};

function readLocal({ node, sources, certificate, validity }: Place): FoundKey | undefined {
  const text = readSecret(node, sources);
  const key = text === '' ? undefined : attempt(node, () => createSigningKey(text, validity));
  return key && { key, certificate };
}

/** A PKCS#12 file of a double certificate holds two keys: the one of the certificate that may sign is taken. */
function readKeyStore({ node, sources, certificate, validity }: Place): FoundKey | undefined {
  const file = node.member('pkcs12');
  const given = node.member('password');
  node.finish();
  const password = given.exists ? readSecret(given, sources).replace(/\r?\n$/, '') : '';
  const bytes = readFile(file, sources.folder);
  const store =
    bytes === undefined ? undefined : attempt(file, () => certificates().readKeyStore(bytes, password));
  if (store === undefined) return undefined;
  const held = certificate === undefined ? store.certificates : [certificate];
  const pairs = store.privateKeys.flatMap((text): FoundKey[] => {
    const bare = attempt(file, () => createSigningKey(text));
    const own = held.find((one) => publicHexOf(one) === bare?.publicHex);
    if (bare === undefined || own?.usages?.includes('digitalSignature') === false) return [];
    const key = createSigningKey(text, { ...(own && validityOf(own)), ...validity });
    return [{ key, certificate: own }];
  });
  if (pairs.length === 1) return pairs[0];
  file.report('key', {
    zh: `文件中可用于签名的 SM2 私钥应为一个，实有 ${pairs.length} 个；可用 certificate 指明证书`,
    en: `the file must hold one SM2 key that may sign, but holds ${pairs.length}; name its certificate`,
  });
  return undefined;
}

/** A signer machine, UKey or service behind the protocol of docs/keys-and-certificates.md. */
function readRemote({ node, sources, certificate, validity }: Place): FoundKey | undefined {
  const remote = node.member('remote');
  const publicKey = node.member('publicKey');
  node.finish();
  const [url, socket, token] = [remote.member('url'), remote.member('socket'), remote.member('token')];
  const name = remote.member('key').text();
  const timeoutMs = remote.member('timeoutMs').number({ min: 10, max: 60_000, fallback: 3_000 });
  const secret = readSecret(token, sources).trim();
  const text = certificate === undefined ? readSecret(publicKey, sources) : publicHexOf(certificate);
  remote.finish();
  if (url.exists === socket.exists) {
    remote.report('required', {
      zh: '须给出 url（http://127.0.0.1:端口）或 socket（路径）之一',
      en: 'needs exactly one of url (http://127.0.0.1:PORT) and socket (a path)',
    });
    return undefined;
  }
  if (url.exists && !isLocal(url.text())) {
    url.report('format', {
      zh: '签名服务的协议不加密，只接受本机地址 http://127.0.0.1:端口；别处的签名机请经隧道接入',
      en: 'the signer’s protocol is not encrypted: only http://127.0.0.1:PORT is taken; reach others by a tunnel',
    });
    return undefined;
  }
  const at = url.exists ? { url: url.text() } : { socket: resolve(sources.folder, socket.text()) };
  if (text === undefined || text === '' || name === '') return undefined;
  const client = createSignerClient({ at, token: secret, timeoutMs });
  const key = attempt(node, () =>
    createRemoteSigningKey(client, { key: name, publicKey: text, ...validity }),
  );
  return key && { key, certificate };
}

function isLocal(url: string): boolean {
  const { protocol, hostname } = URL.parse(url) ?? {};
  return protocol === 'http:' && ['127.0.0.1', '[::1]', 'localhost'].includes(hostname ?? '');
}

/** A certificate must be that of the key, and fit to sign; how long either holds is watched. */
function watchOwnKey({ node, sources: { certificates: book } }: Place, { key, certificate }: FoundKey): void {
  if (certificate === undefined) {
    return book.addKey({ peer: 'gateway', id: key.id, ...validityOf(key) });
  }
  if (publicHexOf(certificate) !== key.publicHex) {
    return node.report('certificate', {
      zh: '证书不是该私钥的证书（是否混用了签名证书与加密证书？）',
      en: 'the certificate belongs to another key; were signing and encryption certificates swapped?',
    });
  }
  book.addOwn(certificate);
  reportMisfits(node, certificate, book);
}

function publicHexOf({ key }: Certificate): string | undefined {
  return key.kind === 'SM2' ? key.sm2.point.toString('hex') : undefined;
}

function validityOf({ notBefore, notAfter }: KeyValidity): KeyValidity {
  return {
    ...(notBefore === undefined ? {} : { notBefore }),
    ...(notAfter === undefined ? {} : { notAfter }),
  };
}

function readInstant<K extends string>(name: K, node: ConfigNode): { readonly [P in K]?: number } {
  if (!node.exists) return {};
  const at = Date.parse(node.text());
  if (Number.isNaN(at))
    node.report('format', { zh: '应为日期，例如 "2027-01-31"', en: 'must be a date such as "2027-01-31"' });
  return { [name]: at } as { readonly [P in K]?: number };
}
