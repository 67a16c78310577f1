/** The configuration as people see it: chosen member by member, so that a new secret is not shown by mistake. */
import type { PostgresPlace } from '@yiqiao/journal';
import { hash } from 'node:crypto';
import type { PeerSigning } from '@yiqiao/insurance-platform';
import type { PeerConfig } from './config-peers.ts';
import type { Config } from './config.ts';

/** What is shown of a configuration. Keys are shown by the beginning of their SHA-256, tokens by their names. */
export function viewOfConfig(config: Config): object {
  const { role, region, name, file, listen, admin, profiles, signing } = config;
  const { carePlaceCore, insuredPlaceCore, closures, limits, outcome, logLevel } = config;
  return {
    role,
    region,
    name,
    file,
    listen: { host: listen.host, port: listen.port, tls: listen.tls !== undefined },
    ...(admin !== undefined && { admin: viewOfAdmin(admin) }),
    journal: viewOfJournal(config.journal),
    ...(profiles !== undefined && { profiles }),
    signing: {
      userId: signing.userId,
      keys: (signing.privateKey ?? []).map(({ publicHex, ...validity }) => viewOfKey(publicHex, validity)),
    },
    peers: config.peers.map(viewOfPeer),
    routes: config.routes.map(({ insured, peer, transactions, version }) => ({
      insured,
      peer,
      ...(transactions !== undefined && { transactions }),
      ...(version !== undefined && { version }),
    })),
    ...(carePlaceCore !== undefined && { carePlaceCore }),
    ...(insuredPlaceCore !== undefined && { insuredPlaceCore }),
    closures,
    limits,
    outcome,
    logLevel,
  };
}

function viewOfJournal({ file, postgres, encryption, retention }: Config['journal']): object {
  const place = postgres === undefined ? { file } : { postgres: nameOfPlace(postgres) };
  return { ...place, ...(encryption !== undefined && { encryption: encryption.algorithm }), retention };
}

/** Without the password. */
function nameOfPlace({ url, schema }: PostgresPlace): string {
  const { host, pathname } = new URL(url);
  return `postgres://${host}${pathname}${schema === undefined ? '' : `#${schema}`}`;
}

function viewOfAdmin({ host, port, tls, tokens }: NonNullable<Config['admin']>): object {
  return {
    host,
    port,
    tls: tls !== undefined,
    tokens: tokens.map(({ name, role, expires, shared }) => ({
      name,
      role,
      ...(expires !== undefined && { expires: timeOf(expires) }),
      ...(shared === true && { shared }),
    })),
  };
}

function viewOfPeer({ id, profile, mode, signing, from, to }: PeerConfig): object {
  return {
    id,
    profile,
    mode,
    signing: signing.map(viewOfSigning),
    ...(from !== undefined && { from: viewOfSource(from) }),
    ...(to !== undefined && { to: viewOfTarget(to) }),
  };
}

/** Of credentials only the names: some of them are passwords. */
function viewOfSigning(signing: PeerSigning): object {
  const { profile, userId, publicKeys, peerUnsigned, credentials, variants } = signing;
  return {
    profile,
    ...(userId !== undefined && { userId }),
    peerUnsigned,
    publicKeys: publicKeys.map(({ text, ...validity }) => viewOfKey(text, validity)),
    credentials: Object.keys(credentials),
    variants,
  };
}

function viewOfSource(from: NonNullable<PeerConfig['from']>): object {
  const { institutions, careRegions, any, kind, transactions, insuredRegions, certificate, rate } = from;
  return {
    institutions,
    careRegions,
    any,
    ...(kind !== undefined && { kind }),
    ...(transactions !== undefined && { transactions }),
    ...(insuredRegions !== undefined && { insuredRegions }),
    certificate: certificate !== undefined,
    ...(rate !== undefined && { rate }),
  };
}

function viewOfTarget(to: NonNullable<PeerConfig['to']>): object {
  const { url, tls, replyTimeoutMs, timeouts, connections, guard } = to;
  return { url: withoutSecrets(url), tls: tls !== undefined, replyTimeoutMs, timeouts, connections, guard };
}

/** An address may carry a password or a key among its parameters. */
function withoutSecrets(text: string): string {
  const url = new URL(text);
  return `${url.origin}${url.pathname}`;
}

function viewOfKey(text: string, { notBefore, notAfter }: { notBefore?: number; notAfter?: number }): object {
  return {
    fingerprint: `sha256:${hash('sha256', text.trim(), 'hex').slice(0, 16)}`,
    ...(notBefore !== undefined && { notBefore: timeOf(notBefore) }),
    ...(notAfter !== undefined && { notAfter: timeOf(notAfter) }),
  };
}

function timeOf(at: number): string {
  return new Date(at).toISOString();
}
