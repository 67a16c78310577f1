/** What every profile refuses in the same way. */
import { timingSafeEqual } from 'node:crypto';
import { GatewayError } from '@yiqiao/model';
import type { ErrorCode } from '@yiqiao/model';
import { sm3 } from '../sm3.ts';
import type { IncomingHeaders } from './contract.ts';

/** An error whose facts tell the reason, in a few words and without any value of the message. */
export function refusal(
  code: ErrorCode,
  reason: string,
  facts: Readonly<Record<string, string | number>> = {},
): GatewayError {
  return new GatewayError(code, { facts: { reason, ...facts } });
}

/** A header that must have come once. @throws GatewayError `SIGNATURE_MISSING`, `DUPLICATE_MEMBER`. */
export function requireHeader(headers: IncomingHeaders, name: string): string {
  const value = headers[name];
  if (typeof value === 'string' && value.trim() !== '') return value.trim();
  if (value !== undefined && typeof value !== 'string' && value.length > 1)
    throw refusal('DUPLICATE_MEMBER', 'a header came twice', { member: name });
  throw new GatewayError('SIGNATURE_MISSING', { facts: { member: name } });
}

/** Whether two texts are equal, in a time that does not tell where they differ. */
export function isSame(one: string, other: string): boolean {
  return timingSafeEqual(sm3(one), sm3(other));
}

/** @throws GatewayError `SIGNATURE_OUTDATED` when a time is none or is too far from `now`. */
export function requireFresh(
  sentAt: number | undefined,
  { now, toleranceSeconds }: { now: number; toleranceSeconds: number | undefined },
): void {
  if (sentAt === undefined || !Number.isSafeInteger(sentAt))
    throw refusal('SIGNATURE_OUTDATED', 'the time is not readable');
  if (toleranceSeconds === undefined) return;
  const skewSeconds = Math.round(Math.abs(now - sentAt) / 1_000);
  if (Math.abs(now - sentAt) > toleranceSeconds * 1_000)
    throw refusal('SIGNATURE_OUTDATED', 'the time is too far from ours', { skewSeconds, toleranceSeconds });
}
