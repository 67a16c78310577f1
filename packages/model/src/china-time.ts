/** China's time, which every message carries, whatever the machine's zone. China keeps one zone, UTC+8. */

const OFFSET_MS = 8 * 3_600_000;
const SECOND_MS = 1_000;

/** The last second that was formatted: many messages fall into one. */
let known = { second: Number.NaN, text: '', digits: '' };

function secondOf(epochMs: number): typeof known {
  const second = Math.floor(epochMs / SECOND_MS);
  if (known.second !== second) {
    const text = new Date(second * SECOND_MS + OFFSET_MS).toISOString().slice(0, 19).replace('T', ' ');
    known = { second, text, digits: text.replace(/\D/g, '') };
  }
  return known;
}

/** Epoch milliseconds → `yyyyMMddHHmmssSSS`. */
export function compactTime(epochMs: number): string {
  const { second, digits } = secondOf(epochMs);
  return `${digits}${String(Math.floor(epochMs - second * SECOND_MS)).padStart(3, '0')}`;
}

/** Epoch milliseconds → `yyyy-MM-dd HH:mm:ss`. */
export function formatTime(epochMs: number): string {
  return secondOf(epochMs).text;
}

/** `yyyy-MM-dd HH:mm:ss` → epoch milliseconds; `undefined` for anything else, also for days that do not exist. */
export function findTime(text: string): number | undefined {
  if (text === known.text) return known.second * SECOND_MS;
  if (!/^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$/.test(text)) return undefined;
  const epochMs = Date.parse(`${text.replace(' ', 'T')}+08:00`);
  return Number.isNaN(epochMs) || formatTime(epochMs) !== text ? undefined : epochMs;
}
