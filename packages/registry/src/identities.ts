/** Which identities concern a message, and how a broken one counts. */
import type { Fault, WireObject } from '@yiqiao/model';
import { compileCheck } from './identity-checks.ts';
import type { CompiledCheck, Violation } from './identity-checks.ts';
import type { Identity, IdentityFile } from './identity-forms.ts';
import type { Profile } from './profile-types.ts';
import type { DictionaryEntry, Direction, Findings } from './types.ts';

/** A message to be checked. */
export interface CheckedBody {
  /** Number in the profile's numbering, regional variants already resolved. */
  readonly transaction: string;
  readonly direction: Direction;
  readonly body: WireObject | null;
  /** Pointer of the body. */
  readonly at: string;
}

/** Checks bodies against the identities of their transaction. */
export interface Identities {
  /** Ids of what holds in a national transaction. */
  of(transaction: string): readonly string[];
  /** Ids of all. */
  ids(): readonly string[];
  check(profile: Profile, message: CheckedBody): Findings;
}

interface Compiled {
  readonly identity: Identity;
  readonly check: CompiledCheck;
}

const NOTHING: Findings = { faults: [], deviations: [] };

/** `read` gives the file when the first check is made. */
export function createIdentities(
  read: () => IdentityFile,
  findName: (wireName: string) => DictionaryEntry | undefined,
): Identities {
  const compiled = new Map<string, readonly Compiled[]>();
  let file: IdentityFile | undefined;
  const checksOf = (family: string, transaction: string): readonly Compiled[] => {
    const key = `${family} ${transaction}`;
    const found = compiled.get(key);
    if (found !== undefined) return found;
    file ??= read();
    const checks = compileFor(file, family, transaction);
    // Unknown numbers come from outside without end, so only those with checks are kept.
    if (checks.length > 0) compiled.set(key, checks);
    return checks;
  };
  return {
    ids: () => (file ??= read()).identities.map(({ id }) => id),
    of: (transaction) => [...new Set(checksOf('national', transaction).map(({ identity }) => identity.id))],
    check(profile, message) {
      const { body } = message;
      const checks = body === null ? [] : checksOf(profile.dialect, message.transaction);
      if (body === null || checks.length === 0) return NOTHING;
      return evaluate(checks, { profile, message, body, findName });
    },
  };
}

function compileFor(file: IdentityFile, family: string, transaction: string): readonly Compiled[] {
  const ours = file.identities.filter((identity) => identity.family === family);
  const mirrored = ours.find((identity) => identity.mirrors?.[transaction] !== undefined)?.mirrors?.[
    transaction
  ];
  return ours.flatMap((identity) => {
    const direct = identity.transactions.includes(transaction);
    const number = direct ? transaction : mirrored;
    if (number === undefined || !identity.transactions.includes(number)) return [];
    return (identity.checks ?? [])
      .filter((check) => check.transactions?.includes(number) ?? true)
      .filter((check) => direct || check.kind === 'sum' || check.kind === 'sum-of-rows')
      .map((check) => ({ identity, check: compileCheck(check) }));
  });
}

interface Evaluation {
  readonly profile: Profile;
  readonly message: CheckedBody;
  readonly body: WireObject;
  readonly findName: (wireName: string) => DictionaryEntry | undefined;
}

function evaluate(checks: readonly Compiled[], evaluation: Evaluation): Findings {
  const { profile, message, body, findName } = evaluation;
  const faults: Fault[] = [];
  const deviations: Fault[] = [];
  for (const { identity, check } of checks) {
    const policy =
      profile.identities[identity.id] ?? (identity.confidence === 'inferred' ? 'warn' : 'enforce');
    if (policy === 'off') continue;
    const target = policy === 'enforce' && message.direction === 'request' ? faults : deviations;
    for (const violation of check(body)) {
      target.push(asFault(identity, violation, { at: message.at, label: findName(violation.field)?.label }));
    }
  }
  return { faults, deviations };
}

function asFault(
  identity: Identity,
  violation: Violation,
  { at, label }: { at: string; label: DictionaryEntry['label'] | undefined },
): Fault {
  const { field, found, operands, relation, difference } = violation;
  const sum = `${field} ${found} ${relation} ${operands}`;
  return {
    rule: 'identity',
    at: at + violation.path,
    field,
    label: label ?? { zh: field, en: field },
    found,
    message: {
      zh: `恒等关系 ${identity.id} 不成立：${sum}，差额 ${difference} 元。公式：${identity.formula}。请核对各项金额。`,
      en: `Identity ${identity.id} does not hold: ${sum}, difference ${difference} CNY. Formula: ${identity.formula}. Check these amounts.`,
    },
  };
}
