/** A kit in the form of a profile with names of its own: messages, requirements and scenarios in these names. */
import { existsSync, readFileSync } from 'node:fs';
import type { Confidence, Profile, Registry } from '@yiqiao/registry';
import { generateFamilies } from './families.ts';
import type { Generated } from './families.ts';
import type { Bilingual, Family, Kit, LeftOut, MessageTemplate, Requirement, Scenario } from './types.ts';

/** What an edition in another form says. Data: editions/<profile>/. */
export interface NativeEdition {
  /** Profile whose form and names the messages have. */
  readonly native: string;
  /** Second parts of the ids of its requirements: transactions, `envelope`. */
  readonly parts: readonly string[];
  /** What it is tried on: a name of src/systems. */
  readonly system: string;
}

const FOLDER = new URL('../../editions/', import.meta.url);
const SINCE = '2026-11';

/** Makes the kit; of rules before the first version it requires nothing. */
export function asNativeKit(
  registry: Registry,
  { base, rules }: { readonly base: Kit; readonly rules: string },
  { native, parts, system }: NativeEdition,
): Kit {
  const profile = registry.profile(native);
  const messages = read<Record<string, MessageTemplate>>(native, 'messages');
  const written = read<readonly Requirement[]>(native, 'requirements');
  const families = read<readonly Family[]>(native, 'families');
  const generated = [
    inNames(generateFamilies({ registry, profile: native, families, messages }), native),
    requiredByMaps(registry, profile, messages),
  ];
  const all = [...written, ...generated.flatMap(({ requirements }) => requirements)].filter(
    ({ id, since }) => parts.includes(id.split('/')[1] ?? '') && since <= rules,
  );
  const requirements = new Map(all.map((one) => [one.id, one]));
  const scenarios = [
    ...read<readonly Scenario[]>(native, 'scenarios'),
    ...generated.flatMap((one) => one.scenarios),
  ].filter((one) =>
    all.some(({ id }) => JSON.stringify([one.steps, one.setup]).includes(JSON.stringify(id))),
  );
  return {
    ...base,
    profile: native,
    tongue: 'dialect',
    system,
    counterparts: {},
    messages,
    requirements,
    scenarios: rules < SINCE ? [] : [...scenarios, ...acceptances(messages, { all, scenarios })],
    series: [],
    matrix: [],
    leftOut: leftOutOf(registry, profile, Object.keys(messages)),
  };
}

/** A scenario for each acceptance that no other one shows by naming it. */
function acceptances(
  messages: Readonly<Record<string, MessageTemplate>>,
  { all, scenarios }: { readonly all: readonly Requirement[]; readonly scenarios: readonly Scenario[] },
): readonly Scenario[] {
  return Object.entries(messages).flatMap(([send, { accepted, setup, undo }]) => {
    const requirement = all.find(({ id }) => id === accepted);
    if (requirement === undefined || scenarios.some(({ id }) => id === `${send}-accepted`)) return [];
    return [
      {
        id: `${send}-accepted`,
        title: requirement.text,
        ...(setup !== undefined && { setup }),
        steps: [{ send }],
        ...(undo !== undefined && { teardown: undo }),
      },
    ];
  });
}

/** What the general families give, under the profile's name and place. */
function inNames(generated: Generated, profile: string): Generated {
  const text = JSON.stringify(generated)
    .replaceAll('"national/', `"${profile}/`)
    .replaceAll('"national.', `"${profile}.`)
    .replaceAll('schemas/national/transactions/', `schemas/provincial/${profile}/transactions/`);
  return JSON.parse(text) as Generated;
}

interface MapRules {
  readonly confidence: Confidence;
  readonly steps: readonly { readonly request: { readonly required?: readonly string[] } }[];
}

/** The definitions do not say what is required; the maps conclude it from what the national form asks for. */
function requiredByMaps(
  registry: Registry,
  { id: profile }: Profile,
  messages: Readonly<Record<string, MessageTemplate>>,
): Generated {
  const found = Object.entries(messages).flatMap(([transaction, message]) =>
    requiredOf(registry, profile, transaction)
      .filter((element) => Object.hasOwn(message.input, element))
      .map((element) => requiredOne(profile, { transaction, element, message })),
  );
  return {
    requirements: found.map(({ requirement }) => requirement),
    scenarios: found.map(({ scenario }) => scenario),
  };
}

/** Elements below the root that a transaction cannot do without, as its map has it. */
export function requiredOf(registry: Registry, profile: string, transaction: string): readonly string[] {
  const map = registry.mapFile(profile, transaction) as MapRules | undefined;
  return map?.steps[0]?.request.required ?? [];
}

function requiredOne(
  profile: string,
  {
    transaction,
    element,
    message,
  }: { readonly transaction: string; readonly element: string; readonly message: MessageTemplate },
): { readonly requirement: Requirement; readonly scenario: Scenario } {
  const id = `${profile}/${transaction}/request/${element}/required`;
  const text: Bilingual = {
    zh: `${transaction}：缺少 ${element} 的报文被拒绝`,
    en: `${transaction}: a message without ${element} is refused`,
  };
  const { setup, undo } = message;
  return {
    requirement: {
      id,
      level: 'should',
      text,
      source: `schemas/provincial/${profile}/maps/${transaction}.json, required`,
      confidence: 'inferred',
      kind: 'failure',
      since: SINCE,
    },
    scenario: {
      id: id.replaceAll('/', '.'),
      title: text,
      ...(setup !== undefined && { setup }),
      steps: [{ send: transaction, remove: [element], outcome: 'refused', requirement: id }],
      ...(undo !== undefined && { teardown: undo }),
    },
  };
}

/** Transactions of the profile that the kit does not reach, and why. */
function leftOutOf(registry: Registry, profile: Profile, reached: readonly string[]): readonly LeftOut[] {
  const own = existsSync(new URL(`${profile.id}/left-out.json`, FOLDER))
    ? read<Readonly<Record<string, Bilingual>>>(profile.id, 'left-out')
    : {};
  const { notMapped = {} } = (profile.data['maps'] ?? {}) as {
    readonly notMapped?: Readonly<Record<string, string>>;
  };
  return registry
    .profileTransactions(profile.id)
    .filter((transaction) => !reached.includes(transaction))
    .map((transaction) => {
      const because = notMapped[transaction];
      const known = own[transaction] ?? (because === undefined ? UNWRITTEN : { zh: because, en: because });
      return { transaction, because: known };
    });
}

const UNWRITTEN: Bilingual = { zh: '尚未编写', en: 'not written yet' };

function read<T>(profile: string, name: string): T {
  return JSON.parse(readFileSync(new URL(`${profile}/${name}.json`, FOLDER), 'utf8')) as T;
}
