/** Answers that arrive damaged or drop by drop. */
import { Readable } from 'node:stream';
import type { Scheduler } from './scheduler.ts';

/** The first half of an answer, its last bytes no UTF-8. */
export function corrupted(bytes: Buffer): Buffer {
  return Buffer.concat([bytes.subarray(0, Math.floor(bytes.length / 2)), Buffer.from([0xff, 0xfe, 0x80])]);
}

/** An answer in eight pieces with a wait before each. */
export function trickle(
  bytes: Buffer,
  { scheduler, ms }: { readonly scheduler: Scheduler; readonly ms: number },
): Readable {
  async function* pieces(): AsyncGenerator<Buffer> {
    const size = Math.ceil(bytes.length / 8);
    for (let at = 0; at < bytes.length; at += size) {
      await scheduler.wait(ms);
      yield bytes.subarray(at, at + size);
    }
  }
  return Readable.from(pieces(), { objectMode: false });
}
