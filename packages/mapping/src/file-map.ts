/** Maps of map files: the predecessor's transactions as canonical operations, one or several in sequence. */
import { GatewayError, type Fault, type WireObject } from '@yiqiao/model';
import { compileRules, elementsAsked, elementsOf, usedElements, type RuleCompiler } from './compile-rules.ts';
import { compileConditions } from './conditions.ts';
import { createDirection } from './direction.ts';
import { recordKeys, type DirectionRules, type MapFamily, type MapFile, type RecordKey } from './map-file.ts';
import type { Label } from './report.ts';
import { shapeFaults } from './rule-shape.ts';
import type { CompiledMap, DirectionMap, MapContext } from './types.ts';

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
  /** How many conditions the file has; of several files of a transaction the one with most is asked first. */
  readonly conditions: number;
  /** Whether all conditions of the file hold for a request. */
  applies(body: WireObject, context: MapContext): boolean;
  /** The sources (`wire:X`, `record:…`) of the conditions that do not. */
  unmet(body: WireObject, context: MapContext): readonly string[];
}

/** What a map file is compiled with. */
export interface FileMapOptions {
  readonly family: MapFamily;
  /** Name of the file, `TRANSACTION-CASE`; when absent it is the transaction. */
  readonly name?: string;
  /** Labels of an element. */
  readonly label?: (element: string) => Label | undefined;
}

/**
 * Compiles a map file; done once.
 * @throws GatewayError `PROFILE_BROKEN` naming every word that the language does not know.
 */
export function compileMapFile(file: MapFile, options: FileMapOptions): CompiledFileMap {
  const faults: Fault[] = shapesOf(file, options);
  if (faults.length > 0) throw broken(file, faults);
  const steps = file.steps.map((_, index) => compileStep(file, index, { ...options, faults }));
  const when = file.when ?? [];
  const at = `maps/${options.name ?? file.transaction}.json#/when`;
  const unmet = compileConditions(when, { tables: options.family.tables, at, faults });
  if (faults.length > 0) throw broken(file, faults);
  return {
    transaction: file.transaction,
    steps,
    recordKeys: (body) => recordKeys(file, body),
    conditions: when.length,
    applies: (body, context) => unmet(body, context).length === 0,
    unmet,
  };
}

function broken({ transaction }: MapFile, faults: readonly Fault[]): GatewayError {
  return new GatewayError('PROFILE_BROKEN', { faults, facts: { transaction } });
}

/**
 * Rules that the language does not have, of a file that may be anything.
 * @param name of the file
 */
export function findStrangeRules(file: unknown, name: string): readonly Fault[] {
  const { steps } = (file ?? {}) as { readonly steps?: unknown };
  if (!Array.isArray(steps)) return [];
  return (steps as readonly unknown[]).flatMap((step, index) =>
    (['request', 'response'] as const).flatMap((side) => {
      const { rules } =
        ((step ?? {}) as Partial<Record<string, { readonly rules?: unknown } | null>>)[side] ?? {};
      return Array.isArray(rules)
        ? shapeFaults(rules, `maps/${name}.json#/steps/${index}/${side}/rules`)
        : [];
    }),
  );
}

function shapesOf({ transaction, steps }: MapFile, { family, name = transaction }: FileMapOptions): Fault[] {
  return [
    ...shapeFaults(family.header, 'profile.json#/maps/header'),
    ...steps.flatMap((step, index) =>
      (['request', 'response'] as const).flatMap((side) =>
        shapeFaults(step[side].rules, `maps/${name}.json#/steps/${index}/${side}/rules`),
      ),
    ),
  ];
}

function compileStep(
  file: MapFile,
  index: number,
  options: FileMapOptions & { readonly faults: Fault[] },
): CompiledMap {
  const step = file.steps[index] as MapFile['steps'][number];
  const others = file.steps.filter((other) => other !== step);
  const compileOne = (direction: 'request' | 'response'): DirectionMap => {
    const at = `maps/${options.name ?? file.transaction}.json#/steps/${index}/${direction}`;
    const given = step[direction];
    const header = direction === 'request' ? headerBeside(given, options.family) : [];
    const compiler: RuleCompiler = {
      tables: options.family.tables,
      at,
      faults: options.faults,
      placeOf: (rule, place) =>
        place < header.length
          ? `profile.json#/maps/header/${options.family.header.indexOf(rule)}`
          : `${at}/rules/${place - header.length}`,
    };
    const beside = others.flatMap((other) => other[direction].rules);
    const elsewhere = {
      mapped: beside.flatMap(elementsOf),
      used: [...usedElements(beside, 'wire'), ...usedElements(beside, 'root'), ...elementsAsked(file)],
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
      single: given.single ?? [],
      label: options.label ?? (() => undefined),
    });
  };
  return { operation: step.operation, request: compileOne('request'), response: compileOne('response') };
}

/** Header rules of the family, except for elements that the transaction's own rules read. */
function headerBeside(given: DirectionRules, family: MapFamily) {
  const own = new Set(given.rules.flatMap(elementsOf));
  return family.header.filter((rule) => !elementsOf(rule).some((element) => own.has(element)));
}

function silentPaths(direction: DirectionRules): ReadonlySet<string> {
  const { lost = [], noEqual = [], unattested = [] } = direction;
  const declared = [...lost, ...noEqual, ...unattested];
  const unsaid = declared.filter((entry) => entry.report !== true).flatMap((entry) => entry.model ?? []);
  return new Set([...unsaid, ...(direction.single ?? [])]);
}
