/** Transaction and envelope definitions as a profile has them. */
import { GatewayError } from '@yiqiao/model';
import type { Fault } from '@yiqiao/model';
import { brokenFile, fileFault } from './data-files.ts';
import type { DataFiles } from './data-files.ts';
import { createLettered } from './lettered-number.ts';
import { applyOverlay, overlayFields, withOwnCodes } from './overlay.ts';
import type { OverlaySource } from './overlay.ts';
import { brokenProfile, profilePath } from './profiles.ts';
import type { Profiles } from './profiles.ts';
import type { NodeOverlay, Overlay, Profile, TransactionOverlay } from './profile-types.ts';
import type { Direction, FieldDefinition, NodeDefinition, TransactionDefinition } from './types.ts';

/** Definitions with overlays applied; each is built once. */
export interface Definitions {
  /** Numbers of a family, sorted. */
  list(profileId: string): readonly string[];
  /** Numbers of a profile, inherited ones and regional variants included; sorted. */
  all(profileId: string): readonly string[];
  find(profileId: string, number: string): TransactionDefinition | undefined;
  /** The number that an undefined lettered one is taken for (`2207A` → `2207`); `undefined` for every other. */
  takenFor(profileId: string, number: string): string | undefined;
  /** Root members besides the body. @throws GatewayError `PROFILE_BROKEN` */
  envelope(profileId: string, direction: Direction): readonly FieldDefinition[];
  /** Applies every overlay of a profile, so that its faults show at start-up: all that do not fit. */
  overlayFaults(profile: Profile): readonly Fault[];
  /**
   * The national number that a regional variant stands for, or the number itself. A national number that a region
   * uses for a transaction of its own stands for none: `region:7102`.
   */
  nationalNumber(profileId: string, number: string): string;
  /** The definition behind such a number of a region's own; `undefined` for a national number. */
  findOwn(nationalNumber: string): TransactionDefinition | undefined;
}

/** Folder of a family's own transactions. */
function folder(id: string): string {
  return id === 'national' ? 'national/' : `provincial/${id}/`;
}

/** Definitions of a data folder. */
export function createDefinitions(files: DataFiles, profiles: Profiles): Definitions {
  const numbers = memo((id: string) => new Set(files.list(`${folder(id)}transactions`)));
  const built = new Map<string, TransactionDefinition | undefined>();
  let known: ReadonlySet<string> | undefined;
  const regions = (): ReadonlySet<string> => (known ??= new Set(files.regions()));

  const own = (id: string, number: string): TransactionDefinition | undefined => {
    if (!numbers(id).has(number)) return undefined;
    const path = `${folder(id)}transactions/${number}.json`;
    return asDefinition(path, files.read(path));
  };
  const build = (lineage: readonly string[], number: string): TransactionDefinition | undefined => {
    const id = lineage.at(-1);
    if (id === undefined) return undefined;
    const profile = profiles.resolve(id);
    const overlay = transactionOverlay(profile, number);
    const base = own(id, number) ?? build(lineage.slice(0, -1), overlay?.like ?? number);
    if (base === undefined) return undefined;
    if (overlay === undefined) return withCodes(base, profile.overlay.valueSets);
    const { definition, faults } = applyOverlay({ ...base, number }, overlay, transactionSource(id, number));
    if (faults.length > 0) throw brokenProfile(id, faults);
    return withCodes(definition, profile.overlay.valueSets);
  };
  const find = (profileId: string, number: string): TransactionDefinition | undefined => {
    const key = `${profileId} ${number}`;
    const found = built.get(key);
    if (found !== undefined) return found;
    const definition = build(profiles.resolve(profileId).lineage, number) ?? lettered.find(profileId, number);
    // Unknown numbers come from outside without end, so only known ones are kept.
    if (definition !== undefined) built.set(key, definition);
    return definition;
  };
  const lettered = createLettered({
    resolve: profiles.resolve,
    isDefined: (id, number) =>
      numbers(id).has(number) || transactionOverlay(profiles.resolve(id), number) !== undefined,
    find,
  });
  const envelopes = new Map<string, readonly FieldDefinition[]>();
  return {
    list: (profileId) => [...numbers(profileId)],
    all: (profileId) => allNumbers({ profiles, numbers }, profileId),
    find,
    takenFor: lettered.takenFor,
    envelope(profileId, direction) {
      const key = `${profileId} ${direction}`;
      const known = envelopes.get(key) ?? envelopeFields(files, profiles, { profileId, direction });
      envelopes.set(key, known);
      return known;
    },
    overlayFaults(profile) {
      const { id, lineage } = profile;
      const baseOf = (number: string, like = number): TransactionDefinition | undefined =>
        own(id, number) ?? build(lineage.slice(0, -1), like);
      return overlayFaults(profile, baseOf, (direction) =>
        envelopeFields(files, profiles, { profileId: id, direction }),
      );
    },
    nationalNumber: (profileId, number) =>
      nationalNumber({ profiles, numbers }, profileId, lettered.takenFor(profileId, number) ?? number),
    findOwn(nationalNumber) {
      const [owner = '', number] = nationalNumber.split(':');
      // The number may come from outside, so that the region before it need not be one.
      if (number === undefined || !regions().has(owner) || !numbers(owner).has(number)) return undefined;
      return find(owner, number);
    },
  };
}

/** What numbers are looked up in. */
interface NumberSources {
  readonly profiles: Profiles;
  /** Numbers of a family's own. */
  numbers(id: string): ReadonlySet<string>;
}

function allNumbers({ profiles, numbers }: NumberSources, profileId: string): readonly string[] {
  const { lineage } = profiles.resolve(profileId);
  const known = lineage.flatMap((id) => [
    ...numbers(id),
    ...Object.keys(profiles.resolve(id).overlay.transactions ?? {}),
  ]);
  return [...new Set(known)].toSorted();
}

function nationalNumber({ profiles, numbers }: NumberSources, profileId: string, number: string): string {
  const [root, ...regions] = profiles.resolve(profileId).lineage;
  const owner = root === 'national' ? regions.find((id) => numbers(id).has(number)) : undefined;
  if (owner !== undefined) return `${owner}:${number}`;
  const overlays = [root ?? '', ...regions].map((id) => transactionOverlay(profiles.resolve(id), number));
  return overlays.findLast((overlay) => overlay?.like !== undefined)?.like ?? number;
}

function envelopeFields(
  files: DataFiles,
  profiles: Profiles,
  { profileId, direction }: { profileId: string; direction: Direction },
): readonly FieldDefinition[] {
  const { lineage } = profiles.resolve(profileId);
  const [root = 'national'] = lineage;
  const path = `${folder(root)}envelope.json`;
  const data = files.read(path) as Record<string, readonly FieldDefinition[] | undefined>;
  let fields = (data[direction] ?? data[`${direction}Header`] ?? []).filter(
    (field) => !BODIES.has(field.name),
  );
  for (const id of lineage) {
    const { envelope, valueSets } = profiles.resolve(id).overlay;
    const overlay: NodeOverlay = envelope?.[direction] ?? {};
    const result = overlayFields(fields, overlay, envelopeSource(id, direction));
    if (result.faults.length > 0) throw brokenProfile(id, result.faults);
    fields = [...withOwnCodes(result.fields, valueSets)];
  }
  return fields;
}

function withCodes(definition: TransactionDefinition, sets: Overlay['valueSets']): TransactionDefinition {
  if (sets === undefined) return definition;
  const half = (nodes: readonly NodeDefinition[]): readonly NodeDefinition[] =>
    nodes.map((node) => ({ ...node, fields: withOwnCodes(node.fields, sets) }));
  return { ...definition, request: half(definition.request), response: half(definition.response) };
}

/** Members of the root that are the body itself. */
const BODIES: ReadonlySet<string> = new Set(['input', 'output']);

function transactionOverlay(profile: Profile, number: string): TransactionOverlay | undefined {
  const overlays = profile.overlay.transactions ?? {};
  return Object.hasOwn(overlays, number) ? overlays[number] : undefined;
}

function transactionSource(profileId: string, number: string): OverlaySource {
  return { profileId, path: profilePath(profileId), pointer: `/overlay/transactions/${number}` };
}

function envelopeSource(profileId: string, direction: Direction): OverlaySource {
  return { profileId, path: profilePath(profileId), pointer: `/overlay/envelope/${direction}` };
}

const DIRECTIONS = ['request', 'response'] as const;

/** The faults of a profile's own overlays. */
function overlayFaults(
  { id, overlay }: Profile,
  baseOf: (number: string, like: string | undefined) => TransactionDefinition | undefined,
  envelopeOf: (direction: Direction) => unknown,
): readonly Fault[] {
  const transactions = Object.entries(overlay.transactions ?? {}).map(([number, difference]) => () => {
    const base = baseOf(number, difference.like);
    return base === undefined
      ? [unknownTransaction(id, number, difference.like)]
      : applyOverlay(base, difference, transactionSource(id, number)).faults;
  });
  const envelopes = DIRECTIONS.map((direction) => () => {
    envelopeOf(direction);
    return [];
  });
  return distinct([...transactions, ...envelopes].flatMap(faultsOf));
}

/** The faults that a look at some data gives or throws. @throws whatever is no fault of a data file */
function faultsOf(look: () => readonly Fault[]): readonly Fault[] {
  try {
    return look();
  } catch (error) {
    if (!(error instanceof GatewayError) || error.details.faults === undefined) throw error;
    return error.details.faults;
  }
}

/** What both directions meet is told once. */
function distinct(faults: readonly Fault[]): readonly Fault[] {
  return [...new Map(faults.map((fault) => [`${fault.at} ${fault.message.en}`, fault])).values()];
}

function unknownTransaction(id: string, number: string, like: string | undefined): Fault {
  const pointer = `/overlay/transactions/${number}`;
  const path = profilePath(id);
  if (like !== undefined) {
    const message = {
      zh: `like 所指的交易 ${like} 不在基线中（同一方案的变体不算）；请写基线的交易号。`,
      en: `like names the transaction ${like}, which the baseline does not have (a variant of this same profile does not count); name one of the baseline.`,
    };
    return fileFault({ path, pointer: `${pointer}/like`, message });
  }
  const message = {
    zh: `交易 ${number} 不在基线中；如为地方变体，请用 like 指明原交易。`,
    en: `The baseline has no transaction ${number}; if it is a variant, say of which with like.`,
  };
  return fileFault({ path, pointer, message });
}

function asDefinition(path: string, data: unknown): TransactionDefinition {
  const { number, request, response } = (data ?? {}) as Partial<TransactionDefinition>;
  if (typeof number === 'string' && Array.isArray(request) && Array.isArray(response))
    return data as TransactionDefinition;
  const message = {
    zh: '交易定义缺少 number、request 或 response；请补上。',
    en: 'A transaction definition needs number, request and response; add what is missing.',
  };
  throw brokenFile(path, '', message);
}

function memo<T>(make: (id: string) => T): (id: string) => T {
  const made = new Map<string, T>();
  return (id) => {
    const found = made.get(id) ?? make(id);
    made.set(id, found);
    return found;
  };
}
