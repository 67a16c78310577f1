/** Which members the rows of a list left blank. Rows mostly leave the same ones, and then it is said once. */
import type { WireValue } from '@yiqiao/model';

/** Stands for every item in the key of a list of blanks. */
export const EVERY_ROW = '/*';

type Names = readonly string[] | undefined;

/** A row that was read. */
interface Row {
  /** Its position in the list. */
  readonly row: number;
  readonly blank: Names;
  readonly empty: Names;
}

/** The lists of one kind: one that all rows share so far, or each put aside on its own. */
class BlankLists {
  readonly #kind: string;
  readonly #list: string;
  readonly #carried: Record<string, WireValue>;
  #shared: Names = undefined;
  #count = 0;
  #isApart = false;

  constructor(kind: string, list: string, carried: Record<string, WireValue>) {
    this.#kind = kind;
    this.#list = list;
    this.#carried = carried;
  }

  add(row: number, names: Names): void {
    if (this.#count === 0) this.#shared = names;
    else if (!this.#isApart && !isSame(names, this.#shared)) this.part();
    if (this.#isApart && names !== undefined) this.#carried[`${this.#kind}${this.#list}/${row}`] = names;
    this.#count += 1;
  }

  /** What the rows so far share becomes each one's own; all of them stand in the first places of the list. */
  part(): void {
    if (this.#isApart) return;
    this.#isApart = true;
    if (this.#shared === undefined) return;
    for (let row = 0; row < this.#count; row += 1)
      this.#carried[`${this.#kind}${this.#list}/${row}`] = this.#shared;
  }

  end(): void {
    if (this.#count === 1) this.part();
    if (!this.#isApart && this.#shared !== undefined)
      this.#carried[this.#kind + this.#list + EVERY_ROW] = this.#shared;
  }
}

function isSame(one: Names, other: Names): boolean {
  if (one === undefined || other === undefined) return one === other;
  if (one.length !== other.length) return false;
  for (let i = 0; i < one.length; i += 1) if (one[i] !== other[i]) return false;
  return true;
}

/** The blanks of one list. */
export class RowBlanks {
  readonly #blank: BlankLists;
  readonly #empty: BlankLists;

  /** `list`: its pointer. */
  constructor(list: string, carried: Record<string, WireValue>) {
    this.#blank = new BlankLists('#blank', list, carried);
    this.#empty = new BlankLists('#null', list, carried);
  }

  add({ row, blank, empty }: Row): void {
    this.#blank.add(row, blank);
    this.#empty.add(row, empty);
  }

  /** An item is no row: from here on, each row has its own. */
  part(): void {
    this.#blank.part();
    this.#empty.part();
  }

  /** Puts aside what all rows share. */
  end(): void {
    this.#blank.end();
    this.#empty.end();
  }
}
