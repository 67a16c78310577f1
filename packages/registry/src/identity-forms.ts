/** The identities between amounts, as schemas/national/identities.json has them. */
import type { Confidence } from './types.ts';

/** total = sum of parts, in one node. */
export interface SumCheck {
  readonly kind: 'sum';
  readonly total: string;
  readonly parts: readonly string[];
  /** Parts that count as zero when they are absent; the others make the check impossible. */
  readonly absentIsZero?: readonly string[];
  readonly transactions?: readonly string[];
}

/** total of one node = sum over the rows of another, rows with an excluded code left out. */
export interface RowSumCheck {
  readonly kind: 'sum-of-rows';
  readonly total: string;
  readonly totalNode: string;
  readonly rows: string;
  readonly part: string;
  readonly exclude?: Readonly<Record<string, readonly string[]>>;
  readonly transactions?: readonly string[];
}

/** field ≤ limit, in one node. */
export interface LimitCheck {
  readonly kind: 'at-most';
  readonly field: string;
  readonly limit: string;
  readonly transactions?: readonly string[];
}

/** product = price × quantity, rounded half up, one 分 apart at most. */
export interface ProductCheck {
  readonly kind: 'product';
  readonly product: string;
  readonly factors: readonly [string, string];
  readonly transactions?: readonly string[];
}

/** One check of an identity. */
export type IdentityCheck = SumCheck | RowSumCheck | LimitCheck | ProductCheck;

/** One identity. */
export interface Identity {
  readonly id: string;
  readonly family: 'national' | 'predecessor-xml';
  readonly formula: string;
  readonly transactions: readonly string[];
  readonly confidence: Confidence;
  /** Absent when one message alone cannot show it. */
  readonly checks?: readonly IdentityCheck[];
  /** Cancellation → settlement whose sums hold for it too, because it mirrors each amount. */
  readonly mirrors?: Readonly<Record<string, string>>;
}

/** The file. */
export interface IdentityFile {
  readonly identities: readonly Identity[];
}
