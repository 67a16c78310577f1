/** One peer: its profile, its dialect and its signatures, for receiving from it and for calling it. */
import { hash } from 'node:crypto';
import { ERRORS, findTime, GatewayError } from '@yiqiao/model';
import type { CanonicalResponse, Clock, Deviation, Fault, MessageHeader, WireObject } from '@yiqiao/model';
import type { CheckedFindings, Profile, Registry, ValidationMode } from '@yiqiao/registry';
import type { WireCodec, WireRequest } from '@yiqiao/wire';
import type { Dialect, LocalReply, PlannedStep } from './dialect.ts';
import { mergeDeviations } from './deviations.ts';
import { withLookups } from './lookups.ts';
import type { Awaitable, Records } from './lookups.ts';
import type { Protection } from './protection.ts';
import { keyedId, messageIdRules, phaseCallsOf, textAtPath } from './phase-calls.ts';
import type { MessageIdRule } from './phase-calls.ts';
import { isBareCall, isListedAside, numbersReads, toldNumbers } from './two-phase.ts';

/** What a connection is made of. */
export interface ConnectionParts extends Records {
  readonly peer: string;
  readonly profile: Profile;
  readonly mode: ValidationMode;
  readonly codec: WireCodec;
  readonly dialect: Dialect;
  readonly registry: Registry;
  readonly clock: Clock;
  /** The institution of a peer that speaks for just one; stands in where a message names none. */
  readonly institution?: string;
  /** The place of care of a peer that speaks for just one; stands in likewise. */
  readonly careRegion?: string;
  /** How messages are signed and sealed; absent: not at all. */
  readonly protection?: Protection;
  /** How far `inf_time` of a request may be from our clock. */
  readonly clockToleranceMs: number;
  /** Mints `inf_refmsgid`. */
  referenceId(): string;
  /** Mints a message id for a caller that gives none. */
  mintMessageId(institution: string): string;
}

/** A connection whose records are found at once. */
export type ConnectionAtOnce = Omit<ConnectionParts, keyof Records> & Records<false>;

/** A request that passed every check. */
export interface AcceptedRequest {
  readonly header: MessageHeader;
  /** Transaction number as the caller has it. */
  readonly transaction: string;
  /** Digest of number and content: a resend has the same, a reused message id another. */
  readonly digest: string;
  /** Empty when it is answered from the record; then `local` says how. */
  readonly steps: readonly PlannedStep[];
  readonly local?: LocalReply;
  /** All that was odd so far; sending and answering may add to it. */
  readonly deviations: readonly Deviation[];
  answer(responses: readonly CanonicalResponse[]): WireObject | null;
  /** Numbers by which the caller of a two-phase form will name the answer, once it is written; its message id aside. */
  readonly told: readonly ToldNumber[];
}

/** A number that an answer told. */
export interface ToldNumber {
  readonly number: string;
  /** The message was a reading one, of which nothing else is on record. */
  readonly reading: boolean;
}

/** What the caller is told. */
export type Reply =
  | { readonly ok: true; readonly responses: readonly CanonicalResponse[] }
  | { readonly ok: false; readonly error: GatewayError };

/**
 * Checks a request in this order: signature, fields and amounts; then plans its steps. All faults of the fields
 * are reported at once. The clock is checked when the first step is built.
 * At once when all lookups answer at once.
 * @throws GatewayError of origin `caller`; nothing was done.
 */
export function acceptRequest(parts: ConnectionAtOnce, request: WireRequest): AcceptedRequest;
export function acceptRequest(parts: ConnectionParts, request: WireRequest): Awaitable<AcceptedRequest>;
export function acceptRequest(parts: ConnectionParts, came: WireRequest): Awaitable<AcceptedRequest> {
  parts.protection?.verify?.(came.envelope, came.signedBytes);
  const findings = findingsOf(parts, came);
  // What was put right is what is mapped; the digest is of the bytes as they came.
  const request = findings.body === came.body ? came : { ...came, body: findings.body ?? {} };
  const header = withMessageId(parts, request, withPlace(parts, parts.dialect.header(request)));
  const skewSeconds = findSkew(parts, header);
  refuseFaults(findings.faults, skewSeconds);
  const found = [...request.deviations, ...findings.deviations];
  return withLookups(parts, header.institutionCode, (lookups) =>
    planned({ parts, request, header, found, skewSeconds }, parts.dialect.plan(request, header, lookups)),
  );
}

/** A request that passed every check, with what is to be done for it. */
function planned(
  of: {
    readonly parts: ConnectionParts;
    readonly request: WireRequest;
    readonly header: MessageHeader;
    readonly found: readonly Deviation[];
    readonly skewSeconds: number | undefined;
  },
  plan: ReturnType<Dialect['plan']>,
): AcceptedRequest {
  const { parts, request, header, found, skewSeconds } = of;
  let told: readonly ToldNumber[] = [];
  return {
    header,
    transaction: request.transaction,
    digest: digestOf(request),
    ...(plan.local === undefined ? {} : { local: plan.local }),
    steps: skewSeconds === undefined ? plan.steps : plan.steps.map((step) => refuseSkewed(step, skewSeconds)),
    get deviations() {
      return mergeDeviations(found, plan.deviations);
    },
    answer(responses) {
      const body = plan.answer(responses);
      if (plan.local === undefined) told = toldBy(parts, { plan, header, body });
      return body;
    },
    get told() {
      return told;
    },
  };
}

function toldBy(
  { profile, registry }: ConnectionParts,
  of: {
    readonly plan: ReturnType<Dialect['plan']>;
    readonly header: MessageHeader;
    readonly body: WireObject | null;
  },
): readonly ToldNumber[] {
  if (phaseCallsOf(profile).length === 0) return [];
  const reading = of.plan.steps.every(
    ({ operation, effect }) =>
      (operation === undefined ? effect : registry.operation(operation).effect) === 'read',
  );
  if (reading && !numbersReads(profile)) return [];
  const numbers = toldNumbers(profile, of.body);
  const own = reading ? [of.header.messageId] : [];
  return [...own, ...numbers].map((number) => ({ number, reading }));
}

/** A call without message has nothing to check. @throws GatewayError `TRANSACTION_UNKNOWN`. */
function findingsOf({ registry, profile, mode }: ConnectionParts, request: WireRequest): CheckedFindings {
  const { transaction, envelope, body } = request;
  if (isBareCall(profile, transaction)) return { faults: [], deviations: [], body };
  if (registry.definition(profile.id, transaction) === undefined) {
    // It is refused with the reason that the profile has for it.
    if (isListedAside(profile, transaction)) return { faults: [], deviations: [], body };
    throw registry.unknownTransaction(profile.id, transaction);
  }
  return registry.check(profile.id, { transaction, direction: 'request', mode, envelope, body });
}

/**
 * A message of another time is refused when it is to be done, not when it is asked about: the same bytes may come
 * again long after the message was done, and are then told so.
 */
function refuseSkewed(step: PlannedStep, skewSeconds: number): PlannedStep {
  return {
    ...step,
    build: () => {
      throw new GatewayError('CLOCK_SKEWED', { facts: { skewSeconds } });
    },
  };
}

/**
 * Refuses when there is a fault; amounts and identities have codes of their own when nothing else is wrong.
 * @throws GatewayError `MESSAGE_INVALID` | `AMOUNT_INVALID` | `IDENTITY_BROKEN` with all of them
 */
export function refuseFaults(faults: readonly Fault[], skewSeconds?: number): void {
  if (faults.length === 0) return;
  const amounts = new Set(faults.filter(({ rule }) => rule === 'amount').map(({ at }) => at));
  // An amount in full-width digits is also a text where a number is due: one mistake, told as one.
  const ruleOf = ({ rule, at }: Fault): string =>
    rule === 'number-form' && amounts.has(at) ? 'amount' : rule;
  const all = (rule: string): boolean =>
    skewSeconds === undefined && faults.every((one) => ruleOf(one) === rule);
  const code = all('amount') ? 'AMOUNT_INVALID' : all('identity') ? 'IDENTITY_BROKEN' : 'MESSAGE_INVALID';
  throw new GatewayError(code, {
    faults: skewSeconds === undefined ? faults : [...faults, skewFault(skewSeconds)],
  });
}

/** A time that is only a date, or no time at all, is the validator's business. */
function findSkew({ clock, clockToleranceMs }: ConnectionParts, header: MessageHeader): number | undefined {
  const sentAt = findTime(header.time);
  if (sentAt === undefined) return undefined;
  const skewMs = Math.abs(sentAt - clock.now());
  return skewMs > clockToleranceMs ? Math.round(skewMs / 1_000) : undefined;
}

function skewFault(skewSeconds: number): Fault {
  const { zh, en } = ERRORS.CLOCK_SKEWED.cause;
  return {
    rule: 'clock',
    at: '/inf_time',
    field: 'inf_time',
    label: { zh: '交易时间', en: 'time of the transaction' },
    found: `${skewSeconds} s`,
    message: { zh, en },
  };
}

/** Number and exact content of a request; equal for a resend whose envelope differs in time only. */
function digestOf(request: WireRequest): string {
  const content = hash('sha256', request.signedBytes, 'hex');
  return `${request.transaction}:${content}`;
}

function withPlace(parts: ConnectionParts, header: MessageHeader): MessageHeader {
  const { institution = '', careRegion = '' } = parts;
  if (header.institutionCode !== '' && header.careRegion !== '') return header;
  const institutionCode = header.institutionCode || institution;
  return {
    ...header,
    institutionCode,
    institutionName: header.institutionName || institutionCode,
    careRegion: header.careRegion || careRegion,
  };
}

/**
 * A caller that gives no message id gets one: by its content or by elements of its own where the profile says that the
 * same ones are the same message sent again, else a new one. Source: the profile's `messageId.whenEmpty`.
 */
function withMessageId(parts: ConnectionParts, request: WireRequest, header: MessageHeader): MessageHeader {
  if (header.messageId !== '') return header;
  const rule = messageIdRules(parts.profile).find(
    ({ when = [], of = [] }) =>
      when.every((element) => request.body[element] !== undefined) &&
      of.every((path) => textAtPath(request.body, path) !== ''),
  );
  return { ...header, messageId: idBy(rule, parts, request) ?? parts.mintMessageId(header.institutionCode) };
}

function idBy(
  rule: MessageIdRule | undefined,
  { profile }: ConnectionParts,
  request: WireRequest,
): string | undefined {
  switch (rule?.way) {
    case 'digest':
      return `D${hash('sha256', digestOf(request), 'hex').slice(0, 29)}`;
    case 'key':
      // What confirms or asks names such a message and is none.
      return phaseCallsOf(profile).some(({ transaction }) => transaction === request.transaction)
        ? undefined
        : keyedId((rule.of ?? []).map((path) => textAtPath(request.body, path)));
    case 'mint':
    case undefined:
      return undefined;
  }
}
