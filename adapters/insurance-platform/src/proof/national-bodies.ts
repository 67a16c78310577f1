/** Generated bodies in the national form, from the derived map of an operation. */
import { ExactNumber } from '@yiqiao/model';
import type { WireObject, WireValue } from '@yiqiao/model';
import type { FieldMap, NodeMap, Registry } from '@yiqiao/registry';
import type { Draw } from './draw.ts';

/** What a body is made with. */
export interface BodyParts {
  readonly registry: Registry;
  readonly draw: Draw;
  /** Every field is filled; otherwise about one in four is left out. */
  readonly full: boolean;
}

/** A body of one direction, or `null` when the direction has no members. */
export function nationalBody(nodes: readonly NodeMap[], parts: BodyParts): WireObject | null {
  if (nodes.length === 0) return null;
  const tops = nodes.filter((node) => node.node === '' && !node.repeated).flatMap(({ fields }) => fields);
  return object(tops, undefined, { nodes, parts });
}

interface Tree {
  readonly nodes: readonly NodeMap[];
  readonly parts: BodyParts;
}

function object(fields: readonly FieldMap[], holder: string | undefined, tree: Tree): WireObject {
  const { draw, full } = tree.parts;
  const members: Record<string, WireValue> = {};
  for (const field of fields) {
    if (full || draw.below(4) > 0) members[field.from] = leaf(field, tree.parts);
  }
  for (const node of tree.nodes) {
    if (node.parent !== holder || (node.node === '' && !node.repeated)) continue;
    const one = (): WireObject => object(node.fields, node.node, tree);
    members[node.node] = node.repeated ? Array.from({ length: 1 + draw.below(2) }, one) : one();
  }
  return members;
}

function leaf({ from, as, bare }: FieldMap, { registry, draw }: BodyParts): WireValue {
  if (as === 'boolean') return draw.below(2) === 1;
  if (as === 'text') return text(from, registry, draw);
  const spelled = as === 'integer' ? draw.digits(1 + draw.below(8)) : draw.amount();
  return bare ? new ExactNumber(spelled) : spelled;
}

function text(name: string, registry: Registry, draw: Draw): string {
  const kind = registry.findName(name)?.kind;
  if (kind === 'date') return draw.day();
  if (kind === 'datetime') return `${draw.day()} 08:0${draw.below(10)}:00`;
  return kind === 'identifier' || kind === 'code' || kind === 'flag' ? draw.digits(12) : draw.text();
}
