/** Sums of a side by institution, 险种 and 清算类别. */
import { emptySums, fenOf } from './amounts.ts';
import type { Sums } from './amounts.ts';
import type { Row } from './row.ts';

/** What sums are made for. */
export interface GroupKey {
  readonly institution: string;
  readonly insuranceType: string;
  readonly clearingType: string;
}

/** Sums of one group. */
export type Group = GroupKey & Readonly<Sums>;

type Summed = Pick<Row, 'total' | 'fundPaid' | 'accountPaid' | 'cashPaid'> & GroupKey;

/** Adds rows up. */
export class Totals {
  readonly #groups = new Map<string, GroupKey & Sums>();
  #last: (GroupKey & Sums) | undefined;

  /** Adds one row. */
  add(row: Summed): void {
    const group = this.#groupOf(row);
    group.count += 1;
    group.total += fenOf(row.total);
    group.fundPaid += fenOf(row.fundPaid);
    group.accountPaid += fenOf(row.accountPaid);
    group.cashPaid += fenOf(row.cashPaid);
  }

  /** Adds the sums of other rows. */
  merge(groups: readonly Group[]): void {
    for (const { count, total, fundPaid, accountPaid, cashPaid, ...key } of groups) {
      const group = this.#groupOf(key);
      group.count += count;
      group.total += total;
      group.fundPaid += fundPaid;
      group.accountPaid += accountPaid;
      group.cashPaid += cashPaid;
    }
  }

  /** All groups, in order of their names. */
  groups(): readonly Group[] {
    return [...this.#groups].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group);
  }

  /** Everything together. */
  sum(): Readonly<Sums> {
    const all = emptySums();
    for (const group of this.#groups.values()) {
      all.count += group.count;
      all.total += group.total;
      all.fundPaid += group.fundPaid;
      all.accountPaid += group.accountPaid;
      all.cashPaid += group.cashPaid;
    }
    return all;
  }

  /** Rows of one group mostly come one after the other. */
  #groupOf({ institution, insuranceType, clearingType }: GroupKey): GroupKey & Sums {
    const last = this.#last;
    if (
      last?.clearingType === clearingType &&
      last.insuranceType === insuranceType &&
      last.institution === institution
    )
      return last;
    const name = `${institution}\t${insuranceType}\t${clearingType}`;
    const found = this.#groups.get(name) ?? { institution, insuranceType, clearingType, ...emptySums() };
    this.#groups.set(name, found);
    this.#last = found;
    return found;
  }
}
