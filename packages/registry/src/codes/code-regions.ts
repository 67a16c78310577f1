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
  return { isKnown, synthetic: (region) => told.get(region) };
}

/** That nobody knows a region. The list is not complete, so this is no fault. */
export function unknownRegion(region: string, place: string): Bilingual {
  return {
    zh: `第 ${place} 位的区划 ${region} 不在已知的医保区划中（公开清单不完整）`,
    en: `the region ${region} in characters ${place} is not among the known ones (no complete list is public)`,
  };
}
