/** Which file of a transaction counts for a message: the conditions a file stands under, compiled. */
import type { WireObject } from '@yiqiao/model';
import { createTableCodec } from './code-table.ts';
import { unknownWord, type RuleCompiler } from './compile-rules.ts';
import { findCodec, type LeafCodec } from './leaf-codec.ts';
import type { Condition } from './map-file.ts';
import type { ReadView } from './plan.ts';
import { findFillSource } from './source.ts';
import type { MapContext } from './types.ts';

const TEXT = findCodec('text', { bare: false }) as LeafCodec;

/** Compiles conditions to one question, asked of a request's body: the sources of those that do not hold. */
export function compileConditions(
  conditions: readonly Condition[],
  compiler: RuleCompiler,
): (body: WireObject, context: MapContext) => readonly string[] {
  const asked = conditions.map(({ from, table }, index) => {
    const here = { ...compiler, at: `${compiler.at}/${index}` };
    const source = findFillSource(from, codecOf(table, here)) ?? unknownWord(from, here) ?? (() => undefined);
    return { from, source };
  });
  return (body, context) => {
    const view: ReadView = { context, object: body, root: body, header: context.header ?? {} };
    return asked.filter(({ source }) => source(view) === undefined).map(({ from }) => from);
  };
}

function codecOf(table: string | undefined, compiler: RuleCompiler): LeafCodec {
  if (table === undefined) return TEXT;
  const known = compiler.tables[table];
  return known === undefined ? (unknownWord(table, compiler) ?? TEXT) : createTableCodec(known);
}
