/** What a compiled map takes and gives. */
import type {
  CanonicalObject,
  Carried,
  Deviation,
  Fault,
  MessageHeader,
  Operation,
  WireObject,
} from '@yiqiao/model';
import type { KeptRecord, RecordKind } from '@yiqiao/registry';

/** Where one canonical leaf came from. */
export interface Origin {
  /** Canonical path, e.g. `fundPayments.0.fundAmount`, `header:careRegion`. */
  readonly to: string;
  /** Pointer of the wire leaf, or the source of the rule: `record:…`, `answer:…`, `constant`. */
  readonly from: string;
}

/** What a rule may draw on besides the message itself. */
export interface MapContext {
  /** Header of the request that is written or answered. */
  readonly header?: MessageHeader;
  /** Root members beside the body of the message that is read, for forms that tell business matters there. */
  readonly envelope?: WireObject;
  /** Person, visit or settlement on record that the message refers to. */
  readonly record?: (kind: RecordKind) => KeptRecord | undefined;
  /** The same for an item of a list that has a key of its own. */
  readonly findRecord?: (kind: RecordKind, key: string) => KeptRecord | undefined;
  /**
   * Canonical answers of the earlier steps of the same message. Absent: a step is read ahead of its time, to
   * find its faults before the first step is done; what the answers will give is then left out.
   */
  readonly answers?: Readonly<Partial<Record<Operation, CanonicalObject>>>;
  /** Canonical request that the answer at hand answers. */
  readonly request?: CanonicalObject;
  /** Is told the origin of each canonical leaf; absent, it costs nothing. */
  readonly explain?: (origin: Origin) => void;
}

/** A message in the model, as one map read it or another is to write it. */
export interface MappedContent {
  readonly body: CanonicalObject;
  /**
   * What the map could not place. A key that is a JSON pointer (`/data/x`, or `` for the whole body) holds
   * a value that is nowhere in the model. A key that starts with `#` keeps form only: `#blank/data` and
   * `#null/data` list the members that came as `""` or `null` (`#blank/rows/*`: in every row alike), `#spelled/aae036` and `#used/ykc700` keep
   * the spelling of a value that is in the model, `#part/X` a part of an amount whose sum is in the model, `#list/setlinfo` and `#single/list` mark an object that came as a list of
   * one, and a list that came as one object.
   */
  readonly carried: Carried;
  /** Map family whose names `carried` uses. */
  readonly dialect: string;
}

/** Result of reading. */
export interface ToModel extends MappedContent {
  /** Header members found among the body's elements (predecessor); empty for the national form. */
  readonly header: Partial<MessageHeader>;
  /** Forms that were put right, and values that could not be converted and were carried. */
  readonly notes: readonly Deviation[];
}

/** Result of writing. */
export interface ToWire {
  /** `null`: the operation has no members here. */
  readonly body: WireObject | null;
  /** What the target form has no place for. */
  readonly notes: readonly Deviation[];
  /** Values the target form cannot hold (rule `format-limit`); they are written all the same, uncut. */
  readonly faults: readonly Fault[];
}

/** One map in one direction of the exchange: the request's, or the answer's. */
export interface DirectionMap {
  /**
   * Wire → model.
   * @throws GatewayError `MESSAGE_INVALID` | `AMOUNT_INVALID` | `RECORD_MISSING` with all faults, from map
   *   files only: a required element is absent, an element of a request cannot be converted, a record is missing.
   */
  toModel(body: WireObject | null, context?: MapContext): ToModel;
  /** Model → wire. `content.carried` is written back when the dialect is this map's own, else reported. */
  toWire(content: MappedContent, context?: MapContext): ToWire;
}

/** Both directions of one operation. */
export interface CompiledMap {
  readonly operation: Operation;
  readonly request: DirectionMap;
  readonly response: DirectionMap;
}
