/** The regions in codes: known ones, and those that stand for synthetic data. */
import type { Bilingual } from './code-types.ts';

/** What is known of regions. Sources: pooling-areas.json; code-standards.json, `syntheticRegions`. */
export interface CodeRegions {
  isKnown(region: string): boolean;
  /** What a region of synthetic data is; `undefined` for any other. */
  synthetic(region: string): Bilingual | undefined;
}

/** A region that stands for none. */
export interface SyntheticRegion extends Bilingual {
  readonly code: string;
}

/** The regions with those of synthetic data. */
export function codeRegions(
  isKnown: CodeRegions['isKnown'],
  synthetic: readonly SyntheticRegion[] = [],
): CodeRegions {
  const told = new Map(synthetic.map(({ code, zh, en }) => [code, { zh, en }]));
  const seen = new Set<string>();
  return {
    isKnown(region) {
      if (seen.has(region)) return true;
      const known = isKnown(region);
      if (known && seen.size < KEPT) seen.add(region);
      return known;
    },
    synthetic: (region) => told.get(region),
  };
}

/** A country has fewer; every fee line names some of them. */
const KEPT = 5000;

/** That nobody knows a region: remarked on, since the structures that have one are known from samples. */
export function unknownRegion(region: string, place: string): Bilingual {
  return {
    zh: `第 ${place} 位的区划 ${region} 不在已知的医保区划中`,
    en: `The region ${region} in characters ${place} is not among the known ones`,
  };
}
