/** The compiled form of a map in one direction; both families of maps compile to it. */
import type { CanonicalObject, CanonicalValue, WireLeaf, WireObject } from '@yiqiao/model';
import type { Chooser } from './functions.ts';
import type { LeafCodec } from './leaf-codec.ts';
import type { RecordElements } from './map-file.ts';
import type { MemberReader } from './member-reader.ts';
import type { MemberWriter } from './member-writer.ts';
import type { HeaderView, ModelPath } from './model-path.ts';
import type { Label } from './report.ts';
import type { Room } from './room.ts';
import type { MapContext } from './types.ts';

/** One wire leaf ↔ one canonical leaf. */
export interface LeafMember {
  readonly kind: 'leaf';
  readonly wire: string;
  readonly place: ModelPath;
  readonly codec: LeafCodec;
  /** Longest text the wire holds. */
  readonly limit: number | undefined;
}

/** One wire amount ↔ the sum of several canonical amounts. */
export interface SumMember {
  readonly kind: 'sum';
  readonly wire: string;
  readonly places: readonly ModelPath[];
  readonly codec: LeafCodec;
  readonly choose: Chooser;
}

/** Several wire amounts ↔ one canonical amount. */
export interface AddMember {
  readonly kind: 'add';
  /** The element that takes a sum whose parts are not known. */
  readonly wire: string;
  readonly parts: readonly string[];
  readonly place: ModelPath;
  readonly codec: LeafCodec;
}

/** One wire node ↔ a canonical object or list; without place its members stand in the object that holds it. */
export interface BranchMember {
  readonly kind: 'branch';
  readonly wire: string;
  readonly repeated: boolean;
  /** A list by inference only: one object is read as a list of one without remark, and written as it came. */
  readonly loose?: boolean;
  /** Not `repeated`, but on the wire a list of this one row. */
  readonly row?: boolean;
  readonly place: ModelPath | undefined;
  readonly plan: Plan;
}

/** One wire leaf that is only written, from a source. */
export interface EmitMember {
  readonly kind: 'emit';
  readonly wire: string;
  readonly write: (view: WriteView) => WireLeaf | undefined;
  readonly from: string;
}

/** A member of a wire node. */
export type Member = LeafMember | SumMember | AddMember | BranchMember | EmitMember;

/** What a source may look at while a message is read. */
export interface ReadView {
  readonly context: MapContext;
  /** The wire node at hand, and the whole body. */
  readonly object: WireObject;
  readonly root: WireObject;
  readonly header: HeaderView;
}

/** What a source may look at while a message is written. */
export interface WriteView {
  readonly context: MapContext;
  /** The canonical object at hand. */
  readonly source: CanonicalObject;
  readonly header: HeaderView;
}

/** A canonical leaf that is only read: from a source, unless the message itself gave it. */
export interface Fill {
  readonly place: ModelPath;
  readonly read: (view: ReadView) => CanonicalValue | undefined;
  /** As written in the map. */
  readonly from: string;
  /** Its absence is a fault: the earlier step is not on record, or (once answers are given) not answered. */
  readonly required: 'never' | 'always' | 'after-answers';
  /** The value of a rule with a constant. */
  readonly constant: CanonicalValue | undefined;
}

/** An element that must agree with what is on record. */
export interface Agreement {
  readonly wire: string;
  readonly with: (view: ReadView) => CanonicalValue | undefined;
}

/** How one kind of node is read and written. */
export interface Plan {
  readonly members: readonly Member[];
  /** The members as compiled code; derived maps have it. */
  readonly reader?: MemberReader;
  readonly writer?: MemberWriter;
  /** Makes what a node of this plan is read into, and written into; derived maps have them. */
  readonly modelRoom?: Room;
  readonly wireRoom?: Room;
  readonly fills: readonly Fill[];
  /** Elements whose value reaches the model only through fills; their spelling is kept. */
  readonly used: ReadonlySet<string>;
  /** Elements that another step of the same message takes care of. */
  readonly elsewhere: ReadonlySet<string>;
  /** Elements that must be there. */
  readonly required: readonly string[];
  readonly same: readonly Agreement[];
  /** Records the node itself refers to: kind → element that holds the key. */
  readonly records?: RecordElements | undefined;
}

/** A plan with what is needed to talk about its message. */
export interface DirectionPlan {
  readonly dialect: string;
  readonly plan: Plan;
  /** How people are told the root: `/input`, `/result/output`. */
  readonly root: string;
  readonly style: 'pointer' | 'xpath';
  /** Whether each value's own spelling is kept, so that the same form writes it back unchanged. */
  readonly exact: boolean;
  /** Whether a value that cannot be converted refuses the message (requests read by map files). */
  readonly strict: boolean;
  /** Whether unknown members are carried; in a sequence the first step does it for all. */
  readonly keepsUnknown: boolean;
  /** Pointers of the repeated nodes. */
  readonly lists: readonly string[];
  /** Canonical paths that are deliberately not written, and of which nothing need be said. */
  readonly silent: ReadonlySet<string>;
  /** Leaves of lists that are told once: items that differ there cannot be written. */
  readonly single: readonly string[];
  readonly label: (wireName: string) => Label | undefined;
}
