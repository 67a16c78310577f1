/** A family of names: how messages of one family become canonical requests and answers, and back. */
import type {
  CanonicalRequest,
  CanonicalResponse,
  Content,
  Deviation,
  Fault,
  GatewayError,
  MessageHeader,
  Operation,
  WireObject,
} from '@yiqiao/model';
import type { KeptRecord, RecordKind } from '@yiqiao/registry';
import type { OutgoingRequest, WireRequest, WireResponse } from '@yiqiao/wire';

/** One message that the router is to send on; a predecessor message may need several. */
export interface PlannedStep {
  /** National transaction number. */
  readonly transaction: string;
  /** Absent for a transaction that passes in its national form; then `effect` says what it does. */
  readonly operation?: Operation;
  readonly effect?: 'read' | 'write';
  /** Builds the request; later steps draw on the answers of earlier ones. @throws GatewayError of origin `caller`. */
  build(previous: readonly CanonicalResponse[]): CanonicalRequest;
}

/** Looks up what is on record at the caller's institution. */
export type FindRecord = (kind: RecordKind, key: string) => KeptRecord | undefined;

/** An earlier message of the caller, under the number that our answer told. */
export interface Original {
  readonly state: 'open' | 'answered' | 'rejected' | 'reversed' | 'handed-to-person';
  /** Number in the caller's numbering. */
  readonly transaction: string;
  /** Header of the message that was sent for it. */
  readonly header: MessageHeader;
  /** Message id under which it is on record, where the number that the answer told is another. */
  readonly messageId?: string;
  /** It only asked something: there is nothing to take back. */
  readonly reading?: true;
}

/** Looks up an earlier message of the same caller and institution. */
export type FindOriginal = (messageId: string) => Original | undefined;

/** What a plan may look up. */
export interface Lookups {
  readonly findRecord: FindRecord;
  readonly findOriginal: FindOriginal;
}

/** An answer for which nobody is asked: a success, or the error to tell. */
export interface LocalReply {
  readonly error?: GatewayError;
}

/** What a dialect makes of a request. */
export interface Plan {
  /** Empty when the request is answered from the record; then `local` says how. */
  readonly steps: readonly PlannedStep[];
  readonly local?: LocalReply;
  /** What the maps found odd so far; later steps and the answer add to it. */
  readonly deviations: readonly Deviation[];
  /**
   * The members of the answer's body. A value that the format has no room for is written uncut and becomes a
   * deviation: what was done is told.
   */
  answer(responses: readonly CanonicalResponse[]): WireObject | null;
}

/** What an envelope of an answer says of itself. */
export interface AnswerStamp {
  /** 接收方报文ID `inf_refmsgid`. */
  readonly referenceId: string;
  /** Epoch milliseconds at which the request was received and answered. */
  readonly receivedAt: number;
  readonly answeredAt: number;
}

/** The ability to call a far side in this family, beside receiving. */
export interface CallingDialect {
  /** Whether a request has room for what another place decided on it, so that a core can be told. */
  readonly takesDecisions: boolean;
  /** Whether a request may draw on what earlier exchanges left on record. */
  readonly drawsOnRecords: boolean;
  /** The message to send, and what of the request it has no place for. @throws GatewayError `FORMAT_LIMIT`. */
  outgoing(
    request: CanonicalRequest,
    findRecord: FindRecord,
  ): { message: OutgoingRequest; notes: readonly Deviation[] };
  /** What an answer says, with what the record adds to it. */
  content(
    request: CanonicalRequest,
    response: WireResponse,
    findRecord: FindRecord,
  ): { content: Content; notes: readonly Deviation[] };
}

/** One family of names, as one profile has it. */
export interface Dialect {
  readonly id: string;
  /** Who sends what to whom; missing members are empty text. */
  header(request: WireRequest): MessageHeader;
  plan(request: WireRequest, header: MessageHeader, lookups: Lookups): Plan;
  /** The envelope of an answer to this request. */
  answerEnvelope(header: MessageHeader, stamp: AnswerStamp): WireObject;
  /** Where the details of an error go in the envelope; nothing when the family has no place for them. */
  errorDetail(detail: WireObject): WireObject;
  readonly calls?: CallingDialect;
  /**
   * Compiles everything that is otherwise compiled on first use, and holds it against the definitions.
   * @throws GatewayError `PROFILE_BROKEN` for a map that cannot be compiled at all.
   */
  check(): readonly Fault[];
}
