/** JSON as a tree that may be wrong: a name twice, a leaf that is no JSON, members in any order. */
import type { Random } from './random.ts';
import { JSON_LEAVES, monster, NAMES } from './hostile.ts';

/** A node; a leaf is its text. */
export type Tree = { members: [name: string, value: Tree][] } | { items: Tree[] } | { leaf: string };

/** Reads what is JSON; `undefined` when it is none. */
export function findTree(text: string): Tree | undefined {
  try {
    return treeOf(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** The tree of a value as `JSON.parse` gives it. */
export function treeOf(value: unknown): Tree {
  if (Array.isArray(value)) return { items: value.map(treeOf) };
  if (typeof value !== 'object' || value === null) return { leaf: JSON.stringify(value) };
  return { members: Object.entries(value).map(([name, member]) => [name, treeOf(member)]) };
}

/** Its text. */
export function textOf(tree: Tree): string {
  if ('leaf' in tree) return tree.leaf;
  if ('items' in tree) return `[${tree.items.map(textOf).join(',')}]`;
  return `{${tree.members.map(([name, value]) => `${JSON.stringify(name)}:${textOf(value)}`).join(',')}}`;
}

/** Changes a tree once, somewhere. */
export function mutateTree(tree: Tree, random: Random): Tree {
  const places = placesOf(tree);
  const place = random.find(places);
  if (place === undefined) return { leaf: random.pick(JSON_LEAVES) };
  CHANGES[random.below(CHANGES.length)]?.(place, random, places);
  return tree;
}

/** One value with what holds it. */
interface Place {
  readonly tree: Tree;
  put(other: Tree): void;
  remove(): void;
  /** Puts a second one beside it. */
  double(other: Tree): void;
  /** Puts so many others behind it, each under a name of its own. */
  flood(count: number, other: Tree): void;
  rename(name: string): void;
}

type Change = (place: Place, random: Random, places: readonly Place[]) => void;

const CHANGES: readonly Change[] = [
  (place) => place.remove(),
  (place) => place.double(place.tree),
  (place, random) => place.double({ leaf: random.pick(JSON_LEAVES) }),
  (place, random) => place.put({ leaf: random.pick(JSON_LEAVES) }),
  (place, random) => place.put({ leaf: random.pick(JSON_LEAVES) }),
  (place, random, places) => place.put(random.find(places)?.tree ?? place.tree),
  (place, random) => place.rename(random.pick(NAMES)),
  // Not every time: they are slow.
  (place, random) => (random.percent(4) ? place.put({ leaf: monster(random) }) : place.remove()),
  (place, random) => place.flood(random.percent(2) ? 20_000 : 20, { leaf: random.pick(FLOODED) }),
  (place, random) => place.flood(Math.min(60_000, copiesOf(place, random)), place.tree),
  (place) => place.put({ items: [place.tree] }),
  (place) => place.put({ leaf: JSON.stringify(textOf(place.tree)) }),
  (place) => place.put(retyped(place.tree)),
  (place, random) => place.put({ members: [[random.pick(NAMES), place.tree]] }),
  (place, random) => place.put(lengthened(place.tree, random)),
];

/** So many copies of one value that they make a megabyte at most. */
function copiesOf({ tree }: Place, random: Random): number {
  return random.percent(2) ? Math.ceil(1_000_000 / (textOf(tree).length + 2)) : 2 + random.below(50);
}

const FLOODED: readonly [string, ...string[]] = ['""', '"1"', '1', 'null', '{}', '[]', '{"a":"b"}'];

/** A text as a number, a number as a text, an object as a list of its values. */
function retyped(tree: Tree): Tree {
  if ('members' in tree) return { items: tree.members.map(([, value]) => value) };
  if ('items' in tree) return tree.items[0] ?? { leaf: 'null' };
  return { leaf: tree.leaf.startsWith('"') ? tree.leaf.slice(1, -1) || '0' : JSON.stringify(tree.leaf) };
}

function lengthened(tree: Tree, random: Random): Tree {
  if (!('leaf' in tree)) return { items: Array.from({ length: 2 + random.below(40) }, () => tree) };
  return {
    leaf: tree.leaf.startsWith('"') ? `"${tree.leaf.slice(1, -1).repeat(30)}"` : tree.leaf.repeat(30),
  };
}

const MOST_PLACES = 400;

function placesOf(root: Tree): Place[] {
  const places: Place[] = [];
  const walk = (tree: Tree): void => {
    if ('leaf' in tree || places.length > MOST_PLACES) return;
    const list: unknown[] = 'items' in tree ? tree.items : tree.members;
    const valueAt = (index: number): Tree | undefined =>
      'items' in tree ? tree.items[index] : tree.members[index]?.[1];
    const entry = (name: string, value: Tree): unknown => ('items' in tree ? value : [name, value]);
    for (let index = 0; index < list.length; index += 1) {
      const value = valueAt(index);
      if (value === undefined) continue;
      const name = 'items' in tree ? '' : (tree.members[index]?.[0] ?? '');
      places.push({
        tree: value,
        put: (other) => void (list[index] = entry(name, structuredClone(other))),
        remove: () => void list.splice(index, 1),
        double: (other) => void list.splice(index, 0, entry(name, structuredClone(other))),
        flood: (count, other) =>
          void list.push(...Array.from({ length: count }, (_, number) => entry(`${name}${number}`, other))),
        rename: (other) => void (list[index] = entry(other, value)),
      });
      walk(value);
    }
  };
  walk(root);
  return places;
}
