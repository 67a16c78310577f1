/** Messages that a gateway owes by itself: what the care place's core is told after the insured place decided. */
import type { CanonicalRequest, Transcript } from '@yiqiao/model';
import type { Exchange, ExchangeKey, Opening } from '@yiqiao/journal';
import { addHop } from './attempt.ts';
import type { NewHop } from './attempt.ts';
import { decodeCanonical } from './canonical-text.ts';
import { toLeg } from './case.ts';
import type { Case, Hop } from './case.ts';
import type { Machine } from './machine.ts';
import { keyOf } from './natural-keys.ts';
import {
  bodyOf,
  buildRequest,
  operationOf,
  originalOf,
  recordRequest,
  reversalBody,
  textOf,
} from './requests.ts';

/** Peer of an exchange that nobody sent: this gateway owes it. */
const SELF = '(self)';

const NO_BYTES: Transcript = { bytes: new Uint8Array(0), contentType: '' };

/** Key of the exchange that follows from another. */
function recordKey(of: ExchangeKey): ExchangeKey {
  return { peer: SELF, institution: of.institution, messageId: `${of.peer} ${of.messageId}` };
}

/** Key of the exchange that takes back what an answer that came too late shows to stand. */
export function lateKey(of: ExchangeKey): ExchangeKey {
  return { peer: SELF, institution: of.institution, messageId: `late ${of.peer} ${of.messageId}` };
}

/** The exchange that a forwarded 2601 takes back, found by the message id of its leg. */
export async function findReversed(
  machine: Machine,
  request: CanonicalRequest,
  peer: string,
): Promise<Exchange | undefined> {
  if (operationOf(request) !== 'reverseTransaction') return undefined;
  const original = originalOf(request);
  return original === undefined ? undefined : machine.deps.journal.findByLeg(peer, original.messageId);
}

/** The same message to the care place's core, with the insured place's answer beside it. */
export function createOwedRecord(machine: Machine, of: ExchangeKey, hop: Hop): Case | undefined {
  const peer = hop.recordAfter;
  if (peer === undefined) return undefined;
  const request = recordRequest(hop.request, hop.response);
  const order = orderOf(peer, request);
  return createOwed(machine, recordKey(of), { purpose: 'record', peer, request, keepsTime: true, order });
}

/** The reversal of what the care place's core was told, or is about to be told. */
export async function createOwedReversal(
  machine: Machine,
  hop: Hop,
  original: Exchange,
): Promise<Case | undefined> {
  const { journal, registry } = machine.deps;
  const key = recordKey(original.key);
  const found = await journal.find(key, '');
  const told = 'exchange' in found ? found.exchange.legs[0] : undefined;
  if (told === undefined) return undefined;
  const header = { ...hop.request.header, messageId: told.messageId, transaction: told.transaction };
  const body = reversalBody({ header, content: hop.request.content });
  if (body === undefined) return undefined;
  const request = buildRequest(hop.request, registry.operation('reverseTransaction'), body);
  return createOwed(machine, recordKey(key), {
    purpose: 'record',
    peer: told.peer,
    request,
    keepsTime: false,
    order: orderOf(told.peer, decodeCanonical<CanonicalRequest>(told.request)),
  });
}

/** Key by which other processes find what one core is told of one visit. */
function orderOf(peer: string, request: CanonicalRequest): string {
  return keyOf('told', [peer, textOf(bodyOf(request), 'visitId') ?? '']);
}

/** What the journal opens in the commit that ends the other exchange. The bytes are made when it is sent. */
export function openingOf(owed: Case): Opening {
  const [hop] = owed.hops as [Hop];
  return { exchange: owed.accepted, leg: toLeg(hop, NO_BYTES) };
}

/** What keeps the order of what one core is told of one visit. */
export async function recordLane(machine: Machine, hop: Hop): Promise<string> {
  let { request } = hop;
  const told = (await findReversed(machine, request, hop.peer))?.legs[0];
  if (told !== undefined) request = decodeCanonical<CanonicalRequest>(told.request);
  return `${hop.peer}\n${textOf(bodyOf(request), 'visitId') ?? ''}`;
}

/** An exchange that nobody sent, with the one message it is about; it is not on record yet. */
export function createOwed(
  machine: Machine,
  key: ExchangeKey,
  {
    order,
    ...plan
  }: Pick<NewHop, 'purpose' | 'peer' | 'request' | 'keepsTime'> & { readonly order?: string },
): Case {
  const { request } = plan;
  const accepted = {
    key,
    digest: '',
    transaction: request.header.transaction,
    operation: operationOf(request) ?? '',
    received: NO_BYTES,
    acceptedAt: machine.deps.clock.now(),
    ...(order !== undefined && machine.deps.journal.shared !== undefined && { naturalKeys: [order] }),
  };
  const owed: Case = { accepted, steps: 1, hops: [], outcomes: [] };
  const hop = addHop(machine, owed, { step: 0, ...plan });
  hop.number = 1;
  return owed;
}
