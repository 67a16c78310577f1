/** Requirements that a target need not meet for now, each with owner, reason and end. */
import { readFileSync } from 'node:fs';

/** One waiver. */
export interface Waiver {
  readonly requirement: string;
  /** Who answers for it; an office, not a person's number. */
  readonly owner: string;
  readonly reason: string;
  /** Last day on which it counts, `yyyy-MM-dd`. */
  readonly expiry: string;
}

/** What is wrong with a waiver in a run. */
export type WaiverFault = Waiver & { readonly fault: 'not-needed' | 'expired' | 'unknown' };

/** Reads a waivers file: `{ "waivers": [...] }`. @throws Error naming each waiver that is not whole */
export function readWaivers(file: string): readonly Waiver[] {
  const { waivers } = JSON.parse(readFileSync(file, 'utf8')) as {
    readonly waivers?: Partial<Waiver>[];
  };
  if (waivers === undefined || !Array.isArray(waivers))
    throw new Error(`${file}: 应有 waivers 列表 there must be a list "waivers"`);
  const faults = waivers.flatMap((waiver: Partial<Waiver>, at) =>
    (['requirement', 'owner', 'reason', 'expiry'] as const)
      .filter((name) => typeof waiver[name] !== 'string' || waiver[name].trim() === '')
      .map((name) => `waivers/${at}/${name}`),
  );
  const days = waivers.filter(({ expiry }) => !/^\d{4}-\d{2}-\d{2}$/.test(expiry ?? ''));
  if (faults.length > 0 || days.length > 0)
    throw new Error(
      `${file}: 缺少或无效 missing or invalid: ${[...faults, ...days.map(() => 'expiry')].join(', ')}`,
    );
  return waivers as readonly Waiver[];
}
