/** Generated messages from the national form through a map file and back to the national form. */
import { compileMapFile, compileNationalMap } from '@yiqiao/mapping';
import type { CompiledMap, DirectionRules, MapContext, MapFile } from '@yiqiao/mapping';
import { EMPTY_HEADER } from '@yiqiao/model';
import type { CanonicalObject, CanonicalValue, Fault } from '@yiqiao/model';
import type { Direction, RecordKind } from '@yiqiao/registry';
import { faultsOf } from '../profile-faults.ts';
import { roundTripFault } from './map-proof.ts';
import type { Trial } from './map-file-trial.ts';
import { nationalBody } from './national-bodies.ts';
import { placeRules, pathOf, suitBody } from './suited-body.ts';
import type { PlacedRule } from './suited-body.ts';

/** Messages per step and direction. */
const MESSAGES = 2;

/**
 * National → this form → national, for each step alone: what the map carries both ways is the same afterwards,
 * sums keep their total, and everything else is declared, told as not carried, or known from elsewhere.
 */
export function tryFromNational(trial: Trial): {
  readonly roundTrips: number;
  readonly faults: readonly Fault[];
} {
  const context = { ...trial.context, header: EMPTY_HEADER };
  const compiled = compileMapFile(withoutRequired(trial.file), trial);
  const faults: Fault[] = [];
  let roundTrips = 0;
  for (const [index, step] of compiled.steps.entries()) {
    for (const direction of ['request', 'response'] as const) {
      const rules = trial.file.steps[index]?.[direction];
      if (rules === undefined || rules.rules.length === 0) continue;
      const found = tryStep({ trial, compiled: step, direction, rules, context });
      faults.push(...found);
      if (found.length === 0) roundTrips += MESSAGES;
    }
  }
  return { roundTrips, faults };
}

/** What the form demands beyond the national one is no matter here: a national message need not have it. */
function withoutRequired(file: MapFile): MapFile {
  return JSON.parse(
    JSON.stringify(file, (name, value: unknown) =>
      // An item without the key of its record has the generated one all the same.
      ['required', 'records'].includes(name) ? undefined : value,
    ),
  ) as MapFile;
}

interface StepTrial {
  readonly trial: Trial;
  readonly compiled: CompiledMap;
  readonly direction: Direction;
  readonly rules: DirectionRules;
  readonly context: MapContext;
}

function tryStep(step: StepTrial): readonly Fault[] {
  const { trial, compiled, direction, rules, context } = step;
  const index = trial.file.steps.findIndex(({ operation }) => operation === compiled.operation);
  const at = `${trial.place}#/steps/${index}/${direction}`;
  const derived = trial.registry.nationalMap(compiled.operation);
  const national = compileNationalMap(derived)[direction];
  const placed = placeRules(rules.rules);
  // A row without the key of its record is refused, and of counted items none may lack what makes it: rightly so.
  const whole =
    rules.rules.some((rule) => 'list' in rule && rule.records !== undefined) ||
    placed.some(({ spelled }) => /\.\d+\./.test(spelled));
  for (let message = 0; message < MESSAGES; message += 1) {
    const sent = nationalBody(derived[direction], { ...trial, full: whole || message === 0 });
    const said = suitBody(national.toModel(sent).body, placed, trial);
    const body = agree(said, rules, { placed, context });
    try {
      // What is told in the form of another dialect has nothing carried.
      const content = { body, carried: {}, dialect: 'national' };
      const told = compiled[direction].toWire(content, { ...context, request: body });
      const back = compiled[direction].toModel(told.body, { ...context, request: body }).body;
      const changed = findChanged(body, back, placed);
      const silent = silentPaths(placed, rules);
      const noted = told.notes.map((note) => note.at);
      const left = changed.filter(
        (path) =>
          !silent.has(pathOf(path)) &&
          !isReasoned(path, placed) &&
          !noted.some((place) => place.endsWith(noteOf(path))),
      );
      if (left[0] !== undefined) return [roundTripFault(at, `/${left[0].replaceAll('.', '/')}`)];
    } catch (error) {
      return faultsOf(error, at);
    }
  }
  return [];
}

function noteOf(path: string): string {
  return `/${pathOf(path).replaceAll('.', '/')}`;
}

/** One item of a list is told by another element, and the rule says why: further diagnoses come without name. */
function isReasoned(path: string, placed: readonly PlacedRule[]): boolean {
  return placed.some(({ rule, spelled }) => 'fill' in rule && spelled === path && rule.because !== undefined);
}

/** Declared paths, and those that the reader knows from elsewhere. */
function silentPaths(placed: readonly PlacedRule[], rules: DirectionRules): ReadonlySet<string> {
  const { lost = [], noEqual = [], unattested = [] } = rules;
  const declared = [...lost, ...noEqual, ...unattested].flatMap(({ model = [] }) => model);
  const carried = new Set(placed.flatMap((one) => ('fill' in one.rule ? [] : one.paths)));
  const filled = placed.flatMap(({ rule, paths }) =>
    'fill' in rule && /^(?:record|answer|request|header):/.test(rule.from ?? '') ? paths : [],
  );
  return new Set([...declared, ...filled.filter((path) => !carried.has(path))]);
}

/** Leaves that are not what they were, by their path with positions; a sum counts as a whole. */
function findChanged(
  before: CanonicalObject,
  after: CanonicalObject,
  placed: readonly PlacedRule[],
): readonly string[] {
  const sums = placed.flatMap(({ rule, paths }) => ('sum' in rule ? [paths] : []));
  const inSum = new Set(sums.flat());
  const [old, now] = [leavesOf(before), leavesOf(after)];
  const changed = [...old].filter(([path, value]) => now.get(path) !== value).map(([path]) => path);
  const total = (leaves: ReadonlyMap<string, CanonicalValue>, paths: readonly string[]): bigint =>
    paths.reduce((sum, path) => sum + BigInt((leaves.get(path) as bigint | undefined) ?? 0n), 0n);
  return [
    ...changed.filter((path) => !inSum.has(pathOf(path))),
    ...sums.flatMap((paths) => (total(old, paths) === total(now, paths) ? [] : paths.slice(0, 1))),
  ];
}

function leavesOf(value: CanonicalValue, base = ''): ReadonlyMap<string, CanonicalValue> {
  if (typeof value !== 'object') return new Map([[base, value]]);
  const members = Array.isArray(value)
    ? [...(value as readonly CanonicalValue[]).entries()]
    : Object.entries(value as CanonicalObject);
  return new Map(
    members.flatMap(([name, member]) =>
      member === undefined ? [] : [...leavesOf(member, base === '' ? String(name) : `${base}.${name}`)],
    ),
  );
}

/** Elements that must agree with the record get the value on record. */
function agree(
  body: CanonicalObject,
  { same = [] }: DirectionRules,
  { placed, context }: { readonly placed: readonly PlacedRule[]; readonly context: MapContext },
): CanonicalObject {
  const agreed: Record<string, CanonicalValue> = {};
  for (const { element, as } of same) {
    const [, kind = '', half = '', path = ''] = /^record:(\w+)\.(request|response)\.(.+)$/.exec(as) ?? [];
    const value = context.record?.(kind as RecordKind)?.[half as Direction]?.[path];
    const target = placed.find(({ rule }) => 'to' in rule && 'from' in rule && rule.from === element)
      ?.paths[0];
    if (value !== undefined && target !== undefined && !target.includes('.')) agreed[target] = value;
  }
  return { ...body, ...agreed };
}
