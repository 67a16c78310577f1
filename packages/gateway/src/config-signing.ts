/** How messages of a peer are signed and sealed: one signing profile or several, each with its settings. */
import type { PeerSigning } from '@yiqiao/insurance-platform';
import type { VerifyingKey } from '@yiqiao/signer';
import type { ConfigNode } from './config-node.ts';
import { readSecret } from './config-secrets.ts';
import type { SecretSources } from './config-secrets.ts';
import { readWebAddress } from './config-tls.ts';
import { noteKeys, readPeerCertificates } from './config-trust.ts';
import type { KeyOwner } from './config-trust.ts';

/** Reads `signing` of a peer: an object, or a list of them. */
export function readPeerSigning(
  node: ConfigNode,
  sources: SecretSources,
  owner: KeyOwner,
): readonly PeerSigning[] {
  const nodes = node.isList ? node.items() : [node];
  return nodes.map((one) => readOne(one, sources, owner));
}

function readOne(node: ConfigNode, sources: SecretSources, owner: KeyOwner): PeerSigning {
  const token = node.member('token');
  const signing: PeerSigning = {
    at: node.path,
    profile: node.member('profile').text('fsi-main-cainfo'),
    ...optional('userId', node.member('userId')),
    ...optional('ownUserId', node.member('ownUserId')),
    publicKeys: [
      ...noteKeys(readKeys(node.member('publicKeys'), sources), { owner, sources }),
      ...readPeerCertificates(node.member('certificates'), { owner, sources }),
    ],
    peerUnsigned: node.member('peerUnsigned').flag(false),
    credentials: readTexts(node.member('credentials'), sources),
    variants: readTexts(node.member('variants'), sources),
    accessTokenHashes: node
      .member('accessTokenHashes')
      .items()
      .map((one) => one.text()),
    ...(token.exists ? { token: readToken(token, sources) } : {}),
  };
  node.finish();
  return signing;
}

function readKeys(node: ConfigNode, sources: SecretSources): readonly VerifyingKey[] {
  return node.items().map((key) => ({
    text: readSecret(key, sources),
    ...readInstant('notBefore', key.member('notBefore')),
    ...readInstant('notAfter', key.member('notAfter')),
  }));
}

function readToken(node: ConfigNode, sources: SecretSources): NonNullable<PeerSigning['token']> {
  const secret = (name: 'clientSecret' | 'password'): string => readText(node.member(name), sources);
  const token = {
    url: readWebAddress(node.member('url')),
    clientId: node.member('clientId').text(),
    clientSecret: secret('clientSecret'),
    grantType: node.member('grantType').text('client_credentials'),
    ...optional('username', node.member('username')),
    ...(node.member('password').exists ? { password: secret('password') } : {}),
    ...optional('scope', node.member('scope')),
  };
  node.finish();
  return token;
}

/** Settings by name; which there are is the profile's business. */
function readTexts(node: ConfigNode, sources: SecretSources): Record<string, string> {
  const texts = Object.fromEntries(
    node.names().map((name) => [name, readText(node.member(name), sources)] as const),
  );
  node.finish();
  return texts;
}

/** A text in the file, or `{ file | env: … }` for one that is kept elsewhere. */
function readText(node: ConfigNode, sources: SecretSources): string {
  return node.names().length > 0 ? readSecret(node, sources).trim() : node.text();
}

function optional<K extends string>(name: K, node: ConfigNode): { readonly [P in K]?: string } {
  return node.exists ? ({ [name]: node.text() } as { readonly [P in K]?: string }) : {};
}

function readInstant<K extends string>(name: K, node: ConfigNode): { readonly [P in K]?: number } {
  if (!node.exists) return {};
  const at = Date.parse(node.text());
  if (Number.isNaN(at))
    node.report('format', { zh: '应为日期，例如 "2027-01-31"', en: 'must be a date such as "2027-01-31"' });
  return { [name]: at } as { readonly [P in K]?: number };
}
