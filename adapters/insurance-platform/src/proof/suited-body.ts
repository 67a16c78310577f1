/** Canonical bodies that a map file can tell: codes its tables have, dates and lists its rules have a place for. */
import type { MapFamily, Rule } from '@yiqiao/mapping';
import type { CanonicalObject, CanonicalValue } from '@yiqiao/model';
import type { Draw } from './draw.ts';

/** One rule with the canonical paths it fills, lists without positions. */
export interface PlacedRule {
  readonly rule: Rule;
  readonly paths: readonly string[];
  /** The path as the rule has it, positions included. */
  readonly spelled: string;
}

/** The path without list positions. */
export function pathOf(path: string): string {
  return path
    .split('.')
    .filter((segment) => segment !== 'current' && !/^\d+$/.test(segment))
    .join('.');
}

/** All rules that fill something of the body, those below lists and nodes included. */
export function placeRules(rules: readonly Rule[], base = ''): readonly PlacedRule[] {
  return rules.flatMap((rule) => {
    if ('list' in rule) return placeRules(rule.rules, `${base}${rule.to}.`);
    if ('node' in rule) return placeRules(rule.rules, base);
    const own = 'to' in rule ? [rule.to] : 'fill' in rule ? [rule.fill] : 'sum' in rule ? rule.sum : [];
    const paths = own.filter((path) => !path.startsWith('header:'));
    const [spelled] = paths;
    if (spelled === undefined) return [];
    return [{ rule, paths: paths.map((path) => base + pathOf(path)), spelled: base + spelled }];
  });
}

/** What suits values to a map. */
interface Suit {
  readonly family: MapFamily;
  readonly draw: Draw;
}

/** A body with one item in each list, or as many as rules count, and values that the rules can write. */
export function suitBody(body: CanonicalObject, placed: readonly PlacedRule[], suit: Suit): CanonicalObject {
  return suitObject(body, '', { placed, suit });
}

interface Suited {
  readonly placed: readonly PlacedRule[];
  readonly suit: Suit;
}

function suitObject(object: CanonicalObject, base: string, known: Suited): CanonicalObject {
  const members = Object.entries(object).map(([name, value]) => {
    const path = base + name;
    if (value === undefined || typeof value !== 'object') return [name, suitLeaf(path, value, known)];
    if (!Array.isArray(value)) return [name, suitObject(value as CanonicalObject, `${path}.`, known)];
    const items = (value as readonly CanonicalObject[]).slice(0, countedItems(path, known));
    return [name, items.map((item) => suitObject(item, `${path}.`, known))];
  });
  return Object.fromEntries(members) as CanonicalObject;
}

/** Rules that count items make each in order; of others one item shows what there is to show. */
function countedItems(path: string, { placed }: Suited): number {
  const positions = placed.flatMap(({ spelled }) => {
    const [, position] = new RegExp(`^${path.replaceAll('.', '\\.')}\\.(\\d+)\\.`).exec(spelled) ?? [];
    return position === undefined ? [] : [Number(position) + 1];
  });
  return Math.max(1, ...positions);
}

function suitLeaf(
  path: string,
  value: CanonicalValue | undefined,
  { placed, suit }: Suited,
): CanonicalValue | undefined {
  const rule = placed.find((one) => one.paths.includes(path) && !('fill' in one.rule))?.rule;
  if (rule === undefined || typeof value !== 'string') return value;
  const table = 'table' in rule ? suit.family.tables[rule.table ?? ''] : undefined;
  if (table !== undefined && table.pairs.length > 0) {
    // Of several pairs with one code the first counts, so only those come back.
    const kept = table.pairs.filter(
      ({ wire, model }) => table.pairs.find((pair) => pair.wire === wire)?.model === model,
    );
    return kept[suit.draw.below(kept.length)]?.model;
  }
  const text = suitText(('as' in rule ? rule.as : undefined) ?? 'text', value, suit.draw);
  const shaped = 'bare' in rule && rule.bare === true && rule.as === undefined ? suit.draw.digits(4) : text;
  return 'maxLength' in rule && rule.maxLength !== undefined
    ? Array.from(shaped).slice(0, rule.maxLength).join('')
    : shaped;
}

function suitText(codec: string, value: string, draw: Draw): string {
  switch (codec) {
    case 'date8':
    case 'dateDotted':
      return draw.day();
    case 'datetime14':
    case 'date8Time':
    case 'moment':
    case 'day':
      return `${draw.day()} 10:15:00`;
    case 'class2':
      return '11';
    default:
      return value;
  }
}
