/** Combinations of factor values in which every pair of values that may stand together does so: a covering array of strength two. */

/** What may take several values. */
export interface Factor {
  readonly id: string;
  readonly values: readonly string[];
}

/** One value for each factor, in the order of the factors. */
export type Combination = readonly string[];

/** What combinations are chosen from. */
export interface PairSpace {
  readonly factors: readonly Factor[];
  /** Whether values may stand together. */
  readonly allows: (combination: Combination) => boolean;
}

/**
 * Chooses combinations, always the same ones: those that are `kept` and still allowed, then as few more as a greedy
 * choice needs. Looks at every combination there is, so it is for some ten thousand at most.
 */
export function coverPairs(space: PairSpace, kept: readonly Combination[] = []): readonly Combination[] {
  const all = allowedCombinations(space);
  const known = new Set(all.map((one) => keyOf(one)));
  const chosen = kept.filter((one) => known.has(keyOf(one)));
  const open = new Set(all.flatMap((one) => pairsOf(one)));
  for (const one of chosen) for (const pair of pairsOf(one)) open.delete(pair);
  while (open.size > 0) {
    const next = bestOf(all, { open, used: usesOf(chosen) });
    chosen.push(next);
    for (const pair of pairsOf(next)) open.delete(pair);
  }
  return chosen;
}

/** Pairs of values that may stand together and do so in none of these combinations: `0=310 2=14`. */
export function uncoveredPairs(space: PairSpace, chosen: readonly Combination[]): readonly string[] {
  const seen = new Set(chosen.flatMap((one) => pairsOf(one)));
  const wanted = new Set(allowedCombinations(space).flatMap((one) => pairsOf(one)));
  return [...wanted].filter((pair) => !seen.has(pair));
}

function allowedCombinations({ factors, allows }: PairSpace): readonly Combination[] {
  return factors
    .reduce<readonly Combination[]>(
      (begun, { values }) => begun.flatMap((one) => values.map((value) => [...one, value])),
      [[]],
    )
    .filter((one) => allows(one));
}

/** What brings most open pairs; among equals, what has the values that were used least. */
function bestOf(
  all: readonly Combination[],
  { open, used }: { readonly open: ReadonlySet<string>; readonly used: ReadonlyMap<string, number> },
): Combination {
  let [best, most, least]: [Combination, number, number] = [[], 0, 0];
  for (const one of all) {
    const gain = pairsOf(one).filter((pair) => open.has(pair)).length;
    const uses = one.reduce((sum, value, at) => sum + (used.get(`${at}=${value}`) ?? 0), 0);
    if (gain > most || (gain === most && uses < least)) [best, most, least] = [one, gain, uses];
  }
  return best;
}

function usesOf(chosen: readonly Combination[]): ReadonlyMap<string, number> {
  const uses = new Map<string, number>();
  for (const value of chosen.flatMap((one) => one.map((each, at) => `${at}=${each}`)))
    uses.set(value, (uses.get(value) ?? 0) + 1);
  return uses;
}

function pairsOf(combination: Combination): readonly string[] {
  return combination.flatMap((value, at) =>
    combination.slice(at + 1).map((other, further) => `${at}=${value} ${at + 1 + further}=${other}`),
  );
}

function keyOf(combination: Combination): string {
  return combination.join('/');
}
