/** The bodies that a sender may have signed before it took null members out. */
import { isWireObject } from '@yiqiao/model';
import type { WireObject, WireValue } from '@yiqiao/model';
import { findJson, writeJson } from '../json-text.ts';
import type { Reading } from './reading.ts';

/** A node and the members it may have, in the order of the specification. */
export interface KnownNode {
  readonly node: string;
  readonly names: readonly string[];
}

/** More would take too long. */
const MOST = 2_500;

/**
 * Every known member that is absent, as null: all of them in the order of the specification, all of them behind what
 * is there, and each alone in each place.
 */
export function readBeforeRemoval(
  body: Uint8Array,
  nodes: readonly KnownNode[],
): readonly Reading<Uint8Array>[] {
  const root = nodes.length === 0 ? undefined : findJson(body);
  if (!isWireObject(root)) return [];
  const all = [inSpecifiedOrder, behindOthers].map((complete) => completeAll(root, nodes, complete));
  const found = [...all, ...oneByOne(root, nodes)].slice(0, MOST);
  return found.map((value) => ({ value: Buffer.from(writeJson(value)), differences: ['nulls-gone'] }));
}

type Complete = (node: WireObject, names: readonly string[]) => WireObject;

function completeAll(root: WireObject, nodes: readonly KnownNode[], complete: Complete): WireObject {
  const members = Object.entries(root).map(([name, value]): [string, WireValue] => {
    const names = nodes.find(({ node }) => node === name)?.names ?? [];
    if (isWireObject(value)) return [name, complete(value, names)];
    if (!Array.isArray(value)) return [name, value];
    const items = (value as readonly WireValue[]).map((item) =>
      isWireObject(item) ? complete(item, names) : item,
    );
    return [name, items];
  });
  return Object.fromEntries(members);
}

function inSpecifiedOrder(node: WireObject, names: readonly string[]): WireObject {
  return { ...Object.fromEntries(names.map((name) => [name, null])), ...node };
}

function behindOthers(node: WireObject, names: readonly string[]): WireObject {
  return { ...node, ...Object.fromEntries(absent(node, names).map((name) => [name, null])) };
}

function* oneByOne(root: WireObject, nodes: readonly KnownNode[]): Generator<WireObject> {
  for (const { node, names } of nodes) {
    const value = Object.hasOwn(root, node) ? root[node] : undefined;
    if (!isWireObject(value)) continue;
    const members = Object.entries(value);
    for (const name of absent(value, names)) {
      for (let at = 0; at <= members.length; at += 1) {
        yield { ...root, [node]: Object.fromEntries(members.toSpliced(at, 0, [name, null])) };
      }
    }
  }
}

function absent(node: WireObject, names: readonly string[]): readonly string[] {
  return names.filter((name) => !Object.hasOwn(node, name));
}
