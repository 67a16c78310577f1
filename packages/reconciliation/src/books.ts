/** Three books of a day, taken in row by row and compared in bounded memory. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Difference } from './difference.ts';
import type { InputFaults } from './faults.ts';
import { matchPartition } from './match.ts';
import type { MatchCounts } from './match.ts';
import { PartitionedSide } from './partitions.ts';
import { packRow, SIDES, unpackRow } from './row.ts';
import type { Row, Side } from './row.ts';
import { takeInFile } from './side-intake.ts';
import type { SideFile } from './side-file.ts';
import { Totals } from './totals.ts';

/** Bytes of one book in a partition: three of them, and what finds their rows, fit into some tens of megabytes. */
const PARTITION_BYTES = 3 << 19;
/** Each is an open file of each book while it is written. */
const MOST_PARTITIONS = 256;
/** Where it is not known how many rows will come. */
const USUAL_PARTITIONS = 64;

/** Partitions for books of which the largest is a file of so many bytes. */
export function partitionsFor(bytes: number): number {
  return Math.min(MOST_PARTITIONS, Math.max(USUAL_PARTITIONS, Math.ceil(bytes / PARTITION_BYTES)));
}

/** What a comparison is told beside the rows. */
export interface CompareOptions {
  /** 清算类别 whose totals the platform has confirmed. */
  readonly confirmed: ReadonlySet<string>;
  readonly withHis: boolean;
  /** Duplicates go here, with `label` as the name of the book. */
  readonly faults: InputFaults;
  readonly labels: Readonly<Record<Side, string>>;
  /** Counted anew by each comparison. */
  readonly counts: MatchCounts;
}

/** Books under comparison; `close` removes what lies on disk. */
export interface Books {
  add(side: Side, row: Row): void;
  /** Takes in a whole file; what is wrong with it goes to `faults`. */
  addFile(
    side: Side,
    settings: SideFile,
    of: { readonly day: string; readonly faults: InputFaults },
  ): Promise<void>;
  totals(side: Side): Totals;
  /** All rows of one 清算类别. */
  rows(side: Side, clearingType: string): readonly Row[];
  /** What differs, a partition at a time. May be asked again. */
  compare(options: CompareOptions): Generator<Difference>;
  close(): void;
}

/** Opens empty books; their files are readable by their owner alone. */
export function openBooks(partitions: number): Books {
  const folder = mkdtempSync(join(tmpdir(), 'yiqiao-reconcile-'));
  const sides = Object.fromEntries(
    SIDES.map((side) => [
      side,
      { rows: new PartitionedSide(folder, side, partitions), totals: new Totals() },
    ]),
  ) as Record<Side, { readonly rows: PartitionedSide; readonly totals: Totals }>;
  return {
    add(side, row) {
      sides[side].totals.add(row);
      sides[side].rows.add(row.settlementId, packRow(row));
    },
    async addFile(side, settings, { day, faults }) {
      const taken = await takeInFile({ settings, side, day, folder, partitions });
      sides[side].totals.merge(taken.groups);
      faults.take(taken.faults);
    },
    totals: (side) => sides[side].totals,
    rows(side, clearingType) {
      const { rows } = sides[side];
      rows.flush();
      return Array.from({ length: partitions }, (_, index) => rows.read(index).split('\n').slice(0, -1))
        .flat()
        .map(unpackRow)
        .filter((row) => row.clearingType === clearingType);
    },
    *compare({ confirmed, withHis, faults, labels, counts }) {
      counts.agreed = 0;
      counts.differing = 0;
      for (const side of SIDES) sides[side].rows.finish();
      const options = {
        confirmed: (clearingType: string) => confirmed.has(clearingType),
        withHis,
        onDuplicate: (side: Side, [first, second]: readonly [Row, Row]) =>
          faults.add('duplicate', {
            file: labels[side],
            line: second.place,
            found: `${second.settlementId} = ${first.place}`,
          }),
      };
      for (let index = 0; index < partitions; index += 1) {
        const texts = {
          gateway: sides.gateway.rows.read(index),
          his: sides.his.rows.read(index),
          platform: sides.platform.rows.read(index),
        };
        yield* matchPartition(texts, options, counts);
      }
    },
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}
