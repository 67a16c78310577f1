/** Which scenarios run, and in which order: shuffled by a seed, each after those it depends on. */
import type { Kit, Level, Requirement, Scenario } from '../kits/types.ts';
import { requirementsOf, singly } from '../kits/read-kit.ts';

/** What is to be run. */
export interface Selection {
  readonly seed: number;
  /** Ids of requirements or scenarios, or their beginnings with `*`; all when empty. */
  readonly only?: readonly string[];
  /** The least weight: `must` leaves out all that is less. */
  readonly level?: Level;
}

const WEIGHT: Readonly<Record<Level, number>> = { must: 3, should: 2, may: 1 };

/** Requirements of a kit that a selection wants. */
export function selectRequirements(
  kit: Kit,
  { only = [], level = 'may' }: Selection,
): readonly Requirement[] {
  const scenarios = kit.scenarios.filter(({ id }) => only.some((wanted) => matches(wanted, id)));
  const byScenario = new Set(scenarios.flatMap((scenario) => shownBy(kit, scenario)));
  return [...kit.requirements.values()].filter(
    ({ id, level: own }) =>
      WEIGHT[own] >= WEIGHT[level] &&
      (only.length === 0 || byScenario.has(id) || only.some((wanted) => matches(wanted, id))),
  );
}

/** Scenarios in the order in which they run. @throws Error for dependencies in a circle or on nothing */
export function planScenarios(kit: Kit, selection: Selection): readonly Scenario[] {
  const wanted = new Set(selectRequirements(kit, selection).map(({ id }) => id));
  const byId = new Map(kit.scenarios.map((scenario) => [scenario.id, scenario]));
  const { only = [] } = selection;
  const isNamed = (id: string): boolean => only.some((pattern) => matches(pattern, id));
  // A scenario that is named runs; for a requirement that is named, all that show it.
  const chosen = kit.scenarios.filter(
    (scenario) =>
      isNamed(scenario.id) ||
      shownBy(kit, scenario).some((id) => wanted.has(id) && (only.length === 0 || isNamed(id))),
  );
  const ordered: Scenario[] = [];
  const state = new Map<string, 'open' | 'done'>();
  const visit = (scenario: Scenario): void => {
    if (state.get(scenario.id) === 'done') return;
    if (state.get(scenario.id) === 'open') throw new Error(`${scenario.id} depends on itself`);
    state.set(scenario.id, 'open');
    for (const id of scenario.dependsOn ?? []) {
      const before = byId.get(id);
      if (before === undefined) throw new Error(`${scenario.id} depends on ${id}, which is not there`);
      visit(before);
    }
    state.set(scenario.id, 'done');
    ordered.push(scenario);
  };
  const shuffled = shuffle(chosen, selection.seed);
  for (const scenario of shuffled.filter(({ last }) => last !== true)) visit(scenario);
  for (const scenario of shuffled) visit(scenario);
  return ordered;
}

/** Every requirement that a scenario can show, the usual acceptances among them. */
export function shownBy(kit: Kit, scenario: Scenario): readonly string[] {
  const accepted = [...(scenario.setup ?? []), ...scenario.steps]
    .flatMap(singly)
    .flatMap((step) =>
      'send' in step && (step.outcome ?? 'accepted') === 'accepted' && step.requirement === undefined
        ? [kit.messages[step.send]?.accepted ?? '']
        : [],
    );
  return [...requirementsOf(scenario), ...accepted, ...shownBySeries(kit, scenario)];
}

/** The recorded messages of a run without target, as a scenario. */
export const RECORDINGS: Scenario = {
  id: 'recordings',
  title: { zh: '录制的报文', en: 'recorded messages' },
  steps: [],
};

/** Requirements of rules over messages that a scenario awaits. */
function shownBySeries({ series }: Kit, { id, steps }: Scenario): readonly string[] {
  if (series.length === 0) return [];
  const awaited = new Set(steps.flatMap((step) => ('heard' in step ? [step.infno] : [])));
  const isAwaited = (of: readonly string[]): boolean =>
    awaited.size > 0 && of.some((one) => one === '*' || awaited.has(one));
  return series
    .filter(({ of }) => id === RECORDINGS.id || isAwaited(of))
    .map(({ requirement }) => requirement);
}

/** Whether an id is meant: the same, or beginning so when the pattern ends in `*`. */
export function matches(pattern: string, id: string): boolean {
  if (!pattern.includes('*')) return pattern === id;
  const escaped = pattern.split('*').map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${escaped.join('.*')}$`).test(id);
}

/** A generator of numbers in [0, 1) that depends on its seed alone (mulberry32). */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function shuffle<T>(items: readonly T[], seed: number): readonly T[] {
  const random = createRandom(seed);
  const shuffled = [...items];
  for (let at = shuffled.length - 1; at > 0; at -= 1) {
    const other = Math.floor(random() * (at + 1));
    [shuffled[at], shuffled[other]] = [shuffled[other] as T, shuffled[at] as T];
  }
  return shuffled;
}
