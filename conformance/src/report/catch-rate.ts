/** What the suite is worth: how many systems that are wrong on purpose a kit has caught. Kept by `conformance:self -- --keep`. */
import { existsSync, readFileSync } from 'node:fs';
import type { KitCatch } from '../self/self-check.ts';

/** Where it is kept. */
export const CATCH_RATE_FILE = new URL('../../catch-rate.json', import.meta.url);

/** How well a kit catches what is wrong. */
export type CatchRate = Pick<KitCatch, 'faultySystems' | 'caught' | 'falseFailures' | 'neverFailed'>;

/** The rate of the rules with this digest; `undefined` when these rules were never tried. */
export function catchRateOf(kit: string, digest: string): CatchRate | undefined {
  if (!existsSync(CATCH_RATE_FILE)) return undefined;
  const { kits } = JSON.parse(readFileSync(CATCH_RATE_FILE, 'utf8')) as {
    readonly kits: readonly KitCatch[];
  };
  const found = kits.find((one) => one.kit === kit && one.digest === digest);
  if (found === undefined) return undefined;
  const { faultySystems, caught, falseFailures, neverFailed } = found;
  return { faultySystems, caught, falseFailures, neverFailed };
}
