/** Reads kits: what is written by hand, and what follows from the definitions. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { Registry } from '@yiqiao/registry';
import { readEdition } from './editions.ts';
import { generateFamilies } from './families.ts';
import type { Generated } from './families.ts';
import { buildMatrix } from './matrix.ts';
import type { Matrix, MatrixFile } from './matrix.ts';
import { generatePlatformFamilies } from './platform-families.ts';
import type { PlatformFamily } from './platform-families.ts';
import type { Bilingual, Family, Kit, MessageTemplate, Requirement, Scenario, Step } from './types.ts';

const KITS = new URL('../../kits/', import.meta.url);

interface KitFile {
  readonly title: Bilingual;
  readonly profile: string;
  /** Kits whose messages are used; its own stand over them. */
  readonly messagesOf?: string | readonly string[];
  /** Platform around the settlement whose definitions the families follow; those of `profile` when absent. */
  readonly platform?: string;
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
 * Reads a kit as the rules of a version have it, or one of its editions (`signature@tif`, `insured-place@chongqing`).
 * @throws RangeError for an unknown kit; Error for one whose parts do not fit each other
 */
export function readKit(registry: Registry, id: string, rules: string): Kit {
  const [base = '', edition] = id.split('@');
  return edition === undefined
    ? readPlainKit(registry, { id, rules })
    : readEdition(registry, { edition, rules }, (profile) =>
        readPlainKit(registry, { id: base, rules, profile }),
      );
}

/** `profile`: with the definitions of another profile than the kit's own. */
function readPlainKit(
  registry: Registry,
  {
    id,
    rules,
    profile: other,
  }: { readonly id: string; readonly rules: string; readonly profile?: string | undefined },
): Kit {
  if (!kitIds().includes(id)) throw new RangeError(`no kit ${id}; there are ${kitIds().join(', ')}`);
  const stated = json<KitFile>(`${id}/kit.json`);
  const file = { ...stated, profile: other ?? stated.profile };
  const messages = readMessages([...[file.messagesOf ?? []].flat(), id]);
  const generated = generate(registry, { id, file, messages });
  const written = filesOf(id)
    .filter((name) => /^requirements.*\.json$/.test(name))
    .flatMap((name) => json<readonly Requirement[]>(`${id}/${name}`));
  const matrix = readMatrix(id);
  const all = [...written, ...matrix.requirements, ...generated.requirements];
  const requirements = new Map(all.filter((one) => inForce(one, rules)).map((one) => [one.id, one]));
  const scenarios = [...readScenarios(id), ...matrix.scenarios, ...generated.scenarios];
  assertWhole({ id, all, scenarios, series: readSeries(id) });
  const { title, profile, tongue = 'national', system = id, counterparts = {} } = file;
  return {
    id,
    title,
    profile,
    tongue,
    system,
    counterparts,
    requirements,
    scenarios,
    messages,
    series: readSeries(id),
    matrix: matrix.rows.filter(({ requirement }) => requirements.has(requirement)),
  };
}

function generate(
  registry: Registry,
  { id, file, messages }: { readonly id: string; readonly file: KitFile; readonly messages: Kit['messages'] },
): Generated {
  const { profile, platform } = file;
  const path = `${id}/families.json`;
  return platform === undefined
    ? generateFamilies({ registry, profile, families: json<readonly Family[]>(path), messages })
    : generatePlatformFamilies({
        registry,
        platform,
        families: json<readonly PlatformFamily[]>(path),
        messages,
      });
}

function inForce({ since, until }: Requirement, rules: string): boolean {
  return since <= rules && (until === undefined || rules < until);
}

function readScenarios(id: string): readonly Scenario[] {
  return filesOf(`${id}/scenarios`)
    .filter((name) => name.endsWith('.json'))
    .flatMap((name) => json<readonly Scenario[]>(`${id}/scenarios/${name}`));
}

function readMessages(ids: readonly string[]): Record<string, MessageTemplate> {
  const paths = ids.map((id) => `${id}/messages.json`).filter((path) => existsSync(new URL(path, KITS)));
  return Object.assign({}, ...paths.map((path) => json(path))) as Record<string, MessageTemplate>;
}

function readSeries(id: string): Kit['series'] {
  const path = `${id}/series.json`;
  return existsSync(new URL(path, KITS)) ? json<Kit['series']>(path) : [];
}

function readMatrix(id: string): Matrix {
  const path = `${id}/matrix.json`;
  return existsSync(new URL(path, KITS))
    ? buildMatrix(json<MatrixFile>(path))
    : { requirements: [], scenarios: [], rows: [] };
}

function filesOf(folder: string): readonly string[] {
  return readdirSync(new URL(`${folder}/`, KITS)).toSorted();
}

function assertWhole(kit: {
  readonly id: string;
  readonly all: readonly Requirement[];
  readonly scenarios: readonly Scenario[];
  readonly series: Kit['series'];
}): void {
  const faults = [
    ...twice(kit.all.map(({ id }) => id)).map((id) => `requirement ${id} stands twice`),
    ...twice(kit.scenarios.map(({ id }) => id)).map((id) => `scenario ${id} stands twice`),
  ];
  const known = new Set(kit.all.map(({ id }) => id));
  const tested = new Set([
    ...kit.scenarios.flatMap((scenario) => requirementsOf(scenario)),
    ...kit.series.map(({ requirement }) => requirement),
  ]);
  for (const id of tested) if (!known.has(id)) faults.push(`requirement ${id} is expected and not declared`);
  if (faults.length > 0) throw new Error(`kit ${kit.id}: ${faults.join('; ')}`);
}

/** Requirements that the steps of a scenario name; those of the usual acceptance are not among them. */
export function requirementsOf({ setup = [], steps }: Scenario): readonly string[] {
  return [...setup, ...steps].flatMap(singly).flatMap((step) => {
    if (!('expect' in step || 'requirement' in step)) return [];
    const expected = 'expect' in step ? (step.expect ?? []) : [];
    const named = expected.map(({ requirement }) => requirement);
    return step.requirement === undefined ? named : [step.requirement, ...named];
  });
}

/** The messages of a step that sends several at once, one by one. */
export function singly(step: Step): readonly Step[] {
  return 'together' in step ? step.together : [step];
}

function twice(ids: readonly string[]): readonly string[] {
  return ids.filter((id, at) => ids.indexOf(id) !== at);
}

function json<T>(path: string): T {
  return JSON.parse(readFileSync(new URL(path, KITS), 'utf8')) as T;
}
