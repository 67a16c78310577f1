/** Rules with the place where they stand in their file, and what they speak of. */
import { elementsOf, holdsRules } from './compile-rules.ts';
import type { Declared, DirectionRules, Rule } from './map-file.ts';
import { fieldPath } from './model-path.ts';
import { splitSource } from './source.ts';

/** One rule. */
export interface PlacedRule {
  readonly rule: Rule;
  /** File, `#` and JSON pointer of the rule. */
  readonly at: string;
  /** Path of the node at hand, with a dot at its end; empty at the top. */
  readonly wire: string;
  /** Path of the canonical object at hand, likewise. */
  readonly model: string;
}

/** Rules and those below them; `at` is the place of the list. */
export function placedRules(
  rules: readonly Rule[],
  at: string,
  base: Pick<PlacedRule, 'wire' | 'model'> = { wire: '', model: '' },
): readonly PlacedRule[] {
  return rules.flatMap((rule, index) => {
    const own = { rule, at: `${at}/${index}`, ...base };
    if (!holdsRules(rule)) return [own];
    const wire = `${base.wire}${'list' in rule ? rule.list : rule.node}.`;
    const model = 'list' in rule ? `${base.model}${rule.to}.` : base.model;
    return [own, ...placedRules(rule.rules, `${own.at}/rules`, { wire, model })];
  });
}

/** A name, and where it stands. */
export interface PlacedName {
  readonly name: string;
  readonly at: string;
}

/** Elements that a rule reads or writes, lists and nodes left to the rules below them. */
export function elementsUsed({ rule, at, wire }: PlacedRule): readonly PlacedName[] {
  if (holdsRules(rule)) return [];
  const own = elementsOf(rule).map((element) => ({ name: wire + element, at }));
  if (!('fill' in rule) || rule.from === undefined) return own;
  const { scheme, path } = splitSource(rule.from);
  if (scheme === 'wire') return [...own, { name: wire + path, at }];
  return scheme === 'root' ? [...own, { name: fieldPath(path), at }] : own;
}

/** What a direction declares of one side, under the given heads. */
export function declaredNames(
  direction: DirectionRules,
  {
    at,
    side,
    heads,
  }: { readonly at: string; readonly side: 'wire' | 'model'; readonly heads: readonly Head[] },
): readonly PlacedName[] {
  return heads.flatMap((head) =>
    (direction[head] ?? []).flatMap((entry: Declared, index) =>
      (entry[side] ?? []).map((name) => ({ name, at: `${at}/${head}/${index}` })),
    ),
  );
}

/** Members of a direction that declare what is without rule. */
export type Head = 'lost' | 'noEqual' | 'unattested';

/** All of them. */
export const HEADS: readonly Head[] = ['lost', 'noEqual', 'unattested'];
