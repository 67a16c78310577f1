/** Everything that the registry can find wrong with a profile: its own file, and the files beside it. */
import { Ajv } from 'ajv';
import type { ValidateFunction } from 'ajv';
import { GatewayError } from '@yiqiao/model';
import type { Fault, Operation } from '@yiqiao/model';
import { readCounterparts } from './counterparts.ts';
import { fileFault } from './data-files.ts';
import type { DataFiles } from './data-files.ts';
import type { Definitions } from './definitions.ts';
import { DEFINITION_SCHEMA, ENVELOPE_SCHEMA, MAP_FILE_SCHEMA } from './file-forms.ts';
import { fillFaults } from './fill-faults.ts';
import type { FillSources } from './fill-faults.ts';
import { nearest, schemaFault, unknownIdentities } from './profile-faults.ts';
import { brokenProfile, profilePath } from './profiles.ts';
import type { Profiles } from './profiles.ts';
import type { DirectionOverlay, NodeOverlay, Profile } from './profile-types.ts';
import type { CodeList } from './leaf-checks.ts';
import type { FieldDefinition } from './types.ts';

/** What profiles are held against. */
export interface ProfileSources extends FillSources {
  readonly files: DataFiles;
  readonly profiles: Profiles;
  readonly definitions: Definitions;
  knownIdentities(): readonly string[];
  findCodes(name: string): CodeList | undefined;
  valueSetNames(): readonly string[];
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
    const known = forms.get(id);
    if (known !== undefined) return known;
    const found = fileFaults(profiles.resolve(id), sources);
    forms.set(id, found);
    return found;
  };
  return {
    open,
    faults(id) {
      const broken = caught(() => {
        profiles.resolve(id);
        return [];
      });
      if (broken.length > 0) return broken;
      return profiles
        .resolve(id)
        .lineage.flatMap((one) => [...ownFaults(profiles.resolve(one), sources), ...filesOf(one)]);
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
    ...ownCodeFaults(profile, sources),
  ];
}

/** Faults of what stands beside profile.json, and of rules that only the other files can judge. */
function fileFaults(profile: Profile, sources: ProfileSources): readonly Fault[] {
  const { id } = profile;
  const { files } = sources;
  if (id === 'national') return [];
  const folder = `provincial/${id}`;
  return [
    ...fillFaults(profile, profilePath(id), sources),
    ...caught(() => formFaults(files, `${folder}/envelope.json`, FORMS.envelope)),
    ...caught(() => envelopeSets(files, `${folder}/envelope.json`, sources)),
    ...caught(() => {
      readCounterparts(files, id);
      return [];
    }),
    ...files
      .list(`${folder}/transactions`)
      .flatMap((name) =>
        caught(() => definitionFaults(`${folder}/transactions/${name}.json`, name, sources)),
      ),
    ...files
      .list(`${folder}/maps`)
      .flatMap((name) => caught(() => mapFaults(`${folder}/maps/${name}.json`, name, sources))),
  ];
}

function definitionFaults(path: string, name: string, sources: ProfileSources): readonly Fault[] {
  const wrong = formFaults(sources.files, path, FORMS.definition);
  if (wrong.length > 0) return wrong;
  const { number, request, response } = sources.files.read(path) as {
    readonly number: string;
    readonly request: readonly { readonly fields: readonly FieldDefinition[] }[];
    readonly response: readonly { readonly fields: readonly FieldDefinition[] }[];
  };
  const sets = Object.entries({ request, response }).flatMap(([direction, nodes]) =>
    nodes.flatMap(({ fields }, index) =>
      unknownSets(fields, { path, pointer: `/${direction}/${index}/fields` }, sources),
    ),
  );
  return [...(number === name ? [] : [otherNumber(path, '/number', { name, number })]), ...sets];
}

function mapFaults(path: string, name: string, sources: ProfileSources): readonly Fault[] {
  const wrong = formFaults(sources.files, path, FORMS.map);
  const { transaction, steps } = (sources.files.find(path) ?? {}) as {
    readonly transaction?: unknown;
    readonly steps?: unknown;
  };
  const misnamed =
    typeof transaction === 'string' && name !== transaction && !name.startsWith(`${transaction}-`)
      ? [otherNumber(path, '/transaction', { name, number: transaction })]
      : [];
  return [...wrong, ...misnamed, ...operationFaults(path, steps, sources.operations())];
}

function operationFaults(path: string, steps: unknown, known: readonly Operation[]): readonly Fault[] {
  if (!Array.isArray(steps)) return [];
  return (steps as readonly unknown[]).flatMap((step, index) => {
    const { operation } = (step ?? {}) as { readonly operation?: unknown };
    if (typeof operation !== 'string' || known.some((one) => one === operation)) return [];
    const near = nearest(operation, known);
    const hint =
      near === undefined ? { zh: '', en: '' } : { zh: `是否应为 ${near}？`, en: `should it be ${near}? ` };
    const message = {
      zh: `没有名为 ${operation} 的规范操作；${hint.zh}请改正，名称见 schemas/canonical/operations。`,
      en: `There is no canonical operation ${operation}; ${hint.en}Correct it: the names stand in schemas/canonical/operations.`,
    };
    return [fileFault({ path, pointer: `/steps/${index}/operation`, message })];
  });
}

function otherNumber(
  path: string,
  pointer: string,
  { name, number }: { name: string; number: string },
): Fault {
  const message = {
    zh: `文件名为 ${name}，内容却是交易 ${number}；请改正文件名或此处的编号。`,
    en: `The file is named ${name} and holds transaction ${number}; rename it, or correct the number here.`,
  };
  return fileFault({ path, pointer, message });
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

function envelopeSets(files: DataFiles, path: string, sources: ProfileSources): readonly Fault[] {
  const halves = (files.find(path) ?? {}) as Readonly<Record<string, unknown>>;
  return Object.entries(halves).flatMap(([half, fields]) =>
    Array.isArray(fields)
      ? unknownSets(fields as readonly FieldDefinition[], { path, pointer: `/${half}` }, sources)
      : [],
  );
}

function unknownSets(
  fields: readonly FieldDefinition[],
  { path, pointer }: { readonly path: string; readonly pointer: string },
  { findCodes, valueSetNames }: Pick<ProfileSources, 'findCodes' | 'valueSetNames'>,
): readonly Fault[] {
  return fields.flatMap(({ valueSet }, index) => {
    if (typeof valueSet !== 'string' || findCodes(valueSet) !== undefined) return [];
    return [unknownSet({ path, pointer: `${pointer}/${index}/valueSet`, name: valueSet }, valueSetNames())];
  });
}

function unknownSet(
  { path, pointer, name }: { readonly path: string; readonly pointer: string; readonly name: string },
  known: readonly string[],
): Fault {
  const near = nearest(name, known);
  const hint =
    near === undefined ? { zh: '', en: '' } : { zh: `是否应为 ${near}？`, en: `should it be ${near}? ` };
  const message = {
    zh: `没有名为 ${name} 的值集（schemas/national/value-sets）；${hint.zh}请改正名称，或删去。`,
    en: `There is no code list ${name} (schemas/national/value-sets); ${hint.en}Correct the name, or leave it out.`,
  };
  return fileFault({ path, pointer, message });
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

/** The forms of the files, compiled when first needed. */
const FORMS = {
  map: compiled(MAP_FILE_SCHEMA),
  definition: compiled(DEFINITION_SCHEMA),
  envelope: compiled(ENVELOPE_SCHEMA),
};

function compiled(schema: object): () => ValidateFunction {
  let validate: ValidateFunction | undefined;
  return () =>
    (validate ??= new Ajv({
      allErrors: true,
      strictTypes: false,
      validateSchema: false,
      verbose: true,
    }).compile(schema));
}

function formFaults(files: DataFiles, path: string, form: () => ValidateFunction): readonly Fault[] {
  const data = files.find(path);
  if (data === undefined) return [];
  const validate = form();
  return validate(data) ? [] : (validate.errors ?? []).map((error) => schemaFault(path, error));
}

/** The faults that a look at a file gives or throws. @throws whatever is no fault of a profile */
function caught(look: () => readonly Fault[]): readonly Fault[] {
  try {
    return look();
  } catch (error) {
    if (!(error instanceof GatewayError) || error.code !== 'PROFILE_BROKEN') throw error;
    return error.details.faults ?? [];
  }
}
