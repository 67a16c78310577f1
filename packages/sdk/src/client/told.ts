/** What a gateway of this kind tells of an error beside the words of the national form. */
import { Buffer } from 'node:buffer';
import { ERRORS, findToldCode, GatewayError, isErrorCode } from '@yiqiao/model';
import type { ErrorCode, ErrorDetails, Fault, Transcript } from '@yiqiao/model';

/** The error as the gateway told it, where the reply shows that one did; else the same error. */
export function toldError(error: GatewayError, reply: Transcript | undefined): GatewayError {
  if (reply === undefined) return error;
  if (error.code === 'UPSTREAM_REJECTED') return toldRefusal(error, reply);
  return TOLD_AS_TEXT.has(error.code) ? toldDoubt(error, reply) : error;
}

/** What an HTTP 504 without envelope is read as. */
const TOLD_AS_TEXT: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'UPSTREAM_TIMEOUT',
  'HANDED_TO_PERSON',
  'CONFIRMED_BY_PERSON',
]);

/** Whether an error bears a code that a gateway has told. */
export function isTold({ details }: GatewayError): boolean {
  return details.facts?.['toldBy'] === 'gateway';
}

interface ToldMembers {
  readonly code?: unknown;
  readonly faults?: unknown;
  readonly facts?: unknown;
  readonly upstream?: { readonly code?: unknown; readonly text?: unknown };
}

function toldRefusal(error: GatewayError, reply: Transcript): GatewayError {
  const told = readTold(reply) ?? {};
  const { faults, upstream } = told;
  const words = typeof upstream?.text === 'string' ? upstream.text : error.details.upstream?.text;
  // Of gateways in a row only the first tells its code in a member; that of the next stands at the head of its words.
  const code =
    told.code === undefined || told.code === 'UPSTREAM_REJECTED'
      ? (findToldCode(words) ?? told.code)
      : told.code;
  if (!isCode(code)) return error;
  const details: ErrorDetails = {
    ...error.details,
    facts: { ...factsOf(told.facts), ...error.details.facts, toldBy: 'gateway' },
    ...(Array.isArray(faults) && faults.length > 0 ? { faults: faults as readonly Fault[] } : {}),
    ...(typeof upstream?.text === 'string'
      ? { upstream: { code: String(upstream.code), text: upstream.text } }
      : {}),
  };
  return new GatewayError(code, details, { cause: error });
}

/** 504 without envelope: `[CODE] …`, and with which message the outcome is asked for. */
function toldDoubt(error: GatewayError, { bytes }: Transcript): GatewayError {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, 4_096)).toString();
  const code = findToldCode(text);
  // Anybody on the way can write such a text: it never makes a refusal of a doubt.
  if (!isCode(code) || ERRORS[code].outcome !== 'unknown') return error;
  const original = /^originalMessageId=(.+)$/m.exec(text)?.[1];
  const facts = { ...error.details.facts, toldBy: 'gateway' };
  return new GatewayError(
    code,
    { facts: original === undefined ? facts : { ...facts, originalMessageId: original } },
    { cause: error },
  );
}

function readTold({ bytes }: Transcript): ToldMembers | undefined {
  try {
    const message = JSON.parse(Buffer.from(bytes).toString()) as { readonly yiqiao?: unknown } | null;
    const told = message?.yiqiao;
    return typeof told === 'object' && told !== null ? told : undefined;
  } catch {
    return undefined;
  }
}

function isCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && isErrorCode(code);
}

function factsOf(facts: unknown): NonNullable<ErrorDetails['facts']> {
  if (typeof facts !== 'object' || facts === null) return {};
  const plain = Object.entries(facts).filter(([, value]) =>
    ['string', 'number', 'boolean'].includes(typeof value),
  );
  return Object.fromEntries(plain) as NonNullable<ErrorDetails['facts']>;
}
