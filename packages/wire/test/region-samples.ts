import { readFileSync, readdirSync } from 'node:fs';
import { createRegistry } from '@yiqiao/registry';
import { createWireCodec } from '@yiqiao/wire';
import type { WireCodec, WireLimits } from '@yiqiao/wire';

const PROVINCIAL = new URL('../../../schemas/provincial/', import.meta.url);

/** A message of a region as its sources have it; only persons, keys and numbers are invented. */
export interface RegionSample {
  readonly region: string;
  readonly transaction: string;
  readonly direction: 'request' | 'response';
  readonly bytes: Uint8Array;
  /** What the call tells beside the bytes. */
  readonly beside: Readonly<Record<string, string>>;
}

/** What is known of the regions. */
export const registry = createRegistry();

function list(path: string): string[] {
  try {
    return readdirSync(new URL(path, PROVINCIAL)).toSorted();
  } catch {
    return [];
  }
}

function besideOf(region: string, file: string): Record<string, string> {
  const text = readFileSync(new URL(`${region}/samples/${file}`, PROVINCIAL), 'utf8');
  return JSON.parse(text) as Record<string, string>;
}

/** The codec of a region, made from its profile and definitions. */
export function regionCodec(region: string, limits: Partial<WireLimits> = {}): WireCodec {
  return createWireCodec(registry.profile(region), {
    limits,
    layout: (transaction, direction) => registry.definition(region, transaction)?.[direction],
  });
}

/** The samples in `schemas/provincial/REGION/samples`: `TRANSACTION.request.*` and `TRANSACTION.response.*`. */
export const regionSamples: readonly RegionSample[] = list('').flatMap((region) => {
  const files = list(`${region}/samples`);
  return files.flatMap((file) => {
    const [, transaction = '', direction = ''] = /^(.+)\.(request|response)\.(?!beside)/.exec(file) ?? [];
    if (direction === '') return [];
    const besideFile = `${transaction}.${direction}.beside.json`;
    const beside = files.includes(besideFile) ? besideOf(region, besideFile) : {};
    const bytes = readFileSync(new URL(`${region}/samples/${file}`, PROVINCIAL));
    return [{ region, transaction, direction, bytes, beside } as RegionSample];
  });
});

/** One sample. */
export function regionSample(region: string, direction: 'request' | 'response'): RegionSample {
  const found = regionSamples.find((one) => one.region === region && one.direction === direction);
  if (found === undefined) throw new Error(`no ${direction} of ${region}`);
  return found;
}
