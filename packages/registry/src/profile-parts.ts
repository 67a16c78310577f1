/** The parts of a profile: which are there, from whom they are inherited, and which nobody knows. */
import type { DataFiles } from './data-files.ts';
import type { Profile } from './profile-types.ts';

/** What is to be said of each region. */
export const PROFILE_PARTS = [
  'transport',
  'charset',
  'shape',
  'envelope',
  'errors',
  'maps',
  'overlay',
  'samples',
  'source',
  'confidence',
] as const;

/** One of them. */
export type ProfilePart = (typeof PROFILE_PARTS)[number];

/** How one part stands. */
export interface PartState {
  readonly part: ProfilePart;
  /** `unknown`: the profile says that no source tells; `missing`: it says nothing. */
  readonly state: 'own' | 'inherited' | 'unknown' | 'missing';
  /** Id of the profile that has the part, or says that it is unknown. */
  readonly from?: string;
  /** Why it is unknown. */
  readonly because?: string;
}

/** What the parts are read from. */
export interface PartSources {
  readonly files: DataFiles;
  resolve(id: string): Profile;
}

/** All parts of a profile; the nearest of its lineage counts. Samples, source and confidence are each profile's own. */
export function profileParts(profile: Profile, sources: PartSources): readonly PartState[] {
  const lineage = profile.lineage.toReversed().map((id) => sources.resolve(id));
  return PROFILE_PARTS.map((part) => {
    const own = OF_ITS_OWN.has(part) ? lineage.slice(0, 1) : lineage;
    for (const one of own) {
      const because = unknownParts(one, sources)[part];
      if (because !== undefined) return { part, state: 'unknown', from: one.id, because };
      if (PRESENT[part](one, sources))
        return { part, state: one === profile ? 'own' : 'inherited', from: one.id };
    }
    return { part, state: 'missing' };
  });
}

const OF_ITS_OWN: ReadonlySet<ProfilePart> = new Set(['samples', 'source', 'confidence']);

/** A member that stands in the file itself; `data` holds inherited ones, too. */
function ownMember({ data, lineage }: Profile, name: string, { resolve }: PartSources): unknown {
  const before = lineage.at(-2);
  const value = data[name];
  return before !== undefined && resolve(before).data[name] === value ? undefined : value;
}

function unknownParts(profile: Profile, sources: PartSources): Readonly<Record<string, string>> {
  return (ownMember(profile, 'unknownParts', sources) ?? {}) as Readonly<Record<string, string>>;
}

function folder(id: string): string {
  return id === 'national' ? 'national' : `provincial/${id}`;
}

type Present = (profile: Profile, sources: PartSources) => boolean;

function hasOwn(name: string): Present {
  return (profile, sources) => ownMember(profile, name, sources) !== undefined;
}

/** Whether a profile itself has the part. */
const PRESENT: Readonly<Record<ProfilePart, Present>> = {
  transport: hasOwn('transport'),
  charset: (profile, sources) =>
    ['transport', 'envelope'].some((name) => {
      const held = ownMember(profile, name, sources) as { readonly charset?: unknown } | undefined;
      return typeof held?.charset === 'string';
    }),
  shape: hasOwn('codec'),
  envelope: (profile, sources) =>
    Object.keys((ownMember(profile, 'envelope', sources) ?? {}) as object).length > 0 ||
    profile.overlay.envelope !== undefined ||
    sources.files.list(folder(profile.id)).includes('envelope'),
  errors: hasOwn('errors'),
  // The maps of the national form are derived from its definitions.
  maps: ({ id }, { files }) => id === 'national' || files.list(`${folder(id)}/maps`).length > 0,
  overlay: ({ id, overlay }, { files }) =>
    Object.keys(overlay).length > 0 || files.list(`${folder(id)}/transactions`).length > 0,
  samples: ({ id }, { files }) => {
    const names = files.listAll(`${folder(id)}/samples`);
    return ['request', 'response'].every((half) => names.some((name) => name.includes(`.${half}.`)));
  },
  source: ({ source }) => source !== '',
  confidence: () => true,
};
