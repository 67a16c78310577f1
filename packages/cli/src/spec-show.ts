/** `yiqiao spec show`: what is known of one transaction, and how well. */
import { readRegionalMaps } from '@yiqiao/insurance-platform';
import type { RegionalMaps } from '@yiqiao/insurance-platform';
import type { OperationEntry, Registry } from '@yiqiao/registry';
import { openProfile, registryWith } from './profile-places.ts';
import type { Report } from './report.ts';
import { nodesOf } from './spec-fields.ts';
import { sourcesNamed, tellTransaction } from './spec-text.ts';
import { twoPhaseNotes } from './spec-two-phase.ts';
import { notInProfile, profilesWith, regionalUses } from './spec-uses.ts';

/** Exit code 2 when the profile has no such transaction; the numbers it has are listed. */
export function showTransaction(
  report: Report,
  transaction: string,
  { profile: id, dir }: { readonly profile: string; readonly dir?: string },
): number {
  const registry = registryWith(dir);
  const profile = openProfile(registry, dir, id);
  const definition = registry.definition(profile.id, transaction);
  if (definition === undefined) throw notInProfile(registry, profile.id, transaction);
  const national = profile.dialect === 'national';
  const maps = readRegionalMaps(registry, profile.id, transaction);
  const entry = national ? registry.findOperation(transaction, profile.id) : onlyOperation(registry, maps);
  const counterparts = registry.counterparts(profile.id);
  const derived =
    national && entry !== undefined ? registry.nationalMap(entry.operation, profile.id) : undefined;
  const sources = { registry, maps, counterparts, ...(derived !== undefined && { derived }) };
  const identities = registry.identityUses(profile.id, transaction);
  const profiles = profilesWith(registry, { family: profile.dialect, transaction });
  const request = nodesOf(sources, 'request', definition.request);
  const response = nodesOf(sources, 'response', definition.response);
  const twoPhase = twoPhaseNotes(profile, transaction, maps.notMapped);
  const regional = regionalUses(registry, profile, transaction);
  const named = sourcesNamed(registry.sources(), definition);
  const stands = registry.nationalNumber(profile.id, transaction);
  const nationalNumber = stands === transaction || stands.includes(':') ? undefined : stands;
  const told = {
    profile,
    nationalNumber,
    identities,
    profiles,
    regional,
    sources: named,
    request,
    response,
    entry,
    maps,
    twoPhase,
    definition,
  };
  tellTransaction(report, told);
  return report.finish(true, {
    transaction,
    profile: profile.id,
    name: definition.name,
    ...(nationalNumber !== undefined && { nationalNumber }),
    scope: definition.scope,
    confidence: definition.confidence,
    sources: definition.sources,
    sourceNames: Object.fromEntries(named),
    profileSource: { source: profile.source, confidence: profile.confidence },
    operation: entry ?? null,
    ...(entry === undefined &&
      national && { read: registry.isRead(registry.nationalNumber(profile.id, transaction)) }),
    ...(!national && { maps: maps.operations, notMapped: maps.notMapped ?? null }),
    ...(twoPhase !== undefined && { twoPhase }),
    identities: identities.filter(({ checkedIn }) => checkedIn.length > 0).map((use) => use.id),
    identityUses: identities,
    profiles,
    regional,
    request,
    response,
  });
}

/** Of a form of its own: the operation that all its maps serve; of several, the maps tell. */
function onlyOperation(registry: Registry, { operations }: RegionalMaps): OperationEntry | undefined {
  const [first, ...others] = [...new Set(operations.map(({ operation }) => operation))];
  return first === undefined || others.length > 0 ? undefined : registry.operation(first);
}
