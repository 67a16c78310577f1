/** `yiqiao spec show`: what is known of one transaction, and how well. */
import { readRegionalMaps } from '@yiqiao/insurance-platform';
import type { RegionalMaps } from '@yiqiao/insurance-platform';
import { createRegistry } from '@yiqiao/registry';
import type { OperationEntry, Registry } from '@yiqiao/registry';
import type { Report } from './report.ts';
import { nodesOf } from './spec-fields.ts';
import { tellTransaction } from './spec-text.ts';
import { twoPhaseNotes } from './spec-two-phase.ts';
import type { ProfileUse } from './spec-text.ts';

/** Exit code 2 when the profile has no such transaction; the numbers it has are listed. */
export function showTransaction(
  report: Report,
  transaction: string,
  { profile: id }: { readonly profile: string },
): number {
  const registry = createRegistry();
  const profile = registry.profile(id);
  const definition = registry.definition(profile.id, transaction);
  if (definition === undefined) throw unknownTransaction(registry, profile.id, transaction);
  const national = profile.dialect === 'national';
  const maps = readRegionalMaps(registry, profile.id, transaction);
  const entry = national ? registry.findOperation(transaction, profile.id) : onlyOperation(registry, maps);
  const sources = { registry, maps, counterparts: registry.counterparts(profile.id) };
  const identities = registry.identityUses(profile.id, transaction);
  const profiles = profilesWith(registry, { family: profile.dialect, transaction });
  const request = nodesOf(sources, 'request', definition.request);
  const response = nodesOf(sources, 'response', definition.response);
  const twoPhase = twoPhaseNotes(profile, transaction, maps.notMapped);
  const told = { profile, identities, profiles, request, response, entry, maps, twoPhase, definition };
  tellTransaction(report, told);
  return report.finish(true, {
    transaction,
    profile: profile.id,
    name: definition.name,
    scope: definition.scope,
    confidence: definition.confidence,
    sources: definition.sources,
    profileSource: { source: profile.source, confidence: profile.confidence },
    operation: entry ?? null,
    ...(entry === undefined &&
      national && { read: registry.isRead(registry.nationalNumber(profile.id, transaction)) }),
    ...(!national && { maps: maps.operations, notMapped: maps.notMapped ?? null }),
    ...(twoPhase !== undefined && { twoPhase }),
    identities: identities.filter(({ checkedIn }) => checkedIn.length > 0).map((use) => use.id),
    identityUses: identities,
    profiles,
    request,
    response,
  });
}

/** Of a form of its own: the operation that all its maps serve; of several, the maps tell. */
function onlyOperation(registry: Registry, { operations }: RegionalMaps): OperationEntry | undefined {
  const [first, ...others] = [...new Set(operations.map(({ operation }) => operation))];
  return first === undefined || others.length > 0 ? undefined : registry.operation(first);
}

function unknownTransaction(registry: Registry, id: string, transaction: string): Error {
  const known = registry.profileTransactions(id).join(' ');
  return new Error(
    `方案 ${id} 没有交易 ${transaction}，已有的是 / the profile has no such transaction, it has: ${known}`,
  );
}

/** Profiles of one family that carry the transaction; a broken one is left out, `map check` tells of it. */
function profilesWith(
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
