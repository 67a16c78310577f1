/** Where a part of the benchmark runs: a folder, a far side and the messages, all gone when it ends. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compactTime, formatTime } from '@yiqiao/model';
import { writeGatewayConfig } from './gateway-config.ts';
import { startFarSide } from './load.ts';
import { createMeasuredExchange } from './message.ts';
import { startSubject } from './subjects.ts';
import type { Subject } from './subjects.ts';
import type { Kind } from './subject.ts';

/** How much is measured. */
export interface Size {
  readonly rounds: number;
  /** Requests per round. */
  readonly count: number;
  readonly concurrency: number;
}

/** What a part came to; void when not `ok`. */
export interface PartResult {
  readonly ok: boolean;
  readonly figures: Readonly<Record<string, unknown>>;
}

/** A place at work. */
export interface BenchPlace {
  readonly folder: string;
  readonly farSide: Awaited<ReturnType<typeof startFarSide>>;
  readonly exchange: ReturnType<typeof createMeasuredExchange>;
  /** Starts a gateway in a folder of its own; it stops with the place. */
  startGateway(kind: Kind, name: string, more?: GatewayExtras): Promise<Subject>;
  /** Requests nobody has sent yet, made beforehand so that their signatures cost nothing while it is measured. */
  requests(count: number, transaction?: '2207' | '1321', insuredRegion?: string): readonly string[];
}

type GatewayExtras = { readonly signed?: boolean } & Pick<
  Parameters<typeof writeGatewayConfig>[0],
  'province' | 'journal' | 'postgres' | 'further'
>;

/** Runs a part in a place. */
export async function inBenchPlace<T>(work: (place: BenchPlace) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'yiqiao-bench-'));
  const exchange = createMeasuredExchange();
  const farSide = await startFarSide(() => exchange.answer);
  const subjects: Subject[] = [];
  let serial = 0;
  const place: BenchPlace = {
    folder,
    farSide,
    exchange,
    async startGateway(kind, name, { signed = true, province, journal, postgres, further } = {}) {
      const { keys } = exchange;
      const config = { folder: join(folder, name), farSide: farSide.url, keys, signed };
      const subject = await startSubject(
        kind,
        writeGatewayConfig({
          ...config,
          ...(province && { province }),
          ...(journal && { journal }),
          ...(postgres && { postgres }),
          ...(further && { further }),
        }),
      );
      subjects.push(subject);
      return subject;
    },
    requests(count, transaction = '2207', insuredRegion = '330100') {
      const at = { stamp: compactTime(Date.now()), time: formatTime(Date.now()) };
      return Array.from({ length: count }, () =>
        exchange.request((serial += 1), at, transaction, insuredRegion),
      );
    },
  };
  try {
    return await work(place);
  } finally {
    for (const subject of subjects) await subject.stop();
    await farSide.close();
    rmSync(folder, { recursive: true });
  }
}

/** The middle one. */
export function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;
}

/** Whether an answer is the one that the far side gave. */
export function isAnswered(answer: string): boolean {
  return answer.includes('"setl_id":"A0000002601010000001"') && /"infcode":0/.test(answer);
}
