/** Which profiles have a transaction: under its number, or in their own form and numbering. */
import { findRegionalUses } from '@yiqiao/insurance-platform';
import type { RegionalUse } from '@yiqiao/insurance-platform';
import { GatewayError } from '@yiqiao/model';
import type { Fault } from '@yiqiao/model';
import type { Profile, Registry } from '@yiqiao/registry';

/** How a profile has a transaction. */
export interface ProfileUse {
  readonly profile: string;
  readonly confidence: string;
  /** `inherits`: as its baseline has it; `changes`: its overlay does; `defines`: a definition of its own. */
  readonly how: 'inherits' | 'changes' | 'defines';
}

/** Profiles of one family that carry the transaction; a broken one is left out, `map check` tells of it. */
export function profilesWith(
  registry: Registry,
  { family, transaction }: { readonly family: string; readonly transaction: string },
): readonly ProfileUse[] {
  return registry.profiles().flatMap((id) => {
    try {
      const profile = registry.profile(id);
      const definition = registry.definition(id, transaction);
      if (profile.dialect !== family || definition === undefined) return [];
      return [{ profile: id, confidence: profile.confidence, how: howOf(registry, id, transaction) }];
    } catch {
      return [];
    }
  });
}

function howOf(registry: Registry, id: string, transaction: string): ProfileUse['how'] {
  const { lineage, overlay } = registry.profile(id);
  const before = lineage.at(-2);
  if (before === undefined) return 'defines';
  if (overlay.transactions !== undefined && Object.hasOwn(overlay.transactions, transaction))
    return 'changes';
  const [inherited, own] = [before, id].map((one) => JSON.stringify(registry.definition(one, transaction)));
  return inherited === own ? 'inherits' : 'defines';
}

/** Of a national transaction, also in the numbering of a region: the profiles that have it in a way of their own. */
export function regionalUses(
  registry: Registry,
  { id, dialect }: Profile,
  transaction: string,
): readonly RegionalUse[] {
  if (dialect !== 'national') return [];
  return findRegionalUses(registry).get(registry.nationalNumber(id, transaction)) ?? [];
}

/**
 * What is said of a number that a profile does not have: which profiles do, and how to see it; where none does, the
 * numbers near it and those that there are.
 */
export function notInProfile(registry: Registry, id: string, transaction: string): GatewayError {
  const having = registry.profiles().filter((one) => has(registry, one, transaction));
  const unknown = registry.unknownTransaction(id, transaction);
  if (having.length === 0)
    return withFaults(unknown, [
      ...(unknown.details.faults ?? []),
      faultOf(transaction, {
        zh: `已有的交易：${registry.profileTransactions(id).join(' ')}。`,
        en: 'These are the numbers that the profile has.',
      }),
    ]);
  return withFaults(unknown, [
    faultOf(transaction, {
      zh: `方案 ${id} 没有交易 ${transaction}，有的是：${having.join('、')}。请用下列命令查看。`,
      en: `The profile ${id} has no transaction ${transaction}; ${having.join(', ')} ${having.length === 1 ? 'has' : 'have'} one. See it with:`,
    }),
    ...having.map((one) => {
      const { zh = transaction, en = zh } = registry.definition(one, transaction)?.name ?? {};
      const command = `yiqiao spec show ${transaction} --profile ${one}`;
      return faultOf(one, { zh: `${zh}：${command}`, en: `${en}: ${command}` });
    }),
  ]);
}

function withFaults({ code, details }: GatewayError, faults: readonly Fault[]): GatewayError {
  return new GatewayError(code, { ...details, faults });
}

function faultOf(field: string, message: Fault['message']): Fault {
  return { rule: 'transaction', at: field, field, label: { zh: field, en: field }, message };
}

function has(registry: Registry, id: string, transaction: string): boolean {
  try {
    return registry.profileTransactions(id).includes(transaction);
  } catch (error) {
    if (error instanceof GatewayError) return false;
    throw error;
  }
}
