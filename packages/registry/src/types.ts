/** What the registry tells of the interface: definitions, operations, profiles. Data lives in schemas/. */
import type { CanonicalObject, Deviation, Fault, Operation, WireObject } from '@yiqiao/model';

/** How well a fact is attested. */
export type Confidence = 'two sources' | 'one source' | 'inferred' | 'project design';

/** Type of a field on the wire. Source: transactions, field record. */
export type FieldType = 'string' | 'number' | 'date' | 'datetime' | 'boolean' | 'array' | 'object' | 'binary';

/** One field of a node. */
export interface FieldDefinition {
  /** Wire name, spelled as in the spec. */
  readonly name: string;
  readonly label: { readonly zh: string; readonly en?: string };
  readonly type: FieldType;
  /** Characters, or `precision,scale`; absent when not stated. */
  readonly length?: number | string;
  readonly required: boolean;
  /** Of a request's envelope: also in tolerant mode nothing can be done without it. */
  readonly needed?: true;
  /** Name of a value set. */
  readonly valueSet?: string;
  readonly format?: string;
  /** When the field must be there although it is not `required`; forms that are not listed are remarks only. */
  readonly condition?: FieldCondition;
  /** Independent public sources that carry this name under this transaction. */
  readonly sourceCount?: number;
  /** Set by an overlay: id of the profile that added or changed the field. */
  readonly overlay?: string;
  /** Set by an overlay's `rename`: the national name, which the dictionary knows. */
  readonly nationalName?: string;
  /** Set by an overlay's `valueSets`: codes of the region that its value set lacks. */
  readonly ownCodes?: OwnCodes;
}

/** Code → its label. */
export type OwnCodes = Readonly<Record<string, { readonly zh: string; readonly en?: string }>>;

/** Conditions that are enforced. Source: transactions, field record, `condition`. */
export interface FieldCondition {
  /** Required when each named field of the same node has the value given with it. */
  readonly requiredWhen?: Readonly<Record<string, string>> | string;
  /** Required when the named field of the same node is filled. */
  readonly requiredWhenPresent?: string;
  /** Required when the named field of the same node is blank. */
  readonly requiredWhenAbsent?: string;
}

/** One node of a request or response. */
export interface NodeDefinition {
  /** Node name; empty when the members stand directly under `input` or `output`. */
  readonly node: string;
  readonly repeated: boolean;
  /** The document does not say that it is a list, its members do: one object is as good. */
  readonly repeatedInferred?: true;
  /** Without it a request makes no sense: in strict mode it is refused. Beside it stands `requiredBy`, which says who says so. */
  readonly required?: true;
  readonly label?: { readonly zh: string };
  /** Name of the node that holds this one, if nested. */
  readonly parent?: string;
  readonly fields: readonly FieldDefinition[];
}

/** One transaction as one profile has it. */
export interface TransactionDefinition {
  /** Transaction number in the profile's numbering (`infno`, `TransNo`). */
  readonly number: string;
  readonly name: { readonly zh: string; readonly en: string };
  readonly scope: 'core' | 'adjacent' | 'profile';
  /** Of a transaction that is a region's own: who answers it, `care-place` when it does not say. */
  readonly answeredBy?: AnsweringSide;
  /** Of a transaction that is a region's own: `write` when it does not say. */
  readonly effect?: 'read' | 'write';
  /** Who sends it, in the words of the document. */
  readonly sender?: { readonly zh: string };
  readonly request: readonly NodeDefinition[];
  readonly response: readonly NodeDefinition[];
  readonly confidence: Confidence;
  readonly sources: readonly string[];
}

/** Who answers a transaction. `both`: the insured place decides, the care place checks before and records after. */
export type AnsweringSide = 'care-place' | 'insured-place' | 'both';

/** What to do when the answer of a sent message is missing. Tried in order. */
export type WayOut =
  /** The far side is asked, with nothing that only the lost answer would tell. */
  | 'query'
  /** 2601 with the original number and message id. */
  | 'reverse'
  /** The operation named by `undoneBy`, from the request's own keys. */
  | 'undo'
  /** Send it again: it sets a state and does not add to one. */
  | 'repeat'
  /** Nobody looks for it: nothing hangs on it, and whoever wants it does it anew, as a new message. */
  | 'anew'
  /** Nothing can be done automatically. */
  | 'person';

/** Who sends or receives a message. Source: transactions, `sender` and `receiver`. */
export type Party =
  | 'hospital'
  | 'pharmacy'
  /** System of a city's agency. */
  | 'agency'
  /** The platform the institution is attached to; it passes on to the side that answers. */
  | 'platform'
  | 'clearing-platform'
  | 'credential-centre'
  | 'payment-centre'
  | 'prescription-centre';

/** A query that shows whether a write was done, to whoever has lost its answer. */
export interface ShownBy {
  /** National transaction number; some have no operation. */
  readonly query: string;
  /** Members that the query requires and the message does not have, by wire name; none of them only its answer tells. */
  readonly needs: readonly string[];
  /** What tells it in the answer. */
  readonly look: { readonly zh: string; readonly en: string };
  readonly confidence: Confidence;
}

/** What is known of one canonical operation. Source: schemas/canonical/operations. */
export interface OperationEntry {
  readonly operation: Operation;
  /** National transaction number. */
  readonly transaction: string;
  readonly effect: 'read' | 'write';
  /** Who may send it, and to whom. */
  readonly sender: readonly Party[];
  readonly receiver: readonly Party[];
  readonly answeredBy: AnsweringSide;
  readonly undoneBy?: Operation;
  /** Members that the undoing requires and neither this request nor its answer has. */
  readonly undoLacks?: readonly string[];
  /** Of a write: where a person, or the caller, sees whether it was done. The best first; empty where `notShown` says why. */
  readonly shownBy?: readonly ShownBy[];
  /** Why no query shows it, and what to do instead. */
  readonly notShown?: { readonly zh: string; readonly en: string };
  /** Asked of the care place's core before the insured place decides: its own trial of the same totals. */
  readonly checkedBy?: Operation;
  /** Whether 2601 may reverse it, here. */
  readonly reversible: boolean;
  /**
   * Canonical members in which an answer repeats its request, `LIST.MEMBER` where the lines of a list must be among
   * those sent: an answer in which one differs belongs to another request.
   */
  readonly echoes?: readonly string[];
  readonly wayOut: readonly WayOut[];
  /** Members of the request that name one matter: while a message about it is open or answered, no other is begun. */
  readonly onceFor?: readonly string[];
  /** Members that name a batch: the one that empties it takes back what every message put in. */
  readonly batchKey?: readonly string[];
  /** Members that name what has to go in order: while a message about it is in doubt, no other is begun. */
  readonly orderKey?: readonly string[];
  /** Members that name the case: by it a cancellation finds a settlement whose id nobody was told. */
  readonly caseKey?: readonly string[];
  /** A cancellation whose answer tells each amount of this operation with the other sign. Source: identities, cancel-mirror. */
  readonly mirrors?: Operation;
  /** Falls when that operation is undone, without an undoing of its own. */
  readonly fallsWith?: Operation;
  /** A file may answer it in place of a message; this member of the request is its number. */
  readonly fileUnder?: string;
  /** What a successful exchange leaves on record for later maps; keys are canonical paths. */
  readonly records: readonly RecordRule[];
  readonly source: string;
  readonly confidence: Confidence;
  /** A remark for people. */
  readonly note?: string;
}

/** A kind of record. */
export type RecordKind = 'person' | 'visit' | 'settlement';

/** `key`: canonical path below `request` or `response`, e.g. `response.visitId`. */
export interface RecordRule {
  readonly kind: RecordKind;
  readonly key: string;
}

/** What is on record of an earlier exchange: its canonical bodies. */
export interface KeptRecord {
  readonly kind: RecordKind;
  readonly key: string;
  readonly request: CanonicalObject;
  readonly response: CanonicalObject;
  /** Number under which the far side knows the message; absent of what was only asked. */
  readonly messageId?: string;
}

/** Strict: each departure is a fault. Tolerant: what can be carried on safely is reported as deviation. */
export type ValidationMode = 'strict' | 'tolerant';

/** All that is wrong, and all that is odd but allowed. */
export interface Findings {
  readonly faults: readonly Fault[];
  readonly deviations: readonly Deviation[];
}

/** What is found of a whole message, and its body as it is to be read further. */
export interface CheckedFindings extends Findings {
  /** In tolerant mode with what was put right, each told among the deviations; else the body that was given. */
  readonly body: WireObject | null;
}

/** A message to be checked. */
export interface CheckedMessage {
  /** Number in the profile's numbering. */
  readonly transaction: string;
  readonly direction: Direction;
  readonly mode: ValidationMode;
  /** Root members besides the body; absent: they are not looked at. */
  readonly envelope?: WireObject;
  readonly body: WireObject | null;
  /** Of an answer: body of the request, for identities between both. */
  readonly asked?: WireObject;
  /** Of an answer: false where it refuses. Its body tells nothing then, and nothing is missing from it. */
  readonly success?: boolean;
}

/**
 * Validates the members of `input` or `output`. `at` is the pointer of the body, e.g. `/input`; `envelope` are the root
 * members, some of which tell what a body lacks.
 */
export type BodyValidator = (body: WireObject | null, at: string, envelope?: WireObject) => Findings;

/** Which half of an exchange. */
export type Direction = 'request' | 'response';

/** What a field means, once for all transactions. Source: schemas/national/dictionary.json. */
export interface DictionaryEntry {
  /** English camelCase name in the model, unique per wire name. */
  readonly name: string;
  readonly label: { readonly zh: string; readonly en: string };
  /** `CNY`, `CNY per unit`, `ratio`, `days`, …; absent for text. */
  readonly unit?: string;
  readonly kind:
    | 'text'
    | 'code'
    | 'amount'
    | 'decimal'
    | 'integer'
    | 'date'
    | 'datetime'
    | 'flag'
    | 'identifier'
    | 'boolean'
    | 'binary'
    | 'list'
    | 'node';
  /** Identifies a person or describes their health: masked wherever people read. */
  readonly personal?: boolean;
}

/** A code list. Source: schemas/national/value-sets. */
export interface ValueSet {
  readonly name: string;
  readonly label: { readonly zh: string; readonly en?: string };
  /** The list is incomplete: another code is reported, never refused. */
  readonly open: boolean;
  /** Code → label, in the order of the list. */
  readonly codes: ReadonlyMap<string, { readonly zh: string; readonly en?: string }>;
  readonly confidence: Confidence;
  /** Ids of `sources`. */
  readonly sources: readonly string[];
}

/** A pooling area: who holds the fund of a region code. */
export interface PoolingArea {
  /** The region code asked for. */
  readonly region: string;
  /** Code of the pooling area. */
  readonly pool: string;
  /** Province of the pooling area, `xx0000`. */
  readonly province: string;
  readonly name: string;
}

/** How a leaf is held in the model: text, 分 as `bigint`, decimal text, an integer of at most nine digits, true or false. */
export type LeafForm = 'text' | 'fen' | 'decimal' | 'integer' | 'boolean';

/** One field of a derived map: wire name ↔ canonical name. */
export interface FieldMap {
  readonly from: string;
  readonly to: string;
  readonly as: LeafForm;
  /** The national JSON writes it as a bare number (wire type number); a number-typed serial may still be `text`. */
  readonly bare: boolean;
  /** The national definition requires it. */
  readonly required?: true;
  /** Its code list, where one is named. */
  readonly valueSet?: string;
}

/** One node of a derived map. */
export interface NodeMap {
  /** Wire name of the node; empty when its members stand directly under `input` or `output`. */
  readonly node: string;
  readonly repeated: boolean;
  /** Nobody says that it is a list: one object is read as a list of one, and written as it came. */
  readonly repeatedInferred?: true;
  /** Wire name of the node that holds this one, if nested. */
  readonly parent?: string;
  /** Canonical member that holds the node (a list when repeated); empty: its members stand at the top. */
  readonly to: string;
  readonly fields: readonly FieldMap[];
}

/** How the national form of an operation becomes the canonical body and back. */
export interface DerivedMap {
  readonly operation: Operation;
  /** National transaction number. */
  readonly transaction: string;
  readonly request: readonly NodeMap[];
  readonly response: readonly NodeMap[];
}
