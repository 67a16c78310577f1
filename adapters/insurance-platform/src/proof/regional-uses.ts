/** Which regions have a national transaction in a form, or under a number, of their own. */
import { findMissing } from '@yiqiao/mapping';
import type { MapFile } from '@yiqiao/mapping';
import { GatewayError } from '@yiqiao/model';
import type { Registry } from '@yiqiao/registry';

/** One transaction of a region that stands for a national one. */
export interface RegionalUse {
  readonly profile: string;
  /** In the numbering of the profile. */
  readonly transaction: string;
  /** Name of the map file; absent for a variant in national names. */
  readonly map?: string;
  /** Of the map, or of the profile where there is none. */
  readonly confidence: string;
  /** The map lacks the source of a required field, so that it carries no live messages. */
  readonly incomplete: boolean;
}

/** National number → the regions that have it in their own way. A broken profile is left out: `map check` tells of it. */
export function findRegionalUses(registry: Registry): ReadonlyMap<string, readonly RegionalUse[]> {
  const all = registry.profiles().flatMap((id) => {
    try {
      return registry.profile(id).dialect === 'national' ? variants(registry, id) : mapped(registry, id);
    } catch (error) {
      if (error instanceof GatewayError) return [];
      throw error;
    }
  });
  const found = Map.groupBy(all, ([national]) => national);
  return new Map([...found].map(([national, uses]) => [national, uses.map(([, use]) => use)]));
}

type Use = readonly [national: string, use: RegionalUse];

function variants(registry: Registry, id: string): readonly Use[] {
  const { confidence } = registry.profile(id);
  return registry.profileTransactions(id).flatMap((transaction): readonly Use[] => {
    const national = registry.nationalNumber(id, transaction);
    const isOwn = national !== transaction && !national.includes(':');
    return isOwn ? [[national, { profile: id, transaction, confidence, incomplete: false }]] : [];
  });
}

function mapped(registry: Registry, id: string): readonly Use[] {
  const known = new Set<string>(registry.operations());
  return registry.mapFiles(id).flatMap((map) => {
    const file = registry.mapFile(id, map) as MapFile;
    const { transaction, confidence } = file;
    const steps = file.steps.filter(({ operation }) => known.has(operation));
    const missing = findMissing({ ...file, steps }, (operation) => registry.nationalMap(operation));
    const numbers = new Set(steps.map(({ operation }) => registry.operation(operation).transaction));
    return [...numbers].map((national): Use => {
      const incomplete = missing.some(
        ({ operation }) => registry.operation(operation).transaction === national,
      );
      return [national, { profile: id, transaction, map, confidence, incomplete }];
    });
  });
}
