/** What a message has to pass before anything is done for it: whose it is, what they may do, what it says. */
import { acceptRequest, messageIdOf, readBeside, readRequest } from '@yiqiao/insurance-platform';
import type { AcceptedRequest, ConnectionParts, Door } from '@yiqiao/insurance-platform';
import type { Journal } from '@yiqiao/journal';
import { GatewayError } from '@yiqiao/model';
import type { Clock, Deviation, FileAnswer, MessageHeader } from '@yiqiao/model';
import type { Registry } from '@yiqiao/registry';
import type { IncomingHeaders } from '@yiqiao/signer';
import { refuseForeign, requireCertificate } from './access.ts';
import type { ShownCertificate } from './access.ts';
import { refusalOf } from './resends.ts';
import type { Caller, Runtime } from './runtime.ts';
import type { SeenMessages } from './seen-messages.ts';
import type { ExplainSignature } from './signature-diagnosis.ts';

/** A message as it came in. */
export interface IncomingMessage {
  readonly bytes: Uint8Array;
  readonly contentType: string;
  /** The peer that the address names. */
  readonly peer?: string;
  /** Transaction number, when the transport tells it. */
  readonly transaction?: string;
  /** HTTP headers, names in lower case: a relay of library calls tells arguments of the call in them. */
  readonly headers?: IncomingHeaders;
  /** Parameters of the address, decoded. */
  readonly query?: readonly (readonly [name: string, value: string])[];
  /** What the caller has shown in TLS. */
  readonly certificate?: ShownCertificate;
  /** Where it came from. */
  readonly address?: string;
}

/** What is known of a request so far, for the answer and the log line. */
export interface Progress {
  readonly receivedAt: number;
  readonly door: Door;
  header: MessageHeader;
  connection?: ConnectionParts;
  /** The random text of the request's signature. */
  nonce?: string;
  accepted?: AcceptedRequest;
  /** What answers in place of a message. */
  file?: FileAnswer;
  readonly deviations: readonly Deviation[];
}

/** What the checks look up. */
export interface AdmissionParts {
  runtime(): Runtime;
  readonly journal: Pick<Journal, 'find'>;
  readonly registry: Registry;
  readonly clock: Clock;
  readonly seen: SeenMessages;
  readonly explain: ExplainSignature;
}

type WireRequest = ReturnType<typeof readRequest>;

/**
 * Who seems to send this, and what it says.
 * @throws GatewayError `PEER_UNKNOWN` | `OPERATION_NOT_ALLOWED` | `INSTITUTION_NOT_ALLOWED`, and what opening and reading
 *   throw.
 */
export function receive(
  parts: AdmissionParts,
  progress: Progress,
  { peer, transaction, headers = {}, bytes, certificate }: IncomingMessage,
): { caller: Caller; request: WireRequest } {
  const runtime = parts.runtime();
  const { door } = progress;
  const named = peer === undefined ? undefined : runtime.caller(peer);
  if (peer !== undefined && named === undefined)
    throw new GatewayError('PEER_UNKNOWN', { facts: { address: peer } });
  const protection = named?.connection.protection;
  if (protection !== undefined && named !== undefined) {
    const nonce = protection.findNonce(headers);
    if (nonce !== undefined) progress.nonce = nonce;
    // Nothing is decrypted for whoever has not shown who he is; other messages are looked up first, see `accept`.
    if (protection.isSealed) requireCertificate(named, certificate);
  }
  const hint = { beside: readBeside(headers), ...(transaction === undefined ? {} : { transaction }) };
  const request = readRequest(door, protection?.open('request', bytes).bytes ?? bytes, hint);
  progress.header = door.dialect.header(request);
  const caller = runtime.findCaller(door, progress.header, peer);
  if (caller === undefined) {
    const facts = { institution: progress.header.institutionCode, careRegion: progress.header.careRegion };
    throw new GatewayError(named === undefined ? 'OPERATION_NOT_ALLOWED' : 'INSTITUTION_NOT_ALLOWED', {
      facts,
    });
  }
  progress.connection = caller.connection;
  return { caller, request };
}

/**
 * Proves the sender, then what he may do, then the message.
 * @throws GatewayError what is wrong with it, or `RESEND_REFUSED` when it was taken before.
 */
export async function accept(
  parts: AdmissionParts,
  progress: Progress,
  of: { readonly caller: Caller; readonly message: IncomingMessage; readonly request: WireRequest },
): Promise<AcceptedRequest> {
  const { caller, request } = of;
  const { connection } = caller;
  const { institutionCode: institution, messageId } = progress.header;
  try {
    proveSender(parts, progress, of);
    const { header } = progress;
    refuseForeign(caller, { header, transaction: request.transaction }, parts.registry);
    const accepted = await acceptRequest(connection, request);
    if (messageId !== '' && isReading(parts.registry, accepted))
      parts.seen.reading(connection.peer, { institution, messageId, digest: accepted.digest });
    return accepted;
  } catch (error) {
    const { peer } = connection;
    const told = parts.explain(peer, { ...request, institution }, error);
    throw await refusalOf(parts.journal, { peer, institution, messageId }, told);
  }
}

/** Certificate and headers; the signature of the body is checked with the body. */
function proveSender(
  { clock, seen }: AdmissionParts,
  progress: Progress,
  { caller, message, request }: { caller: Caller; message: IncomingMessage; request: WireRequest },
): void {
  const { peer, protection } = caller.connection;
  requireCertificate(caller, message.certificate);
  if (protection === undefined) return;
  const { headers = {}, bytes, query = [] } = message;
  const found = protection.findNonce(headers);
  if (found !== undefined) progress.nonce = found;
  if (protection.isSealed && message.peer === undefined) {
    const reason = 'came in the clear, or not to the address of its peer';
    throw new GatewayError('CIPHERTEXT_INVALID', { facts: { reason } });
  }
  const { nonce } = protection.checkHeaders(headers, {
    direction: 'request',
    body: bytes,
    query,
    now: clock.now(),
    transaction: request.transaction,
    messageId: messageIdOf(request.envelope),
  });
  if (nonce !== undefined) seen.nonce(peer, nonce, bytes);
}

/** Whether nothing but asking is planned: only then the journal does not know the message id. */
function isReading(registry: Registry, { steps }: AcceptedRequest): boolean {
  const reads = ({ operation, effect }: AcceptedRequest['steps'][number]): boolean =>
    (operation === undefined ? effect : registry.operation(operation).effect) === 'read';
  return steps.length > 0 && steps.every(reads);
}
