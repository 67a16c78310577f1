/** Facts about the platforms around the settlement, from schemas/peripheral. */
import type { PoolingArea } from '@yiqiao/registry';
import { knowledge } from './signing.ts';

/**
 * A file `schemas/peripheral/PLATFORM/NAME.json` as parsed; its shape is for the adapter to state.
 * @throws GatewayError `PROFILE_BROKEN` naming the file when it is missing or no JSON.
 */
export function readPeripheral<T>(platform: string, name: string): T {
  return knowledge().peripheral(platform, name) as T;
}

/** Who holds the fund of a six-digit region code (统筹区); `undefined` for a code that is none. */
export function poolingAreaOf(region: string): PoolingArea | undefined {
  return knowledge().poolingArea(region);
}
