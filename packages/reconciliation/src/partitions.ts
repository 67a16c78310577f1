/** Rows on disk, those of one settlement together whichever side they are of: what is compared fits into memory. */
import { closeSync, existsSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Side } from './row.ts';

/** Bytes held back for each partition. */
const HELD = 1 << 15;

/** One side's rows, spread over files. */
export class PartitionedSide {
  readonly #partitions: readonly Partition[];

  /** `folder` is there and is removed by whoever made it. */
  constructor(folder: string, side: Side, count: number) {
    this.#partitions = Array.from({ length: count }, (_, index) => ({
      file: join(folder, `${side}-${index}`),
      held: undefined,
      used: 0,
      fd: undefined,
    }));
  }

  /** Adds a packed row. */
  add(settlementId: string, packed: string): void {
    const partition = this.#partitions[hashOf(settlementId) % this.#partitions.length];
    if (partition === undefined) return;
    const held = (partition.held ??= Buffer.allocUnsafe(HELD));
    if (partition.used + packed.length + 1 > HELD) write(partition);
    if (packed.length + 1 > HELD) throw new RangeError('a row is longer than any row');
    held.write(packed, partition.used, 'latin1');
    held[partition.used + packed.length] = 0x0a;
    partition.used += packed.length + 1;
  }

  /** Writes what is held back. */
  flush(): void {
    for (const partition of this.#partitions) if (partition.used > 0) write(partition);
  }

  /** Ends writing. */
  finish(): void {
    this.flush();
    for (const partition of this.#partitions) {
      if (partition.fd !== undefined) closeSync(partition.fd);
      partition.fd = undefined;
      partition.held = undefined;
    }
  }

  /** The rows of a partition, one to a line. */
  read(index: number): string {
    const { file = '' } = this.#partitions[index] ?? {};
    return existsSync(file) ? readFileSync(file, 'latin1') : '';
  }
}

interface Partition {
  readonly file: string;
  held: Buffer | undefined;
  used: number;
  fd: number | undefined;
}

function write(partition: Partition): void {
  partition.fd ??= openSync(partition.file, 'a', 0o600);
  if (partition.held !== undefined) writeSync(partition.fd, partition.held, 0, partition.used);
  partition.used = 0;
}

function hashOf(text: string): number {
  let hash = 0;
  for (let at = 0; at < text.length; at += 1) hash = (Math.imul(hash, 31) + text.charCodeAt(at)) | 0;
  // Ids differ mostly at their ends: spread that over all bits.
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return (hash ^ (hash >>> 13)) >>> 0;
}
