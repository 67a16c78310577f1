/** One peer: its profile, its dialect and its signatures, for receiving from it and for calling it. */
import { hash } from 'node:crypto';
import { ERRORS, findTime, GatewayError } from '@yiqiao/model';
import type { CanonicalResponse, Clock, Deviation, Fault, MessageHeader, WireObject } from '@yiqiao/model';
import type { KeptRecord, Profile, RecordKind, Registry, ValidationMode } from '@yiqiao/registry';
import type { SignBody, WireCodec, WireRequest } from '@yiqiao/wire';
import type { Dialect, PlannedStep } from './dialect.ts';
import { mergeDeviations } from './deviations.ts';

/** Checks the signature members of an envelope over the bytes of a body. @throws GatewayError `SIGNATURE_…`. */
export type VerifyBody = (envelope: WireObject, body: Uint8Array) => void;

/** What a connection is made of. */
export interface ConnectionParts {
  readonly peer: string;
  readonly profile: Profile;
  readonly mode: ValidationMode;
  readonly codec: WireCodec;
  readonly dialect: Dialect;
  readonly registry: Registry;
  readonly clock: Clock;
  /** The institution of a peer that speaks for just one; stands in where a message names none. */
  readonly institution?: string;
  /** Absent: the peer does not sign. */
  readonly verify?: VerifyBody | undefined;
  /** Absent: nothing we send to the peer is signed. */
  readonly sign?: SignBody | undefined;
  /** How far `inf_time` of a request may be from our clock. */
  readonly clockToleranceMs: number;
  /** Mints `inf_refmsgid`. */
  referenceId(): string;
  /** Mints a message id for a caller that gives none. */
  mintMessageId(institution: string): string;
  findRecord(institution: string, kind: RecordKind, key: string): KeptRecord | undefined;
}

/** A request that passed every check. */
export interface AcceptedRequest {
  readonly header: MessageHeader;
  /** Transaction number as the caller has it. */
  readonly transaction: string;
  /** Digest of number and content: a resend has the same, a reused message id another. */
  readonly digest: string;
  readonly steps: readonly PlannedStep[];
  /** All that was odd so far; sending and answering may add to it. */
  readonly deviations: readonly Deviation[];
  answer(responses: readonly CanonicalResponse[]): WireObject | null;
}

/** What the caller is told. */
export type Reply =
  | { readonly ok: true; readonly responses: readonly CanonicalResponse[] }
  | { readonly ok: false; readonly error: GatewayError };

/**
 * Checks a request in this order: signature, fields and amounts; then plans its steps. All faults of the fields
 * are reported at once. The clock is checked when the first step is built.
 * @throws GatewayError of origin `caller`; nothing was done.
 */
export function acceptRequest(parts: ConnectionParts, request: WireRequest): AcceptedRequest {
  parts.verify?.(request.envelope, request.signedBytes);
  const { registry, profile } = parts;
  const number = request.transaction;
  if (registry.definition(profile.id, number) === undefined) {
    throw new GatewayError('TRANSACTION_UNKNOWN', { facts: { transaction: number } });
  }
  const findings = [
    registry.envelopeValidator(profile.id, 'request', parts.mode)(request.envelope, ''),
    registry.validator(profile.id, number, 'request', parts.mode)(request.body, '/input'),
    registry.checkIdentities(profile.id, number, 'request', request.body, '/input'),
  ];
  const header = withMessageId(parts, request, withInstitution(parts, parts.dialect.header(request)));
  const skewSeconds = findSkew(parts, header);
  refuseFaults(
    findings.flatMap((one) => one.faults),
    skewSeconds,
  );
  const plan = parts.dialect.plan(request, header, (kind, key) =>
    parts.findRecord(header.institutionCode, kind, key),
  );
  const found = [...request.deviations, ...findings.flatMap((one) => one.deviations)];
  return {
    header,
    transaction: number,
    digest: digestOf(request),
    steps: skewSeconds === undefined ? plan.steps : plan.steps.map((step) => refuseSkewed(step, skewSeconds)),
    get deviations() {
      return mergeDeviations(found, plan.deviations);
    },
    answer: (responses) => plan.answer(responses),
  };
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

/** Refuses when there is a fault; amounts and identities have codes of their own when nothing else is wrong. */
function refuseFaults(faults: readonly Fault[], skewSeconds: number | undefined): void {
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

function withInstitution({ institution = '' }: ConnectionParts, header: MessageHeader): MessageHeader {
  if (header.institutionCode !== '') return header;
  return { ...header, institutionCode: institution, institutionName: header.institutionName || institution };
}

/**
 * A caller that gives no message id gets one: by its content where the profile says that the same content is the
 * same message sent again, else a new one. Source: the profile's `messageId.whenEmpty`.
 */
function withMessageId(parts: ConnectionParts, request: WireRequest, header: MessageHeader): MessageHeader {
  if (header.messageId !== '') return header;
  const { whenEmpty = [] } = (parts.profile.data['messageId'] ?? {}) as {
    whenEmpty?: readonly MessageIdRule[];
  };
  const rule = whenEmpty.find(({ when = [] }) =>
    when.every((element) => request.body[element] !== undefined),
  );
  const messageId =
    rule?.way === 'digest'
      ? `D${hash('sha256', digestOf(request), 'hex').slice(0, 29)}`
      : parts.mintMessageId(header.institutionCode);
  return { ...header, messageId };
}

interface MessageIdRule {
  readonly way: 'digest' | 'mint';
  readonly when?: readonly string[];
}
