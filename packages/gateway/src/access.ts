/** What a calling peer may do: with which certificate, which transactions, about whose insured. */
import { GatewayError } from '@yiqiao/model';
import type { MessageHeader } from '@yiqiao/model';
import type { Registry } from '@yiqiao/registry';
import type { PeerCertificate } from './config-tls.ts';
import type { PeerSource } from './config-peers.ts';

/** The certificate that a caller has shown and that our anchors prove. */
export interface ShownCertificate {
  /** SHA-256, upper-case hex with colons. */
  readonly fingerprint: string;
  /** Attributes of its subject; one that occurs several times has several values. */
  readonly subject: Readonly<Record<string, string | readonly string[] | undefined>>;
}

/** A calling peer, as far as it matters here. */
interface Caller {
  readonly from: PeerSource;
  readonly connection: { readonly profile: { readonly id: string } };
}

/** What is asked of a message before its content is looked at. */
interface Asked {
  readonly header: MessageHeader;
  /** Number in the peer's numbering. */
  readonly transaction: string;
}

/**
 * @throws GatewayError `CLIENT_CERTIFICATE_MISSING` | `CLIENT_CERTIFICATE_FOREIGN`
 */
export function requireCertificate(
  { from }: Pick<Caller, 'from'>,
  shown: ShownCertificate | undefined,
): void {
  const { certificate } = from;
  if (certificate === undefined) return;
  if (shown === undefined) throw new GatewayError('CLIENT_CERTIFICATE_MISSING');
  if (!isOf(certificate, shown)) throw new GatewayError('CLIENT_CERTIFICATE_FOREIGN');
}

/**
 * @throws GatewayError `TRANSACTION_NOT_ALLOWED` | `REGION_NOT_ALLOWED`
 */
export function refuseForeign(
  { from, connection }: Caller,
  { header, transaction }: Asked,
  registry: Pick<Registry, 'nationalNumber' | 'maySend' | 'poolingArea'>,
): void {
  const number = registry.nationalNumber(connection.profile.id, transaction);
  const isListed = from.transactions?.includes(number) ?? true;
  // Of a transaction that nobody knows the sender of, nothing can be held against the peer.
  const isOwn = from.kind === undefined || registry.maySend(from.kind, number) !== false;
  if (!isListed || !isOwn) throw new GatewayError('TRANSACTION_NOT_ALLOWED', { facts: { transaction } });
  const { insuredRegions } = from;
  const { insuredRegion = '' } = header;
  if (insuredRegions === undefined || insuredRegion === '') return;
  const province = registry.poolingArea(insuredRegion)?.province;
  if (insuredRegions.some((region) => region === insuredRegion || region === province)) return;
  throw new GatewayError('REGION_NOT_ALLOWED', { facts: { insuredRegion } });
}

function isOf({ fingerprints, subject }: PeerCertificate, shown: ShownCertificate): boolean {
  if (fingerprints.length > 0 && !fingerprints.includes(shown.fingerprint)) return false;
  return Object.entries(subject).every(([name, value]) => {
    const told = shown.subject[name];
    return typeof told === 'string' ? told === value : told?.includes(value) === true;
  });
}
