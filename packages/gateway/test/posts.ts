/** What a caller does and what it is told. */
import assert from 'node:assert/strict';
import type { ErrorCode, Fault } from '@yiqiao/model';
import { ERRORS } from '@yiqiao/model';

/** An answer as it came. */
export interface Posted {
  readonly status: number;
  readonly contentType: string;
  readonly bytes: Buffer;
}

/** An envelope of a refusal, as the national JSON form has it. */
export interface Refusal {
  readonly infcode: unknown;
  readonly err_msg: string;
  readonly output?: unknown;
  readonly yiqiao: {
    readonly code: string;
    readonly outcome: string;
    readonly responsible: string;
    readonly cause: { readonly zh: string; readonly en: string };
    readonly cashier: { readonly zh: string; readonly en: string };
    readonly facts?: Readonly<Record<string, unknown>>;
    readonly faults: readonly Fault[];
  };
}

/** Posts bytes. */
export async function post(
  url: string,
  body: string | Uint8Array<ArrayBuffer>,
  headers: Readonly<Record<string, string>> = {},
): Promise<Posted> {
  const response = await fetch(url, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
  });
  return {
    status: response.status,
    contentType: response.headers.get('content-type') ?? '',
    bytes: Buffer.from(await response.arrayBuffer()),
  };
}

/** The members of an answer. */
export function envelopeOf({ bytes }: Posted): Record<string, unknown> {
  return JSON.parse(bytes.toString()) as Record<string, unknown>;
}

/** Asserts a refusal in an envelope that a person can act on; returns it. */
export function assertRefused(posted: Posted, code: ErrorCode): Refusal {
  const text = posted.bytes.toString();
  assert.equal(posted.status, 200, text);
  assert.match(posted.contentType, /^application\/json/, text);
  const refusal = envelopeOf(posted) as unknown as Refusal;
  const { zh, en } = ERRORS[code].cause;
  assert.deepEqual(
    [String(refusal.infcode), refusal.yiqiao.code, refusal.yiqiao.outcome, refusal.yiqiao.cause],
    ['-1', code, 'not-done', { zh, en }],
    text,
  );
  assert(refusal.err_msg.length > 0 && refusal.err_msg.length <= 200, text);
  assert(refusal.yiqiao.cashier.zh !== '' && refusal.yiqiao.cashier.en !== '');
  for (const { message } of refusal.yiqiao.faults) assert(message.zh !== '' && message.en !== '');
  return refusal;
}

/** Asserts that the outcome is told as not known: no envelope that a HIS could read as failed. */
export function assertUnknown(posted: Posted, code: ErrorCode): void {
  const text = posted.bytes.toString();
  assert.equal(posted.status, 504, text);
  assert.match(posted.contentType, /^text\/plain; charset=utf-8/);
  assert(!text.includes('infcode'));
  assert(text.startsWith(`[${code}] `), text);
  assert(text.includes(ERRORS[code].cashier.zh) && text.includes(ERRORS[code].cashier.en), text);
}

/** Asserts success; returns the envelope. */
export function assertDone(posted: Posted): Record<string, unknown> {
  const text = posted.bytes.toString();
  assert.equal(posted.status, 200, text);
  const envelope = envelopeOf(posted);
  assert.equal(String(envelope['infcode']), '0', text);
  return envelope;
}

/** `rule place` of each fault. */
export function places({ yiqiao }: Refusal): string[] {
  return yiqiao.faults.map(({ rule, at }) => `${rule} ${at}`);
}
