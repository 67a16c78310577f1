/** Everything that the registry can find wrong with a profile: its own file, and the files beside it. */
import type { Fault } from '@yiqiao/model';
import { fileFault } from './data-files.ts';
import type { Definitions } from './definitions.ts';
import { caught, distinct, fileFaults, unknownSet, unknownSets } from './file-faults.ts';
import type { FileSources } from './file-faults.ts';
import { fillFaults } from './fill-faults.ts';
import type { FillSources } from './fill-faults.ts';
import { otherFormFaults } from './other-forms.ts';
import { unknownIdentities } from './profile-faults.ts';
import { brokenProfile, profilePath } from './profiles.ts';
import type { Profiles } from './profiles.ts';
import type { DirectionOverlay, NodeOverlay, Profile } from './profile-types.ts';

/** What profiles are held against. */
export interface ProfileSources extends FillSources, FileSources {
  readonly profiles: Profiles;
  readonly definitions: Definitions;
  knownIdentities(): readonly string[];
}

/** Opens and checks profiles; what was found sound is not looked at again. */
export interface ProfileCheck {
  /**
   * A profile whose file, and whose ancestors' files, are sound.
   * @throws GatewayError `CONFIG_INVALID` for an unknown id, `PROFILE_BROKEN` with all faults of the first broken file
   */
  open(id: string): Profile;
  /**
   * All faults of a profile: of its file, of what it inherits, of its definitions, its envelope and the form of its maps.
   * @throws GatewayError `CONFIG_INVALID` for an unknown id
   */
  faults(id: string): readonly Fault[];
}

/** The check of a data folder's profiles. */
export function createProfileCheck(sources: ProfileSources): ProfileCheck {
  const { profiles } = sources;
  const opened = new Set<string>();
  const forms = new Map<string, readonly Fault[]>();
  const open = (id: string): Profile => {
    const profile = profiles.resolve(id);
    for (const one of profile.lineage) {
      if (opened.has(one)) continue;
      const faults = ownFaults(profiles.resolve(one), sources);
      if (faults.length > 0) throw brokenProfile(one, faults);
      opened.add(one);
    }
    return profile;
  };
  const filesOf = (id: string): readonly Fault[] => {
    const known = forms.get(id) ?? fileFaults(id, sources);
    forms.set(id, known);
    return known;
  };
  const settingsOf = (profile: Profile): readonly Fault[] => [
    ...ownFaults(profile, sources),
    ...(profile.id === 'national' ? [] : fillFaults(profile, profilePath(profile.id), sources)),
  ];
  return {
    open,
    faults(id) {
      const broken = caught(() => {
        profiles.resolve(id);
        return [];
      });
      if (broken.length === 0)
        return profiles
          .resolve(id)
          .lineage.flatMap((one) => [...settingsOf(profiles.resolve(one)), ...filesOf(one)]);
      const rest = profiles.withoutFaults(id);
      const others = [...(rest === undefined ? [] : caught(() => settingsOf(rest))), ...filesOf(id)];
      return distinct([...broken, ...others]);
    },
  };
}

/** Faults of profile.json, beyond its form. */
function ownFaults(profile: Profile, sources: ProfileSources): readonly Fault[] {
  const { id } = profile;
  const ids = Object.keys(profile.identities);
  return [
    ...(ids.length === 0 ? [] : unknownIdentities(profilePath(id), ids, sources.knownIdentities())),
    ...sources.definitions.overlayFaults(profile),
    ...overlaySets(profile, sources),
    ...otherFormFaults(profile, sources.files.regions()),
    ...ownCodeFaults(profile, sources),
  ];
}

/** Code lists that added fields name. */
function overlaySets({ id, overlay }: Profile, sources: ProfileSources): readonly Fault[] {
  const path = profilePath(id);
  const ofNode = (node: NodeOverlay | undefined, pointer: string): readonly Fault[] =>
    unknownSets(node?.add ?? [], { path, pointer: `${pointer}/add` }, sources);
  const ofDirection = (direction: DirectionOverlay | undefined, pointer: string): readonly Fault[] =>
    Object.entries(direction ?? {}).flatMap(([name, node]) => ofNode(node, `${pointer}/${name}`));
  return [
    ...Object.entries(overlay.transactions ?? {}).flatMap(([number, { request, response }]) => [
      ...ofDirection(request, `/overlay/transactions/${number}/request`),
      ...ofDirection(response, `/overlay/transactions/${number}/response`),
    ]),
    ...ofNode(overlay.envelope?.request, '/overlay/envelope/request'),
    ...ofNode(overlay.envelope?.response, '/overlay/envelope/response'),
  ];
}

/** Codes that a region adds to a list: the list is known, and lacks them. */
function ownCodeFaults({ id, overlay }: Profile, sources: ProfileSources): readonly Fault[] {
  const path = profilePath(id);
  return Object.entries(overlay.valueSets ?? {}).flatMap(([name, codes]) => {
    const pointer = `/overlay/valueSets/${name}`;
    const list = sources.findCodes(name);
    if (list === undefined) return [unknownSet({ path, pointer, name }, sources.valueSetNames())];
    const known = Object.keys(codes).filter((code) => list.has(code));
    return known.map((code) => {
      const message = {
        zh: `值集 ${name} 已有代码 ${code}；请删去，此处只写本地新增的代码。`,
        en: `The code list ${name} has ${code} already; leave it out, only codes of the region's own stand here.`,
      };
      return fileFault({ path, pointer: `${pointer}/${code}`, message });
    });
  });
}
