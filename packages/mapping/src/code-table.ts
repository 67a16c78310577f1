/** Code tables compiled to codecs. */
import { strict as assert } from 'node:assert';
import type { LeafCodec } from './leaf-codec.ts';
import type { CodeTable } from './map-file.ts';

/** Makes a codec of a table. A code without equal is declined. */
export function createTableCodec(table: CodeTable): LeafCodec {
  const toModel = new Map<string, string>();
  const toWire = new Map<string, string>();
  for (const { wire, model } of table.pairs) {
    if (!toModel.has(wire)) toModel.set(wire, model);
    if (!toWire.has(model)) toWire.set(model, wire);
  }
  const without = (side: 'wire' | 'model') =>
    new Set((table.gaps ?? []).flatMap((gap) => [...(gap[side] ?? [])]));
  const gaps = { wire: without('wire'), model: without('model') };
  const otherwise = (text: string, side: 'wire' | 'model') =>
    table.otherwise === 'same' && !gaps[side].has(text) ? text : undefined;
  return {
    read: (value) =>
      typeof value === 'string' && value !== ''
        ? (toModel.get(value) ?? otherwise(value, 'wire'))
        : undefined,
    write: (value) => {
      assert(typeof value === 'string', 'a code of a canonical body is a string');
      return toWire.get(value) ?? otherwise(value, 'model');
    },
    form: 'string',
    fault: 'format',
  };
}
