/**
 * Callers of a two-phase form: what we answered stands at once here, so that a confirmation is told from the record, a
 * cancellation is the 2601 of the original, and a question about an uncertain message is answered from its state.
 * Which calls do this is the profile's `twoPhase.calls`.
 */
import { Buffer } from 'node:buffer';
import { GatewayError, leafText } from '@yiqiao/model';
import type { ErrorCode, MessageHeader, WireObject, WireValue } from '@yiqiao/model';
import type { Profile, Registry } from '@yiqiao/registry';
import type { WireHint, WireRequest } from '@yiqiao/wire';
import type { FindOriginal, Original, Plan } from './dialect.ts';
import type { Door } from './door.ts';
import { BESIDE, phaseCallsOf } from './phase-calls.ts';
import type { PhaseCall } from './phase-calls.ts';

/** Whether a call of this name has arguments and no message. */
export function isBareCall(profile: Profile, transaction: string): boolean {
  return phaseCallsOf(profile).some((call) => call.bare === true && call.transaction === transaction);
}

/** Reads a request; of a call without message its arguments are the envelope. @throws GatewayError as the codec does. */
export function readRequest(
  { profile, codec }: Pick<Door, 'profile' | 'codec'>,
  bytes: Uint8Array,
  hint: WireHint,
): WireRequest {
  const { transaction = '', beside = {} } = hint;
  if (bytes.length > 0 || !isBareCall(profile, transaction)) return codec.readRequest(bytes, hint);
  const signedBytes = Buffer.from(JSON.stringify(beside));
  return { transaction, envelope: beside, body: {}, signedBytes, deviations: [] };
}

/**
 * The plan of a two-phase call; `undefined` when the request is none.
 * @throws GatewayError `MESSAGE_INVALID` when it names no original, or does not say what is to become of it
 */
export function planPhase(
  { registry, profile }: { readonly registry: Registry; readonly profile: Profile },
  request: WireRequest,
  { header, findOriginal }: { readonly header: MessageHeader; readonly findOriginal: FindOriginal },
): Plan | undefined {
  const named = phaseCallsOf(profile).filter(({ transaction }) => transaction === request.transaction);
  const [first] = named;
  if (first === undefined) return undefined;
  const call = named.find(({ when = {} }) =>
    Object.entries(when).every(([element, values]) => values.includes(textAt(request, element))),
  );
  if (call === undefined) throw invalid(Object.keys(first.when ?? {})[0] ?? first.original);
  const number = textAt(request, call.original);
  if (number === '') throw invalid(call.original);
  const original = findOriginal(number);
  if (call.does === 'cancel' && original !== undefined)
    return cancellation(registry, { header, number, original, call });
  const isRead = original === undefined && call.reads === true;
  const error = isRead ? undefined : errorOf(call, original);
  const state = isRead || original?.state === 'answered' ? 'done' : 'notDone';
  return {
    steps: [],
    deviations: [],
    local:
      error === undefined ? {} : { error: new GatewayError(error, { facts: { originalMessageId: number } }) },
    answer: () => answerOf(call, { number, state }),
  };
}

function cancellation(
  registry: Registry,
  of: {
    readonly header: MessageHeader;
    readonly number: string;
    readonly original: Original;
    readonly call: PhaseCall;
  },
): Plan {
  const { header, number, original, call } = of;
  const { transaction } = registry.operation('reverseTransaction');
  return {
    deviations: [],
    steps: [
      {
        operation: 'reverseTransaction',
        transaction,
        build: () => ({
          // A call of numbers alone says nothing of place and operator: they are those of the original.
          header: { ...original.header, messageId: header.messageId, time: header.time, transaction },
          content: {
            form: 'canonical',
            operation: 'reverseTransaction',
            body: { originalMessageId: number, originalTransaction: original.transaction },
            carried: {},
            dialect: '',
          },
        }),
      },
    ],
    answer: () => answerOf(call, { number, state: 'notDone' }),
  };
}

/** Why a message cannot be confirmed; `undefined` when it stands. */
function standingError(original: Original | undefined): ErrorCode | undefined {
  switch (original?.state) {
    case 'answered':
      return undefined;
    case 'open':
      return 'EXCHANGE_IN_PROGRESS';
    case 'handed-to-person':
      return 'HANDED_TO_PERSON';
    case 'reversed':
      return 'REVERSED';
    case 'rejected':
    case undefined:
      return 'ORIGINAL_NOT_FOUND';
  }
}

/** A question is answered unless nothing can be told yet. */
function errorOf({ does }: PhaseCall, original: Original | undefined): ErrorCode | undefined {
  const error = standingError(original);
  const isKnown = error !== 'EXCHANGE_IN_PROGRESS' && error !== 'HANDED_TO_PERSON';
  return does === 'query' && isKnown ? undefined : error;
}

function answerOf(
  { answer, states }: PhaseCall,
  known: { readonly number: string; readonly state: 'done' | 'notDone' },
): WireObject | null {
  if (answer === undefined) return null;
  const value = (word: string): WireValue => {
    if (word === 'original') return known.number;
    return word === 'state' ? (states?.[known.state] ?? '') : word;
  };
  return Object.fromEntries(Object.entries(answer).map(([element, word]) => [element, value(word)]));
}

function textAt({ envelope, body }: WireRequest, place: string): string {
  return place.startsWith(BESIDE)
    ? (leafText(envelope[place.slice(BESIDE.length)]) ?? '')
    : (leafText(body[place]) ?? '');
}

function invalid(place: string): GatewayError {
  const field = place.startsWith(BESIDE) ? place.slice(BESIDE.length) : place;
  const fault = {
    rule: 'required',
    at: place.startsWith(BESIDE) ? `/${field}` : `/input/${field}`,
    field,
    label: { zh: field, en: field },
    message: {
      zh: '缺少该值或取值不明，无法知道要确认、撤销还是查询哪一笔；请填写后重发。',
      en: 'Missing or not understood, so it is not known what to confirm, cancel or tell; fill it in and send again.',
    },
  };
  return new GatewayError('MESSAGE_INVALID', { faults: [fault] });
}
