/** Reads one party's file into partitions, on a thread of its own when it is large. */
import { statSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { InputFaults } from './faults.ts';
import type { ListedFaults } from './faults.ts';
import { PartitionedSide } from './partitions.ts';
import { packRow } from './row.ts';
import type { Side } from './row.ts';
import { readSideFile } from './side-file.ts';
import type { SideFile } from './side-file.ts';
import { Totals } from './totals.ts';
import type { Group } from './totals.ts';

/** What is read, and where to. */
export interface IntakeTask {
  readonly settings: SideFile;
  readonly side: Side;
  readonly day: string;
  readonly folder: string;
  readonly partitions: number;
}

/** What came of it beside the partitions. */
export interface Intake {
  readonly groups: readonly Group[];
  readonly faults: ListedFaults;
}

/** Bytes from which on a thread is worth its start. */
const WORTH_A_THREAD = 4 << 20;

/** Rows pass through: what a thread keeps is small, and a large nursery only spreads over memory. */
const THREAD_LIMITS = { maxYoungGenerationSizeMb: 32, maxOldGenerationSizeMb: 128 };

/** Reads a file; faults are in what comes back. */
export function takeInFile(task: IntakeTask): Promise<Intake> {
  const size = statSync(task.settings.file, { throwIfNoEntry: false })?.size ?? 0;
  if (size < WORTH_A_THREAD) return Promise.resolve().then(() => readIntoPartitions(task));
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('side-worker.ts', import.meta.url), {
      workerData: task,
      resourceLimits: THREAD_LIMITS,
    });
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', (code) => {
      if (code !== 0) reject(new Error(`the reading thread ended with ${code}`));
    });
  });
}

/** The same at once, on this thread. */
export function readIntoPartitions({ settings, side, day, folder, partitions }: IntakeTask): Intake {
  const rows = new PartitionedSide(folder, side, partitions);
  const totals = new Totals();
  const faults = new InputFaults();
  readSideFile(settings, {
    day,
    faults,
    take(row) {
      totals.add(row);
      rows.add(row.settlementId, packRow(row));
    },
  });
  rows.finish();
  return { groups: totals.groups(), faults: faults.listed() };
}
