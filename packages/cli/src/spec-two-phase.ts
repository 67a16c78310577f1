/** What a profile says of transactions that confirm, cancel, begin or ask: what a program does with them, and its words. */
import type { Profile } from '@yiqiao/registry';

/** What is told of one of them. */
export interface TwoPhaseNotes {
  /** What the transaction does, with the values that make it so; none where no program does anything with it. */
  readonly does: readonly string[];
  /** What the profile says in words, each beside its name. */
  readonly words: readonly string[];
}

interface Call {
  readonly transaction: string;
  readonly does: string;
  readonly original: string | readonly string[];
  readonly when?: Readonly<Record<string, readonly string[]>>;
}

/** `undefined` for a transaction that has no part in it; where no program does anything, each has. */
export function twoPhaseNotes(
  { data }: Profile,
  transaction: string,
  notMapped: string | undefined,
): TwoPhaseNotes | undefined {
  const form = data['twoPhase'] as Readonly<Record<string, unknown>> | undefined;
  if (form === undefined) return undefined;
  const all = (form['calls'] ?? []) as readonly Call[];
  const calls = all.filter((call) => call.transaction === transaction);
  const isConcerned = calls.length > 0 || all.length === 0 || notMapped?.includes('twoPhase') === true;
  if (!isConcerned) return undefined;
  const words = Object.entries(form).flatMap(([name, value]) =>
    typeof value === 'string' && name !== 'key' ? [`${name}: ${value}`] : [],
  );
  return { does: calls.map(describe), words };
}

function describe({ does, original, when = {} }: Call): string {
  const conditions = Object.entries(when).map(([element, values]) => `${element} = ${values.join(' | ')}`);
  const named = [original].flat().join(' + ');
  return `${does} (${[...conditions, named].join(', ')})`;
}
