/** The map files of a profile, its own or inherited, and how its names are read. */
import { readCounterparts } from './counterparts.ts';
import type { DataFiles } from './data-files.ts';
import type { Profiles } from './profiles.ts';
import type { Registry } from './registry.ts';

/** Where maps are looked up; one of a profile's own takes the place of an inherited one of the same name. */
export function mapLookups(
  files: DataFiles,
  profiles: Profiles,
): Pick<Registry, 'mapFile' | 'mapFiles' | 'mapOwner' | 'counterparts'> {
  return {
    mapFile: (profileId, transaction) =>
      profiles
        .resolve(profileId)
        .lineage.toReversed()
        .map((id) => findMapFile(files, id, transaction))
        .find((file) => file !== undefined),
    mapFiles: (profileId) => {
      const { lineage } = profiles.resolve(profileId);
      return [...new Set(lineage.flatMap((id) => files.list(`provincial/${id}/maps`)))].toSorted();
    },
    mapOwner: (profileId, name) =>
      profiles
        .resolve(profileId)
        .lineage.findLast((id) => files.list(`provincial/${id}/maps`).includes(name)),
    counterparts: (profileId) => readCounterparts(files, profiles.resolve(profileId).id),
  };
}

function findMapFile(files: DataFiles, profileId: string, transaction: string): unknown {
  if (!/^[a-z0-9-]+$/.test(profileId) || !/^\w[\w.-]*$/.test(transaction)) return undefined;
  return files.find(`provincial/${profileId}/maps/${transaction}.json`);
}
