/** Maps of map files: the predecessor's transactions as canonical operations, one or several in sequence. */
import { GatewayError, type Fault, type WireObject } from '@yiqiao/model';
import { compileRules, elementOf, usedElements, type RuleCompiler } from './compile-rules.ts';
import { createDirection } from './direction.ts';
import { recordKeys, type DirectionRules, type MapFamily, type MapFile, type RecordKey } from './map-file.ts';
import type { Label } from './report.ts';
import type { CompiledMap, DirectionMap } from './types.ts';

/** A transaction of a family, compiled. */
export interface CompiledFileMap {
  readonly transaction: string;
  /**
   * The operations, in the order in which they are done. Each reads the whole request; their answers
   * together are the answer: the written bodies are merged.
   */
  readonly steps: readonly CompiledMap[];
  /** The records a request refers to, to be looked up before it is read. */
  recordKeys(body: WireObject): readonly RecordKey[];
}

/** What a map file is compiled with. */
export interface FileMapOptions {
  readonly family: MapFamily;
  /** Labels of an element. */
  readonly label?: (element: string) => Label | undefined;
}

/**
 * Compiles a map file; done once.
 * @throws GatewayError `PROFILE_BROKEN` naming every word that the language does not know.
 */
export function compileMapFile(file: MapFile, options: FileMapOptions): CompiledFileMap {
  const faults: Fault[] = [];
  const steps = file.steps.map((_, index) => compileStep(file, index, { ...options, faults }));
  if (faults.length > 0) {
    throw new GatewayError('PROFILE_BROKEN', { faults, facts: { transaction: file.transaction } });
  }
  return { transaction: file.transaction, steps, recordKeys: (body) => recordKeys(file, body) };
}

function compileStep(
  file: MapFile,
  index: number,
  options: FileMapOptions & { readonly faults: Fault[] },
): CompiledMap {
  const step = file.steps[index] as MapFile['steps'][number];
  const others = file.steps.filter((other) => other !== step);
  const compileOne = (direction: 'request' | 'response'): DirectionMap => {
    const at = `maps/${file.transaction}.json#/steps/${index}/${direction}`;
    const compiler: RuleCompiler = { tables: options.family.tables, at, faults: options.faults };
    const given = step[direction];
    const header = direction === 'request' ? headerBeside(given, options.family) : [];
    const beside = others.flatMap((other) => other[direction].rules);
    const elsewhere = {
      mapped: beside.map(elementOf).filter((element) => element !== undefined),
      used: [...usedElements(beside, 'wire'), ...usedElements(beside, 'root')],
    };
    return createDirection({
      dialect: options.family.dialect,
      plan: compileRules({ ...given, rules: [...header, ...given.rules] }, elsewhere, compiler),
      root: direction === 'request' ? '/input' : '/result/output',
      style: 'xpath',
      exact: true,
      strict: direction === 'request',
      keepsUnknown: index === 0,
      silent: silentPaths(given),
      label: options.label ?? (() => undefined),
    });
  };
  return { operation: step.operation, request: compileOne('request'), response: compileOne('response') };
}

/** Header rules of the family, except for elements that the transaction's own rules read. */
function headerBeside(given: DirectionRules, family: MapFamily) {
  const own = new Set(given.rules.map(elementOf));
  return family.header.filter((rule) => !own.has(elementOf(rule)) || elementOf(rule) === undefined);
}

function silentPaths(direction: DirectionRules): ReadonlySet<string> {
  const declared = [...(direction.lost ?? []), ...(direction.noEqual ?? [])];
  return new Set(declared.filter((entry) => entry.report !== true).flatMap((entry) => entry.model ?? []));
}
