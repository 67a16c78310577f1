/** The identities between amounts, as schemas/national/identities.json has them. */
import type { Fault } from '@yiqiao/model';
import type { Confidence, Direction } from './types.ts';
import type { IdentityPolicy } from './profile-types.ts';

/** What every check may say of itself. */
interface CheckFacts {
  /** Where it is made; absent: in all transactions of its identity. */
  readonly transactions?: readonly string[];
  /** In the names of these transactions, where they are other ones than its identity's. */
  readonly formula?: string;
  /** Where it is attested otherwise than its identity. */
  readonly confidence?: Confidence;
  /** A remark for people. */
  readonly note?: string;
}

/** total = sum of parts, in one node. */
export interface SumCheck extends CheckFacts {
  readonly kind: 'sum';
  readonly total: string;
  readonly parts: readonly string[];
  /** Parts that count as zero when they are absent; the others make the check impossible. */
  readonly absentIsZero?: readonly string[];
  /** The total stands in the request, the parts in its answer. */
  readonly totalFrom?: 'exchange';
}

/** total of one node = sum over the rows of another, rows with an excluded code left out. */
export interface RowSumCheck extends CheckFacts {
  readonly kind: 'sum-of-rows';
  readonly total: string;
  readonly totalNode: string;
  readonly rows: string;
  readonly part: string;
  readonly exclude?: Readonly<Record<string, readonly string[]>>;
}

/** field ≤ limit, in one node. */
export interface LimitCheck extends CheckFacts {
  readonly kind: 'at-most';
  readonly field: string;
  readonly limit: string;
}

/** product = price × quantity, rounded half up, one 分 apart at most. */
export interface ProductCheck extends CheckFacts {
  readonly kind: 'product';
  readonly product: string;
  readonly factors: readonly [string, string];
}

/**
 * One of several sums with one total holds. Where only one holds that is less well attested than the identity, the
 * message is remarked on.
 */
export interface AnyOfCheck extends CheckFacts {
  readonly kind: 'any-of';
  readonly alternatives: readonly [SumCheck, ...SumCheck[]];
}

/** One check of an identity. */
export type IdentityCheck = SumCheck | RowSumCheck | LimitCheck | ProductCheck | AnyOfCheck;

/** One identity. */
export interface Identity {
  readonly id: string;
  readonly family: 'national' | 'predecessor-xml';
  readonly formula: string;
  /** Where it holds by its source. */
  readonly transactions: readonly string[];
  readonly confidence: Confidence;
  /** A remark for people. */
  readonly note?: string;
  /** Absent when one message alone cannot show it. */
  readonly checks?: readonly IdentityCheck[];
  /** What it needs beyond one message, and who compares it. */
  readonly notCheckedAlone?: Fault['message'];
  /** Transaction → why a message of it cannot show the identity although the source names it. */
  readonly notRun?: Readonly<Record<string, Fault['message']>>;
  /** Cancellation → settlement whose sums hold for it too, because it mirrors each amount. */
  readonly mirrors?: Readonly<Record<string, string>>;
}

/** The file. */
export interface IdentityFile {
  readonly identities: readonly Identity[];
}

/** What is known of one identity in one transaction of a profile. */
export interface IdentityUse {
  readonly id: string;
  /** In the names of the transaction. */
  readonly formula: string;
  /** Of its checks here, the best. */
  readonly confidence: Confidence;
  /** Halves of the exchange whose message has the amounts, so that it is checked there; empty: in none. */
  readonly checkedIn: readonly Direction[];
  /** What a broken one does to a request; in an answer it is always a deviation. */
  readonly policy: IdentityPolicy;
  /** Why it is not checked, or what it needs beyond one message. */
  readonly reason?: Fault['message'];
  /** Remarks of the identity and of its checks here. */
  readonly notes: readonly string[];
}
