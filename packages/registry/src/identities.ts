/** Which identities concern a message, and how a broken one counts. */
import type { Fault, WireObject } from '@yiqiao/model';
import type { DataFiles } from './data-files.ts';
import type { Definitions } from './definitions.ts';
import { compileCheck } from './identity-checks.ts';
import type { CompiledCheck, LocalNames, Violation } from './identity-checks.ts';
import type { Identity, IdentityCheck, IdentityFile, IdentityUse } from './identity-forms.ts';
import { identityUses, policyOf } from './identity-uses.ts';
import type { PlacedCheck } from './identity-uses.ts';
import type { Profile } from './profile-types.ts';
import type { Registry } from './registry.ts';
import type {
  Confidence,
  DictionaryEntry,
  Direction,
  FieldDefinition,
  Findings,
  TransactionDefinition,
} from './types.ts';

/** A message to be checked. */
export interface CheckedBody {
  /** Number in the profile's numbering. */
  readonly transaction: string;
  readonly direction: Direction;
  readonly body: WireObject | null;
  /** Pointer of the body. */
  readonly at: string;
  /** Body of the request that is answered. */
  readonly asked?: WireObject | undefined;
}

/** Checks bodies against the identities of their transaction. */
export interface Identities {
  /** What is known of those that concern a transaction, in the profile's numbering. */
  of(profile: Profile, transaction: string): readonly IdentityUse[];
  /** Ids of all. */
  ids(): readonly string[];
  check(profile: Profile, message: CheckedBody): Findings;
}

/** What the identities are made of; the file is read when the first check is made. */
export interface IdentityParts {
  readonly files: Pick<DataFiles, 'read'>;
  readonly definitions: Pick<Definitions, 'find' | 'nationalNumber'>;
  readonly vocabulary: { findName(wireName: string): DictionaryEntry | undefined };
}

interface Compiled {
  readonly identity: Identity;
  readonly confidence: Confidence;
  readonly formula: string;
  readonly run: CompiledCheck;
}

const NOTHING: Findings = { faults: [], deviations: [] };

/** Identities of a data folder. */
export function createIdentities({ files, definitions, vocabulary }: IdentityParts): Identities {
  const compiled = new Map<string, readonly Compiled[]>();
  let read: IdentityFile | undefined;
  const file = (): IdentityFile => (read ??= files.read('national/identities.json') as IdentityFile);
  const checksOf = (profile: Profile, transaction: string): readonly Compiled[] => {
    const key = `${profile.id} ${transaction}`;
    const found = compiled.get(key);
    if (found !== undefined) return found;
    const number = definitions.nationalNumber(profile.id, transaction);
    const placed = checksFor(file(), profile.dialect, number);
    const definition = definitions.find(profile.id, transaction);
    const names = localNames(definition);
    const checks = placed.map(({ identity, check }) => ({
      identity,
      confidence: check.confidence ?? identity.confidence,
      formula: check.formula ?? identity.formula,
      run: compileCheck(check, names),
    }));
    // Unknown numbers come from outside without end, so only known ones are kept.
    if (checks.length > 0 || definition !== undefined) compiled.set(key, checks);
    return checks;
  };
  return {
    ids: () => file().identities.map(({ id }) => id),
    of(profile, transaction) {
      const number = definitions.nationalNumber(profile.id, transaction);
      const identities = file().identities.filter(({ family }) => family === profile.dialect);
      const placed = checksFor(file(), profile.dialect, number);
      const definition = definitions.find(profile.id, transaction);
      return identityUses({ identities, placed, number, definition, profile });
    },
    check(profile, message) {
      const { body } = message;
      const checks = body === null ? [] : checksOf(profile, message.transaction);
      if (body === null || checks.length === 0) return NOTHING;
      return evaluate(checks, { profile, message, body, vocabulary });
    },
  };
}

/** What the registry tells of identities. */
export function identityLookups(
  identities: Identities,
  resolve: (id: string) => Profile,
): Pick<Registry, 'identitiesOf' | 'identityUses'> {
  const identityUses: Registry['identityUses'] = (profileId, transaction) =>
    identities.of(resolve(profileId), transaction);
  return {
    identityUses,
    identitiesOf: (transaction, profileId = 'national') =>
      identityUses(profileId, transaction)
        .filter(({ checkedIn }) => checkedIn.length > 0)
        .map(({ id }) => id),
  };
}

/** The checks of a family that concern a transaction, those of what it mirrors included. */
function checksFor(file: IdentityFile, family: string, transaction: string): readonly PlacedCheck[] {
  const ours = file.identities.filter((identity) => identity.family === family);
  const mirrored = ours.find(({ mirrors }) => mirrors?.[transaction] !== undefined)?.mirrors?.[transaction];
  const concerns = (identity: Identity, check: IdentityCheck, number: string): boolean =>
    (check.transactions ?? identity.transactions).includes(number);
  return ours.flatMap((identity) =>
    (identity.checks ?? [])
      .filter(
        (check) =>
          concerns(identity, check, transaction) ||
          (mirrored !== undefined && MIRRORED.has(check.kind) && concerns(identity, check, mirrored)),
      )
      .map((check) => ({ identity, check })),
  );
}

/** What still holds when each amount has changed its sign. */
const MIRRORED: ReadonlySet<IdentityCheck['kind']> = new Set(['sum', 'sum-of-rows']);

/** Names that an overlay gives national fields. */
function localNames(definition: TransactionDefinition | undefined): LocalNames {
  const nodes = definition === undefined ? [] : [...definition.request, ...definition.response];
  const renamed = nodes.flatMap(({ fields }) => fields).filter(isRenamed);
  return new Map(renamed.map(({ nationalName, name }) => [nationalName, name]));
}

function isRenamed(field: FieldDefinition): field is FieldDefinition & { readonly nationalName: string } {
  return field.nationalName !== undefined && field.nationalName !== field.name;
}

interface Evaluation {
  readonly profile: Profile;
  readonly message: CheckedBody;
  readonly body: WireObject;
  readonly vocabulary: IdentityParts['vocabulary'];
}

function evaluate(checks: readonly Compiled[], evaluation: Evaluation): Findings {
  const { profile, message, body, vocabulary } = evaluation;
  const faults: Fault[] = [];
  const deviations: Fault[] = [];
  for (const { identity, confidence, formula, run } of checks) {
    const policy = policyOf(profile, identity.id, confidence);
    if (policy === 'off') continue;
    const refuses = policy === 'enforce' && message.direction === 'request';
    for (const violation of run({ body, asked: message.asked })) {
      const target = refuses && violation.onlyAs === undefined ? faults : deviations;
      const label = vocabulary.findName(violation.field)?.label;
      target.push(asFault({ id: identity.id, formula }, violation, { at: message.at, label }));
    }
  }
  return { faults, deviations };
}

function asFault(
  { id, formula }: Pick<Identity, 'id' | 'formula'>,
  violation: Violation,
  { at, label }: { at: string; label: DictionaryEntry['label'] | undefined },
): Fault {
  const { field, found, onlyAs } = violation;
  const told = calculation(violation);
  const only = {
    zh: onlyAs === undefined ? '' : `仅按未经证实的读法成立：${onlyAs}。`,
    en: onlyAs === undefined ? '' : ` It holds only in a reading that nobody attests: ${onlyAs}.`,
  };
  return {
    rule: 'identity',
    at: at + violation.path,
    field,
    label: label ?? { zh: field, en: field },
    found,
    message: {
      zh: `恒等关系 ${id} 不成立：${told.zh}。${only.zh}公式：${formula}。请核对各项金额。`,
      en: `Identity ${id} does not hold: ${told.en}.${only.en} Formula: ${formula}. Check these amounts.`,
    },
  };
}

/** The amount with what it was held against, and the differences. */
function calculation({ field, found, comparisons }: Violation): Fault['message'] {
  const [{ relation, operands, difference }, ...others] = comparisons;
  const first = `${field} ${found} ${relation} ${operands}`;
  return {
    zh: [
      `${first}，差额 ${difference} 元`,
      ...others.map((one) => `亦 ${one.relation} ${one.operands}，差额 ${one.difference} 元`),
    ].join('；'),
    en: [
      `${first}, difference ${difference} CNY`,
      ...others.map((one) => `nor ${one.operands}, difference ${one.difference} CNY`),
    ].join('; '),
  };
}
