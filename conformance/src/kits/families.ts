/** Requirements that follow from the definitions, each with the scenario that finds out; ids are stable. */
import type { Registry } from '@yiqiao/registry';
import { FIELD_FAMILIES } from './field-families.ts';
import type { Candidate } from './field-families.ts';
import type { Family, Level, MessageTemplate, Requirement, Scenario } from './types.ts';

/** What is generated from. */
export interface FamilySource {
  readonly registry: Registry;
  readonly profile: string;
  readonly families: readonly Family[];
  readonly messages: Readonly<Record<string, MessageTemplate>>;
}

/** What a family gives. */
export interface Generated {
  readonly requirements: readonly Requirement[];
  readonly scenarios: readonly Scenario[];
}

/** Generates all families of a kit. @throws Error for a transaction without message or definition */
export function generateFamilies(source: FamilySource): Generated {
  const parts = source.families.flatMap((family) =>
    family.transactions.map((transaction) => generate(source, family, transaction)),
  );
  return {
    requirements: parts.flatMap(({ requirements }) => requirements),
    scenarios: parts.flatMap(({ scenarios }) => scenarios),
  };
}

function generate(source: FamilySource, family: Family, transaction: string): Generated {
  const message = source.messages[transaction];
  const definition = source.registry.definition(source.profile, transaction);
  if (message === undefined || definition === undefined)
    throw new Error(`family ${family.family}: transaction ${transaction} has no message or definition`);
  const candidates = FIELD_FAMILIES[family.family]({ registry: source.registry, definition, message });
  return {
    requirements: candidates.map((one) =>
      requirementOf(one, { family, transaction, name: definition.name.zh }),
    ),
    scenarios: candidates.flatMap((one) => scenarioOf(one, { transaction, message })),
  };
}

function requirementOf(
  candidate: Candidate,
  {
    family,
    transaction,
    name,
  }: { readonly family: Family; readonly transaction: string; readonly name: string },
): Requirement {
  const { zh, en } = candidate.text;
  return {
    id: candidate.id,
    level: levelOf(candidate),
    text: { zh: `${transaction} ${name}：${zh}`, en: `${transaction}: ${en}` },
    source: `schemas/national/transactions/${transaction}.json, ${candidate.place}; ${family.because}`,
    confidence: candidate.confidence,
    kind: candidate.kind,
    since: family.since,
  };
}

/** What is inferred is at most a `should`; so is what regions are known to do differently (`soft`). */
function levelOf({ confidence, soft }: Candidate): Level {
  return soft === true || confidence === 'inferred' || confidence === 'project design' ? 'should' : 'must';
}

function scenarioOf(
  candidate: Candidate,
  { transaction, message }: { readonly transaction: string; readonly message: MessageTemplate },
): readonly Scenario[] {
  if (candidate.step === undefined) return [];
  const { id, text, step } = candidate;
  return [
    {
      id: id.replaceAll('/', '.'),
      title: { zh: `${transaction} ${text.zh}`, en: `${transaction} ${text.en}` },
      ...(message.needs !== undefined && { needs: message.needs }),
      ...(message.setup !== undefined && { setup: message.setup }),
      steps: [{ send: transaction, ...step }],
      ...(message.undo !== undefined && { teardown: message.undo }),
    },
  ];
}
