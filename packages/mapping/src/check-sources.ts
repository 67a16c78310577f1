/** Holds what rules draw on beside the message against what there is: records, earlier answers, the request. */
import type { Fault } from '@yiqiao/model';
import type { DerivedMap } from '@yiqiao/registry';
import type { MapFacts, MapSides } from './check-map.ts';
import { faultsAt, faultsOf } from './map-faults.ts';
import type { MapFile, StepRules } from './map-file.ts';
import { fieldPath } from './model-path.ts';
import { placedRules } from './placed-rules.ts';
import type { PlacedName, PlacedRule } from './placed-rules.ts';
import { splitSource } from './source.ts';

type Side = 'request' | 'response';

/** Finds sources that could never give anything: a path that no record, answer or request has. */
export function checkSources(file: MapFile, sides: MapSides & { readonly facts: MapFacts }): Fault[] {
  const name = sides.name ?? file.transaction;
  const steps = file.steps.flatMap((step, index) =>
    (['request', 'response'] as const).flatMap((side) => {
      const at = `maps/${name}.json#/steps/${index}/${side}`;
      const drawn = [
        ...placedRules(step[side].rules, `${at}/rules`).flatMap(sourceOf),
        ...(step[side].same ?? []).map(({ as }, place) => ({ name: as, at: `${at}/same/${place}/as` })),
      ];
      return faultsAt(
        'map-source',
        drawn.filter((one) => !gives(one.name, { file, step, side, sides })),
      );
    }),
  );
  const [first] = file.steps;
  if (first === undefined) return steps;
  const asked = (file.when ?? []).flatMap(({ from }, index) =>
    gives(from, { file, step: first, side: 'request', sides })
      ? []
      : faultsOf('map-source', `maps/${name}.json#/when/${index}/from`, [from]),
  );
  return [...steps, ...asked];
}

/** The source of a fill or an emit. */
function sourceOf({ rule, at }: PlacedRule): readonly PlacedName[] {
  return ('fill' in rule || 'emit' in rule) && rule.from !== undefined ? [{ name: rule.from, at }] : [];
}

interface Place {
  readonly file: MapFile;
  readonly step: StepRules;
  readonly side: Side;
  readonly sides: MapSides & { readonly facts: MapFacts };
}

/** Whether a source may give something; words that the language lacks are told elsewhere. */
function gives(text: string, { file, step, sides }: Place): boolean {
  const { scheme, path } = splitSource(text);
  const [first = '', ...rest] = path.split('.');
  if (scheme === 'request') return has(sides.nationalMap(step.operation), 'request', path);
  if (scheme === 'answer') {
    const earlier = file.steps.slice(0, file.steps.indexOf(step));
    const from = [...earlier, step].find(({ operation }) => operation === first);
    return from !== undefined && has(sides.nationalMap(from.operation), 'response', rest.join('.'));
  }
  if (scheme !== 'record' || rest[0] === 'messageId') return true;
  const [half, ...below] = rest;
  if (half !== 'request' && half !== 'response') return true;
  return sides.facts.keeps?.(first, half, fieldPath(below.join('.'))) !== false;
}

/** Whether a direction of an operation has a field there, or an object. */
function has(map: DerivedMap, side: Side, text: string): boolean {
  const path = fieldPath(text);
  return map[side].some(
    ({ to, fields }) =>
      to === path || fields.some((field) => (to === '' ? field.to : `${to}.${field.to}`) === path),
  );
}
