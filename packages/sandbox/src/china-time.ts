/** Wall-clock texts of the simulated systems: Chinese standard time (UTC+8, no summer time). */

const OFFSET_MS = 8 * 3600 * 1000;

/** `yyyy-MM-dd HH:mm:ss`. Source: envelope.json, rules. */
export function dateTime(epochMs: number): string {
  return new Date(epochMs + OFFSET_MS).toISOString().slice(0, 19).replace('T', ' ');
}

/** `yyyy-MM-dd`. */
export function date(epochMs: number): string {
  return dateTime(epochMs).slice(0, 10);
}

/** `yyyyMMddHHmmss`, as in message ids and the predecessor's times. */
export function stamp(epochMs: number): string {
  return dateTime(epochMs).replace(/\D/g, '');
}

/** `yyyyMMddHHmmssSSS`, as in `refmsg_time` and `respond_time`. */
export function stampMs(epochMs: number): string {
  return new Date(epochMs + OFFSET_MS).toISOString().replace(/\D/g, '').slice(0, 17);
}

/** `yyMMdd`, as in visit and settlement serials. */
export function shortDate(epochMs: number): string {
  return stamp(epochMs).slice(2, 8);
}
