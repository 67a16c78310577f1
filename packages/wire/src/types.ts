/** What every codec gives and takes: messages in the spec's own names, and the exact bytes a signature covers. */
import type { Deviation, Fault, WireObject } from '@yiqiao/model';

/** Limits on what is read; exceeding one is refused before anything is built. */
export interface WireLimits {
  readonly maxBytes: number;
  readonly maxDepth: number;
  /** Members and list items together; an element or attribute of XML counts as four. */
  readonly maxNodes: number;
}

/** What the transport tells beside the bytes, for formats whose bytes do not tell it. */
export interface WireHint {
  /** Transaction number, where it is an argument of the call and not part of the message. */
  readonly transaction?: string;
  /** Other arguments of the call that carried the bytes, by name: a return code, a serial. */
  readonly beside?: Readonly<Record<string, string>>;
}

/** A request as read. */
export interface WireRequest {
  /** Transaction number in the format's own numbering. */
  readonly transaction: string;
  /** Root members except the body, in order of arrival; for XML the header elements. */
  readonly envelope: WireObject;
  /** `input`, or the business elements of the XML root. */
  readonly body: WireObject;
  /** The exact bytes a signature covers: the text of `input` as received. */
  readonly signedBytes: Uint8Array;
  /** Variety of the format that was put right here. */
  readonly deviations: readonly Deviation[];
}

/** An answer as read. */
export interface WireResponse {
  readonly success: boolean;
  /** The far side's code (`infcode`, `errorcode`) and text, verbatim. */
  readonly code: string;
  readonly text: string;
  readonly envelope: WireObject;
  /** `output`; `null` when absent or null. */
  readonly body: WireObject | null;
  readonly signedBytes: Uint8Array;
  /** Variety of the format that was put right here. */
  readonly deviations: readonly Deviation[];
  /**
   * What is missing or has not its form, for which a request would be refused. An answer is read as far as it goes,
   * because the far side has acted; of a refusal, which need not have a body, nothing is told.
   */
  readonly faults: readonly Fault[];
}

/** Makes the signature members for the bytes of a body; absent when the connection does not sign. */
export type SignBody = (body: Uint8Array) => WireObject;

/** A request to write. */
export interface OutgoingRequest {
  readonly transaction: string;
  readonly envelope: WireObject;
  readonly body: WireObject;
}

/** An answer to write: `code` and `text` go where the format has them. */
export interface OutgoingResponse {
  /** Of the request; formats by position need it to know what stands where. */
  readonly transaction?: string;
  readonly success: boolean;
  readonly code: string;
  readonly text: string;
  readonly envelope: WireObject;
  readonly body: WireObject | null;
}

/** One shape of bytes. A region is data; a shape is a codec. All methods throw `GatewayError` on bad input. */
export interface WireCodec {
  /** Media type with charset, for requests and answers. */
  readonly contentType: string;
  readRequest(bytes: Uint8Array, hint?: WireHint): WireRequest;
  writeRequest(message: OutgoingRequest, sign?: SignBody): Uint8Array;
  readResponse(bytes: Uint8Array, hint?: WireHint): WireResponse;
  writeResponse(message: OutgoingResponse, sign?: SignBody): Uint8Array;
  /** What the transport has to tell beside the bytes of an answer; absent where the bytes tell all. */
  besideResponse?(message: OutgoingResponse): Readonly<Record<string, string>>;
}
