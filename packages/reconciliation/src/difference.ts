/** What a settlement that is not the same in all books comes to. */
import type { Row, Side } from './row.ts';

/** Classes of differences. */
export type DifferenceClass =
  /** In one party's books only. */
  | 'only-gateway'
  | 'only-his'
  | 'only-platform'
  /** In all but one. */
  | 'missing-at-gateway'
  | 'missing-at-his'
  | 'missing-at-platform'
  /** In all that should have it, with other amounts. */
  | 'amounts'
  /** A cancellation that not all have booked. */
  | 'state'
  /** With another visit or another person. */
  | 'identity';

/** A settlement that differs. */
export interface Difference {
  readonly class: DifferenceClass;
  readonly settlementId: string;
  readonly refund: '0' | '1';
  readonly rows: { readonly [side in Side]?: Row };
  /** Members that differ, where the class does not say it. */
  readonly fields: readonly string[];
  /** The settlement that a cancellation takes back, in the books that have it. */
  readonly original?: { readonly [side in Side]?: Row };
}

/** Class of a settlement by who has it, where not all have. */
export function classOf(has: { readonly [side in Side]: boolean }, refund: '0' | '1'): DifferenceClass {
  if (refund === '1') return 'state';
  const present = (['gateway', 'his', 'platform'] as const).filter((side) => has[side]);
  const [first = 'gateway'] = present;
  if (present.length === 1) return `only-${first}`;
  if (!has.gateway) return 'missing-at-gateway';
  return has.his ? 'missing-at-platform' : 'missing-at-his';
}
