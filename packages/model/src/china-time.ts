/** China's time, which every message carries, whatever the machine's zone. China keeps one zone, UTC+8. */

const OFFSET_MS = 8 * 3_600_000;

/** Epoch milliseconds → `yyyyMMddHHmmssSSS`. */
export function compactTime(epochMs: number): string {
  return new Date(epochMs + OFFSET_MS).toISOString().replace(/\D/g, '');
}

/** Epoch milliseconds → `yyyy-MM-dd HH:mm:ss`. */
export function formatTime(epochMs: number): string {
  return new Date(epochMs + OFFSET_MS).toISOString().slice(0, 19).replace('T', ' ');
}

/** `yyyy-MM-dd HH:mm:ss` → epoch milliseconds; `undefined` for anything else, also for days that do not exist. */
export function findTime(text: string): number | undefined {
  if (!/^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$/.test(text)) return undefined;
  const epochMs = Date.parse(`${text.replace(' ', 'T')}+08:00`);
  return Number.isNaN(epochMs) || formatTime(epochMs) !== text ? undefined : epochMs;
}
