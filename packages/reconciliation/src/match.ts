/** Compares one partition of three books, settlement by settlement. */
import { classOf } from './difference.ts';
import type { Difference } from './difference.ts';
import { keyEnd, SIDES, unpackRow } from './row.ts';
import type { Row, Side } from './row.ts';

/** What comparing came to. */
export interface MatchCounts {
  /** The same in all books. */
  agreed: number;
  differing: number;
}

/** What a comparison is told. */
export interface MatchOptions {
  /** 清算类别 whose totals the platform has confirmed: its rows are the gateway's. */
  readonly confirmed: (clearingType: string) => boolean;
  /** Whether the HIS's books are compared at all. */
  readonly withHis: boolean;
  /** The same settlement twice in one party's books, at these places. */
  readonly onDuplicate: (side: Side, rows: readonly [Row, Row]) => void;
}

interface Entry {
  gateway?: string;
  his?: string;
  platform?: string;
}

/** Cells behind the key of a packed row: the amounts that are compared, and all up to the person. */
const COMPARED_AMOUNTS = 3;
const COMPARED = 6;

/** Compares the rows of a partition, one to a line; gives what differs. */
export function* matchPartition(
  texts: { readonly [side in Side]: string },
  options: MatchOptions,
  counts: MatchCounts,
): Generator<Difference> {
  const entries = new Map<string, Entry>();
  for (const side of SIDES) collect(texts[side], side, entries, options);
  for (const [key, entry] of entries) {
    const found = compare(key, entry, options, entries);
    if (found === undefined) counts.agreed += 1;
    else {
      counts.differing += 1;
      yield found;
    }
  }
}

function collect(text: string, side: Side, entries: Map<string, Entry>, { onDuplicate }: MatchOptions): void {
  for (let from = 0; from < text.length;) {
    const end = text.indexOf('\n', from);
    const split = keyEnd(text, from);
    const key = text.slice(from, split);
    const rest = text.slice(split + 1, end);
    const entry = entries.get(key);
    if (entry === undefined) entries.set(key, newEntry(side, rest));
    else if (entry[side] === undefined) entry[side] = rest;
    else onDuplicate(side, [rowOf(key, entry[side]), rowOf(key, rest)]);
    from = end + 1;
  }
}

/** Written out so that all entries have one shape. */
function newEntry(side: Side, rest: string): Entry {
  if (side === 'gateway') return { gateway: rest };
  return side === 'his' ? { his: rest } : { platform: rest };
}

function compare(
  key: string,
  entry: Entry,
  { confirmed, withHis }: MatchOptions,
  entries: ReadonlyMap<string, Entry>,
): Difference | undefined {
  const { gateway } = entry;
  let { his, platform } = entry;
  if (gateway !== undefined && platform === undefined && confirmed(clearingTypeOf(gateway)))
    platform = gateway;
  if (!withHis) his = gateway ?? platform;
  if (gateway !== undefined && his !== undefined && platform !== undefined && isSame(gateway, his, platform))
    return undefined;
  return differenceOf(key, { gateway, his: withHis ? his : undefined, platform }, { withHis, entries });
}

/** Whether amounts, visit and person are the same; the quick look before the thorough one. */
function isSame(gateway: string, his: string, platform: string): boolean {
  const told = gateway.slice(0, cellsEnd(gateway, COMPARED) + 1);
  if (his.startsWith(told) && platform.startsWith(told)) return true;
  const end = cellsEnd(gateway, COMPARED_AMOUNTS);
  const amounts = gateway.slice(0, end + 1);
  if (!his.startsWith(amounts) || !platform.startsWith(amounts)) return false;
  const persons = personCells(gateway);
  return agrees(persons, personCells(his)) && agrees(persons, personCells(platform));
}

function agrees(a: readonly string[], b: readonly string[]): boolean {
  return a.every((cell, index) => cell === b[index] || cell === '' || b[index] === '');
}

function personCells(rest: string): readonly string[] {
  const start = cellsEnd(rest, COMPARED_AMOUNTS + 1);
  const middle = rest.indexOf('\t', start + 1);
  return [rest.slice(start + 1, middle), rest.slice(middle + 1, rest.indexOf('\t', middle + 1))];
}

/** Index of the tab that ends a number of cells. */
function cellsEnd(rest: string, count: number): number {
  let at = -1;
  for (let seen = 0; seen < count; seen += 1) at = rest.indexOf('\t', at + 1);
  return at;
}

const AMOUNTS = ['total', 'fundPaid', 'accountPaid'] as const;
const PERSONS = ['visitId', 'personNumber'] as const;

type Rows = { readonly [side in Side]?: Row };

function differenceOf(
  key: string,
  packed: { readonly [side in Side]: string | undefined },
  { withHis, entries }: { readonly withHis: boolean; readonly entries: ReadonlyMap<string, Entry> },
): Difference | undefined {
  const rows = rowsOf(key, packed);
  const [settlementId, refund] = key.split('\t') as [string, '0' | '1'];
  const base = { settlementId, refund, rows };
  const expected = SIDES.filter((side) => withHis || side !== 'his');
  const has = {
    gateway: rows.gateway !== undefined,
    his: rows.his !== undefined,
    platform: rows.platform !== undefined,
  };
  if (expected.some((side) => !has[side])) {
    const seen = withHis ? has : { ...has, his: has.gateway };
    const original = refund === '1' ? entries.get(`${settlementId}\t0`) : undefined;
    return {
      ...base,
      class: classOf(seen, refund),
      fields: differingFields(rows, AMOUNTS),
      ...(original !== undefined && {
        original: rowsOf(`${settlementId}\t0`, {
          gateway: original.gateway,
          his: original.his,
          platform: original.platform,
        }),
      }),
    };
  }
  const amounts = differingFields(rows, AMOUNTS);
  if (amounts.length > 0) return { ...base, class: 'amounts', fields: amounts };
  const persons = differingFields(rows, PERSONS);
  return persons.length > 0 ? { ...base, class: 'identity', fields: persons } : undefined;
}

/** Members of which two books say something else; what one does not tell differs from nothing. */
function differingFields(rows: Rows, fields: readonly (keyof Row)[]): readonly string[] {
  return fields.filter((field) => {
    const said = SIDES.flatMap((side) => rows[side]?.[field] ?? []).filter((value) => value !== '');
    return new Set(said).size > 1;
  });
}

function rowsOf(key: string, packed: { readonly [side in Side]: string | undefined }): Rows {
  return Object.fromEntries(
    SIDES.flatMap((side) => {
      const rest = packed[side];
      return rest === undefined ? [] : [[side, rowOf(key, rest)]];
    }),
  ) as Rows;
}

function rowOf(key: string, rest: string): Row {
  return unpackRow(`${key}\t${rest}`);
}

function clearingTypeOf(rest: string): string {
  const start = cellsEnd(rest, CLEARING_TYPE_AT);
  return rest.slice(start + 1, rest.indexOf('\t', start + 1));
}

/** Cells of a packed row between its key and 清算类别. */
const CLEARING_TYPE_AT = 8;
