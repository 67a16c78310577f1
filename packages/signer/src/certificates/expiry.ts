/** How long certificates and keys still hold. */

/** From 60 days on the end is in sight, from 30 it presses, from 7 it is urgent. */
export type ExpiryLevel = 'fine' | '60-days' | '30-days' | '7-days' | 'expired';

const DAY_MS = 86_400_000;

/** Whole days until a time is over, negative once it is; `Infinity` for what has no end. */
export function daysLeft(notAfter: number | undefined, now: number): number {
  return notAfter === undefined ? Infinity : Math.floor((notAfter - now) / DAY_MS);
}

/** How near the end is. */
export function expiryLevel(notAfter: number | undefined, now: number): ExpiryLevel {
  if (notAfter !== undefined && now > notAfter) return 'expired';
  const days = daysLeft(notAfter, now);
  if (days < 7) return '7-days';
  if (days < 30) return '30-days';
  return days < 60 ? '60-days' : 'fine';
}
