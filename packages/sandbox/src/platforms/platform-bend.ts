/** Where a simulated platform can be bent: for platforms that are stricter, or wrong on purpose. */
import type { JsonObject } from '../national-message.ts';

/** A request as a platform works on it. */
export interface PlatformRequest {
  readonly operation: string;
  /** The business object in the clear. */
  readonly body: JsonObject;
  /** Institution that sent it, where the platform knows several; else empty. */
  readonly sender: string;
  /** Epoch milliseconds of arrival. */
  readonly now: number;
}

/** What a platform answers: a business object, or why not; `code` where the platform numbers its refusals. */
export type PlatformAnswer =
  { readonly body: JsonObject } | { readonly refusal: string; readonly code?: string };

/** Answers every operation of a platform. */
export type PlatformHandler = (request: PlatformRequest) => PlatformAnswer;

/** Whether a message that can be read counts as signed; `good`: what the platform itself found. */
export type Trusts = (envelope: JsonObject, good: boolean) => boolean;

/** Trusts what the platform found good. */
export const asFound: Trusts = (_envelope, good) => good;

/** The places. Each is passed by every message that comes so far. */
export interface PlatformBend {
  /** Changes the bytes of a request before they are read; what it throws is answered by HTTP 500. */
  readonly hears?: (bytes: Buffer) => Buffer;
  readonly trusts?: Trusts;
  /** Stands around the work: may refuse, change what is asked or what is answered. */
  readonly around?: (handler: PlatformHandler) => PlatformHandler;
  /** Changes the bytes of an answer before they leave. */
  readonly spoil?: (bytes: Buffer, operation: string) => Buffer;
}

/** A handler with the bend around it. */
export function bent(handler: PlatformHandler, bend: PlatformBend | undefined): PlatformHandler {
  return bend?.around?.(handler) ?? handler;
}
