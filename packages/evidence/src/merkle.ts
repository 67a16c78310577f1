/** The tree over the leaves of a batch, with SM3 in the place of SHA-256. Source: RFC 6962, 2.1. */
import { sm3 } from '@yiqiao/signer';

/** Root of a tree; at least one leaf. */
export function rootOf(leaves: readonly Uint8Array[]): Buffer {
  let level = leaves;
  while (level.length > 1) level = nextLevel(level);
  return Buffer.from(level[0] ?? []);
}

/** The nodes beside the way from a leaf to the root, lowest first. */
export function pathOf(leaves: readonly Uint8Array[], index: number): Buffer[] {
  const path: Buffer[] = [];
  let at = index;
  for (let level = leaves; level.length > 1; level = nextLevel(level)) {
    const sibling = level[at ^ 1];
    if (sibling !== undefined) path.push(Buffer.from(sibling));
    at >>= 1;
  }
  return path;
}

/** The root that a leaf and its path lead to; `undefined` when the path has not the length of such a place. */
export function rootFrom(
  leaf: Uint8Array,
  place: { readonly index: number; readonly count: number },
  path: readonly Uint8Array[],
): Buffer | undefined {
  const { index, count } = place;
  if (!Number.isSafeInteger(index) || index < 0 || index >= count) return undefined;
  let node: Buffer = Buffer.from(leaf);
  let used = 0;
  for (let at = index, size = count; size > 1; at >>= 1, size = (size + 1) >> 1) {
    // The last node of an odd level goes up as it is.
    if ((at ^ 1) >= size) continue;
    const sibling = path[used];
    if (sibling === undefined) return undefined;
    used += 1;
    node = at % 2 === 0 ? parentOf(node, sibling) : parentOf(sibling, node);
  }
  return used === path.length ? node : undefined;
}

function nextLevel(level: readonly Uint8Array[]): Uint8Array[] {
  const next: Uint8Array[] = [];
  for (let at = 0; at < level.length; at += 2) {
    const [left, right] = [level[at], level[at + 1]];
    if (left !== undefined) next.push(right === undefined ? left : parentOf(left, right));
  }
  return next;
}

function parentOf(left: Uint8Array, right: Uint8Array): Buffer {
  const both = Buffer.allocUnsafe(1 + left.length + right.length);
  both[0] = 1;
  both.set(left, 1);
  both.set(right, 1 + left.length);
  return sm3(both);
}
