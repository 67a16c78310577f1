/** Facts about the platforms around the settlement, from schemas/peripheral. */
import type { Operation } from '@yiqiao/model';
import type { PoolingArea } from '@yiqiao/registry';
import { knowledge } from './signing.ts';

/**
 * A file `schemas/peripheral/PLATFORM/NAME.json` as parsed; its shape is for the adapter to state.
 * @throws GatewayError `PROFILE_BROKEN` naming the file when it is missing or no JSON.
 */
export function readPeripheral<T>(platform: string, name: string): T {
  return knowledge().peripheral(platform, name) as T;
}

/** National transaction number of an operation, `2207` of `settleOutpatient`. */
export function transactionOf(operation: Operation): string {
  return knowledge().operation(operation).transaction;
}

/** Who holds the fund of a six-digit region code (统筹区); `undefined` for a code that is none. */
export function poolingAreaOf(region: string): PoolingArea | undefined {
  return knowledge().poolingArea(region);
}
