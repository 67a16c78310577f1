/**
 * Callers of a two-phase form: what we answered stands at once here, so that a confirmation is told from the record, a
 * cancellation is the 2601 of the original, and a question about an uncertain message is answered from its state.
 * Which calls do this is the profile's `twoPhase.calls`.
 */
import { Buffer } from 'node:buffer';
import { hash } from 'node:crypto';
import { GatewayError, leafText } from '@yiqiao/model';
import type { ErrorCode, Fault, MessageHeader, WireObject, WireValue } from '@yiqiao/model';
import type { Profile, Registry } from '@yiqiao/registry';
import type { WireHint, WireRequest } from '@yiqiao/wire';
import type { FindOriginal, Original, Plan } from './dialect.ts';
import type { Door } from './door.ts';
import { BESIDE, isKeyed, keyedId, nameOf, phaseCallsOf, textAtPath, twoPhaseOf } from './phase-calls.ts';
import type { PhaseCall } from './phase-calls.ts';

/** Whether a call of this name has arguments and no message. */
export function isBareCall(profile: Profile, transaction: string): boolean {
  return phaseCallsOf(profile).some((call) => call.bare === true && call.transaction === transaction);
}

/**
 * Reads a request; of a call without message its arguments are the envelope, and so they are of one that a form of calls
 * lists among what it does not carry. @throws GatewayError as the codec does.
 */
export function readRequest(
  { profile, codec }: Pick<Door, 'profile' | 'codec'>,
  bytes: Uint8Array,
  hint: WireHint,
): WireRequest {
  const { transaction = '', beside = {} } = hint;
  const isBare = isBareCall(profile, transaction) || isListedAside(profile, transaction);
  if (bytes.length > 0 || !isBare) return codec.readRequest(bytes, hint);
  const signedBytes = Buffer.from(JSON.stringify(beside));
  return { transaction, envelope: beside, body: {}, signedBytes, deviations: [] };
}

/** Whether a profile lists a transaction among what is not carried. */
export function isListedAside({ data }: Profile, transaction: string): boolean {
  const { notMapped = {} } = (data['maps'] ?? {}) as { notMapped?: Readonly<Record<string, string>> };
  return Object.hasOwn(notMapped, transaction);
}

/** Numbers that an answer tells, by which the caller will name it; none where its message id is that number. */
export function toldNumbers(profile: Profile, body: WireObject | null): readonly string[] {
  return twoPhaseOf(profile).told.flatMap((path) => textAtPath(body, path) || []);
}

/** Whether answers to reading calls tell a number that the caller may confirm. */
export function numbersReads(profile: Profile): boolean {
  return phaseCallsOf(profile).some(({ reads }) => reads === true);
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
  if (named.length === 0) return undefined;
  const call = named.find(({ when = {} }) =>
    Object.entries(when).every(([element, values]) => values.includes(textAt(request, element))),
  );
  if (call === undefined) throw invalid(whatIsUnknown(named, request));
  if (call.does === 'begin') return begun(call, header);
  const places = [call.original].flat();
  const values = places.map((place) => textAt(request, place));
  const missing = places.filter((_, index) => values[index] === '');
  if (missing.length > 0) throw invalid(missing.map((place) => ({ place })));
  const number = isKeyed(profile) ? keyedId(values) : (values[0] ?? '');
  const told = values.join(' ');
  const original = findOriginal(number);
  const { standing } = call;
  if (standing !== undefined && original?.state === 'answered')
    return { steps: [], deviations: [], local: {}, answer: () => standing };
  if (call.does === 'cancel' && original?.reading !== true) {
    const known = original ?? (isKeyed(profile) ? unseen(call, header) : undefined);
    if (known !== undefined) return cancellation(registry, { header, number, told, original: known, call });
  }
  const error = original?.reading === true ? undefined : errorOf(call, original);
  const state = original?.state === 'answered' ? 'done' : 'notDone';
  return {
    steps: [],
    deviations: [],
    local:
      error === undefined ? {} : { error: new GatewayError(error, { facts: { originalMessageId: told } }) },
    answer: () => answerOf(call, { number: told, state }),
  };
}

/** A number for what the caller is about to send: of this message's own id, so that no other one gets it. */
function begun(call: PhaseCall, header: MessageHeader): Plan {
  const { digits = 18 } = call;
  const number = BigInt(`0x${hash('sha256', header.messageId, 'hex')}`)
    .toString()
    .slice(-digits);
  const [name = ''] = [call.original].flat();
  return { steps: [], deviations: [], local: {}, answer: () => ({ [name]: number }) };
}

/** What bears a number of its own may still be on its way when it is taken back: it must not be done any more then. */
function unseen({ transaction }: PhaseCall, header: MessageHeader): Original {
  return { state: 'open', transaction, header };
}

function cancellation(
  registry: Registry,
  of: {
    readonly header: MessageHeader;
    readonly number: string;
    readonly told: string;
    readonly original: Original;
    readonly call: PhaseCall;
  },
): Plan {
  const { header, number, told, original, call } = of;
  const messageId = original.messageId ?? number;
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
            body: { originalMessageId: messageId, originalTransaction: original.transaction },
            carried: {},
            dialect: '',
          },
        }),
      },
    ],
    answer: () => answerOf(call, { number: told, state: 'notDone' }),
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
  return place.startsWith(BESIDE) ? (leafText(envelope[nameOf(place)]) ?? '') : textAtPath(body, place);
}

/** An element that does not say which number, or what is to become of it. */
interface Unsaid {
  readonly place: string;
  readonly found?: string;
  /** Values that would be understood. */
  readonly known?: readonly string[];
}

/** Elements on which it depends what a call does, and whose values no source tells. */
function whatIsUnknown(calls: readonly PhaseCall[], request: WireRequest): readonly Unsaid[] {
  const known = new Map<string, string[]>();
  for (const { when = {} } of calls)
    for (const [place, values] of Object.entries(when))
      known.set(place, [...(known.get(place) ?? []), ...values]);
  const all = [...known].map(([place, values]): Unsaid => {
    const found = textAt(request, place);
    return { place, known: [...new Set(values)], ...(found === '' ? {} : { found }) };
  });
  const wrong = all.filter(({ known: values = [], found = '' }) => !values.includes(found));
  return wrong.length > 0 ? wrong : all;
}

function invalid(unsaid: readonly Unsaid[]): GatewayError {
  return new GatewayError('MESSAGE_INVALID', { faults: unsaid.map(faultOf) });
}

function faultOf({ place, found, known = [] }: Unsaid): Fault {
  const field = nameOf(place);
  const values = known.length === 0 ? { zh: '', en: '' } : valuesOf(known);
  return {
    rule: found === undefined ? 'required' : 'value-set',
    at: place.startsWith(BESIDE) ? `/${field}` : `/input/${field}`,
    field,
    label: { zh: field, en: field },
    ...(found === undefined ? {} : { found }),
    message: {
      zh: `缺少该值或取值不明，无法知道要确认、撤销还是查询哪一笔；${values.zh}请填写后重发。`,
      en: `Missing or not understood, so it is not known what to confirm, cancel or tell; ${values.en}fill it in and send again.`,
    },
  };
}

function valuesOf(known: readonly string[]): { zh: string; en: string } {
  const list = known.join(', ');
  return {
    zh: `方案（twoPhase.calls）所列取值为 ${list}，其余含义待考，本机构另有约定的，请补入方案；`,
    en: `the profile (twoPhase.calls) has ${list}, and no source tells others: add what was agreed here to the profile; `,
  };
}
