/** Reads kits: what is written by hand, and what follows from the definitions. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { Registry } from '@yiqiao/registry';
import { generateFamilies } from './families.ts';
import type { Bilingual, Family, Kit, MessageTemplate, Requirement, Scenario } from './types.ts';

const KITS = new URL('../../kits/', import.meta.url);

interface KitFile {
  readonly title: Bilingual;
  readonly profile: string;
  /** Kit whose messages are used. */
  readonly messagesOf?: string;
  /** `national` when absent. */
  readonly tongue?: string;
  /** The kit's own name when absent. */
  readonly system?: string;
  readonly counterparts?: Kit['counterparts'];
}

/** Ids of all kits. */
export function kitIds(): readonly string[] {
  return readdirSync(KITS)
    .filter((name) => existsSync(new URL(`${name}/kit.json`, KITS)))
    .toSorted();
}

/**
 * Reads a kit as the rules of a version have it.
 * @throws RangeError for an unknown kit; Error for one whose parts do not fit each other
 */
export function readKit(registry: Registry, id: string, rules: string): Kit {
  if (!kitIds().includes(id)) throw new RangeError(`no kit ${id}; there are ${kitIds().join(', ')}`);
  const file = json<KitFile>(`${id}/kit.json`);
  const messages = json<Record<string, MessageTemplate>>(`${file.messagesOf ?? id}/messages.json`);
  const families = json<readonly Family[]>(`${id}/families.json`);
  const generated = generateFamilies({ registry, profile: file.profile, families, messages });
  const written = filesOf(id)
    .filter((name) => /^requirements.*\.json$/.test(name))
    .flatMap((name) => json<readonly Requirement[]>(`${id}/${name}`));
  const all = [...written, ...generated.requirements];
  const requirements = new Map(all.filter((one) => inForce(one, rules)).map((one) => [one.id, one]));
  const scenarios = [...readScenarios(id), ...generated.scenarios];
  assertWhole({ id, all, scenarios });
  const { title, profile, tongue = 'national', system = id, counterparts = {} } = file;
  return { id, title, profile, tongue, system, counterparts, requirements, scenarios, messages };
}

function inForce({ since, until }: Requirement, rules: string): boolean {
  return since <= rules && (until === undefined || rules < until);
}

function readScenarios(id: string): readonly Scenario[] {
  return filesOf(`${id}/scenarios`)
    .filter((name) => name.endsWith('.json'))
    .flatMap((name) => json<readonly Scenario[]>(`${id}/scenarios/${name}`));
}

function filesOf(folder: string): readonly string[] {
  return readdirSync(new URL(`${folder}/`, KITS)).toSorted();
}

function assertWhole(kit: {
  readonly id: string;
  readonly all: readonly Requirement[];
  readonly scenarios: readonly Scenario[];
}): void {
  const faults = [
    ...twice(kit.all.map(({ id }) => id)).map((id) => `requirement ${id} stands twice`),
    ...twice(kit.scenarios.map(({ id }) => id)).map((id) => `scenario ${id} stands twice`),
  ];
  const known = new Set(kit.all.map(({ id }) => id));
  const tested = new Set(kit.scenarios.flatMap((scenario) => requirementsOf(scenario)));
  for (const id of tested) if (!known.has(id)) faults.push(`requirement ${id} is expected and not declared`);
  if (faults.length > 0) throw new Error(`kit ${kit.id}: ${faults.join('; ')}`);
}

/** Requirements that the steps of a scenario name; those of the usual acceptance are not among them. */
export function requirementsOf({ setup = [], steps }: Scenario): readonly string[] {
  return [...setup, ...steps].flatMap((step) => {
    if (!('expect' in step || 'requirement' in step)) return [];
    const named = (step.expect ?? []).map(({ requirement }) => requirement);
    return step.requirement === undefined ? named : [step.requirement, ...named];
  });
}

function twice(ids: readonly string[]): readonly string[] {
  return ids.filter((id, at) => ids.indexOf(id) !== at);
}

function json<T>(path: string): T {
  return JSON.parse(readFileSync(new URL(path, KITS), 'utf8')) as T;
}
