/** One message to a far side and its answer, before either means anything. */
import { Buffer } from 'node:buffer';
import { GatewayError } from '@yiqiao/model';
import type { CallContext, CanonicalResponse } from '@yiqiao/model';
import type {
  FileTransport,
  IsFile,
  Transport,
  TransportFile,
  TransportReply,
  TransportRequest,
} from '@yiqiao/transport';
import { whenSigned } from '@yiqiao/signer';
import type { OutgoingMessage } from '@yiqiao/signer';
import type { OutgoingRequest, WireHint, WireResponse } from '@yiqiao/wire';
import { besideHeaders, readBeside, TRANSACTION_HEADER, withBeside } from './beside.ts';
import type { Beside } from './beside.ts';
import type { ConnectionParts } from './connection.ts';
import { readOddHeader } from './odd-header.ts';
import { messageIdOf, newNonce, UNPROTECTED } from './protection.ts';
import { findToldPerson } from './told-person.ts';

/** A far side and the way to it. */
export interface FarSide {
  readonly parts: ConnectionParts;
  readonly transport: Transport;
  /** Absent: reached in the clear, at an address without parameters. */
  readonly address?: FarAddress;
}

/** What signatures and their doubts ask of the way to a far side. */
export interface FarAddress {
  /** Parameters of its URL, decoded. */
  readonly query: readonly (readonly [name: string, value: string])[];
  /** It proves by TLS who it is. */
  readonly isSecure: boolean;
}

/** What the URL of a far side tells of the way to it. */
export function farAddress(url: string): FarAddress {
  const { searchParams, protocol } = new URL(url);
  return { query: [...searchParams], isSecure: protocol === 'https:' };
}

/** A message to a far side, or a call that has arguments and no message. */
export interface FarCall {
  /** Number in the far side's numbering. */
  readonly transaction: string;
  readonly message?: OutgoingRequest;
  /** Arguments of the call that are no part of the bytes. */
  readonly beside?: Beside;
}

/** What answers a message, with what a gateway there tells of its oddities. */
export interface FarAnswer extends WireResponse, Pick<CanonicalResponse, 'oddFurtherOn'> {}

/**
 * Writes, signs and sends a message, on record before its first byte leaves, and reads what answers it.
 * @throws GatewayError of the transport; `UPSTREAM_REJECTED` when it was turned away unread, with its `status` among
 *   the facts; `UPSTREAM_TIMEOUT` | `UPSTREAM_REPLY_UNUSABLE` | `HANDED_TO_PERSON` | `CONFIRMED_BY_PERSON`;
 *   `UPSTREAM_UNREACHABLE` | `SIGNER_UNAVAILABLE` when there is no token or signature to send it with
 */
export async function askFarSide(far: FarSide, call: FarCall, context: CallContext): Promise<FarAnswer> {
  const asked = await prepare(far, call, context);
  return readReply(far, await far.transport.post(asked.request), { call, context, asked });
}

/** As `askFarSide`; a file may answer, of which nothing has been looked at then. */
export async function askForFile(
  far: FarSide & { readonly transport: FileTransport },
  call: FarCall,
  { isFile, context }: { readonly isFile: IsFile; readonly context: CallContext },
): Promise<FarAnswer | TransportFile> {
  const asked = await prepare(far, call, context);
  const answer = await far.transport.postForFile(asked.request, isFile);
  return 'stream' in answer ? answer : readReply(far, answer, { call, context, asked });
}

/** A message ready to leave. */
interface Asked extends ProtectedMessage {
  readonly request: TransportRequest;
}

async function prepare(
  far: FarSide,
  { transaction, message, beside = {} }: FarCall,
  context: CallContext,
): Promise<Asked> {
  const { contentType } = far.parts.codec;
  const asked = await protect(far, { transaction, ...(message === undefined ? {} : { message }) });
  const relay = isRelayed(far.parts) ? { ...besideHeaders(beside), [TRANSACTION_HEADER]: transaction } : {};
  const request: TransportRequest = {
    body: asked.bytes,
    contentType,
    headers: { ...asked.headers, ...relay },
    deadline: context.deadline,
    signal: context.signal,
    beforeSend: () =>
      context.recordSent({ bytes: asked.bytes, contentType: withBeside(contentType, beside) }),
  };
  return { ...asked, request };
}

function readReply(
  far: FarSide,
  answer: TransportReply,
  {
    call,
    context,
    asked,
  }: { readonly call: FarCall; readonly context: CallContext; readonly asked: ProtectedMessage },
): FarAnswer {
  const told = isRelayed(far.parts) ? besideOf(answer) : {};
  context.noteReply({ bytes: answer.body, contentType: withBeside(answer.contentType, told) });
  const opened = openAnswer(far, answer, asked);
  const hint = { transaction: call.transaction, beside: told };
  const read = readEnvelope(far.parts, { ...answer, body: opened }, hint);
  const oddFurtherOn = readOddHeader(answer.headers);
  return oddFurtherOn.length === 0 ? read : { ...read, oddFurtherOn };
}

/** A message as it leaves. */
interface ProtectedMessage {
  readonly bytes: Uint8Array;
  readonly headers: Readonly<Record<string, string>>;
  readonly nonce: string;
  readonly accessToken?: string;
}

async function protect(
  { parts, address }: FarSide,
  { transaction, message }: Pick<FarCall, 'transaction' | 'message'>,
): Promise<ProtectedMessage> {
  const { codec, clock, protection = UNPROTECTED } = parts;
  const now = clock.now();
  const accessToken = await protection.tokens?.current(now);
  const nonce = newNonce();
  const bytes =
    message === undefined
      ? Buffer.alloc(0)
      : await whenSigned(() =>
          protection.write('request', (sign) => codec.writeRequest(message, sign), { now, nonce }),
        );
  const outgoing: OutgoingMessage = {
    direction: 'request',
    body: bytes,
    query: address?.query ?? [],
    now,
    nonce,
    transaction,
    messageId: messageIdOf(message?.envelope ?? {}),
    ...(accessToken === undefined ? {} : { accessToken }),
  };
  const headers = await whenSigned(() => protection.headers(outgoing));
  return { bytes, headers, nonce, ...(accessToken === undefined ? {} : { accessToken }) };
}

/**
 * The answer in the clear. Whatever does not prove that the far side has written it is no answer: a refusal by somebody
 * on the way would be told as "nothing was done".
 */
function openAnswer(
  { parts, address }: FarSide,
  answer: TransportReply,
  asked: ProtectedMessage,
): Uint8Array {
  const { clock, protection = UNPROTECTED } = parts;
  const isSecure = address?.isSecure === true;
  if (answer.status === 401 && asked.accessToken !== undefined) protection.tokens?.forget(asked.accessToken);
  try {
    protection.checkHeaders(answer.headers, {
      direction: 'response',
      body: answer.body,
      now: clock.now(),
      nonce: asked.nonce,
    });
    if (isSecure && TURNED_AWAY.has(answer.status)) return answer.body;
    const { bytes, isProven } = protection.open('response', answer.body);
    if (isProven || isSecure) return bytes;
  } catch (cause) {
    const code = cause instanceof GatewayError ? cause.code : 'INTERNAL';
    throw unproven(parts.peer, { status: answer.status, code }, cause);
  }
  throw unproven(parts.peer, { status: answer.status, code: 'SIGNATURE_MISSING' });
}

function unproven(
  peer: string,
  { status, code }: { readonly status: number; readonly code: string },
  cause?: unknown,
): GatewayError {
  const facts = { peer, status, why: 'signature', code };
  return new GatewayError('UPSTREAM_REPLY_UNUSABLE', { facts }, cause === undefined ? {} : { cause });
}

/** A form of library calls: a relay stands between, and hears and tells what is beside the bytes. */
function isRelayed({ codec }: ConnectionParts): boolean {
  return codec.besideResponse !== undefined;
}

/** Headers that nobody can decode tell nothing; the answer then lacks what they were to tell. */
function besideOf({ headers }: TransportReply): Beside {
  try {
    return readBeside(headers);
  } catch {
    return {};
  }
}

/** Statuses by which a server, or a proxy before it, turns a request away unread. Others leave it open. */
const TURNED_AWAY = new Set([400, 401, 403, 404, 405, 411, 413, 414, 415, 421, 429, 431]);

/** An HTTP status other than 200 with an envelope counts as its envelope; without one it tells who spoke. */
function readEnvelope(parts: ConnectionParts, answer: TransportReply, hint: WireHint): WireResponse {
  try {
    return parts.codec.readResponse(answer.body, hint);
  } catch (cause) {
    const facts = { peer: parts.peer, status: answer.status };
    if (answer.status === 504)
      throw (
        findToldPerson(answer.body, parts.peer) ?? new GatewayError('UPSTREAM_TIMEOUT', { facts }, { cause })
      );
    if (TURNED_AWAY.has(answer.status)) {
      const text = `HTTP ${answer.status}`;
      throw new GatewayError(
        'UPSTREAM_REJECTED',
        { facts, upstream: { code: String(answer.status), text } },
        { cause },
      );
    }
    throw new GatewayError(
      'UPSTREAM_REPLY_UNUSABLE',
      { facts: { ...facts, why: cause instanceof GatewayError ? cause.code : 'not readable' } },
      { cause },
    );
  }
}
