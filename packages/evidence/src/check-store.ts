/** Checks a whole journal against its signed batches, on several threads when it is large. */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { EvidenceReader } from '@yiqiao/journal';
import { readCertificates } from '@yiqiao/signer/certificates';
import { checkBatches } from './check-batches.ts';
import type { Stretch, StretchReport } from './check-batches.ts';
import { findingOf } from './findings.ts';
import type { Finding } from './findings.ts';
import { headerHash, parseHeader } from './header.ts';
import { openEvidence } from './source.ts';
import type { EvidenceSource } from './source.ts';

/** How it is checked. */
export interface CheckOptions {
  /** Roots that certificates have to lead to, as PEM. */
  readonly anchors?: string;
  /** A batch that was noted elsewhere, e.g. in the gateway's log. */
  readonly known?: { readonly number: number; readonly hash: string };
  /** As many as there are processors, when absent. */
  readonly threads?: number;
}

/** What a check came to; sound when there are no findings. */
export interface StoreVerdict extends StretchReport {
  /** Entries behind the last batch: nothing is proved of them yet. */
  readonly unsigned: number;
  /** Epoch milliseconds of the last root. */
  readonly signedAt?: number;
  /** Number and hash of the last batch, to be noted elsewhere. */
  readonly end?: { readonly number: number; readonly hash: string };
}

/** Batches from which on another thread is worth its start. */
const WORTH_A_THREAD = 16;

/** Checks a journal. @throws GatewayError `JOURNAL_UNUSABLE`. */
export async function checkEvidence(
  source: EvidenceSource,
  options: CheckOptions = {},
): Promise<StoreVerdict> {
  const { anchors, known, threads = availableParallelism() } = options;
  const reader = await openEvidence(source);
  try {
    const last = await reader.lastBatch();
    const stretches = divide(last?.number ?? 0, threads);
    const reports = await Promise.all(
      stretches.length === 1
        ? stretches.map((stretch) => checkStretch(reader, stretch, anchors))
        : stretches.map((stretch) => checkOnThread({ source, stretch, anchors })),
    );
    const ofKnown = known === undefined ? [] : await checkKnown(reader, known);
    const header = last && parseHeader(last.header);
    return {
      ...sum(reports, ofKnown),
      unsigned: await reader.countAfter(last?.last ?? 0),
      ...(header !== undefined && { signedAt: header.at }),
      ...(last !== undefined && { end: { number: last.number, hash: headerHash(last.header) } }),
    };
  } finally {
    await reader.close();
  }
}

/** What a thread is told. */
export interface CheckTask {
  readonly source: EvidenceSource;
  readonly stretch: Stretch;
  readonly anchors: string | undefined;
}

/** One stretch of a journal that is opened for it. */
export async function runTask({ source, stretch, anchors }: CheckTask): Promise<StretchReport> {
  const reader = await openEvidence(source);
  try {
    return await checkStretch(reader, stretch, anchors);
  } finally {
    await reader.close();
  }
}

function checkStretch(reader: EvidenceReader, stretch: Stretch, anchors?: string): Promise<StretchReport> {
  return checkBatches(reader, stretch, anchors === undefined ? undefined : readCertificates(anchors));
}

function checkOnThread(task: CheckTask): Promise<StretchReport> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('check-worker.ts', import.meta.url), { workerData: task });
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', (code) => {
      if (code !== 0) reject(new Error(`the checking thread ended with ${code}`));
    });
  });
}

function divide(batches: number, threads: number): readonly Stretch[] {
  const parts = Math.max(1, Math.min(threads, Math.floor(batches / WORTH_A_THREAD)));
  const bounds = Array.from({ length: parts + 1 }, (_, index) => Math.round((batches * index) / parts));
  return bounds.slice(1).map((upTo, index) => ({ after: bounds[index] ?? 0, upTo }));
}

async function checkKnown(
  reader: EvidenceReader,
  known: { readonly number: number; readonly hash: string },
): Promise<readonly Finding[]> {
  const [batch] = await reader.batchesAfter(known.number - 1, 1);
  const isSame = batch?.number === known.number && headerHash(batch.header) === known.hash.toLowerCase();
  return isSame ? [] : [findingOf({ kind: 'known-differs', batch: known.number })];
}

function sum(reports: readonly StretchReport[], further: readonly Finding[]): StretchReport {
  const total = (count: (report: StretchReport) => number): number =>
    reports.reduce((all, report) => all + count(report), 0);
  return {
    entries: total(({ entries }) => entries),
    batches: total(({ batches }) => batches),
    expired: total(({ expired }) => expired),
    closed: total(({ closed }) => closed),
    archived: total(({ archived }) => archived),
    findings: [...reports.flatMap(({ findings }) => findings), ...further],
    found: total(({ found }) => found) + further.length,
  };
}
