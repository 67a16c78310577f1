/**
 * Which scenarios are run against a faulty system: those that show what it must fail, and of the others that send what
 * its change is about, as many as the scope allows. A change that names no transaction is about those of the scenarios
 * that show it.
 */
import type { FaultySystem } from '../faulty/types.ts';
import type { Kit, Scenario, Step } from '../kits/types.ts';
import { createRandom, matches, shownBy } from '../run/plan.ts';

/** `meant`: only what it must fail; `touched`: also a choice of what its change touches; `whole`: the whole kit. */
export type Scope = 'meant' | 'touched' | 'whole';

/** Further scenarios at most in the scope `touched`. */
const FURTHER = 20;

/** Ids of scenarios; `undefined` for the whole kit. */
export function scenariosFor(
  system: FaultySystem,
  kit: Kit,
  { scope, seed }: { readonly scope: Scope; readonly seed: number },
): readonly string[] | undefined {
  if (scope === 'whole') return undefined;
  const wanted = new Set(
    [...kit.requirements.keys()].filter((id) => system.fails.some((pattern) => matches(pattern, id))),
  );
  const meant = kit.scenarios.filter((scenario) => shownBy(kit, scenario).some((id) => wanted.has(id)));
  const ids = meant.map(({ id }) => id);
  if (scope === 'meant') return ids;
  const about = new Set(namedIn(system.change, kit));
  if (about.size === 0) for (const { steps } of meant) for (const name of sentIn(steps)) about.add(name);
  const known = new Set(ids);
  const further = kit.scenarios.filter(
    ({ id, setup = [], steps }) =>
      !known.has(id) && sentIn([...setup, ...steps]).some((one) => about.has(one)),
  );
  return [...ids, ...chosen(further, seed).map(({ id }) => id)];
}

/** The same choice for the same seed, in the kit's order. */
function chosen(scenarios: readonly Scenario[], seed: number): readonly Scenario[] {
  const random = createRandom(seed);
  const kept = new Set(
    scenarios
      .map((scenario) => ({ scenario, place: random() }))
      .toSorted((a, b) => a.place - b.place)
      .slice(0, FURTHER)
      .map(({ scenario }) => scenario),
  );
  return scenarios.filter((scenario) => kept.has(scenario));
}

function sentIn(steps: readonly Step[]): readonly string[] {
  return steps.flatMap((step) => {
    if ('send' in step) return [step.send];
    if ('raw' in step) return [step.of];
    if ('heard' in step) return [step.infno];
    return 'together' in step ? step.together.map(({ send }) => send) : [];
  });
}

/** Transactions that a change names, wherever it does. */
function namedIn(value: unknown, kit: Kit): readonly string[] {
  if (typeof value === 'string') return Object.hasOwn(kit.messages, value) ? [value] : [];
  return typeof value === 'object' && value !== null
    ? Object.values(value).flatMap((one) => namedIn(one, kit))
    : [];
}
