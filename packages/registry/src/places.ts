/** Who answers a transaction, and whose fund a region code belongs to. */
import type { DataFiles } from './data-files.ts';
import type { AnsweringSide, Party, PoolingArea } from './types.ts';

interface RoutingFile {
  readonly ranges: readonly { readonly transactions: string; readonly side: AnsweringSide }[];
  readonly reads: readonly { readonly transactions: string }[];
  /** Sender as a definition names it → who that is. */
  readonly parties?: Readonly<Record<string, readonly Party[]>>;
}

interface AreaEntry {
  readonly prefix: string;
  /** How many digits of a code name its pool. */
  readonly level: 'province' | 'city' | 'county';
  readonly province: string;
  readonly name: string;
}

const DIGITS = { province: 2, city: 4, county: 6 } as const;

/** What routing.json says of a transaction number. */
export interface Routing {
  /** Which side answers; `undefined` for a number in no range. */
  answeringSide(transaction: string): AnsweringSide | undefined;
  /** Whether it changes nothing at the far side. */
  isRead(transaction: string): boolean;
  /** Who a sender is that a definition names in Chinese; `undefined` when that is not known. */
  parties(sender: string): readonly Party[] | undefined;
}

/** Reads routing.json: the narrowest range counts, a letter behind the digits only where the range has it. */
export function createRouting(files: DataFiles): Routing {
  const { ranges, reads, parties = {} } = files.read('national/routing.json') as RoutingFile;
  const sides = boundsOf(ranges);
  const readOnly = boundsOf(reads);
  const lettered = new Set(reads.map((range) => range.transactions));
  return {
    answeringSide: (transaction) => narrowest(sides, transaction)?.side,
    isRead: (transaction) => lettered.has(transaction) || narrowest(readOnly, transaction) !== undefined,
    parties: (sender) => (Object.hasOwn(parties, sender) ? parties[sender] : undefined),
  };
}

type Bounds<T> = T & { readonly from: number; readonly to: number };

function boundsOf<T extends { readonly transactions: string }>(ranges: readonly T[]): Bounds<T>[] {
  return ranges
    .map((range) => {
      const [from = '', to = from] = range.transactions.split('-');
      return { ...range, from: Number(from), to: Number(to) };
    })
    .toSorted((left, right) => left.to - left.from - (right.to - right.from));
}

function narrowest<T>(bounds: readonly Bounds<T>[], transaction: string): Bounds<T> | undefined {
  const number = Number(/^(\d{4,6})[A-Z]?$/.exec(transaction)?.[1] ?? Number.NaN);
  return bounds.find(({ from, to }) => number >= from && number <= to);
}

/** Looks a six-digit region code up by its longest known prefix. */
export function createPoolingAreas(files: DataFiles): (region: string) => PoolingArea | undefined {
  const { areas } = files.read('national/pooling-areas.json') as { areas: readonly AreaEntry[] };
  const byPrefix = new Map(areas.map((area) => [area.prefix, area]));
  return (region) => {
    if (!/^\d{6}$/.test(region)) return undefined;
    const entry = [6, 4, 2]
      .map((length) => byPrefix.get(region.slice(0, length)))
      .find((found) => found !== undefined);
    return entry === undefined ? undefined : areaOf(region, entry);
  };
}

function areaOf(region: string, { level, province, name }: AreaEntry): PoolingArea {
  const pool = region.slice(0, DIGITS[level]).padEnd(6, '0');
  return { region, pool, province, name: pool === province ? name : `${name} ${pool}` };
}
